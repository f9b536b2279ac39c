import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from loyalty.app import create_app
from loyalty.db import db
from loyalty.programme import to_toml
from tests.clocks import MovableClock
from tests.databases import settings_for
from tests.documents import small

CLUBS = sorted(Path("config/programmes").glob("*.toml"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "club.toml")


def written(file: Path, **changes: object) -> Path:
    file.write_text(to_toml(small(**changes)), encoding="utf-8")
    return file


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=["programme", *map(str, words)])


@pytest.mark.parametrize("club", CLUBS, ids=lambda club: club.stem)
def test_the_shipped_clubs_have_no_faults_and_keep_their_examples(app: Flask, club: Path) -> None:
    done = run(app, "check", club)
    assert (done.exit_code, "no faults" in done.output) == (0, True), done.output


def test_check_tells_every_fault_on_a_line_of_its_own(app: Flask, tmp_path: Path) -> None:
    faulty = written(tmp_path / "faulty.toml", **{"rule[0].unit": "gems", "club.currency": "XXX"})
    done = run(app, "check", faulty)
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        'club.currency: must be an active ISO 4217 code, as "CNY"',
        'rule[0].unit: there is no unit "gems"',
    ]


def test_a_failing_example_is_a_fault(app: Flask, tmp_path: Path) -> None:
    failing = written(tmp_path / "failing.toml", **{"example[0].expect.points.reward": 11})
    for command in ("check", "publish"):
        done = run(app, command, failing)
        assert done.exit_code == 1
        assert done.output == "example[0]: ten give ten: points.reward should be 11, is 10\n"
    assert run(app, "show").output == ""


def test_check_reads_json_too(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "club.json"
    file.write_text(json.dumps(small()), encoding="utf-8")
    assert run(app, "check", file).output == "no faults; examples that hold: 1\n"


@pytest.mark.parametrize(
    ("name", "text"), [("a.toml", "= 5"), ("a.json", "[1]"), ("a.json", "{"), ("a.toml", "\udcff")]
)
def test_what_is_no_document_is_told_plainly(app: Flask, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_bytes(text.encode(errors="surrogateescape"))
    done = run(app, "check", tmp_path / name)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")


def test_a_club_is_published_changed_shown_and_exported(app: Flask, tmp_path: Path, file: Path) -> None:
    done = run(app, "publish", file, "--in-force-from", "1997-01-01T00:00:00+08:00")
    assert done.exit_code == 0
    assert done.output.startswith("edition 1 in force from 1996-12-31T16:00:00+00:00, sha256 ")

    changed = written(tmp_path / "changed.toml", **{"tier[0].attain": 600})
    told = run(app, "diff", changed)
    assert (told.exit_code, told.output) == (1, "tier[silver].attain: 500 → 600\n")
    assert "edition 2 in force from 2026-01-05T02:00:10+00:00" in run(app, "publish", changed).output
    assert run(app, "diff", "1").output == "tier[silver].attain: 500 → 600\n"
    assert run(app, "diff", "2", "1").output == "tier[silver].attain: 600 → 500\n"
    same = run(app, "diff", changed)
    assert (same.exit_code, same.output) == (0, "no differences\n")
    assert run(app, "diff", file, "1").exit_code == 0

    assert [line[:3] for line in run(app, "show").output.splitlines()] == ["1  ", "2  "]
    assert tomllib.loads(run(app, "show", "1").output) == small()
    assert run(app, "export", "2", tmp_path / "out.toml").exit_code == 0
    assert tomllib.loads((tmp_path / "out.toml").read_text(encoding="utf-8")) == tomllib.loads(
        changed.read_text()
    )


def test_publishing_the_same_again_says_so(app: Flask, file: Path) -> None:
    run(app, "publish", file)
    assert "its document is the same as that of edition 1" in run(app, "publish", file).output


@pytest.mark.parametrize(
    ("words", "exit_code", "message"),
    [
        (("publish", "FILE", "--in-force-from", "2026-01-05T02:00:09Z"), 1,
         "too soon: it can be in force from 2026-01-05 02:00:10"),
        (("publish", "FILE", "--in-force-from", "2027-01-05"), 2, "must be an instant with an offset"),
        (("show", "7"), 1, "there is no edition 7"),
        (("export", "7", "x.toml"), 1, "there is no edition 7"),
        (("diff", "7"), 1, "there is no edition 7"),
        (("diff", "nowhere.toml"), 1, "No such file"),
        (("diff", "FLOAT"), 1, "no exact form"),
    ],
)  # fmt: skip
def test_refusals_are_told_in_words(app: Flask, file: Path, words: Any, exit_code: int, message: str) -> None:
    run(app, "publish", file)
    inexact = file.with_name("float.toml")
    inexact.write_text("a = 0.5", encoding="utf-8")
    done = run(app, *({"FILE": file, "FLOAT": inexact}.get(word, word) for word in words))
    assert done.exit_code == exit_code
    assert message in done.output


def test_nothing_is_published_yet(app: Flask, file: Path) -> None:
    assert "no edition is published" in run(app, "diff", file).output


@pytest.mark.parametrize(("allowed", "exit_code"), [(False, 1), (True, 0)])
def test_in_production_only_the_first_edition_is_published_here(
    database: str, clock: MovableClock, file: Path, allowed: bool, exit_code: int
) -> None:
    app = create_app(settings_for(database, env="production", allow_cli_publish=allowed), clock)
    assert run(app, "publish", file).exit_code == 0
    again = run(app, "publish", file)
    assert again.exit_code == exit_code
    assert ("LOYALTY_ALLOW_CLI_PUBLISH" in again.output) is not allowed
    with app.app_context():
        db.engine.dispose()


def test_a_publisher_without_a_name_is_an_operator(
    app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert run(app, "publish", file).exit_code == 0
    assert run(app, "show").output.strip().endswith("cli:operator")
