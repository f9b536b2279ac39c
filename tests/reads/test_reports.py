"""The books and the club in sums, against a plain recomputation from the rows of a club with a past."""

import random
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from loyalty import calendar
from loyalty.benefits import Use
from loyalty.db import reading
from loyalty.ledger import AccountRow, Entry, TallyRow
from loyalty.members import Member
from loyalty.reads.months import months_seen, months_until
from loyalty.reads.reports import REPORTS
from loyalty.rewards import RewardOrder
from loyalty.rooms import rooms
from loyalty.tiers import TermRow
from loyalty.tiers.evaluation import reviewed
from tests.ladders import club, noon
from tests.merging import merge
from tests.pasts import DAY, live

COUNT = 9
SAME_LATER = sorted({*REPORTS} - {"reviews"})  #: what is told of an instant is told of it for ever


@pytest.fixture
def people(make):
    return live(make)


def go_on(make, people, seed):
    """Three more months as chance has them."""
    chance = random.Random(seed)
    for _ in range(12):
        make.clock.move(timedelta(days=chance.randint(2, 11), hours=chance.randint(0, 23)))
        who = chance.choice(people)
        sold = who.buy(f"{chance.randint(1, 90)}.00")
        if chance.random() < 0.4:
            who.give_back(sold, (1, f"{chance.randint(1, 9) / 10:.2f}"))
        if (points := who.figures()[0]) > 3:
            spent = who.redeem(points // 2)
            if chance.random() < 0.5:
                who.reverse(spent, 1)
        if chance.random() < 0.3:
            make.run("jobs", "nightly")
    make.clock.move(70 * DAY)  # all but the last has died, and only some of it is written off
    people[0].buy("2.00")


def told(app, months=None):
    """Every report, by its name."""
    with app.app_context(), reading() as rows:
        now = rooms().clock.now()
        editions = rooms().shelf.editions(rows, now)
        months = months or months_seen(now, COUNT, editions.zone)
        return {name: ask(rows, editions, months) for name, ask in REPORTS.items()}, months, editions


def plain(app):
    """The rows that reports are made of."""
    with app.app_context(), reading() as rows:
        tables = (Entry, AccountRow, TallyRow, TermRow, Member, Use, RewardOrder)
        return {
            table: [dict(one._mapping) for one in rows.execute(select(table.__table__))] for table in tables
        }


def nonzero(report):
    """The figures of a report that are not nil, by what stands before them."""
    keys = {"unit", "month", "line", "tier", "benefit", "reward"}
    found = {}
    for row in report.rows:
        cells = dict(zip(report.columns, row, strict=True))
        of = tuple(cells[name] for name in report.columns if name in keys)
        found |= {(*of, name): n for name, n in cells.items() if name not in keys and n and name in cells}
    return found


def month_of(at, months):
    day = calendar.local_day(at, months.zone)
    return "earlier" if day < months.firsts[0] else day.isoformat()[:7]


def fifo(entries, months):
    """What came in by month, what of it expired, what is left; walked entry by entry."""
    sums, lots = Counter(), defaultdict(list)
    for one in sorted(entries, key=lambda one: (one["member_id"], one["unit"], one["seq"])):
        if one["kind"] == "debt" or one["unit"] != "reward":
            continue
        lot, month = (
            lots[one["member_id"], one["expires_on"], one["kind"]],
            month_of(one["booked_at"], months),
        )
        if one["points"] > 0:
            lot.append([month, one["points"]])
            sums["reward", month, "came_in"] += one["points"]
        left = -one["points"]
        for part in lot:
            took = min(max(left, 0), part[1])
            part[1], left = part[1] - took, left - took
            if one["contra"] == "expired":
                sums["reward", part[0], "expired"] += took
    for lot in lots.values():
        for month, points in lot:
            sums["reward", month, "left"] += points
    return {key: points for key, points in sums.items() if points}


@pytest.mark.parametrize("seed", [11])
def test_reports_are_what_the_rows_come_to(app, make, people, seed):
    then, months, _ = told(app)
    books(then, plain(app), months)
    assert any(points for _, line, points in then["balance"].rows if line == "owed")
    go_on(make, people, seed)
    again, _, _ = told(app, months_until(months.at, COUNT, months.zone, is_now=False))
    assert {name: again[name] for name in SAME_LATER} == {name: then[name] for name in SAME_LATER}
    reports, months, editions = told(app)
    rows = plain(app)
    books(reports, rows, months)
    standing(reports, rows, months, editions)
    assert nonzero(reports["visits"]) == counted(
        (month_of(one["at"], months), one["benefit"], one["state"])
        for one in rows[Use]
        if months.begins_at <= one["at"] <= months.at
    )
    assert nonzero(reports["orders"]) == counted(
        (month_of(one["ordered_at"], months), one["reward"], "cancelled") for one in rows[RewardOrder]
    )


def counted(found):
    return {key: n for key, n in Counter(found).items() if key[0] != "earlier"}


def books(reports, rows, months):
    moved = Counter()
    for one in rows[Entry]:
        moved[one["unit"], month_of(one["booked_at"], months), one["contra"]] += one["points"]
    shown = nonzero(reports["flows"])
    assert {key: n for key, n in shown.items() if key[2] not in ("opening", "closing")} == {
        key: n for key, n in moved.items() if n and key[1] != "earlier"
    }
    accounts = Counter()
    for one in rows[AccountRow]:
        accounts[one["unit"]] += one["available"] + one["held"] - one["debt"]
    assert {unit: shown.get((unit, months.names[-1], "closing"), 0) for unit in accounts} == accounts
    balance = {(unit, line): n for unit, line, n in reports["balance"].rows}
    assert {unit: balance[unit, "left_over"] for unit in accounts} == dict.fromkeys(accounts, 0)
    kept = {unit: -balance[unit, "held"] - balance[unit, "owed"] for unit in accounts}
    assert kept == accounts
    lots = Counter()
    for one in rows[Entry]:
        lots[one["unit"], when(one, months)] += one["points"]
    assert nonzero(reports["expiring"]) == {(*key, "points"): n for key, n in lots.items() if n}
    cohorts = {key: n for key, n in nonzero(reports["cohorts"]).items() if key[2] != "expired_percent"}
    assert cohorts == fifo(rows[Entry], months)
    assert any(name == "expired" for *_, name in cohorts)


def when(entry, months):
    if entry["kind"] == "debt":
        return "owed"
    if entry["expires_on"] == calendar.FOREVER:
        return "never"
    return "overdue" if entry["expires_on"] < months.day else entry["expires_on"].isoformat()[:7]


def standing(reports, rows, months, editions):
    columns = reports["tiers"].columns
    for row, first in zip(reports["tiers"].rows, months.firsts, strict=True):
        shown = dict(zip(columns, row, strict=True))
        ends = min(calendar.day_after(calendar.month_end(first), months.zone) - calendar.INSTANT, months.at)
        there = [one for one in rows[TermRow] if stands(one, ends)]
        expected = Counter(one["tier"] or "below" for one in there)
        assert {name: n for name, n in shown.items() if name in (*expected, "below")} == {
            "below": 0
        } | expected
        members = sum(one["enrolled_at"] <= ends for one in rows[Member])
        assert (shown["members"], shown["waiting"]) == (members, members - len(there))
    ladder = editions.at(months.at).programme.ladder
    terms = {(one["member_id"], one["term_no"]): one for one in rows[TermRow]}
    steps = Counter()
    for (member, no), one in terms.items():
        month = month_of(one["from_at"], months)
        if no > 1 and month != "earlier":
            step = ladder.rank(one["tier"]) - ladder.rank(terms[member, no - 1]["tier"])
            steps[month, "rose" if step > 0 else "fell" if step < 0 else "kept"] += 1
    shown = nonzero(reports["movements"])
    assert {key: n for key, n in shown.items() if key[1] != "joined"} == steps
    due = Counter()
    first, last = ladder.terms.counters[0].window.days(months.day, months.day, for_review=True)
    for one in rows[TermRow]:
        if stands(one, months.at) and one["tier"]:
            earned = sum(
                day["earned"]
                for day in rows[TallyRow]
                if (day["member_id"], day["unit"]) == (one["member_id"], "status")
                and first <= day["day"] <= last
            )
            tier = reviewed(ladder, one["tier"], {ladder.terms.counters[0].code: earned})
            step = ladder.rank(tier) - ladder.rank(one["tier"])
            month = month_of(one["until_at"], months)
            due[month, one["tier"], "due"] += 1
            due[month, one["tier"], "rise" if step > 0 else "fall" if step < 0 else "keep"] += 1
    assert nonzero(reports["reviews"]) == due
    assert due


def stands(term, at):
    ends = term["ended_at"] or term["until_at"]
    return term["from_at"] <= at and (ends is None or ends > at)


def test_reviews_to_come_know_every_kind_of_counter(app, make):
    """Points since each member's anniversary, a balance, and reviews without a break."""
    clock = make.clock
    clock.move(noon("2026-02-28"))
    yearly = {"code": "year", "earned": "status", "window": "membership_year"}
    held, years = {"code": "held", "balance": "reward"}, {"code": "years", "terms_held": "silver"}
    tiers = {
        "silver": ({"year": 100, "held": 1000}, {"year": 100, "held": 1000}),
        "gold": ({"year": 200, "years": 2}, {"year": 200, "years": 2}),
    }
    make.document(club(tiers, measure={"any": [yearly, held, years]}))
    till = make.till()
    rises, falls, keeps = (make.shopper(till) for _ in range(3))
    rises.buy("150.00")
    falls.buy("150.00")
    keeps.buy("1100.00")  # gold, and a balance at silver's bar
    clock.move(noon("2026-12-01"))
    make.shopper(till).buy("150.00")  # their year is not over
    clock.move(noon("2027-03-02"))
    make.run("jobs", "nightly")  # the first three were reviewed when their membership year ended
    rises.buy("100.00")  # the second year at silver's bar makes gold
    reports, _, _ = told(app)
    found = Counter()
    for _, tier, *counts in reports["reviews"].rows:
        found.update(
            {(tier, name): n for name, n in zip(reports["reviews"].columns[2:], counts, strict=True)}
        )
    assert +found == {
        ("silver", "due"): 3, ("silver", "rise"): 1, ("silver", "keep"): 1, ("silver", "fall"): 1,
        ("gold", "due"): 1, ("gold", "keep"): 1,
    }  # fmt: skip


def test_one_person_of_two_memberships_is_counted_once(app, make, people):
    ana, ben, _ = people
    before, months, _ = told(app)
    make.clock.move(DAY)
    merge(ben, ana)
    after, _, _ = told(app)
    assert [report["tiers"].rows[-1][-1] for report in (before, after)] == [3, 2]
    assert nonzero(after["movements"])[after["movements"].rows[-1][0], "gone"] == 1
    assert sum(after["reviews"].column("due")) == 2
    again, _, _ = told(app, months_until(months.at, COUNT, months.zone, is_now=False))
    assert again["tiers"] == before["tiers"]
    assert {line: n for unit, line, n in after["balance"].rows if unit == "reward"}["left_over"] == 0
