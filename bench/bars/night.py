"""Bars 8 to 10: the engine's own night, over points that die and over terms that end."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import psycopg

from bench.bars import Pair, bar
from bench.books import verify
from bench.data import young_members
from bench.lives import dying_at, reviewed_at
from bench.scene import Scene
from loyalty.jobs.nightly import nightly
from loyalty.rooms import rooms
from tests.applications import application
from tests.clocks import MovableClock

UNTOUCHED_SQL = (Path(__file__).parents[1] / "sql" / "expire_untouched.sql").read_text("utf-8")
STEP = "advanced"  #: what the night calls the members whom the clock changed

_nights: list["Night"] = []  #: those of bar 8, from which bar 9 reads


@dataclass(frozen=True, slots=True)
class Night:
    """What a night did in the time it had: whole chunks, a transaction each."""

    members: int
    seconds: float
    longest_seconds: float


class _Enough(Exception):
    """The night did what was asked for, or had its time."""


@bar(8, "expiry of 5 % of all lots ÷ plain UPDATE of as many lots", must=3, aim=2, better="less")
def expiry(scene: Scene) -> Pair:
    """The night after the day on which the first points of the old members die."""
    at = dying_at(scene.now)
    with scene.copied() as copy:
        ((dying,),) = copy.sql("SELECT count(*) FROM lot WHERE expires_on < %s", at.date())
        ((lots,),) = copy.sql("SELECT count(*) FROM lot")
        given = {"at": at, "day": at.date()}
        moved = "UPDATE lot SET remaining = remaining WHERE expires_on < %(day)s"
        yardstick = _seconds(copy, moved, given, keep=True)
        untouched = _seconds(copy, UNTOUCHED_SQL, given)
        copy.cluster.run("psql", "-qc", "VACUUM", name=copy.name)
        night = _night(copy, at, lambda _: False)
        ((done,),) = copy.sql("SELECT count(*) FROM entry WHERE contra = 'expired' AND booked_at = %s", at)
        looked = verify(copy, at)
    _nights.append(night)
    told = {"lots": dying, "lots_done": done, "share_of_lots": round(dying / lots, 4)}
    told |= {"untouched_ratio": round(untouched / yardstick, 3), "members_verified": looked}
    return Pair(night.seconds * dying / done, yardstick, "s", told)


@bar(9, "longest transaction of the night, in seconds", must=2, aim=1, better="less")
def longest(scene: Scene) -> Pair:
    """What a till may have to wait for: the longest chunk of a night of expiry."""
    if not _nights:
        expiry(scene)
    night = _nights.pop(0)
    return Pair(night.longest_seconds, 1, "s", {"members_done": night.members})


@bar(10, "tier review, 5 % changing ÷ scan of the accounts", must=4, aim=2, better="less")
def review(scene: Scene) -> Pair:
    """The night by which the first term of each young member is over, as if all members were young."""
    at, young = reviewed_at(scene.now), young_members(scene.count)
    with scene.copied() as copy:
        yardstick = _seconds(copy, "SELECT sum(available), max(version), min(due_at) FROM account")
        night = _night(copy, at, lambda members: members >= young)
        ((fell,),) = copy.sql(
            "SELECT count(*) FROM term JOIN term last USING (member_id)"
            " WHERE term.booked_at = %s AND last.term_no = term.term_no - 1"
            " AND last.tier IS DISTINCT FROM term.tier",
            at,
        )
        looked = verify(copy, at)
    told = {"members_done": night.members, "share_changed": round(fell / night.members, 4)}
    seconds = night.seconds * scene.count / night.members
    return Pair(seconds, yardstick, "s", {**told, "members_verified": looked})


def _night(scene: Scene, at: datetime, is_done: Callable[[int], bool]) -> Night:
    """Let the night of that instant run, for as long as a bar may take; what its first step did."""
    marks, done = list[float](), 0

    def tell(kind: str, members: int) -> None:
        nonlocal done
        if kind != STEP:
            raise _Enough
        marks.append(time.perf_counter())
        done = members
        if is_done(members) or marks[-1] - marks[0] > scene.size.patience_seconds:
            raise _Enough

    with application(scene.url, MovableClock(at)) as app, app.app_context(), suppress(_Enough):
        marks.append(time.perf_counter())
        nightly(rooms(), at, tell)
    gaps = [after - before for before, after in pairwise(marks)]
    return Night(done, marks[-1] - marks[0], max(gaps))


def _seconds(
    scene: Scene, statement: str, given: Mapping[str, object] | None = None, *, keep: bool = False
) -> float:
    """How long a statement takes, once what it reads is in memory, with its commit where it is to `keep`.

    Nothing of another one stays.
    """
    with psycopg.connect(scene.url) as session:
        session.execute(statement, given)
        session.rollback()
        began = time.perf_counter()
        session.execute(statement, given)
        if keep:
            session.commit()
        ended = time.perf_counter()
        session.rollback()
    return ended - began
