from datetime import UTC, datetime, timedelta

import pytest

from loyalty.decide.ceilings import offline_breach, terminal_of, watch
from loyalty.decide.club import Ceiling
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Edition, Editions, compile_programme
from loyalty.errors import CeilingExceeded, ProgrammeFaulty
from loyalty.usage.terms import UsageKey, Used
from tests.documents import small

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DAILY = UsageKey("ceiling:spend:member_day:reward", "7", "2026-03-04")
TIMES = UsageKey("ceiling:spend:member_day_times", "7", "2026-03-04")
TERMINAL = UsageKey("ceiling:spend:terminal_day:reward", "T", "2026-03-04")


def editions(**limits):
    return Editions((Edition(1, NOW - DAY, compile_programme(small(limits=limits))),))


def spending(**ceilings):
    return watch(editions(spend=ceilings), "spend", "T", NOW, NOW)


def after(used):
    return Outcome(Snapshot(7, NOW, None, {}, {}, (), used))


@pytest.mark.parametrize(
    ("ceilings", "used", "points", "reason"),
    [
        ({}, {}, 10**12, None),
        ({"transaction": 5}, {}, 5, None),
        ({"transaction": 5}, {}, 6, "spend.transaction"),
        ({"member_day": 5}, {DAILY: Used(9, 2)}, 3, None),
        ({"member_day": 5}, {DAILY: Used(0, 2)}, 4, "spend.member_day"),
        ({"member_day_times": 2}, {TIMES: Used(1, 99)}, 99, None),
        ({"member_day_times": 2}, {TIMES: Used(2, 0)}, 0, "spend.member_day_times"),
        ({"terminal_day": 5}, {TERMINAL: Used(0, 5)}, 0, None),
        ({"terminal_day": 5}, {TERMINAL: Used(0, 5)}, 1, "spend.terminal_day"),
        ({"transaction": 1, "member_day": 1}, {}, 2, "spend.transaction"),
    ],
)
def test_a_breach_is_the_first_ceiling_that_a_fact_is_above(ceilings, used, points, reason):
    watched, found = spending(**ceilings), after(used)
    breach = watched.breach(found, {"reward": points})
    assert (breach and breach.reason) == reason
    if breach is None:
        watched.passed(found, {"reward": points})
    else:
        with pytest.raises(CeilingExceeded):
            watched.passed(found, {"reward": points})


def test_what_passes_is_counted_once_on_each_counter():
    watched = spending(transaction=9, member_day=9, member_day_times=9, terminal_day=9)
    status = [UsageKey(key.name.replace("reward", "status"), *_rest(key)) for key in (DAILY, TERMINAL)]
    assert watched.keys(7) == {DAILY, TIMES, TERMINAL, *status}
    counted = watched.counted(after({}), {"reward": 4}).uses
    assert counted == {DAILY: Used(1, 4), TIMES: Used(1, 0), TERMINAL: Used(1, 4)} | {
        key: Used(1, 0) for key in status
    }


def _rest(key):
    return key.subject, key.period


def test_names_of_terminals_do_not_run_together():
    assert terminal_of("a", "bc") != terminal_of("ab", "c")
    assert len(terminal_of("s" * 40, "t" * 40)) == 80


@pytest.mark.parametrize(
    ("days", "age", "reason"),
    [
        (None, 15 * DAY, None),
        (None, 15 * DAY + MINUTE, "offline.days"),
        (2, 2 * DAY, None),
        (2, 2 * DAY + MINUTE, "offline.days"),
        (None, -10 * MINUTE, None),
        (None, -11 * MINUTE, "offline.ahead"),
    ],
)
def test_the_stamp_of_an_offline_sale_is_neither_old_nor_ahead(days, age, reason):
    known = editions(**({"offline": {"days": days}} if days else {}))
    breach = offline_breach(known, NOW - age, NOW)
    assert (breach and breach.reason) == reason


def test_the_section_of_limits_is_read_whole():
    ceilings = {"transaction": 1, "member_day": 2, "member_day_times": 3, "terminal_day": 4}
    offline = {"days": 9, "sales_per_terminal_day": 5, "points_per_terminal_day": 6}
    limits = compile_programme(small(limits={"earn": ceilings, "offline": offline})).limits
    assert limits.offline_days == 9
    assert limits.ceilings == {
        "earn": (
            Ceiling("transaction", "transaction", "points", 1),
            Ceiling("member_day", "member", "points", 2),
            Ceiling("member_day_times", "member", "times", 3),
            Ceiling("terminal_day", "terminal", "points", 4),
        ),
        "offline": (
            Ceiling("sales_per_terminal_day", "terminal", "times", 5),
            Ceiling("points_per_terminal_day", "terminal", "points", 6),
        ),
    }
    assert compile_programme(small()).limits.offline_days == 15


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"limits": 5}, "limits"),
        ({"limits": {"earn": 5}}, "limits.earn"),
        ({"limits": {"earn": {"transaction": -1}}}, "limits.earn.transaction"),
        ({"limits": {"earn": {"transaction": True}}}, "limits.earn.transaction"),
        ({"limits": {"earn": {"transaction": 10**12 + 1}}}, "limits.earn.transaction"),
        ({"limits": {"earn": {"days": 1}}}, "limits.earn.days"),
        ({"limits": {"burn": {"transaction": 1}}}, "limits.burn"),
        ({"limits": {"offline": {"days": 0}}}, "limits.offline.days"),
        ({"limits": {"offline": {"member_day": 1}}}, "limits.offline.member_day"),
        ({"club.own_card": "perhaps"}, "club.own_card"),
        ({"club.quote_minutes": 0}, "club.quote_minutes"),
        ({"club.spend_needs": "luck"}, "club.spend_needs"),
        ({"club.returns_without_receipt": 5}, "club.returns_without_receipt"),
        ({"club.returns_without_receipt": {}}, "club.returns_without_receipt.member_day"),
    ],
)
def test_faults_of_limits_are_told_by_their_path(change, path):
    with pytest.raises(ProgrammeFaulty) as told:
        compile_programme(small(**change))
    assert [place for place, _ in told.value.facts["faults"]] == [path]


def test_what_the_club_says_of_trust_has_a_default():
    club = compile_programme(small()).club
    assert (club.own_card, club.quote_minutes, club.spend_needs) == ("flag", 15, "card")
    assert (club.returns_without_receipt_minor, club.kept_days) == (None, 30)
    told = compile_programme(small(**{"club.returns_without_receipt": {"member_day": "500.00"}})).club
    assert told.returns_without_receipt_minor == 500_00
