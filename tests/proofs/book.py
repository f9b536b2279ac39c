"""What long proofs have done so far: a line a round, so that a run that was stopped goes on."""

import ast
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.proofs.proof import Proof

ROOT = Path(__file__).parents[2]
PROVEN = ("loyalty", "migrations", "config")  #: rounds count for this code that they ran on, and their own
JUDGE = "tests.proofs.judge"  #: a program of its own, which no proof imports
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


def code_digest(proof: Proof) -> str:
    """What rounds of a proof were run on: other code begins anew."""
    files = _imported(proof.round.__module__) | _imported(JUDGE)
    for folder in (*PROVEN, *proof.runs):
        files |= {file for file in (ROOT / folder).rglob("*") if file.suffix in {".py", ".toml"}}
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def _imported(module: str) -> set[Path]:
    """The files of a module of the tests, and of all that it imports of them, directly or not."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        file = (ROOT / waiting.pop().replace(".", "/")).with_suffix(".py")
        if file.is_file() and file not in found:
            found.add(file)
            waiting += _imports(ast.parse(file.read_text(encoding="utf-8")))
    return found


def _imports(code: ast.Module) -> Iterator[str]:
    """Names that may be modules of the tests."""
    for node in ast.walk(code):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests"):
            yield from (str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names))
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("tests"))


def note(line: Line) -> None:
    """Add one round; a line is written whole or not at all."""
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")


def lines() -> Iterator[Line]:
    """All rounds, on whatever code."""
    if not FILE.exists():
        return
    for text in FILE.read_text(encoding="utf-8").splitlines():
        try:
            yield Line(**json.loads(text))
        except ValueError:
            continue  # cut off by a kill: that round is done again


def row(given: Iterable[Line], proof: Proof, kind: str, code: str) -> Row:
    """The rounds of a proof on this code, summed up."""
    rounds = [line for line in given if (line.proof, line.kind, line.code) == (proof.name, kind, code)]
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
