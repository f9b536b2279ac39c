"""Real savings policies with a single premium: issued, then surrendered or ended by a claim, over nine years.

1 point per 10 of the saving premium, no cooling-off. The set names no customers: policy N is held by holder
crc32(N) modulo 5,000. What their terms come to is worked out a second time, by plain arithmetic.
"""

import csv
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from loyalty import policies
from loyalty.app import create_app
from loyalty.calendar import day_start, local_day
from loyalty.db import db, reading
from loyalty.decide.rating import Told, schedule
from loyalty.ledger.models import Account
from loyalty.members.models import Reference
from loyalty.rooms import rooms
from loyalty.tiers.models import Term
from tests.conftest import Databases
from tests.databases import settings_for
from tests.makers import Maker
from tests.real.savings import DATA, JOINED, LADDER, PROGRAMME, ZONE, Lived, State, all_states, expected

OPENED = "1998-12-01T00:00:00Z"
BATCH = 2_000  #: lines

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason=f"LOYALTY_REAL_DATA names no folder with {DATA.name}"),
    pytest.mark.no_cover,  # hundreds of states: counting their branches takes longer than booking them
]


def test_a_two_hundredth_of_the_holders_live_as_plain_arithmetic_says(
    make: Maker, app: Flask, kind: Databases, tmp_path: Path
) -> None:
    states = [state for state in all_states() if int(state.holder[1:]) % 200 == 0]
    _live(make, states, tmp_path)
    _check_lives(app, states)
    make.run("ledger", "verify")
    _check_shuffled(make, kind, states, tmp_path)


@pytest.mark.prove
def test_all_holders_live_as_plain_arithmetic_and_the_oracle_say(
    make: Maker, app: Flask, kind: Databases, tmp_path: Path
) -> None:
    oracle = json.loads((DATA.parent / "oracles.json").read_text())[DATA.name]
    states = all_states()
    _live(make, states, tmp_path)
    _check_lives(app, states)
    positions = _positions(app)
    given = {no: max(points.values(), default=0) for no, points in positions.items()}
    ended: Counter[str] = Counter()
    for state in states:
        if state.version > 1:
            ended[state.status] += given[state.policy_no]
    assert sum(given.values()) == oracle["points_floor_premium_div_10_all"]
    assert ended["surrendered"] == oracle["by_reason"]["Surrender"]
    assert ended["claim_terminated"] == oracle["by_reason"]["Claim"]
    assert sum(_balances(app).values()) == oracle["by_reason"]["In force"]
    assert _in_force(app, oracle["in_force_policies_on_1_Jan"]) == oracle["in_force_policies_on_1_Jan"]
    make.run("ledger", "verify")
    _check_shuffled(make, kind, states, tmp_path)


def _join(make: Maker, states: Iterable[State], folder: Path) -> None:
    """The club opens, and all holders join before the first policy."""
    make.clock.move(datetime(2008, 1, 1, 12, tzinfo=UTC))
    (folder / "club.toml").write_text(PROGRAMME, encoding="utf-8")
    make.programme(folder / "club.toml", in_force_from=OPENED)
    holders = sorted({state.holder for state in states})
    _write(folder / "members.csv", [{"reference": no, "name": f"Holder {no}"} for no in holders])
    make.run("import", "members", str(folder / "members.csv"), "--historic", "--set", f"enrolled_at={JOINED}")


def _live(make: Maker, states: list[State], folder: Path) -> None:
    """Every state is told on its day, with the nights between."""
    _join(make, states, folder)
    _write(folder / "policies.csv", [state.row() for state in states])
    fixed = ("--set", "product=savings", "--set", "pay_mode=single")
    told = make.run("import", "policies", str(folder / "policies.csv"), "--historic", *fixed)
    assert f"{len(states)} states booked" in told.stdout
    make.run("jobs", "nightly")


def _write(file: Path, rows: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _check_lives(app: Flask, states: list[State]) -> None:
    """Each term is what arithmetic says, evidence and all; no tier falls but at the end of a term."""
    told = defaultdict[str, list[State]](list)
    for state in states:
        told[state.holder].append(state)
    lived = _lived(app)
    assert lived.keys() == told.keys()
    ranks = {tier: rank for rank, (tier, _, _) in enumerate(LADDER)}
    for holder, terms in lived.items():
        assert terms == expected(told[holder]), holder
        for before, after in pairwise(terms):
            fell = ranks[after.tier] < ranks[before.tier]
            assert not fell or (after.reason, after.begins) == ("review", before.ends)
    reviews = sum(term.reason == "review" for terms in lived.values() for term in terms)
    assert reviews > len(lived)  # there was much to explain


def _lived(app: Flask) -> dict[str, list[Lived]]:
    """Each holder's terms as the books have them."""
    found = defaultdict[str, list[Lived]](list)
    rows = select(Reference.value, Term).join(Term, Term.member_id == Reference.member_id)
    with app.app_context(), reading() as session:
        for holder, term in session.execute(rows.order_by(Term.member_id, Term.term_no)).tuples():
            ends = local_day(term.until_at, ZONE) if term.until_at else None
            (measure,) = term.evidence["measure"].values()
            largest = tuple(one["points"] for one in term.evidence["contributions"])
            begins = local_day(term.from_at, ZONE)
            found[holder].append(Lived(term.tier, begins, ends, term.reason, measure, largest))
    return found


def _check_shuffled(make: Maker, kind: Databases, states: list[State], folder: Path) -> None:
    """Told in any order years later, all policies stand where they stood, then and now (I1)."""
    shuffled = random.Random(2008).sample(states, len(states))
    with kind.clone() as url:
        other = create_app(settings_for(url), make.clock)
        late = Maker(other, make.clock)
        _join(late, states, folder)
        core = late.till("policies:write")
        for first in range(0, len(shuffled), BATCH):
            lines = [state.line() for state in shuffled[first : first + BATCH]]
            told = core.batch(*lines, path="/policies/batch")
            assert {outcome["status"] for outcome in told} == {"created"}
        assert _positions(other) == _positions(make.app)
        assert _balances(other) == _balances(make.app)
        late.run("ledger", "verify")
        with other.app_context():
            db.engine.dispose()


def _balances(app: Flask) -> dict[str, int]:
    """What each holder has."""
    rows = select(Reference.value, Account.available).join(Account, Account.member_id == Reference.member_id)
    with app.app_context(), reading() as session:
        return dict(session.execute(rows).tuples().all())


def _positions(app: Flask) -> dict[str, dict[datetime, int]]:
    """What each policy gives, from each instant on at which that changes."""
    found = {}
    with app.app_context(), reading() as session:
        editions = rooms().shelf.editions(session, rooms().clock.now())
        for no, states in _known(session).items():
            assert states[0].holder is not None
            steps = schedule(editions, Told(states), states[0].holder)
            found[no] = {at: points.get("status", 0) for at, points in steps}
    return found


def _in_force(app: Flask, years: Iterable[str]) -> dict[str, int]:
    """How many policies are in force on the first day of each year."""
    with app.app_context(), reading() as session:
        told = [Told(states) for states in _known(session).values()]
    counts = {}
    for year in years:
        held = [one.at(day_start(date(int(year), 1, 1), ZONE)) for one in told]
        counts[year] = sum(state is not None and state.status == "in_force" for state in held)
    return counts


def _known(session: Any) -> dict[str, tuple[policies.PolicyState, ...]]:
    """Every state of every policy."""
    known: dict[str, tuple[policies.PolicyState, ...]] = {}
    after = ""
    while numbers := policies.numbers(session, after):
        known |= policies.states_of(session, numbers)
        after = numbers[-1]
    return known
