"""What long proofs have done so far: a line a round, so that a run that was stopped goes on."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROVEN = ("loyalty", "migrations", "config", "tests/proofs")  #: rounds count for the code that they ran on
FILE = ROOT / ".prove" / "rounds.jsonl"


@dataclass(frozen=True, slots=True)
class Line:
    """One round: which, from which seed, how long it took, what it counted, and the fault it found."""

    code: str
    proof: str
    kind: str
    number: int
    seed: int
    seconds: float
    counted: Mapping[str, int]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """All rounds of one proof on one kind of database."""

    rounds: int
    counted: Counter[str]
    faults: int
    seconds: float
    last_seed: int


def code_digest() -> str:
    """What rounds were run on: other code begins anew."""
    digest = hashlib.sha256()
    for folder in PROVEN:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {".py", ".toml"} and not file.name.startswith("test_"):
                digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def note(line: Line) -> None:
    """Add one round; a line is written whole or not at all."""
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")


def lines(code: str) -> Iterator[Line]:
    """The rounds that ran on this code."""
    if not FILE.exists():
        return
    for text in FILE.read_text(encoding="utf-8").splitlines():
        try:
            line = Line(**json.loads(text))
        except ValueError:
            continue  # cut off by a kill: that round is done again
        if line.code == code:
            yield line


def row(given: Iterable[Line]) -> Row:
    """Rounds summed up."""
    rounds = list(given)
    counted = Counter[str]()
    for line in rounds:
        counted.update(line.counted)
    return Row(
        len(rounds),
        counted,
        sum(line.fault is not None for line in rounds),
        sum(line.seconds for line in rounds),
        rounds[-1].seed if rounds else 0,
    )
