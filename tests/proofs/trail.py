"""Trail: each act of staff leaves its line, and whatever is done to the lines afterwards is named (G9)."""

import random
from collections import Counter
from datetime import timedelta

from tests.clocks import START
from tests.makers import Maker
from tests.proofs.clubs import sound
from tests.proofs.house import house, let_go
from tests.proofs.office import Office, acts_after, is_done, last_act
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof
from tests.proofs.spoiling import unguarded
from tests.proofs.tampering import Trail, tamper

DAYS, A_DAY = 4, 9  #: of a round; what is done on each
EACH_ROUND = 25  #: things done to the trail of one club, one after the other
DAY = timedelta(days=1)


def round_(ground: Ground, seed: int) -> Counter[str]:
    """Colleagues work for days; then their trail is tampered with, one thing at a time, and put back."""
    rng, counted = random.Random(seed), Counter[str]({"tamperings": 0})
    file = ground.folder / "anchors.txt"
    with ground.database() as url, house(url, START, anchor_file=str(file)) as make:
        _work(make, rng, counted)
        sound(make)
        let_go(make)
        with unguarded(url) as engine:
            trail = Trail.read(engine, file)
            _says(make, None)
            for _ in range(EACH_ROUND):
                done = tamper(engine, trail, rng)
                try:
                    _says(make, done.named, done.what)
                finally:
                    let_go(make)
                    trail.put_back(engine)
                counted["tamperings"] += 1
            _says(make, None)
    return counted


def _work(make: Maker, rng: random.Random, counted: Counter[str]) -> None:
    """Days of acts, each followed at once by a look at the trail; the last day is not anchored yet."""
    office = Office(make, rng)
    for day in range(DAYS):
        if day:
            make.clock.move(START + day * DAY)
            make.run("audit", "anchor")
            office.begin_day()
        for _ in range(A_DAY):
            before = last_act(make)
            name, done = office.does()
            left = acts_after(make, before)
            assert left == done.acts, f"{name} ({done.answer.status_code}) left {left}, not {done.acts}"
            counted["deeds" if is_done(done) else "deeds refused"] += 1
        office.anybody().buy("20.00")


def _says(make: Maker, named: str | None, what: str = "") -> None:
    """`flask audit verify` says so; None: that all is as it was written."""
    done = make.app.test_cli_runner().invoke(args=["audit", "verify"])
    if named is None:
        assert done.exit_code == 0, done.output
    else:
        assert done.exit_code == 1, f"not found: {what}"
        assert done.output.startswith(f"Error: {named}") or named in done.output, f"{what}: {done.output}"


TRAIL = Proof("trail", "tamperings", round_, quick=1, long={SQLITE: 500, POSTGRESQL: 500})
