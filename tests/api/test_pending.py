"""Points that open by an event, and in parts (P11)."""

from datetime import timedelta

import pytest

from tests.actions.test_once import at_once
from tests.api.test_facts import tell
from tests.makers import wire

DAY = timedelta(days=1)
LATER = {"code": "later", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}}
CALLED = LATER | {"from": {"event": "call_back_done"}}
AT_LATEST = LATER | {"from": {"event": "call_back_done", "at_latest_days": 60}}
HALVES = LATER | {"parts": [{"share": "0.5", "days": 14}, {"share": "0.5", "event": "call_back_done"}]}


def club(make, *rules, **changes):
    make.club(**({"rule": list(rules)} | changes))
    return make.shopper()


def called(one, reference="f-1", **more):
    return tell(one, "call_back_done", reference, **more)


def test_p11_points_wait_for_an_event_however_long(make, clock):
    ana = club(make, CALLED)
    sold = ana.buy("101.00")
    assert sold["award"]["pending"] == [
        {"unit": "reward", "points": 101, "opens_at": None, "event": "call_back_done", "lapses_at": None}
    ]
    assert ana.till.get(f"/purchases/{sold['purchase_id']}").json["award"] == sold["award"]
    clock.move(400 * DAY)
    make.run("jobs", "nightly")
    assert ana.figures() == ana.figures(clock.now() + 7_000 * DAY) == (0, 0, 101, 0)
    assert tell(ana, "other", "f-0")["opened"] == []
    told = called(ana)
    assert told["opened"] == [{"operation": sold["purchase_id"], "unit": "reward", "points": 101}]
    assert ana.figures() == (101, 0, 0, 0)
    assert called(ana, "f-2")["opened"] == []
    make.run("ledger", "verify")


def test_n6_what_an_event_opens_lives_from_the_day_the_club_was_told(make, clock):
    ana = club(make, CALLED)
    ana.buy("10.00")
    clock.move(40 * DAY)
    called(ana, happened_at=wire(clock.now() - 9 * DAY))
    [lot] = ana.look("/balance")["units"]["reward"]["expiring"]
    assert lot["last_day"] == "2028-02-14"  # 24 months from 14 February 2026
    opened = next(line for line in ana.look("/entries")["items"] if line["kind"] == "open")
    assert (opened["happened_at"], opened["reasons"]) == (wire(clock.now()), {"event": "call_back_done"})


def test_p11_of_one_sale_only_where_the_fact_is_about_one(make):
    ana = club(make, CALLED)
    first, second = ana.buy("10.00"), ana.buy("20.00")
    assert [one["points"] for one in called(ana, about=second["purchase_id"])["opened"]] == [20]
    assert ana.figures() == (20, 0, 10, 0)
    assert called(ana, "f-2", about=second["purchase_id"])["opened"] == []
    assert [one["operation"] for one in called(ana, "f-3")["opened"]] == [first["purchase_id"]]
    make.run("ledger", "verify")


def test_a3_a_fact_about_another_member_s_sale_is_about_nothing(make):
    ana = club(make, CALLED)
    ben = make.shopper()
    sold = ben.buy("10.00")
    redeemed = f"{ana.member_id}-{sold['purchase_id'].partition('-')[2]}"
    for about in (sold["purchase_id"], redeemed, "zz-zz", "!"):
        assert called(ana, about=about, expect=404)["fields"] == {"about": "is unknown"}
    assert called(ana)["opened"] == []
    assert ben.figures() == (0, 0, 10, 0)


def test_p11_at_the_latest_the_clock_opens_them(make, clock):
    ana = club(make, AT_LATEST)
    sold = ana.buy("10.00")
    assert sold["award"]["pending"] == [
        {
            "unit": "reward",
            "points": 10,
            "opens_at": "2026-03-06T00:00:00Z",
            "event": "call_back_done",
            "lapses_at": None,
        }
    ]
    early = ana.buy("5.00")
    assert [one["points"] for one in called(ana, about=early["purchase_id"])["opened"]] == [5]
    clock.move(61 * DAY)
    assert ana.figures() == (15, 0, 0, 0)
    assert called(ana, "f-2")["opened"] == []  # the clock was first
    assert ana.figures() == (15, 0, 0, 0)
    make.run("ledger", "verify")


def test_p11_in_parts_that_add_up(make, clock):
    ana = club(make, HALVES)
    sold = ana.buy("11.00")
    assert [(one["points"], one["event"]) for one in sold["award"]["pending"]] == [
        (5, None),
        (6, "call_back_done"),
    ]
    clock.move(14 * DAY)
    assert ana.figures() == (5, 0, 6, 0)
    called(ana)
    assert ana.figures() == (11, 0, 0, 0)
    make.run("ledger", "verify")


def test_p11_a_part_without_a_date_or_an_event_is_usable_at_once(make):
    ana = club(make, LATER | {"parts": [{"share": "0.25"}, {"share": "0.75", "days": 3}]})
    ana.buy("10.00")
    assert ana.figures() == (2, 0, 8, 0)


def test_p7_a_return_takes_what_waits_for_an_event_first(make, clock):
    ana = club(make, HALVES)
    sold = ana.buy("10.00")
    clock.move(14 * DAY)
    assert ana.figures() == (5, 0, 5, 0)
    ana.give_back(sold, (1, "4.00"))
    assert ana.figures() == (5, 0, 1, 0)
    ana.give_back(sold, (1, "2.00"))
    assert ana.figures() == (4, 0, 0, 0)
    assert called(ana)["opened"] == []
    assert ana.figures() == (4, 0, 0, 0)
    make.run("ledger", "verify")


def test_p7_before_it_opens_what_opens_last_goes_first(make):
    ana = club(make, HALVES)
    sold = ana.buy("10.00")
    ana.give_back(sold, (1, "6.00"))
    assert called(ana)["opened"] == []
    assert ana.figures() == (0, 0, 4, 0)
    make.run("ledger", "verify")


def test_p8_what_an_event_opens_pays_debt_first(make):
    ana = club(make, LATER, CALLED | {"code": "waits", "phase": "bonus", "earn": {"fixed": 30}})
    sold = ana.buy("100.00")
    ana.redeem(100)
    ana.buy("1.00")
    ana.give_back(sold, (1, "100.00"))
    available, _, pending, debt = ana.figures()
    assert (available, pending, debt) == (0, 30, 99)
    called(ana)
    assert ana.figures() == (0, 0, 0, 69)
    make.run("ledger", "verify")


def test_t4_what_an_event_opens_lifts_at_once(make):
    ana = club(make, CALLED | {"unit": "status"}, **{"terms.measure": {"balance": "status"}})
    assert ana.buy("600.00")["tier"] == "silver"  # the small club's first tier asks for nothing
    ana.buy("1500.00")
    told = called(ana)
    assert (told["tier"], told["tier_change"]["before"]) == ("gold", "silver")
    make.run("ledger", "verify")


def test_views_of_the_past_know_what_was_still_waiting(make, clock):
    ana = club(make, CALLED)
    ana.buy("10.00")
    clock.move(5 * DAY)
    before = clock.now()
    clock.move(DAY)
    called(ana)
    clock.move(DAY)
    assert (ana.figures(before), ana.figures()) == ((0, 0, 10, 0), (10, 0, 0, 0))


@pytest.mark.parametrize("told", ["first", "after"])
def test_a_fact_opens_what_waits_when_it_is_told(make, clock, told):
    """An event told before the sale opens nothing of it: tell again, or say `at_latest_days`."""
    ana = club(make, CALLED)
    if told == "first":
        called(ana)
    ana.buy("10.00", sold_at=wire(clock.now()))
    if told == "after":
        called(ana)
    assert ana.figures() == ((0, 0, 10, 0) if told == "first" else (10, 0, 0, 0))


def test_two_who_tell_of_it_at_once_open_it_once(make):
    ana = club(make, CALLED)
    ana.buy("10.00")
    told = at_once(4, lambda number: called(ana, f"f-{number}"))
    assert sorted(len(one["opened"]) for one in told) == [0, 0, 0, 1]
    assert ana.figures() == (10, 0, 0, 0)
    make.run("ledger", "verify")


def test_an_activity_can_promise_for_another(make):
    seen = {"code": "seen", "on": "activity", "unit": "reward", "earn": {"fixed": 8}}
    ana = club(make, seen | {"when": "activity.kind == 'booked'", "from": {"event": "came"}})
    booked = tell(ana, "booked", "1")
    assert ana.figures() == (0, 0, 8, 0)
    assert tell(ana, "came", "2", about=booked["fact_id"])["opened"][0]["points"] == 8
    assert ana.figures() == (8, 0, 0, 0)
    make.run("ledger", "verify")
