"""Gifts that must be claimed in time, points that open days after an event, and expiry by rule (0029)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.test_facts import tell
from tests.makers import wire

DAY = timedelta(days=1)
BIRTHDAY = {
    "code": "birthday",
    "on": "birthday",
    "unit": "reward",
    "earn": {"fixed": 2_000},
    "from": {"event": "birthday_claimed", "within_days": 30},
}
ISSUED = {
    "code": "issued",
    "on": "activity",
    "unit": "reward",
    "when": "activity.kind == 'policy_issued'",
    "earn": {"points": 1, "per_count": 1, "of": "attributes.points"},
}
PER_EURO = {"code": "p", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}}
SIGNED = ISSUED | {"from": {"event": "receipt_signed", "then_days": 21}}
LATEST_DAY = datetime(2026, 3, 12, 23, 59, tzinfo=UTC)  # thirty days after 10 February


@pytest.fixture
def ana(make, clock):
    """Born on 10 February; it is that day, and the night has given the gift."""
    make.club(rule=[BIRTHDAY])
    ana = make.shopper(birth_date="1990-02-10")
    clock.move(datetime(2026, 2, 10, 2, tzinfo=UTC))
    make.run("jobs", "nightly")
    return ana


def issued(one, points=100, **more):
    return tell(one, "policy_issued", "issued", attributes={"points": points}, **more)


def test_p11_a_gift_is_there_once_it_is_claimed(make, ana, clock):
    assert ana.figures() == (0, 0, 2_000, 0)
    clock.move(LATEST_DAY)
    told = tell(ana, "birthday_claimed")
    assert [one["points"] for one in told["opened"]] == [2_000]
    assert ana.figures() == ana.figures(clock.now() + 3 * DAY) == (2_000, 0, 0, 0)
    make.run("ledger", "verify")


def test_p11_a_gift_that_is_not_claimed_in_time_lapses_by_the_clock(make, ana, clock):
    before, dead = clock.now(), LATEST_DAY + timedelta(minutes=1)
    assert ana.figures(dead - timedelta(seconds=1)) == (0, 0, 2_000, 0)
    assert ana.figures(dead) == (0, 0, 0, 0)
    clock.move(dead)
    assert ana.figures() == (0, 0, 0, 0)  # true though no night has booked it
    assert tell(ana, "birthday_claimed")["opened"] == []
    clock.move(5 * DAY)
    assert (ana.figures(before), ana.figures(dead + DAY), ana.figures()) == (
        (0, 0, 2_000, 0), (0, 0, 0, 0), (0, 0, 0, 0),
    )  # fmt: skip
    make.run("ledger", "verify")


def test_p5_the_night_books_what_lapsed_as_of_its_instant(make, ana, clock):
    clock.move(LATEST_DAY + 9 * DAY)
    make.run("ledger", "verify")
    make.run("jobs", "nightly")
    make.run("jobs", "nightly")
    make.run("jobs", "post")
    events = ana.till.get("/events?limit=100").json["items"]
    expired = [one for one in events if one["type"] == "points.expired"]
    assert [one["data"]["units"] for one in expired] == [{"reward": 2_000}]
    assert ana.figures() == (0, 0, 0, 0)
    assert ana.figures(LATEST_DAY) == (0, 0, 2_000, 0)
    make.run("ledger", "verify")


def test_a_claim_window_is_told_with_the_award(make):
    gift = ISSUED | {"from": {"event": "claimed", "within_days": 3}}
    make.club(rule=[gift])
    assert issued(make.shopper())["award"]["pending"] == [
        {
            "unit": "reward",
            "points": 100,
            "opens_at": None,
            "event": "claimed",
            "lapses_at": "2026-01-09T00:00:00Z",
        }
    ]


def test_one_part_lapses_and_another_waits_on(make, clock):
    gift, called = {"share": "0.5", "event": "claimed", "within_days": 3}, {"share": "0.3", "event": "called"}
    make.club(rule=[ISSUED | {"parts": [gift, called, {"share": "0.2", "days": 9}]}])
    ana = make.shopper()
    issued(ana)
    clock.move(4 * DAY)
    make.run("jobs", "nightly")
    after = clock.now()
    assert ana.figures() == (0, 0, 50, 0)
    clock.move(6 * DAY)
    assert ana.figures() == (20, 0, 30, 0)
    tell(ana, "called")
    clock.move(DAY)
    assert (ana.figures(after), ana.figures()) == ((0, 0, 50, 0), (50, 0, 0, 0))
    make.run("ledger", "verify")


def test_views_of_the_past_after_a_return_of_what_an_event_opened_later(make, clock):
    """What was withdrawn of one part is not taken off another, once the first is closed."""
    halves = {"parts": [{"share": "0.5", "days": 14}, {"share": "0.5", "event": "called"}]}
    make.club(rule=[PER_EURO | halves])
    ana = make.shopper()
    sold = ana.buy("100.00")
    ana.give_back(sold, (1, "20.00"))
    clock.move(DAY)
    tell(ana, "called")
    clock.move(DAY)
    seen = clock.now()
    assert ana.figures() == (30, 0, 50, 0)
    clock.move(DAY)
    assert ana.figures(seen) == (30, 0, 50, 0)


def test_p11_points_open_so_many_days_after_an_event(make, clock):
    make.club(rule=[SIGNED])
    ana = make.shopper()
    issued(ana)
    clock.move(40 * DAY)
    assert ana.figures() == (0, 0, 100, 0)
    waiting = clock.now()
    clock.move(datetime(2026, 3, 3, 9, tzinfo=UTC))
    told = tell(ana, "receipt_signed", happened_at="2026-03-01T10:00:00Z")
    assert told["opened"] == []
    before, opens = datetime(2026, 3, 21, 23, 59, tzinfo=UTC), datetime(2026, 3, 22, tzinfo=UTC)
    assert (ana.figures(before), ana.figures(opens)) == ((0, 0, 100, 0), (100, 0, 0, 0))
    assert tell(ana, "receipt_signed", "again")["opened"] == []  # its day stays
    clock.move(opens + 30 * DAY)
    make.run("jobs", "nightly")
    assert (ana.figures(waiting), ana.figures(before), ana.figures(opens)) == (
        (0, 0, 100, 0), (0, 0, 100, 0), (100, 0, 0, 0),
    )  # fmt: skip
    [lot] = ana.look("/balance")["units"]["reward"]["expiring"]
    assert lot["last_day"] == "2028-03-22"
    make.run("ledger", "verify")


def test_p11_an_event_told_too_late_opens_at_once(make, clock):
    make.club(rule=[SIGNED])
    ana = make.shopper()
    issued(ana)
    clock.move(90 * DAY)
    told = tell(ana, "receipt_signed", happened_at=wire(clock.now() - 60 * DAY))
    assert [one["points"] for one in told["opened"]] == [100]
    assert ana.figures() == (100, 0, 0, 0)
    make.run("ledger", "verify")


def test_p11_days_after_an_event_at_the_latest_and_in_time(make, clock):
    latest = ISSUED | {"from": {"event": "signed", "then_days": 21, "at_latest_days": 30}}
    claim = ISSUED | {"code": "claim", "from": {"event": "signed", "then_days": 5, "within_days": 20}}
    make.club(rule=[latest, claim])
    ana = make.shopper()
    issued(ana)
    clock.move(15 * DAY)  # 20 January
    tell(ana, "signed")
    assert [ana.figures(clock.now() + days * DAY)[:3:2] for days in (4, 5, 14, 15)] == [
        (0, 200), (100, 100), (100, 100), (200, 0),
    ]  # fmt: skip
    make.run("ledger", "verify")


def test_n6_a_rule_says_how_long_its_points_live(make):
    rules = [
        ISSUED | {"when": "activity.attributes.contest == false"},
        ISSUED | {"code": "contest", "when": "activity.attributes.contest == true",
                  "expiry": {"months": 12, "align": "month_end"}},
        ISSUED | {"code": "for-ever", "expiry": "never", "when": "true", "earn": {"fixed": 7}},
    ]  # fmt: skip
    make.club(rule=rules, **{"unit.reward.expiry": {"months": 36, "align": "month_end"}})
    ana = make.shopper()
    for contest in (False, True):
        tell(ana, "a", str(contest), attributes={"points": 100, "contest": contest})
    lots = ana.look("/balance")["units"]["reward"]["expiring"]
    assert [(lot["points"], lot["last_day"]) for lot in lots] == [(100, "2027-01-31"), (100, "2029-01-31")]
    ana.redeem(150)
    [lot] = ana.look("/balance")["units"]["reward"]["expiring"]
    assert (lot["points"], lot["last_day"]) == (50, "2029-01-31")
    assert ana.figures()[0] == 64
    make.run("ledger", "verify")


def test_n6_what_one_fact_gives_may_live_differently_and_comes_back_whole(make, clock):
    bonus = PER_EURO | {"phase": "bonus"}
    rules = [PER_EURO, bonus | {"code": "short", "expiry": {"days": 10}},
             bonus | {"code": "later", "expiry": {"days": 3}, "from": {"days": 14}}]  # fmt: skip
    make.club(rule=rules)
    ana = make.shopper()
    sold = ana.buy("100.00")
    assert ana.figures() == (200, 0, 100, 0)
    make.club(clock.now() + DAY, rule=[])  # a later edition changes no promise
    clock.move(14 * DAY)
    assert ana.figures() == (200, 0, 0, 0)  # the short ones are dead, the later ones open
    [soon, late] = ana.look("/balance")["units"]["reward"]["expiring"]
    assert (soon["last_day"], late["last_day"]) == ("2026-01-22", "2028-01-05")
    ana.give_back(sold, (1, "50.00"))
    assert ana.figures() == (50, 0, 0, 0)
    make.run("ledger", "verify")
