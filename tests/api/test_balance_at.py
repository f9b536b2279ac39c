from datetime import UTC, datetime, timedelta

import pytest

from tests.documents import GONE

QUARTER = {"months": 1, "align": "quarter_end"}
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
SHORT = {"unit.reward.expiry": {"days": 10}}
NOTHING_AT_ONCE = {"rule[0].earn": {"points": 1, "per": "1000.00"}}
PENDING = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus"}


def promises(**points_by_days):
    """Rules that promise points after so many days (`d5=10`)."""
    return {
        f"rule[{place}]": PENDING | {"code": name, "earn": {"fixed": points}, "from": {"days": int(name[1:])}}
        for place, (name, points) in enumerate(points_by_days.items(), start=2)
    }


def midnight(day, month=1, year=2026):
    return datetime(year, month, day, tzinfo=UTC)


def test_n5_a_lot_lives_to_the_end_of_its_last_local_day(make, clock):
    make.club(**{"unit.reward.expiry": {"months": 6}})
    ana = make.shopper()
    ana.buy("100.00")
    dead_at = datetime(2026, 7, 5, 23, tzinfo=UTC)  # midnight of a summer night in Lisbon
    shown = ana.look("/balance")["units"]["reward"]["expiring"]
    assert shown == [{"points": 100, "last_day": "2026-07-05", "expires_at": "2026-07-05T23:00:00Z"}]
    assert ana.figures(at=dead_at - INSTANT)[0] == 100
    assert ana.figures(at=dead_at)[0] == 0


@pytest.mark.parametrize(
    ("expiry", "sold_at", "last_day"),
    [
        pytest.param({"months": 1}, "2026-01-31T12:00:00Z", "2026-02-28", id="31 January and a month"),
        pytest.param({"months": 2}, "2026-01-31T12:00:00Z", "2026-03-31", id="and two months"),
        pytest.param({"months": 25}, "2026-01-31T12:00:00Z", "2028-02-29", id="in a leap year"),
        pytest.param({"months": 1, "align": "month_end"}, "2026-01-01T12:00:00Z", "2026-02-28", id="month"),
        pytest.param({"months": 1}, "2026-01-31T23:59:59.999999Z", "2026-02-28", id="just before midnight"),
        pytest.param({"months": 1}, "2026-02-01T00:00:00Z", "2026-03-01", id="just after midnight"),
        pytest.param({"days": 59, "align": "exact"}, "2026-01-31T12:00:00Z", "2026-03-31", id="in days"),
        pytest.param(QUARTER, "2026-01-31T12:00:00Z", "2026-03-31", id="quarter"),
        pytest.param({"months": 12, "align": "year_end"}, "2026-01-31T12:00:00Z", "2027-12-31", id="year"),
        pytest.param({"days": 1}, "2026-03-28T12:00:00Z", "2026-03-29", id="a night an hour short"),
    ],
)  # fmt: skip
def test_n6_months_are_added_from_the_facts_local_day_and_clamp(make, clock, expiry, sold_at, last_day):
    make.club(**{"unit.reward.expiry": expiry})
    ana = make.shopper()
    clock.move(datetime.fromisoformat(sold_at))
    ana.buy("100.00")
    [lot] = ana.look("/balance")["units"]["reward"]["expiring"]
    assert lot["last_day"] == last_day


def test_a_balance_at_any_past_instant_is_what_was_true_then(make, clock):
    make.club(**SHORT)
    ana = make.shopper()
    joined_at = clock.now()
    told = []
    clock.move(DAY)
    for act in (lambda: ana.buy("100.00"), lambda: ana.redeem(30), lambda: ana.hold(20),
                lambda: ana.buy("50.00"), lambda: ana.adjust(-10)):  # fmt: skip
        act()
        told.append((clock.now(), ana.figures()))
        clock.move(DAY)
    clock.move(30 * DAY)
    assert [(at, ana.figures(at=at)) for at, _ in told] == told
    ana.buy("1.00")  # books all that the clock did
    assert [(at, ana.figures(at=at)) for at, _ in told] == told
    assert ana.figures(at=joined_at) == (0, 0, 0, 0)
    before = ana.till.get(f"/members/{ana.member_id}/balance?at=2026-01-05T01:59:59Z")
    assert (before.status_code, before.json["code"]) == (404, "not_found")


def test_a_past_balance_knows_what_was_booked_by_then_only(make, clock):
    make.club()
    ana = make.shopper()
    sold_at = clock.now()
    clock.move(DAY)
    ana.buy("100.00", sold_at=sold_at.isoformat().replace("+00:00", "Z"))
    assert ana.figures(at=clock.now() - INSTANT) == (0, 0, 0, 0)
    assert ana.figures(at=clock.now()) == (100, 0, 0, 0)


def test_a_future_balance_is_what_the_clock_alone_will_make(make, clock):
    make.club(**promises(d14=40) | SHORT)
    ana = make.shopper()
    ana.buy("100.00")
    held = ana.hold(30, ends_in_seconds=3600)
    now = clock.now()
    timeline = {
        now + timedelta(minutes=59): (70, 30, 40, 0),
        now + timedelta(hours=1): (100, 0, 40, 0),
        midnight(16) - INSTANT: (100, 0, 40, 0),
        midnight(16): (0, 0, 40, 0),
        midnight(19): (40, 0, 0, 0),
        midnight(30): (0, 0, 0, 0),
        datetime(2045, 12, 30, tzinfo=UTC): (0, 0, 0, 0),
    }
    assert {at: ana.figures(at=at) for at in timeline} == timeline
    for at, figures in timeline.items():  # and so it comes
        clock.move(at)
        assert ana.figures() == figures
    assert ana.till.get(f"/holds/{held['hold_id']}").json["state"] == "ended"


def test_p5_a_late_night_changes_nothing_that_anyone_can_see(make, clock):
    make.club(**promises(d3=40) | SHORT)
    till = make.till()
    left_alone, booked_daily = people = [make.shopper(till), make.shopper(till)]
    begin = clock.now()
    for one in people:
        sold = one.buy("100.00")
        one.hold(60, ends_in_seconds=5 * 24 * 3600)
        one.redeem(40)
        one.give_back(sold, amount="100.00")  # 40 were pending, 40 are spent, 60 held: 100 are owed
    seen = []
    for day in range(16):
        clock.move(begin + day * DAY)
        booked_daily.adjust(1, unit="status")  # whatever the clock did is booked with it
        assert left_alone.figures() == booked_daily.figures()
        seen.append(left_alone.figures())
    assert seen[0] == (0, 60, 0, 100)
    assert seen[5] == (0, 0, 0, 40)
    for one in people:
        assert [one.figures(at=begin + day * DAY) for day in range(16)] == seen
    clock.move(timedelta(seconds=1))
    left_alone.adjust(1, unit="status")
    for one in people:
        assert [one.figures(at=begin + day * DAY) for day in range(16)] == seen


def test_p11_p7_a_past_balance_knows_which_pending_part_was_taken_back(make, clock):
    make.club(**promises(d5=10, d10=10, d20=4), **NOTHING_AT_ONCE)
    ana = make.shopper()
    sold = ana.buy("100.00")
    assert ana.figures() == (0, 0, 24, 0)
    clock.move(DAY)
    ana.give_back(sold, amount="50.00")  # 12 of 24: the 4 of the last part, then 8 of the second
    returned_at, then = clock.now(), ana.figures()
    assert then == (0, 0, 12, 0)
    clock.move(DAY)
    assert ana.figures(at=returned_at) == then


@pytest.mark.parametrize("share", ["25.00", "60.00", "100.00"])
def test_p11_a_past_balance_is_the_same_before_and_after_the_parts_opened(make, clock, share):
    make.club(**promises(d5=10, d10=10), **NOTHING_AT_ONCE)
    ana = make.shopper()
    sold = ana.buy("100.00")
    clock.move(DAY)
    ana.give_back(sold, amount=share)
    seen = {}
    for _ in range(12):
        seen[clock.now()] = ana.figures()
        clock.move(DAY)
    ana.adjust(1)
    assert {at: ana.figures(at=at) for at in seen} == seen


def test_an_instant_needs_an_offset_and_a_known_member(make):
    make.club()
    ana = make.shopper()
    path = f"/members/{ana.member_id}/balance"
    for query in ("?at=2026-01-05", "?at=2026-01-05T00:00:00", "?at=", "?when=now", "?at=a&at=b"):
        assert ana.till.get(path + query).status_code == 422
    assert ana.till.get("/members/nobody/balance").status_code == 404
    assert ana.look("/balance")["at"] == "2026-01-05T02:00:00Z"


def test_a_unit_that_an_edition_adds_is_shown_from_then_on(make, clock):
    make.club()
    ana = make.shopper()
    joined_at = clock.now()
    name = {"zh": "宝石", "en": "Gems"}
    make.club(in_force_from=clock.now() + DAY, **{"unit.gems": {"name": name, "spendable": True}})
    clock.move(2 * DAY)
    assert set(ana.look("/balance")["units"]) == {"gems", "reward", "status"}
    assert set(ana.look("/balance", at=joined_at)["units"]) == {"reward", "status"}


def test_n7_what_a_lot_is_dead_of_at_the_instant_of_a_new_fact_is_gone_first(make, clock):
    make.club(**SHORT, **{"rule[1]": GONE})
    ana = make.shopper()
    ana.buy("100.00")
    clock.move(midnight(16))
    assert ana.buy("5.00")["balance"]["reward"]["available"] == 5
