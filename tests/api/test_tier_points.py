"""Tiers that take points, over the till: what is booked, what views say, and that the books stay true."""

from datetime import timedelta

import pytest

from loyalty.calendar import INSTANT
from tests.ladders import OF_STATUS, club, later, midnight, noon
from tests.standings import terms_of

FLYING = club(
    {"explorer": 0, "silver": 100, "gold": 180, "platinum": 300},
    lift_costs="attain",
    keep_costs="retain",
    rollover={"cap": 300},
    downgrade="one_step",
)
CARDS = {"bronze": 0, "silver": 800, "gold": 1600}
DAY = timedelta(days=1)


@pytest.fixture
def joined(make):
    """Somebody who joins a club; at the end the books are proved."""

    def join(document):
        make.document(document)
        return make.shopper()

    yield join
    make.run("ledger", "verify")


def stands(who, at=None):
    return who.look("/tier", at)["tier"], who.figures(at, "status")[0]


def lines(who, unit="status"):
    """What the statement says, oldest first."""
    return [
        (line["kind"], line["contra"], line["points"])
        for line in reversed(who.look(f"/entries?unit={unit}")["items"])
    ]


def news(make, who):
    """The events of a member, in their order."""
    make.run("jobs", "post")
    return [event["type"] for event in who.till.get("/events?limit=100").json["items"]]


def test_t4_a_lift_is_paid_for_in_the_same_transaction_as_the_points(joined, make, clock):
    ana = joined(FLYING)
    clock.move(noon("2026-02-01"))
    sold = ana.buy("279.00")
    assert (sold["tier"], sold["tier_change"]["before"]) == ("silver", "explorer")
    assert stands(ana) == ("silver", 179)
    assert lines(ana) == [("earn", "issued", 279), ("tier_price", "redeemed", -100)]
    ana.buy("1.00")
    assert stands(ana) == ("gold", 0)
    assert news(make, ana)[-3:] == ["points.earned", "points.paid_for_tier", "tier.changed"]
    shown = ana.look("/tier")
    assert (shown["next"], shown["keep"]) == ({"tier": "platinum", "missing": 300}, {"missing": 180})


def test_t4_points_that_open_late_pay_for_the_lift_at_their_instant(joined, make, clock):
    ana = joined(FLYING)
    clock.move(noon("2026-02-01"))
    ana.buy(later("120.00"))
    assert stands(ana, noon("2026-02-11")) == ("silver", 20)
    clock.move(noon("2026-03-01"))
    make.run("jobs", "nightly")
    assert [term.from_at for term in terms_of(make.app, ana)][1:] == [midnight("2026-02-11")]
    assert stands(ana, midnight("2026-02-11") - INSTANT) == ("explorer", 0)
    assert stands(ana) == ("silver", 20)


def test_t6_a_review_takes_the_price_of_keeping_and_what_does_not_roll_over(joined, make, clock):
    """580 lift to platinum; 700 more keep it for 300, and 300 of the 400 left go on."""
    ana = joined(FLYING)
    ana.buy("580.00")
    clock.move(noon("2026-06-01"))
    ana.buy("700.00")
    end = midnight("2027-01-05")
    assert stands(ana, end - INSTANT) == ("platinum", 700)
    assert stands(ana, end) == ("platinum", 300)
    clock.move(noon("2027-03-01"))
    seen = ana.look("/tier"), lines(ana)
    make.run("jobs", "nightly")
    assert (ana.look("/tier"), lines(ana)) == seen
    assert lines(ana)[-2:] == [("tier_price", "redeemed", -300), ("forfeit", "forfeited", -100)]
    assert stands(ana, end - INSTANT) == ("platinum", 700)
    assert news(make, ana)[-2:] == ["points.paid_for_tier", "points.forfeited"]


@pytest.mark.parametrize("rollover", ["none", "once", {"cap": 300}, {"percent": 10}], ids=str)
def test_t6_what_rolls_over_is_the_same_asked_before_or_after_it_is_booked(joined, make, clock, rollover):
    ana = joined(club(CARDS, rollover=rollover, on_upgrade="keep_end"))
    told = {}
    for year, euros in ((2026, 1700), (2027, 900), (2028, 100)):
        clock.move(noon(f"{year}-03-01"))
        ana.buy(f"{euros}.00")
        ahead = midnight(f"{year + 1}-01-05")
        told[ahead - INSTANT], told[ahead] = stands(ana, ahead - INSTANT), stands(ana, ahead)
        clock.move(ahead + DAY)
        if year == 2027:
            make.run("jobs", "nightly")
    for at, answer in told.items():
        assert stands(ana, at) == answer, at
    carried = {"none": (0, 0, 0), "once": (1700, 900, 100)}
    shares = {"cap": (300, 300, 300), "percent": (170, 107, 20)}
    expected = carried[rollover] if isinstance(rollover, str) else shares[next(iter(rollover))]
    assert tuple(points for _, points in list(told.values())[1::2]) == expected


def test_t9_after_a_reset_nothing_from_before_is_named_as_a_reason(joined, make, clock):
    ana = joined(club(CARDS, rollover="none", on_upgrade="keep_end"))
    clock.move(noon("2026-03-01"))
    ana.buy("1700.00")
    clock.move(noon("2027-03-01"))
    make.run("jobs", "nightly")
    ana.buy("900.00")
    assert [one["points"] for one in ana.look("/tier")["because"]] == [900]
    clock.move(noon("2028-03-01"))
    make.run("jobs", "nightly")
    assert ana.look("/tier")["because"] == []
    reviews = [term for term in terms_of(make.app, ana) if term.reason == "review"]
    named = [[line["points"] for line in term.evidence["contributions"]] for term in reviews]
    assert named == [[1700], [900]]


def test_t6_a_void_card_takes_its_points_along(joined, make, clock):
    document = club(
        {"points-card": 0, "silver": 2000},
        measure=OF_STATUS | {"window": {"months": 12}},
        void_forfeits=["status", "reward"],
    )
    document["tier"][0]["void_below"] = 500
    ana = joined(document)
    clock.move(noon("2026-06-01"))
    ana.buy("499.00")
    end = midnight("2027-01-05")
    assert ana.look("/tier", end - INSTANT)["keep"] == {"missing": 0}
    assert (ana.look("/tier", end)["tier"], ana.figures(end)[0]) == (None, 0)
    clock.move(end + DAY)
    make.run("jobs", "nightly")
    assert (ana.look("/tier")["tier"], ana.look("/tier")["until"]) == (None, None)
    assert (lines(ana)[-1], lines(ana, "reward")[-1]) == (("forfeit", "forfeited", -499),) * 2
    assert terms_of(make.app, ana)[-1].evidence["bars"]["points-card"]["void_below"] == {"points": 500}


def test_t6_p5_what_a_tier_kept_alive_is_forfeited_with_it(joined, make, clock):
    """Bronze lets nothing die, so the points of March are still there at the review, which takes them."""
    document = club(CARDS, status_lasts={"days": 30}, rollover="none")
    document["unit"]["status"]["paused_while_tier"] = ["bronze"]
    document["tier"][0]["void_below"] = 500
    ana = joined(document)
    clock.move(noon("2026-03-01"))
    ana.buy("100.00")
    clock.move(noon("2027-02-01"))
    make.run("jobs", "nightly")
    assert lines(ana)[-1] == ("forfeit", "forfeited", -100)


def test_t10_a_sale_that_is_void_brings_back_what_its_lift_cost(joined, make, clock):
    ana = joined(FLYING)
    clock.move(noon("2026-02-01"))
    ana.buy("100.00", business_date="2026-02-01")
    sold = ana.buy("190.00", business_date="2026-02-01", receipt="r-2")
    assert (sold["tier"], stands(ana)) == ("gold", ("gold", 10))
    clock.move(DAY / 24)
    body = {"store": "S1", "terminal": "T1", "business_date": "2026-02-01", "receipt": "r-2"}
    told = ana.tell("/purchases/cancel", body | {"cancel_ref": "c-2"}, 200)
    assert (told["tier"], stands(ana)) == ("silver", ("silver", 0))
    assert lines(ana)[-3:] == [
        ("tier_refund", "redeemed", 180),
        ("tier_refund", "debt", -180),
        ("tier_refund", "debt", 180),
    ]


def test_t4_a_lift_that_starts_the_next_day_is_seen_coming_and_booked_late(joined, make, clock):
    ana = joined(club({"silver": 100}, starts="next_day"))
    clock.move(noon("2026-07-01"))
    assert ana.buy("100.00")["tier"] is None
    shown = ana.look("/tier")
    assert (shown["tier"], shown["lifts_at"]) == (None, "2026-07-01T16:00:00Z")
    assert ana.look("/tier", midnight("2026-07-02"))["last_day"] == "2027-07-01"
    make.run("ledger", "verify")
    clock.move(noon("2026-07-05"))
    make.run("jobs", "nightly")
    assert ana.look("/tier", noon("2026-07-01")) == shown
    assert (ana.look("/tier")["tier"], ana.look("/tier")["lifts_at"]) == ("silver", None)
    assert [term.from_at for term in terms_of(make.app, ana)][1:] == [midnight("2026-07-02")]
    assert make.run("jobs", "nightly").output


def test_t4_who_lost_the_points_the_same_day_is_not_lifted_and_nothing_is_left_waiting(joined, make, clock):
    ana = joined(club({"silver": 100}, starts="next_day"))
    clock.move(noon("2026-07-01"))
    ana.buy("100.00")
    ana.adjust(-1, "status")
    clock.move(noon("2026-07-03"))
    make.run("jobs", "nightly")
    assert ana.look("/tier")["lifts_at"] is None
    assert ana.look("/tier")["tier"] is None
    ana.adjust(1, "status")
    clock.move(noon("2026-07-04"))
    assert ana.look("/tier")["from"] == "2026-07-03T16:00:00Z"


def test_t2_t9_each_of_several_counters_has_bars_of_its_own(joined, clock):
    """Silver: 40,000 in twelve months, or 25 points held; a counter without a bar does not count."""
    measure = {
        "any": [
            OF_STATUS | {"code": "km", "window": {"months": 12}},
            {"code": "segments", "balance": "reward"},
            {"code": "years", "terms_held": "silver"},
        ]
    }
    document = club(
        {"silver": ({"km": 400, "segments": 250}, {"km": 350}), "gold": {"km": 800, "years": 2}},
        measure=measure,
    )
    ana = joined(document)
    ana.adjust(249, "reward")
    assert ana.look("/tier")["tier"] is None
    ana.adjust(1, "reward")
    shown = ana.look("/tier")
    assert (shown["tier"], shown["measure"], shown["next"]) == (
        "silver",
        250,
        {"tier": "gold", "missing": 800},
    )
    assert [(one["code"], one["unit"], one["window"], one["points"], one["attain_next"], one["retain"])
            for one in shown["counters"]] == [
        ("km", "status", "12 months", 0, 800, 350),
        ("segments", "reward", None, 250, None, 250),
        ("years", None, "terms at silver", 0, 2, None),
    ]  # fmt: skip
    clock.move(noon("2026-02-01"))
    ana.adjust(-1, "reward")
    ana.adjust(350, "status")
    assert ana.look("/tier", noon("2027-01-05"))["tier"] == "silver"
    assert ana.look("/tier", noon("2027-01-05"))["counters"][2]["points"] == 1
    assert ana.look("/tier")["keep"] == {"missing": 0}


def test_t9_only_years_of_gold_lead_higher_and_no_points_are_asked_for(joined, clock):
    measure = {"any": [{"code": "held", "balance": "status"}, {"code": "years", "terms_held": "gold"}]}
    document = club(
        {"gold": {"held": 100}, "diamond": ({"years": 2}, {"years": 1})}, measure=measure, rollover="none"
    )
    ana = joined(document)
    for year in (2026, 2027):
        clock.move(noon(f"{year}-02-01"))
        ana.buy("100.00")
    assert ana.look("/tier")["next"] == {"tier": "diamond", "missing": None}
    clock.move(noon("2028-02-02"))
    shown = ana.look("/tier")
    assert (shown["tier"], shown["keep"], shown["next"]) == ("diamond", {"missing": None}, None)
    ana.buy("100.00")
    assert ana.look("/tier")["keep"] == {"missing": 0}


def test_t9_what_keeps_a_tier_is_asked_of_the_months_that_its_review_looks_at(joined, clock):
    window = {"months": 12, "whole": True, "ends_before": {"months": 1}}
    ana = joined(
        club({"silver": (100, 80)}, measure=OF_STATUS | {"window": window}, length={"month_end": 12})
    )
    clock.move(noon("2026-02-10"))
    ana.buy("100.00")
    assert ana.look("/tier", noon("2026-12-01"))["keep"] == {"missing": 0}
    clock.move(noon("2027-02-10"))
    ana.buy("100.00")
    assert ana.look("/tier")["keep"] == {"missing": 0}
    assert ana.look("/tier")["counters"][0]["window"] == "12 whole months"
    assert ana.look("/tier", noon("2027-03-01"))["tier"] == "silver"
