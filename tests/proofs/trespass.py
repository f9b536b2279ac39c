"""Trespass: everybody tries everything at once; nobody sees or moves another's, or gives value alone (G8)."""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

from sqlalchemy import select

from loyalty import ids
from loyalty.db import reading
from loyalty.decide.alone import AloneWatch
from loyalty.pages.staff import blueprint
from loyalty.tables import Base
from tests.makers import Maker
from tests.proofs.clubs import sound
from tests.proofs.house import house
from tests.proofs.office import ALONE
from tests.proofs.outsiders import everybody
from tests.proofs.people import At, Crowd
from tests.proofs.powers import permissions
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof

WALKERS, STEPS = 4, 25  #: at once, and of each


def round_(ground: Ground, seed: int) -> Counter[str]:
    """A crowd of all kinds walks about; nothing that it saw or did was more than each of it may."""
    faults, counted = _walked(ground, seed, STEPS)
    assert not faults, "\n".join(faults[:10])
    return counted


def control(ground: Ground, seed: int) -> Counter[str]:
    """The same with the limits of one person off, then with the door open: either must show itself."""
    with patch.object(AloneWatch, "excess", lambda *_: None):
        faults, counted = _walked(ground, seed, STEPS)
    assert any("alone" in fault for fault in faults), f"nobody gave value alone without its limits: {faults}"
    with patch.object(blueprint, "_judged", lambda *_: None):
        opened, more = _walked(ground, seed, STEPS // 2)
    assert any("was let in" in fault for fault in opened), "nobody got through an open door"
    return counted + more + Counter({"faults seen": len(faults) + len(opened)})


def _walked(ground: Ground, seed: int, steps: int) -> tuple[list[str], Counter[str]]:
    rng = random.Random(seed)
    with ground.database() as url, house(url) as make:
        crowd = Crowd(make, rng)
        before = dict(_rows_of(make, crowd.sleepers))
        faults, counted = _at_once(crowd, rng, steps)
        changed = [name for name, rows in _rows_of(make, crowd.sleepers) if rows != before[name]]
        faults += [f"rows of {name} of somebody whom nobody may touch were changed" for name in changed]
        faults += list(_alone(make, crowd))
        try:
            sound(make)
            make.run("audit", "verify")
        except AssertionError as broken:
            faults.append(f"the books: {broken}")
    return faults, counted


def _at_once(crowd: Crowd, rng: random.Random, steps: int) -> tuple[list[str], Counter[str]]:
    """Each walker has some of the crowd, by turns; one of them changes roles meanwhile."""
    counted, faults = Counter[str]({"wishes": 0}), []
    there = everybody(crowd)
    shares: list[list[At]] = [there[no::WALKERS] for no in range(WALKERS)]
    dice = [random.Random(rng.random()) for _ in shares]

    def walk(number: int) -> list[str]:
        found = []
        for _ in range(steps):
            mine = dice[number].choice([shares[number], crowd.workers[number::WALKERS]])
            who = dice[number].choice(mine)
            found += who.step(dice[number])
        return found

    with ThreadPoolExecutor(WALKERS) as pool:
        for found in pool.map(walk, range(WALKERS)):
            faults += found
    for one in there:
        counted += one.counted
    counted["wishes"] = counted.total()
    return faults, counted


def _rows_of(make: Maker, members: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Every row that has to do with these members, by table; acts about them, too."""
    numbers = [ids.from_text(one) for one in members]
    with make.app.app_context(), reading() as books:
        for name, table in Base.metadata.tables.items():
            if "member_id" in table.c:
                mine = select(table).where(table.c.member_id.in_(numbers))
                yield name, sorted(map(repr, books.execute(mine).all()))
        acts = Base.metadata.tables["act"]
        yield "act", sorted(map(repr, books.execute(select(acts).where(acts.c.subject.in_(members))).all()))


def _alone(make: Maker, crowd: Crowd) -> Iterator[str]:
    """What the rows say of corrections, by the limits of the club and the roles there were."""
    with make.app.app_context(), reading() as books:
        done, part = Base.metadata.tables["operation"], Base.metadata.tables["operation_part"]
        same = (part.c.member_id == done.c.member_id) & (part.c.op_id == done.c.op_id)
        words = select(done.c.member_id, done.c.reasons, part.c.points).join(part, same)
        told = books.execute(words.where(done.c.kind == "adjust", part.c.unit == "reward")).all()
    of_maker, of_member = Counter[Any](), Counter[Any]()
    for member, reasons, moved in told:
        points = abs(moved)
        by, checker = reasons["by"], reasons.get("approved_by")
        if checker is None:
            of_maker[by] += points
            of_member[member] += points
            if points > ALONE["single"]:
                yield f"{by} corrected {points} alone"
        elif checker == by:
            yield f"{by} approved what they asked for alone"
        elif "corrections:approve" not in permissions(crowd.roles_ever(checker)):
            yield f"{checker} approved {points} without the role"
        if ids.to_text(member) in crowd.linked.get(by, ()):
            yield f"{by} corrected an account of their own alone"
    yield from (f"{by} corrected {n} in a day alone" for by, n in of_maker.items() if n > ALONE["maker_day"])
    yield from (f"{one} was given {n} alone" for one, n in of_member.items() if n > ALONE["member_day"])


TRESPASS = Proof("trespass", "wishes", round_, quick=1, long={SQLITE: 40_000, POSTGRESQL: 40_000})
CONTROL_OF_POWERS = Proof(
    "control of powers", "wishes", control, quick=1, long={SQLITE: 3_000, POSTGRESQL: 3_000}
)
