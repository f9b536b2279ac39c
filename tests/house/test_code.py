import ast
import re
import subprocess
import sys
from itertools import combinations

from tests import slow
from tests.house.sources import ALL_CODE, CODE, ROOT, files_with, imported, module, name, room, tracked, tree

LONGEST_FILE = 300
LONGEST_FUNCTION = 50
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "services", "managers", "base", "lib"}
MACHINE = rb"(?:^|[^\w.])/(?:work|root|home|tmp/bash_jobs)(?:[./]|$)"


def test_one_place_commits():
    assert files_with(r"\.commit\(") == {"loyalty/db.py"}


def test_one_place_asks_what_time_it_is():
    assert files_with(r"\b(datetime|date)\.(now|utcnow|today)\(") == {"loyalty/clock.py"}
    assert files_with(r"\btime\.(time|time_ns|monotonic|perf_counter)\(") == {"loyalty/clock.py"}
    assert files_with(r"func\.now\(|CURRENT_TIMESTAMP|clock_timestamp") == set()


def test_no_drawer_for_odds_and_ends():
    drawers = [name(file) for file in ALL_CODE if DRAWERS & {file.stem, file.parent.name}]
    assert drawers == []


def test_no_file_is_longer_than_a_reader_can_hold():
    lengths = {name(file): len(file.read_text("utf-8").splitlines()) for file in ALL_CODE}
    assert {file: length for file, length in lengths.items() if length > LONGEST_FILE} == {}


def test_a_function_fits_a_screen():
    functions = {
        f"{name(file)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for file in ALL_CODE
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {place: lines for place, lines in functions.items() if lines > LONGEST_FUNCTION} == {}


def test_no_two_folders_import_each_other():
    imports: dict[str, set[str]] = {}
    for file in CODE:
        inside = {room(one) for one in imported(file) if one.startswith("loyalty.")}
        imports.setdefault(room(module(file)), set()).update(inside)
    mutual = [(a, b) for a, b in combinations(sorted(imports), 2) if b in imports[a] and a in imports[b]]
    assert mutual == []


def test_the_import_contracts_are_kept():
    told = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_subject_has_a_door():
    doors = [file.with_name("__init__.py") for file in CODE if file.name == "models.py"]
    assert doors
    assert [name(door) for door in doors if not files_with(r"(?m)^__all__ = ", [door])] == []


def test_no_path_of_one_machine_is_kept():
    found = [name(file) for file in tracked() if re.search(MACHINE, file.read_bytes(), re.MULTILINE)]
    assert [file for file in found if file != "tests/house/test_code.py"] == []


def test_nothing_is_left_for_later():
    left = files_with(r"\b(TODO|FIXME)\b|NotImplementedError|breakpoint\(", ALL_CODE)
    assert left == {"tests/house/test_code.py"}


def test_what_is_listed_as_slow_is_there():
    listed = {line.split(" ")[0] for line in slow.listed()}
    there = {
        f"{name(file)}::{node.name}"
        for file in ALL_CODE
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef)
    }
    assert listed - there == set()
