"""Backups are whole or not there, and what is restored is what was copied."""

import json
import stat
from pathlib import Path

import pytest
from flask_migrate import downgrade
from sqlalchemy import func, select, table, text

from loyalty.app import create_app
from loyalty.db import carry_out, db, reading
from tests.databases import path_to_tools, settings_for
from tests.makers import Maker, Till

ONLY_POSTGRESQL = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
ONLY_SQLITE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
COUNTED = ("claim", "entry", "operation", "member", "alembic_version")


@pytest.fixture(autouse=True)
def tools(monkeypatch):
    monkeypatch.setenv("PATH", path_to_tools())


@pytest.fixture
def ana(make):
    """A member with a past, in a club."""
    make.club()
    ana = make.shopper()
    ana.give_back(ana.buy("100.00"), amount="30.00")
    ana.redeem(20)
    return ana


@pytest.fixture
def there(empty_database, clock):
    """The operator of an application on an empty database."""
    app = create_app(settings_for(empty_database), clock)
    yield Maker(app, clock)
    with app.app_context():
        db.engine.dispose()


def rows(make: Maker, *names: str) -> dict[str, int]:
    with make.app.app_context(), reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table(name))) for name in names or COUNTED
        }


def test_what_is_restored_is_what_was_copied_and_serves(make, ana, there, tmp_path):
    told = make.run("backup", "make", str(tmp_path / "monday")).output
    ana.buy("5.00")  # later than the copy
    restored = there.run("backup", "restore", str(tmp_path / "monday")).output
    assert told.splitlines()[0] in restored
    assert restored.count("law ") > 20
    assert "fault" not in restored.replace("0 faults", "")
    manifest = json.loads((tmp_path / "monday" / "manifest.json").read_text())
    assert rows(there) == {name: manifest["books"]["live"]["rows"][name] for name in COUNTED}
    shown = Till(there.app, ana.till._key).get(f"/members/{ana.member_id}/balance").json
    assert shown["units"]["reward"]["available"] == 50


def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_beside(make, ana, tmp_path):
    make.run("backup", "make", str(tmp_path / "monday"))
    assert [file.name for file in tmp_path.iterdir() if file.is_dir()] == ["monday"]
    assert stat.S_IMODE((tmp_path / "monday").stat().st_mode) == 0o700


def test_a_backup_never_overwrites(make, ana, tmp_path):
    make.run("backup", "make", str(tmp_path / "monday"))
    before = (tmp_path / "monday" / "manifest.json").read_bytes()
    refused = make.run("backup", "make", str(tmp_path / "monday"), exit_code=1)
    assert "never overwrites" in refused.output
    assert (tmp_path / "monday" / "manifest.json").read_bytes() == before


def test_only_an_empty_database_is_filled(make, ana, tmp_path):
    make.run("backup", "make", str(tmp_path / "monday"))
    ana.buy("5.00")
    before = rows(make)
    refused = make.run("backup", "restore", str(tmp_path / "monday"), exit_code=1)
    assert "is not empty" in refused.output
    assert rows(make) == before


@pytest.mark.parametrize("fault", ["a bit", "cut", "no manifest", "of another kind", "of a later release"])
def test_what_is_not_as_it_was_made_is_not_restored(make, ana, there, tmp_path, fault):
    folder = tmp_path / "monday"
    make.run("backup", "make", str(folder))
    (copy,) = folder.glob("live.*")
    manifest = json.loads((folder / "manifest.json").read_text())
    if fault == "a bit":
        copy.write_bytes(copy.read_bytes()[:-1] + bytes([copy.read_bytes()[-1] ^ 1]))
    elif fault == "cut":
        copy.write_bytes(copy.read_bytes()[:-1])
    elif fault == "of another kind":
        manifest["books"]["live"]["kind"] = "paper"
    elif fault == "of a later release":
        manifest["books"]["live"]["revision"] = "9999"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    if fault == "no manifest":
        (folder / "manifest.json").unlink()
    there.run("backup", "restore", str(folder), exit_code=1)
    with there.app.app_context(), reading() as session:
        assert db.inspect(session.connection()).get_table_names() == []


def test_books_that_do_not_balance_are_told_after_the_restore(make, ana, there, tmp_path):
    with make.app.app_context():
        carry_out(lambda session: session.execute(text("UPDATE account SET available = available + 1")))
    make.run("backup", "make", str(tmp_path / "monday"))
    told = there.run("backup", "restore", str(tmp_path / "monday"), exit_code=1)
    assert "fault" in told.output


def test_tables_of_an_earlier_release_are_brought_up(make, ana, there, tmp_path):
    with make.app.app_context():
        downgrade(revision="0015")
    make.run("backup", "make", str(tmp_path / "monday"))
    there.run("backup", "restore", str(tmp_path / "monday"))
    assert there.app.test_client().get("/readyz").status_code == 200


def test_a_database_without_tables_is_no_backup(there, tmp_path):
    assert "no tables" in there.run("backup", "make", str(tmp_path / "monday"), exit_code=1).output
    assert list(tmp_path.glob("*")) == []


@ONLY_POSTGRESQL
def test_without_its_programs_postgresql_is_not_copied_and_nothing_is_left(make, ana, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    told = make.run("backup", "make", str(tmp_path / "monday"), exit_code=1).output
    assert "pg_dump is not there" in told
    assert list(tmp_path.iterdir()) == []


def test_training_books_go_along(kind, clock, tmp_path):
    with (
        kind.clone() as live,
        kind.clone() as training,
        kind.clone(empty=True) as one,
        kind.clone(empty=True) as two,
    ):
        app = create_app(settings_for(live, training_database_url=training), clock)
        make = Maker(app, clock)
        make.club()
        make.shopper(make.till(mode="training"))
        make.run("backup", "make", str(tmp_path / "monday"))
        back = create_app(settings_for(one, training_database_url=two), clock)
        told = Maker(back, clock).run("backup", "restore", str(tmp_path / "monday")).output
        assert "training: " in told
        assert "the training books:" in told
        for each in (app, back):
            with each.app_context():
                for engine in db.engines.values():
                    engine.dispose()


def test_a_backup_of_a_database_that_is_not_there_is_none(clock, tmp_path):
    app = create_app(settings_for(f"sqlite:///{tmp_path}/nowhere/club.db"), clock)
    told = Maker(app, clock).run("backup", "make", str(Path(tmp_path) / "monday"), exit_code=1)
    assert "did not answer" in told.output
    assert list(tmp_path.iterdir()) == []
