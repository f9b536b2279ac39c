"""`make prove`: every proof for as long as was asked, resumed where it stopped, and a table at the end."""

import argparse
import os
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests import databases
from tests.proofs import book
from tests.proofs.ground import Databases, plot
from tests.proofs.proof import POSTGRESQL, Proof
from tests.proofs.table import PROOFS

NIGHT_MINUTES = 600  #: how long the whole long column is reckoned to take
MOST_FAULTS = 3  #: a proof that found so many is not run on


@dataclass(frozen=True, slots=True)
class Task:
    """One proof on one kind of database, until it has counted so many."""

    proof: Proof
    kind: str
    target: int


def main() -> int:
    """Run what is left, print the table; 1 when any fault was found or anything was left undone."""
    wanted = _arguments()
    if wanted.replay is not None:
        return _replay(wanted)
    tasks = [
        Task(proof, kind, proof.target(kind, wanted.minutes / NIGHT_MINUTES))
        for proof in PROOFS
        if not wanted.only or proof.name in wanted.only
        for kind in proof.long
        if wanted.kind in (None, kind)
    ]
    if wanted.worker:
        return _work(tasks)
    if wanted.fresh:
        book.FILE.unlink(missing_ok=True)
    databases.open_home()
    try:
        if not wanted.table:
            with ThreadPoolExecutor(wanted.jobs) as pool:
                list(pool.map(_in_a_process, tasks))
        return _tell(tasks)
    finally:
        databases.close_home()


def _arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="make prove", description=__doc__)
    asked.add_argument("--minutes", type=int, default=60, help=f"{NIGHT_MINUTES} is the whole long column")
    asked.add_argument("--only", action="append", help="the name of a proof; several may be named")
    asked.add_argument("--kind", choices=["sqlite", "postgresql"])
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="proofs at one time")
    asked.add_argument("--fresh", action="store_true", help="forget the rounds done so far")
    asked.add_argument("--table", action="store_true", help="run nothing, print what was done so far")
    asked.add_argument(
        "--replay", type=int, metavar="SEED", help="one round of --only on --kind from this seed"
    )
    asked.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    return asked.parse_args()


def _in_a_process(task: Task) -> None:
    """A process of its own for each proof: what one leaves behind is not in the way of another."""
    minutes = ["--minutes", str(_wanted_minutes())]
    words = ["--worker", "--only", task.proof.name, "--kind", task.kind, *minutes]
    subprocess.run([sys.executable, "-m", "tests.proofs", *words], cwd=book.ROOT, check=False)


def _wanted_minutes() -> int:
    return int(_arguments().minutes)


def _work(tasks: list[Task]) -> int:
    for task in tasks:
        code = book.code_digest(task.proof)
        so_far = book.row(book.lines(), task.proof, task.kind, code)
        counted, faults, number = so_far.counted[task.proof.unit], so_far.faults, so_far.rounds
        if counted >= task.target or faults >= MOST_FAULTS:
            continue
        made = _databases(task.kind)
        try:
            while counted < task.target and faults < MOST_FAULTS:
                line = _round(task, made, number, code)
                book.note(line)
                counted += line.counted.get(task.proof.unit, 0)
                faults, number = faults + (line.fault is not None), number + 1
                _say(task, line, counted)
        finally:
            if isinstance(made, databases.PostgresDatabases):
                made.close()
    return 0


def _round(task: Task, made: Databases, number: int, code: str) -> book.Line:
    seed = task.proof.seed(task.kind, number)
    began, counted, fault = time.monotonic(), {}, None
    try:
        with plot(task.kind, made, Path(os.environ[databases.HOME])) as ground:
            counted = dict(task.proof.round(ground, seed))
    except Exception:
        fault = traceback.format_exc()
    seconds = time.monotonic() - began
    return book.Line(code, task.proof.name, task.kind, number, seed, round(seconds, 2), counted, fault)


def _replay(wanted: argparse.Namespace) -> int:
    proof = next(proof for proof in PROOFS if proof.name in wanted.only)
    databases.open_home()
    try:
        with plot(wanted.kind, _databases(wanted.kind)) as ground:
            print(dict(proof.round(ground, wanted.replay)))
    finally:
        databases.close_home()
    return 0


def _databases(kind: str) -> Databases:
    if kind == POSTGRESQL:
        return databases.PostgresDatabases(databases.postgres_url())
    return databases.SqliteFiles()


def _say(task: Task, line: book.Line, counted: int) -> None:
    what = f"{task.proof.name}, {task.kind}: {counted} of {task.target} {task.proof.unit}"
    print(f"{what} (round {line.number}, seed {line.seed}, {line.seconds} s)", flush=True)
    if line.fault is not None:
        print(line.fault, file=sys.stderr, flush=True)


def _tell(tasks: list[Task]) -> int:
    print(f"{'proof':<22} {'database':<10} {'done':>10} {'of':>9} {'unit':<12} {'rounds':>7} {'faults':>6} "
          f"{'last seed':>10} {'seconds':>8}")  # fmt: skip
    failed, done = False, list(book.lines())
    for task in tasks:
        row = book.row(done, task.proof, task.kind, book.code_digest(task.proof))
        counted = row.counted[task.proof.unit]
        failed |= row.faults > 0 or counted < task.target
        print(f"{task.proof.name:<22} {task.kind:<10} {counted:>10} {task.target:>9} {task.proof.unit:<12} "
              f"{row.rounds:>7} {row.faults:>6} {row.last_seed:>10} {row.seconds:>8.0f}")  # fmt: skip
        if more := {unit: n for unit, n in row.counted.items() if unit != task.proof.unit}:
            print("    " + ", ".join(f"{n} {unit}" for unit, n in sorted(more.items())))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
