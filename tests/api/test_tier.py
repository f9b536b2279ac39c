"""GET /members/{id}/tier: where a member stands, since when and until when."""

from threading import Barrier, Thread

import pytest

from loyalty.calendar import INSTANT
from tests.ladders import OF_STATUS, club, later, midnight, noon
from tests.makers import wire
from tests.standings import shown, terms_of

TWELVE_MONTHS = OF_STATUS | {"window": {"months": 12}}


@pytest.fixture
def ana(make):
    """Somebody who joined on 5 January 2026, below the first tier of a club that measures a balance."""
    make.document(club())
    return make.shopper()


def joined(make, *tiers, **terms):
    make.document(club(*tiers, **terms))
    return make.shopper()


def test_m3_the_first_tier_brings_the_card_and_each_next_one_its_face_and_validity(ana, clock):
    before = ana.look("")
    assert (before["state"], before["card"]) == ("enrolled", None)
    clock.move(noon("2026-02-08"))
    ana.adjust(100, "status")
    silver = ana.look("")
    assert (silver["state"], silver["tier"], silver["card"]["tier"]) == ("active", "silver", "silver")
    assert (silver["card"]["last_day"], silver["card"]["issued_at"]) == ("2027-02-07", "2026-02-08T04:00:00Z")
    clock.move(noon("2026-05-10"))
    ana.buy("100.00")
    gold = ana.look("")["card"]
    assert gold["number"] == silver["card"]["number"]
    assert (gold["tier"], gold["last_day"], gold["valid_until"]) == (
        "gold",
        "2027-05-09",
        "2027-05-09T16:00:00Z",
    )
    assert ana.till.post("/members/lookup", {"card": gold["number"]}).json["card"]["tier"] == "gold"


def test_t4_the_sale_that_lifts_says_so_once(ana, clock):
    clock.move(noon("2026-02-08"))
    sold = ana.buy("250.00", key="k1")
    change = {"before": None, "after": "gold", "until": "2027-02-07T16:00:00Z", "last_day": "2027-02-07"}
    assert (sold["tier"], sold["tier_change"]) == ("gold", change)
    assert ana.buy("10.00")["tier_change"] is None


def test_t3_the_term_keeps_its_evidence(app, make, clock):
    ana = joined(make, {"silver": 100, "gold": (200, 160)}, measure=TWELVE_MONTHS)
    small = ana.buy("40.00")
    clock.move(noon("2026-02-08"))
    big = ana.buy("170.00")
    joining, lift = terms_of(app, ana)
    assert (joining.reason, joining.evidence["contributions"]) == ("joined", [])
    assert joining.ended_at == lift.from_at == lift.booked_at == noon("2026-02-08")
    assert (lift.reason, lift.edition, lift.until_at) == ("lift", 1, midnight("2027-02-08"))
    assert lift.evidence == {
        "measure": {"points": 210},
        "bars": {
            "silver": {"attain": {"points": 100}, "retain": {"points": 100}},
            "gold": {"attain": {"points": 200}, "retain": {"points": 160}},
        },
        "entries": {"status": 2},
        "contributions": [
            {
                "counter": "points",
                "operation": sold["purchase_id"],
                "kind": "earn",
                "points": points,
                "happened_at": happened_at,
            }
            for sold, points, happened_at in (
                (big, 170, "2026-02-08T04:00:00Z"),
                (small, 40, "2026-01-05T02:00:00Z"),
            )
        ],
    }


def contributions_of(term):
    return [(one["happened_at"][:10], one["points"]) for one in term.evidence["contributions"]]


def test_t3_a_reviews_evidence_is_what_its_own_window_held(app, make, clock):
    """Silver from 5 January; the review of its last day, 4 January, still counts the first one's purchase."""
    ana = joined(make, measure=TWELVE_MONTHS)
    ana.buy("100.00")
    clock.move(noon("2027-01-05"))
    ana.buy("1.00")
    review = terms_of(app, ana)[-1]
    assert (review.reason, review.tier, review.evidence["measure"]) == ("review", "silver", {"points": 100})
    assert contributions_of(review) == [("2026-01-05", 100)]


def test_t3_p5_a_reviews_evidence_is_the_same_however_late_it_is_booked(app, make, clock):
    on_time, late = joined(make, measure=TWELVE_MONTHS), make.shopper()
    for ana in (on_time, late):
        ana.buy("100.00")
    clock.move(midnight("2027-01-05"))
    on_time.buy("1.00")
    clock.move(noon("2027-01-20"))
    on_time.buy("70.00")
    late.buy("70.00")
    assert contributions_of(terms_of(app, on_time)[2]) == contributions_of(terms_of(app, late)[2])


def test_t3_p14_a_reviews_evidence_has_nothing_that_was_told_after_it(app, make, clock):
    """A sale of 3 January, told on the 20th, did not count on the 4th, and proves nothing of it."""
    ana = joined(make, measure=TWELVE_MONTHS)
    ana.buy("100.00")
    clock.move(noon("2027-01-20"))
    ana.buy("70.00", sold_at=wire(noon("2027-01-03")))
    review = terms_of(app, ana)[2]
    assert (review.reason, review.evidence["measure"]) == ("review", {"points": 100})
    assert contributions_of(review) == [("2026-01-05", 100)]


def test_p5_points_that_open_and_die_make_gold_though_nobody_looked(app, make, clock):
    ana = joined(make, status_lasts={"days": 5})
    clock.move(noon("2026-01-10"))
    ana.buy(later("200.00"))
    clock.move(noon("2026-01-30"))
    assert ana.figures(unit="status") == (0, 0, 0, 0)
    assert shown(ana) == ("gold", "lift", "2027-01-19")
    ana.buy("1.00")
    lift = terms_of(app, ana)[-1]
    assert (lift.from_at, lift.booked_at) == (midnight("2026-01-20"), noon("2026-01-30"))
    assert lift.evidence["measure"] == {"points": 200}
    assert ana.look("")["card"]["last_day"] == "2027-01-19"


def test_t4_p14_a_sale_told_late_lifts_from_its_booking(ana, clock):
    clock.move(noon("2026-02-11"))
    ana.buy("100.00", sold_at=wire(noon("2026-02-01")))
    assert ana.look("/tier")["from"] == wire(noon("2026-02-11"))
    assert shown(ana, noon("2026-02-05")) == (None, "joined", None)
    assert shown(ana, noon("2026-02-11")) == ("silver", "lift", "2027-02-10")


def test_t5_t6_the_card_keeps_its_word_to_the_last_instant(ana, clock):
    clock.move(noon("2026-02-08"))
    ana.adjust(200, "status")
    clock.move(noon("2026-10-01"))
    ana.adjust(-100, "status")
    assert shown(ana) == ("gold", "lift", "2027-02-07")
    clock.move(midnight("2027-02-08") - INSTANT)
    assert shown(ana) == ("gold", "lift", "2027-02-07")
    clock.move(midnight("2027-02-08"))
    assert shown(ana) == ("silver", "review", "2028-02-07")
    assert ana.look("")["card"]["tier"] == "silver"


def test_t6_reads_see_the_next_terms_before_anybody_booked_them(app, ana, clock):
    clock.move(noon("2026-02-08"))
    ana.adjust(200, "status")
    clock.move(noon("2026-03-01"))
    ana.adjust(-50, "status")
    clock.move(noon("2028-06-01"))
    assert shown(ana) == ("silver", "review", "2029-02-07")
    assert len(terms_of(app, ana)) == 2
    ana.adjust(1, "reward")
    booked = [(term.tier, term.from_at, term.ended_at) for term in terms_of(app, ana)[1:]]
    assert booked == [
        ("gold", noon("2026-02-08"), midnight("2027-02-08")),
        ("silver", midnight("2027-02-08"), midnight("2028-02-08")),
        ("silver", midnight("2028-02-08"), None),
    ]
    assert shown(ana) == ("silver", "review", "2029-02-07")


def test_t6_members_keep_their_term_when_the_ladder_changes_and_the_review_uses_the_new_one(make, clock):
    ana = joined(make, {"silver": 100, "gold": 200})
    ana.adjust(200, "status")
    ana.adjust(-40, "status")
    make.document(club({"silver": 100, "jade": 150, "gold": 300}), midnight("2026-02-01"))
    clock.move(noon("2026-03-01"))
    tier = ana.look("/tier")
    assert (tier["tier"], tier["edition"], tier["keep"]) == ("gold", 1, {"missing": 140})
    clock.move(noon("2027-01-05"))
    tier = ana.look("/tier")
    assert (tier["tier"], tier["edition"], tier["next"]) == ("jade", 2, {"tier": "gold", "missing": 140})


def test_t4_four_sales_at_once_lift_once_for_each_tier(app, ana):
    start, answers = Barrier(4), []

    def one(number):
        start.wait()
        answers.append(ana.buy("60.00", receipt=f"same-moment-{number}"))

    threads = [Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    changes = [answer["tier_change"]["after"] for answer in answers if answer["tier_change"]]
    assert sorted(changes) == ["gold", "silver"]
    assert [(term.term_no, term.tier) for term in terms_of(app, ana)] == [
        (1, None),
        (2, "silver"),
        (3, "gold"),
    ]
