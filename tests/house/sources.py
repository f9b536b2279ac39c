"""What the house tests read: the tracked files, their folders and their imports."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "loyalty").rglob("*.py"))
ALL_CODE = sorted(
    file
    for folder in ("loyalty", "config", "migrations", "tests", "bench", "examples")
    for file in (ROOT / folder).rglob("*.py")
)


def name(file: Path) -> str:
    """The path of a file as the house says it."""
    return file.relative_to(ROOT).as_posix()


def files_with(pattern: str, files: list[Path] = CODE) -> set[str]:
    """The files in which the pattern is found."""
    return {name(file) for file in files if re.search(pattern, file.read_text("utf-8"))}


@cache
def tree(file: Path) -> ast.Module:
    """A file as Python reads it."""
    return ast.parse(file.read_text("utf-8"))


def module(file: Path) -> str:
    """The dotted name a file is imported by."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(file: Path) -> Iterator[str]:
    """Every dotted name of ours that a file imports, wherever in it."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(dotted: str) -> str:
    """The folder or file of loyalty that a dotted name lies in: `loyalty.ledger.lots` is in `ledger`."""
    return [*dotted.split("."), ""][1]


def tracked() -> list[Path]:
    """The files that git keeps, and those it would keep if they were added."""
    command = ["git", "ls-files", "-coz", "--exclude-standard"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / one for one in told.split("\0") if one and (ROOT / one).is_file()]
