"""顾伟 and his insurer: points follow his policies. The club is insurer-club.toml."""

from datetime import timedelta

from loyalty.calendar import INSTANT
from tests.ladders import midnight, noon


def card(wei):
    """Face and last day of the card he holds."""
    face = wei.look("")["card"]
    return face and (face["tier"], face["last_day"])


def tier(wei, at=None):
    shown = wei.look("/tier", at)
    return shown["tier"], shown["reason"], shown["last_day"]


def policies(wei, points, reference):
    """The core system's position of a policy, brought into the books by hand: by two persons above 1,000."""
    if abs(points) <= 1_000:
        return wei.adjust(points, "status", reason_code="policy", reference=reference)
    waits = wei.adjust(points, "status", reason_code="policy", reference=reference, expect=202)
    path = f"/approvals/{waits['approval_id']}"
    seen = {"digest": wei.checker.get(path).json["digest"]}
    return wei.checker.post(f"{path}/approve", seen, idempotency_key=reference).json["adjustment"]


def test_a_card_that_keeps_its_word(make, clock):
    make.programme("insurer-club.toml")

    clock.move(noon("2026-01-05"))
    wei = make.shopper(name="顾伟")
    wei.checker = make.person("bob")
    points_make_cards(wei, clock)
    number = wei.look("")["card"]["number"]
    points_fall_and_the_card_stays(make, wei, clock)
    each_review_lowers_it_to_what_the_points_keep(make, wei, clock)
    points_rise_again(wei, clock)
    assert wei.look("")["card"]["number"] == number
    make.run("ledger", "verify")


def points_make_cards(wei, clock):
    assert (wei.look("")["state"], card(wei)) == ("enrolled", None)  # below 1,000: no card yet
    assert wei.figures()[0] == 100  # the welcome

    clock.move(noon("2026-02-08"))
    assert policies(wei, 999, "P1/1")["tier"] is None
    told = policies(wei, 1, "P1/2")
    assert told["tier_change"] == {
        "before": None,
        "after": "standard",
        "until": "2027-02-07T16:00:00Z",
        "last_day": "2027-02-07",
    }
    number = wei.look("")["card"]["number"]
    assert card(wei) == ("standard", "2027-02-07")

    clock.move(noon("2026-03-16"))
    assert policies(wei, 199_000, "P2/1")["tier"] == "gold"  # 1,000 + 199,000 reach gold, past silver
    assert card(wei) == ("gold", "2027-03-15")
    assert wei.look("")["card"]["number"] == number


def points_fall_and_the_card_stays(make, wei, clock):
    clock.move(noon("2026-10-01"))
    assert policies(wei, -140_000, "P2/2")["tier_change"] is None  # 60,000 are left: the card stays
    shown = wei.look("/tier")
    assert (shown["measure"], shown["tier"], shown["review_at"]) == (60_000, "gold", "2027-03-15T16:00:00Z")
    assert (shown["next"], shown["keep"]) == ({"tier": "diamond", "missing": None}, {"missing": None})

    clock.move(midnight("2027-03-16") - INSTANT)
    assert card(wei) == ("gold", "2027-03-15")  # to the last instant of the last day
    clock.move(midnight("2027-03-16"))
    assert card(wei) == ("silver", "2028-03-15")  # 60,000: silver, and no night has run yet

    clock.move(noon("2027-04-02"))
    make.run("jobs", "nightly")  # more than two weeks late
    assert tier(wei) == ("silver", "review", "2028-03-15")
    assert tier(wei, noon("2027-03-15")) == ("gold", "lift", "2027-03-15")
    assert wei.look("/tier")["from"] == "2027-03-15T16:00:00Z"


def each_review_lowers_it_to_what_the_points_keep(make, wei, clock):
    clock.move(noon("2027-06-01"))
    policies(wei, -15_000, "P2/3")  # 45,000: not enough to become silver, enough to stay it
    assert tier(wei, midnight("2028-03-16")) == ("silver", "review", "2029-03-15")

    clock.move(noon("2028-06-01"))
    policies(wei, -1, "P2/4")  # 44,999: one less than silver keeps
    assert card(wei) == ("silver", "2029-03-15")

    clock.move(noon("2031-01-01"))  # nobody looked for two and a half years
    assert tier(wei) == ("standard", "review", "2031-03-15")  # 44,999 ≥ 1,000
    make.run("jobs", "nightly")
    assert [tier(wei, noon(f"{year}-03-16"))[:1] for year in range(2026, 2032)] == [
        ("gold",),
        ("silver",),
        ("silver",),
        ("standard",),
        ("standard",),
        ("standard",),
    ]


def points_rise_again(wei, clock):
    clock.move(clock.now() + timedelta(hours=1))
    assert policies(wei, 955_001, "P3/1")["tier"] == "diamond"  # 44,999 + 955,001 = 1,000,000: at once
    assert card(wei) == ("diamond", "2031-12-31")
    assert wei.redeem(100, unit="status", expect=422)["code"] == "not_spendable"
