"""GET /members/{id}/tier: why, what counts, what is missing, and any instant."""

import pytest

from loyalty.calendar import INSTANT
from tests.ladders import OF_STATUS, club, later, midnight, noon
from tests.makers import wire
from tests.standings import shown, terms_of

TWELVE_MONTHS = OF_STATUS | {"window": {"months": 12}}
AIRLINE = {
    "measure": OF_STATUS | {"window": "calendar_year"},
    "length": {"until": "03-31"},
    "review": {"measured_on": "12-31"},
}


@pytest.fixture
def ana(make):
    """Somebody who joined on 5 January 2026, below the first tier of a club that measures a balance."""
    make.document(club())
    return make.shopper()


def joined(make, *tiers, **terms):
    make.document(club(*tiers, **terms))
    return make.shopper()


def test_t1_t9_below_the_first_tier_there_is_no_end_and_a_way_up(ana):
    assert ana.look("/tier") == {
        "at": "2026-01-05T02:00:00Z",
        "tier": None,
        "from": "2026-01-05T02:00:00Z",
        "until": None,
        "last_day": None,
        "measure": 0,
        "counters": [
            {
                "code": "points",
                "unit": "status",
                "window": None,
                "points": 0,
                "attain_next": 100,
                "retain": None,
            }
        ],
        "because": [],
        "policies": [],
        "next": {"tier": "silver", "missing": 100},
        "keep": None,
        "review_at": None,
        "measured_at": None,
        "lifts_at": None,
        "reason": "joined",
        "protected": False,
        "edition": 1,
    }


def test_t3_the_tier_of_any_instant_past_or_future(ana, clock):
    clock.move(noon("2026-02-08"))
    ana.adjust(100, "status")
    clock.move(noon("2026-05-10"))
    ana.buy(later("100.00"))
    for at, tier in {
        "2026-01-06": (None, "joined", None),
        "2026-02-07": (None, "joined", None),
        "2026-02-08": ("silver", "lift", "2027-02-07"),
        "2026-05-19": ("silver", "lift", "2027-02-07"),
        "2026-05-20": ("gold", "lift", "2027-05-19"),
        "2027-05-19": ("gold", "lift", "2027-05-19"),
        "2027-05-20": ("gold", "review", "2028-05-19"),
        "2036-01-01": ("gold", "review", "2036-05-19"),
    }.items():
        assert shown(ana, noon(at)) == tier, at


def test_t3_what_was_so_stays_so_when_it_is_asked_again_later(ana, clock):
    """The answers for each instant, asked then, are those asked at the end, booked late or not."""
    told = {}
    for day, status, goods in (
        ("2026-02-08", 120, "0.00"),
        ("2026-03-01", -60, "90.00"),
        ("2027-02-20", 5, "0.00"),
        ("2029-01-01", 150, "0.00"),
    ):
        clock.move(noon(day))
        told[noon(day)] = ana.look("/tier")
        ana.adjust(status, "status")
        ana.buy(later(goods))
        clock.move(noon(day) + INSTANT)
        told[noon(day) + INSTANT] = ana.look("/tier")
    clock.move(noon("2031-01-01"))
    ana.adjust(1, "reward")
    for at, answer in list(told.items())[1::2]:
        assert ana.look("/tier", at) == answer, at


@pytest.mark.parametrize(
    ("window", "last", "after"),
    [
        pytest.param({"months": 12}, "2027-02-07", "2027-02-08", id="twelve months"),
        pytest.param({"days": 30}, "2026-03-09", "2026-03-10", id="30 days"),
        pytest.param("calendar_year", "2026-12-31", "2027-01-01", id="calendar year"),
        pytest.param("membership_year", "2027-01-04", "2027-01-05", id="membership year"),
    ],
)
def test_t2_t9_what_a_window_earned_counts_to_its_last_day(make, clock, window, last, after):
    ana = joined(make, measure=OF_STATUS | {"window": window})
    clock.move(noon("2026-02-08"))
    ana.buy("60.00")
    counts = ana.look("/tier", midnight(after) - INSTANT)
    assert (counts["measure"], counts["next"]["missing"]) == (60, 40)
    assert [(one["kind"], one["points"]) for one in counts["because"]] == [("earn", 60)]
    assert ana.look("/tier", noon(last)) == {**counts, "at": wire(noon(last))}
    gone = ana.look("/tier", midnight(after))
    assert (gone["measure"], gone["because"]) == (0, [])


def test_t2_goods_that_come_back_no_longer_count_but_the_card_stays(make, clock):
    ana = joined(make, measure=TWELVE_MONTHS)
    clock.move(noon("2026-02-08"))
    sold = ana.buy("150.00")
    clock.move(noon("2026-02-20"))
    ana.give_back(sold, amount="120.00")
    tier = ana.look("/tier")
    assert (tier["tier"], tier["measure"], tier["keep"], tier["next"]["missing"]) == (
        "silver",
        30,
        {"missing": 70},
        170,
    )


def test_t9_why_names_what_counts_what_is_missing_and_the_next_review(make, clock):
    ana = joined(make, {"silver": (100, 80), "gold": 200})
    clock.move(noon("2026-02-08"))
    first = ana.buy("110.00")
    clock.move(noon("2026-03-01"))
    ana.adjust(-50, "status")
    ana.adjust(3, "status")
    tier = ana.look("/tier")
    assert (tier["measure"], tier["next"], tier["keep"]) == (
        63,
        {"tier": "gold", "missing": 137},
        {"missing": 17},
    )
    assert tier["review_at"] == tier["until"] == "2027-02-07T16:00:00Z"
    assert tier["counters"][0]["attain_next"] == 200
    assert tier["counters"][0]["retain"] == 80
    assert [(one["kind"], one["points"]) for one in tier["because"]] == [("earn", 110), ("adjust", 3)]
    assert tier["because"][0] == {
        "counter": "points",
        "operation": first["purchase_id"],
        "kind": "earn",
        "points": 110,
        "happened_at": "2026-02-08T04:00:00Z",
    }


def test_t9_points_that_are_dead_are_no_reason(make, clock):
    ana = joined(make, status_lasts={"days": 5})
    ana.buy("90.00")
    clock.move(noon("2026-02-08"))
    ana.buy("30.00")
    tier = ana.look("/tier")
    assert (tier["measure"], [one["points"] for one in tier["because"]]) == (30, [30])


def test_t9_at_the_top_there_is_no_next_tier(ana):
    ana.adjust(1_000, "status")
    tier = ana.look("/tier")
    assert (tier["tier"], tier["next"], tier["keep"]) == ("diamond", None, {"missing": 0})


def test_t9_an_insurers_programme_hides_what_is_missing_and_only_that(make, clock):
    ana = joined(make, show_missing="none")
    ana.adjust(120, "status")
    tier = ana.look("/tier")
    assert (tier["next"], tier["keep"]) == ({"tier": "gold", "missing": None}, {"missing": None})
    assert [(one["attain_next"], one["retain"]) for one in tier["counters"]] == [(None, None)]
    assert (tier["measure"], len(tier["because"])) == (120, 1)
    assert tier["review_at"] == "2027-01-04T16:00:00Z"


def test_t7_t9_what_was_measured_on_31_december_is_what_keeps_the_tier(make, clock):
    """Gold is safe from New Year on, whatever January shows; a year below 200 cannot be mended in March."""
    ana = joined(make, {"gold": 200}, **AIRLINE)
    clock.move(noon("2026-05-10"))
    ana.buy("230.00")
    assert ana.look("/tier", noon("2026-12-31"))["keep"] == {"missing": 0}
    clock.move(noon("2027-01-20"))
    tier = ana.look("/tier")
    assert (tier["measure"], tier["keep"], tier["review_at"]) == (0, {"missing": 0}, "2027-03-31T16:00:00Z")
    ana.buy("10.00")
    assert ana.look("/tier")["keep"] == {"missing": 0}
    assert shown(ana, noon("2027-04-01")) == ("gold", "review", "2028-03-31")


def test_t7_what_was_measured_is_booked_with_its_term(app, make, clock):
    ana = joined(make, {"gold": 200}, **AIRLINE)
    clock.move(noon("2026-05-10"))
    ana.buy("230.00")
    clock.move(noon("2027-01-20"))
    ana.adjust(1, "reward")
    measured = terms_of(app, ana)[-1]
    assert (measured.measured, measured.measured_booked_at) == ({"points": 230}, clock.now())
    clock.move(noon("2027-04-05"))
    ana.adjust(1, "reward")
    assert shown(ana) == ("gold", "review", "2028-03-31")
    assert shown(ana, noon("2027-01-10")) == ("gold", "lift", "2027-03-31")
    assert terms_of(app, ana)[-1].evidence["measure"] == {"points": 230}


def test_t2_any_of_several_counters_is_shown_with_each_ones_bars(make, clock):
    spend = OF_STATUS | {"code": "spend", "window": {"months": 12}}
    measure = {"any": [spend, {"code": "held", "balance": "reward"}]}
    ana = joined(make, {"silver": {"spend": 100, "held": 300}, "gold": {"spend": 200}}, measure=measure)
    ana.adjust(290, "reward")
    ana.buy("20.00")
    tier = ana.look("/tier")
    assert (tier["tier"], tier["next"], tier["keep"]) == (
        "silver",
        {"tier": "gold", "missing": 180},
        {"missing": 0},
    )
    assert [
        (c["code"], c["window"], c["points"], c["attain_next"], c["retain"]) for c in tier["counters"]
    ] == [
        ("spend", "12 months", 20, 200, 100),
        ("held", None, 310, None, 300),
    ]
    assert {(one["counter"], one["points"]) for one in tier["because"]} == {
        ("spend", 20),
        ("held", 290),
        ("held", 20),
    }


def test_a3_before_they_joined_a_member_is_not_there(ana):
    answer = ana.till.get(f"/members/{ana.member_id}/tier?at=2026-01-05T01:59:59Z")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert ana.till.get("/members/0/tier").status_code == 404


@pytest.mark.parametrize("at", ["2026-02-30T00:00:00Z", "2026-02-01", "tomorrow", "9999-12-31T23:59:59Z"])
def test_a1_an_instant_that_cannot_be_is_refused(ana, at):
    answer = ana.till.get(f"/members/{ana.member_id}/tier?at={at}")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


def test_a1_twenty_years_ahead_there_is_an_answer_and_no_further(ana):
    ana.adjust(100, "status")
    assert shown(ana, noon("2045-12-30")) == ("silver", "review", "2046-01-04")
    answer = ana.till.get(f"/members/{ana.member_id}/tier?at=2046-01-05T00:00:00Z")
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["at"])
