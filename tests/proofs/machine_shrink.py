"""The fewest steps of a life that still end in a fault: `python -m tests.proofs.machine_shrink KIND SEED`."""

import sys
from collections.abc import Callable, Sequence

from tests import databases
from tests.proofs.ground import Databases, plot
from tests.proofs.machine import STEPS, live
from tests.proofs.proof import POSTGRESQL

Steps = Sequence[int]


def fewest(fault_of: Callable[[Steps], Exception | None], steps: Steps) -> Steps:
    """Leave out halves, quarters … single steps, as long as there still is a fault."""
    if fault_of(steps) is None:
        return steps
    size = len(steps) // 2
    while size:
        place = 0
        while place < len(steps):
            fewer = [*steps[:place], *steps[place + size :]]
            if fault_of(fewer) is None:
                place += size
            else:
                steps = fewer
        size //= 2
    return steps


def main(kind: str, seed: int) -> None:
    """Tell the fault of the shortest life that was found."""
    databases.open_home()
    try:
        made: Databases = (
            databases.PostgresDatabases(databases.postgres_url())
            if kind == POSTGRESQL
            else databases.SqliteFiles()
        )

        def fault_of(steps: Steps) -> Exception | None:
            try:
                with plot(kind, made) as ground:
                    live(ground, seed, steps)
            except Exception as fault:
                return fault
            return None

        steps = fewest(fault_of, range(STEPS))
        fault = fault_of(steps)
        if fault is None:
            sys.exit("no fault")
        sys.exit("\n".join([f"steps {list(steps)}", str(fault), *getattr(fault, "__notes__", [])]))
    finally:
        databases.close_home()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
