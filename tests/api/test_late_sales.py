from datetime import UTC, date, datetime, timedelta

import pytest

from tests.makers import wire

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATER = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 40}}
TRIPLE = {"code": "triple", "on": "purchase", "unit": "reward", "phase": "multiplier", "earn": {"times": 3}}
TO_BOTH = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}


@pytest.fixture
def ana(make):
    make.club()
    return make.shopper()


def given(answer):
    return answer["award"]["units"]["reward"]


def test_p11_a_late_fact_opens_at_once_what_would_be_open(make, ana, clock):
    make.club(**{"rule[2]": LATER | {"from": {"days": 14}}, "unit.reward.expiry": {"months": 1}})
    sold_at = clock.move(MINUTE)
    clock.move(timedelta(days=20))
    told = ana.buy("10.00", sold_at=wire(sold_at))
    assert told["balance"]["reward"] == {"available": 50, "held": 0, "pending": 0, "debt": 0}
    shown = ana.look("/balance")["units"]["reward"]["expiring"]
    assert [(lot["points"], lot["last_day"]) for lot in shown] == [(10, "2026-02-05"), (40, "2026-02-19")]


def test_p13_the_edition_is_the_one_in_force_when_it_was_sold(make, ana, clock):
    before, change_at = clock.now(), clock.now() + DAY
    make.club(in_force_from=change_at, **{"rule[2]": TRIPLE})
    clock.move(change_at + DAY)
    offline = ana.buy("10.00", sold_at=wire(before))
    eve = ana.buy("10.00", sold_at=wire(change_at - timedelta(microseconds=1)))
    morning = ana.buy("10.00", sold_at=wire(change_at))
    assert [(told["edition"], given(told)) for told in (offline, eve, morning)] == [(1, 10), (1, 10), (2, 30)]


@pytest.mark.parametrize(
    ("late_by", "judged"),
    [
        pytest.param(timedelta(days=30), (1, 10, False), id="30 days late is in time"),
        pytest.param(timedelta(days=30, microseconds=1), (2, 30, True), id="later it is judged by now"),
    ],
)
def test_p14_a_late_fact_is_judged_as_of_then_inside_late_days(make, ana, clock, late_by, judged):
    sold_at = clock.now()
    make.club(in_force_from=sold_at + DAY, **{"rule[2]": TRIPLE})
    clock.move(sold_at + late_by)
    told = ana.buy("10.00", sold_at=wire(sold_at))
    assert (told["edition"], given(told), told["late"]) == judged
    shown = ana.look("/balance")["units"]["reward"]["expiring"]
    assert [lot["last_day"] for lot in shown] == ["2028-01-05"]  # N6: the anchor is the fact's local day


def test_p14_a_late_fact_earns_by_the_tier_of_then(make, clock):
    golden = {"code": "gold", "on": "purchase", "unit": "reward", "phase": "multiplier",
              "when": "member.tier == 'gold'", "earn": {"times": 2}}  # fmt: skip
    make.club(**{"rule[2]": TO_BOTH, "rule[3]": golden})
    ana = make.shopper()
    sold_at = clock.now()
    clock.move(DAY)
    assert ana.buy("2000.00")["tier"] == "gold"
    assert given(ana.buy("10.00", sold_at=wire(sold_at))) == 10
    assert given(ana.buy("10.00", sold_at=wire(clock.now()))) == 20


def test_t2_a_late_fact_counts_on_its_own_day(make, clock):
    by_years = {"earned": "status", "window": "calendar_year"}
    make.club(**{"rule[2]": TO_BOTH, "terms.measure": by_years})
    ana = make.shopper()
    sold_at = clock.move(datetime(2026, 12, 31, 12, tzinfo=UTC))
    clock.move(2 * DAY + sold_at)
    ana.buy("40.00", sold_at=wire(sold_at))
    ana.buy("3.00")
    [counter] = ana.look("/tier")["counters"]
    assert (counter["points"], clock.now().year) == (3, 2027)
    make.run("ledger", "verify")


def test_n5_a_late_fact_whose_points_are_dead_is_booked_and_expires_at_once(make, clock):
    make.club(**{"unit.reward.expiry": {"days": 5}})
    ana = make.shopper()
    sold_at = clock.now()
    clock.move(timedelta(days=6))
    told = ana.buy("10.00", sold_at=wire(sold_at))
    assert (given(told), told["balance"]["reward"]["available"]) == (10, 0)
    lines = ana.look("/entries")["items"]
    assert [(line["kind"], line["points"], line["contra"]) for line in lines] == [
        ("expire", -10, "expired"),
        ("earn", 10, "issued"),
    ]
    assert ana.buy("1.00")["balance"]["reward"]["available"] == 1  # and life goes on
    assert [line["seq"] for line in ana.look("/entries")["items"]] == [3, 2, 1]


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        pytest.param(timedelta(0), (201, False), id="now"),
        pytest.param(10 * MINUTE, (201, True), id="ten minutes ahead count as now"),
        pytest.param(10 * MINUTE + timedelta(microseconds=1), (422, None), id="more is refused"),
    ],
)
def test_a_stamp_a_little_ahead_counts_as_now_and_is_flagged(ana, clock, ahead, expected):
    status, flagged = expected
    told = ana.buy(sold_at=wire(clock.now() + ahead), expect=status)
    assert told.get("clock_ahead") is flagged
    assert told.get("code") == (None if status == 201 else "sold_in_future")


def test_a_stamp_ahead_is_now_for_the_edition_the_anchor_and_the_rules(make, clock):
    midnight = datetime(2026, 1, 6, tzinfo=UTC)
    new_day = "purchase.sold_at >= timestamp('2026-01-06T00:00:00Z')"
    by_stamp = LATER | {"code": "new-day", "when": new_day}
    make.club(**{"rule[2]": by_stamp})
    make.club(in_force_from=midnight, **{"rule[2]": TRIPLE})
    ana = make.shopper()
    clock.move(midnight - 5 * MINUTE)
    told = ana.buy("10.00", sold_at=wire(midnight))
    assert (told["edition"], told["clock_ahead"], given(told)) == (1, True, 10)
    assert ana.look("/balance")["units"]["reward"]["expiring"][0]["last_day"] == date(2028, 1, 5).isoformat()


def test_m2_the_offline_sale_of_a_card_lost_since_is_accepted(ana, clock):
    sold_at = clock.now()
    lost_at = clock.move(60 * MINUTE)
    ana.tell(f"/members/{ana.member_id}/cards", {"reason": "lost"}, 201, key="lost")
    clock.move(60 * MINUTE)
    assert given(ana.buy(sold_at=wire(sold_at))) == 100
    assert ana.buy(sold_at=wire(lost_at), expect=422)["code"] == "card_blocked"
    assert ana.redeem(10, expect=422)["code"] == "card_blocked"
    assert ana.figures() == (100, 0, 0, 0)
