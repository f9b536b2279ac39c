"""Quotas at the edges of their periods (B1–B7), worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty.benefits import Period, Stretch, Visit, entitlement, free_again, parse
from loyalty.document import Faults, Section

SHANGHAI = ZoneInfo("Asia/Shanghai")
JOINED = date(2024, 2, 29)
LOUNGE = {"code": "lounge", "name": {"zh": "厅", "en": "Lounge"}, "kind": "service", "tiers": ["gold"]}


def terms(count=1, per="calendar_year", **more):
    """A benefit with a quota; `more` are keys of the quota, or of the benefit where they begin with on_."""
    on = {key: more.pop(key) for key in list(more) if key.startswith("on_")}
    faults = Faults()
    section = LOUNGE | on | {"quota": {"count": count, "per": per} | more}
    [benefit] = parse(Section({"benefit": [section]}, faults), ("gold",), "CNY")
    assert not faults.all()
    return benefit


def moment(text):
    """An instant of the club's: a day is its first one, and 24:00 the first of the next."""
    day, _, time = text.partition(" ")
    return datetime.fromisoformat(f"{day}T{time or '00:00:00'}").replace(tzinfo=SHANGHAI).astimezone(UTC)


def stretches(*told):
    """Stretches from such days on, each until the next; (day, terms), and one end."""
    *begun, end = told
    ends = [*(day for day, _ in begun[1:]), end]
    periods = [
        (Period(moment(day), moment(until) if until else None), given)
        for (day, given), until in zip(begun, ends, strict=True)
    ]
    return [Stretch(term.from_at, term.until_at, given, term) for term, given in periods]


def at(told, when, *visits, anchor=JOINED):
    """Granted, taken and remaining; None where the card does not give it."""
    taken = [Visit(moment(visit)) for visit in visits]
    found = entitlement(told, taken, moment(when), SHANGHAI, anchor)
    return found and (found.granted, found.used, found.remaining)


ONE, TWO, SIX = terms(1), terms(2), terms(6)
YEAR = stretches(("2026-06-01", ONE), "2027-06-01")
CAPPED = stretches(("2026-06-01", terms(1, cap=1)), "2027-06-01")
TERM = stretches(("2026-06-01", terms(2, "term")), ("2027-06-01", terms(2, "term")), "2028-06-01")
LIFE = stretches(("2026-06-01", terms(1, "lifetime")), ("2027-06-01", terms(1, "lifetime")), "2028-06-01")
ROLLS = stretches(("2024-01-01", terms(2, {"months": 12})), "2030-01-01")
POLICY = stretches(("2024-03-01", terms(1, "policy_year", subject="policy")), "2030-03-01")


def lifted(how, first=ONE, then=6, day="2026-07-02"):
    """From one card to a better one within a calendar year of which 183 of 365 days are left."""
    return stretches(("2025-12-01", first), (day, terms(then, on_upgrade=how)), "2027-07-02")


@pytest.mark.parametrize(
    ("told", "when", "visits", "expected"),
    [  # each case: a standing, an instant, the visits that count, (granted, used, remaining)
        # B1: nothing outside the card's time
        pytest.param(YEAR, "2026-05-31 23:59:59", (), None, id="B1 before the term begins"),
        pytest.param(YEAR, "2026-06-01", (), (1, 0, 1), id="B1 granted as the term starts"),
        pytest.param(YEAR, "2027-05-31 23:59:59", (), (1, 0, 1), id="B3 to the last second of the term"),
        pytest.param(YEAR, "2027-06-01", (), None, id="B3 and not after it"),
        pytest.param(stretches(("2026-06-01", None), None), "2026-07-01", (), None, id="B1 not of this card"),
        # B7: the calendar year, in the club's zone
        pytest.param(YEAR, "2026-12-31 23:59:59", ("2026-07-01",), (1, 1, 0), id="B7 used up on 31 December"),
        pytest.param(YEAR, "2027-01-01", ("2026-07-01",), (1, 0, 1), id="B7 and there again on 1 January"),
        pytest.param(YEAR, "2027-01-01", ("2026-12-31 23:59:59",), (1, 0, 1), id="B7 used a second before"),
        pytest.param(YEAR, "2026-12-31", ("2027-01-01",), (1, 0, 1), id="B7 booked for a second after"),
        pytest.param(
            CAPPED, "2027-01-01", ("2026-07-01",), (1, 0, 0), id="B7 one a term, however many years",
        ),
        pytest.param(
            CAPPED, "2027-01-01", (), (1, 0, 1), id="B7 the year's own is there where none was used",
        ),
        pytest.param(
            [*CAPPED, *stretches(("2027-06-01", terms(1, cap=1)), "2028-06-01")],
            "2027-06-01", ("2026-07-01",), (1, 0, 1), id="B7 the next term has its own",
        ),
        pytest.param(
            [*CAPPED, *stretches(("2027-06-01", terms(1, cap=1)), "2028-06-01")],
            "2027-06-01", ("2027-02-01",), (1, 1, 0), id="B7 but not a second of the year",
        ),
        # B7: the term
        pytest.param(
            TERM, "2027-05-31 23:59:59", ("2026-06-01", "2027-05-31"), (2, 2, 0), id="B7 of one term",
        ),
        pytest.param(
            TERM, "2027-06-01", ("2026-06-01", "2027-05-31"), (2, 0, 2), id="B7 the next term is new",
        ),
        # B7: once in a lifetime, whatever the terms
        pytest.param(LIFE, "2028-05-31", ("2026-06-01",), (1, 1, 0), id="B7 once in a lifetime"),
        # B7, N6: rolling months clamp to the month's end
        pytest.param(
            ROLLS, "2025-02-28", ("2024-02-29",) * 2, (2, 0, 2), id="N6 a year from 29 February is over",
        ),
        pytest.param(
            ROLLS, "2025-02-27", ("2024-02-29",) * 2, (2, 2, 0), id="N6 and the day before it is not",
        ),
        pytest.param(ROLLS, "2024-02-29", ("2023-02-28", "2023-03-01"), (2, 1, 1), id="N6 into a leap year"),
        pytest.param(
            ROLLS, "2026-03-01", ("2026-01-10", "2026-09-01"), (2, 1, 0), id="B7 with what is booked",
        ),
        pytest.param(
            ROLLS, "2026-03-01", ("2025-03-02", "2026-03-02"), (2, 1, 1), id="B7 no year holds both",
        ),
        pytest.param(
            ROLLS, "2026-03-01", ("2025-03-01", "2027-03-01"), (2, 0, 2), id="B7 a year apart is far enough",
        ),
        # B7, N8: the policy year, from its anniversary on
        pytest.param(POLICY, "2025-02-27 23:59:59", ("2024-03-01",), (1, 1, 0), id="N8 before 28 February"),
        pytest.param(
            POLICY, "2025-02-28", ("2024-03-01",), (1, 0, 1), id="N8 from 28 February, in a common year",
        ),
        pytest.param(
            POLICY, "2028-02-28", ("2027-03-01",), (1, 1, 0), id="N8 not on the 28th of a leap year",
        ),
        pytest.param(POLICY, "2028-02-29", ("2027-03-01",), (1, 0, 1), id="N8 but on its own day"),
        # B4: an upgrade in mid-period; 2026-07-02 leaves 183 of 365 days
        pytest.param(
            lifted("full"), "2026-07-01 23:59:59", ("2026-03-01",), (1, 1, 0), id="B4 before the lift",
        ),
        pytest.param(
            lifted("full"), "2026-07-02", ("2026-03-01",), (6, 1, 5), id="B4 full, what was used counts",
        ),
        pytest.param(lifted("difference"), "2026-07-02", ("2026-03-01",), (6, 1, 5), id="B4 the difference"),
        pytest.param(
            lifted("prorated"), "2026-07-02", ("2026-03-01",), (3, 1, 2), id="B4 its share of the year",
        ),
        pytest.param(
            lifted("prorated"), "2027-01-01", ("2026-03-01",), (6, 0, 6), id="B4 whole in the next year",
        ),
        pytest.param(
            lifted("prorated", day="2026-12-31"), "2026-12-31", (), (1, 0, 1), id="B4 on the last day",
        ),
        pytest.param(lifted("full", None, 1), "2026-07-02", (), (1, 0, 1), id="B4 from a card without it"),
        pytest.param(
            stretches(("2025-09-01", ONE), ("2026-05-01", None), ("2026-09-01", ONE), "2027-09-01"),
            "2026-09-01", ("2026-03-01",), (1, 1, 0), id="B4 full again is no second one in a year",
        ),
        pytest.param(
            stretches(
                ("2025-09-01", ONE), ("2026-05-01", None), ("2026-09-01", terms(1, on_upgrade="difference")),
                "2027-09-01",
            ),
            "2026-09-01", ("2026-03-01",), (1, 1, 0), id="B4 what is granted anew is the difference",
        ),
        pytest.param(
            stretches(("2026-01-01", terms(1, "lifetime")), ("2026-07-02", terms(3, "lifetime",
                      on_upgrade="prorated")), "2027-07-02"),
            "2026-07-02", (), (3, 0, 3), id="B4 of what never ends the whole is left",
        ),
        # B3: a fall leaves what the lower card gives, and no more than was granted
        pytest.param(
            stretches(("2025-09-01", SIX), ("2026-09-01", ONE), "2027-09-01"),
            "2026-08-31 23:59:59", ("2026-03-01",), (6, 1, 5), id="B3 to the last second of the better card",
        ),
        pytest.param(
            stretches(("2025-09-01", SIX), ("2026-09-01", ONE), "2027-09-01"),
            "2026-09-01", ("2026-03-01", "2026-04-01"), (1, 2, 0), id="B3 used ones stay used",
        ),
        pytest.param(
            stretches(("2025-09-01", SIX), ("2026-09-01", ONE), "2027-09-01"),
            "2026-09-01", (), (1, 0, 1), id="B3 the lower card's own is there",
        ),
        # B2: an edit binds from the next term, also in the same year
        pytest.param(
            stretches(("2025-09-01", TWO), ("2026-09-01", SIX), "2027-09-01"),
            "2026-08-31", ("2026-03-01",), (2, 1, 1), id="B2 the running term keeps what it promised",
        ),
        pytest.param(
            stretches(("2025-09-01", TWO), ("2026-09-01", SIX), "2027-09-01"),
            "2026-09-01", ("2026-03-01",), (6, 1, 5), id="B2 the next has what is promised by then",
        ),
    ],
)  # fmt: skip
def test_a_quota_at_the_edges_of_its_period(told, when, visits, expected):
    assert at(told, when, *visits) == expected


def test_b1_without_a_quota_there_is_no_bound():
    free = stretches(("2026-06-01", replace(ONE, quota=None)), "2027-06-01")
    found = entitlement(
        free, [Visit(moment("2026-07-01"), is_open=True)], moment("2026-07-02"), SHANGHAI, JOINED
    )
    assert (found.granted, found.reserved, found.used, found.remaining) == (None, 1, 0, None)
    assert (found.period.from_at, found.period.until_at) == (moment("2026-06-01"), moment("2027-06-01"))


def test_b5_what_is_booked_is_taken_before_it_is_used():
    booked = [Visit(moment("2026-09-01"), is_open=True)]
    found = entitlement(YEAR, booked, moment("2026-07-01"), SHANGHAI, JOINED)
    assert (found.granted, found.reserved, found.used, found.remaining) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("told", "when", "first", "last"),
    [
        (YEAR, "2026-07-01", "2026-01-01", "2027-01-01"),
        (TERM, "2027-07-01", "2027-06-01", "2028-06-01"),
        (LIFE, "2027-07-01", "2024-02-29", None),
        (ROLLS, "2025-02-28", "2024-03-01", "2025-03-01"),
        (ROLLS, "2025-02-27", "2024-02-28", "2025-02-28"),
        (POLICY, "2025-02-28", "2025-02-28", "2026-02-28"),
        (POLICY, "2027-03-01", "2027-02-28", "2028-02-29"),
    ],
)
def test_b7_the_period_that_an_instant_lies_in(told, when, first, last):
    period = entitlement(told, (), moment(when), SHANGHAI, JOINED).period
    assert (period.from_at, period.until_at) == (moment(first), last and moment(last))


@pytest.mark.parametrize(
    ("told", "when", "visits", "expected"),
    [
        pytest.param(YEAR, "2026-07-02", ("2026-07-01",), "2027-01-01", id="with the year"),
        pytest.param(YEAR, "2026-07-02", ("2026-07-01", "2027-02-01"), None, id="both years' are taken"),
        pytest.param(CAPPED, "2026-07-02", ("2026-07-01",), None, id="the term's only one"),
        pytest.param(TERM, "2026-07-02", ("2026-07-01",) * 2, "2027-06-01", id="with the next term"),
        pytest.param(LIFE, "2026-07-02", ("2026-07-01",), None, id="once in a lifetime"),
        pytest.param(ROLLS, "2024-03-02", ("2024-02-29", "2024-03-01"), "2025-02-28", id="N6 on the 28th"),
        pytest.param(
            ROLLS, "2026-03-01", ("2026-01-10", "2026-09-01"), "2027-01-10", id="the next span is booked out",
        ),
        pytest.param(POLICY, "2024-05-01", ("2024-03-01",), "2025-02-28", id="N8 with the policy's year"),
        pytest.param(lifted("full"), "2026-03-02", ("2026-03-01",), "2026-07-02", id="B4 with a better card"),
        pytest.param(
            stretches(("2025-09-01", ONE), ("2026-05-01", None), ("2026-09-01", ONE), "2027-09-01"),
            "2026-03-02", ("2026-03-01",), "2027-01-01", id="B4 not yet with the card won back",
        ),
    ],
)  # fmt: skip
def test_b6_what_is_used_up_comes_again_on_the_first_day_that_has_some_left(told, when, visits, expected):
    taken, asked = [Visit(moment(visit)) for visit in visits], moment(when)
    assert free_again(told, taken, asked, SHANGHAI, JOINED) == (expected and moment(expected))
    days = (asked + timedelta(days=ahead) for ahead in range(2 * 366))
    found = ((day, entitlement(told, taken, day, SHANGHAI, JOINED)) for day in days)
    assert next((day for day, had in found if had and had.remaining), None) == (expected and moment(expected))
