from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from loyalty import access
from loyalty.db import reading
from tests.makers import Till


def keys(app):
    with app.app_context(), reading() as session:
        return {row.client: (tuple(row.terminals), row.store, row.mode, row.signed, row.guesses)
                for row in access.all_keys(session)}  # fmt: skip


def test_keys_live_through_the_migration_of_stores_and_back(app, make):
    make.programme()
    [plain] = make.keys("members:read", terminal="T1")
    words = ["--scope", "members:read", "--client", "server", "--store", "S1"]
    server = make.run("keys", "create", *words, "--terminal", "T2", "--terminal", "T3").stdout.strip()
    core = make.run("keys", "create", *words[:3], "core").stdout.strip()
    make.run("keys", "create", *words[:3], "signs", "--signed")
    with app.app_context():
        downgrade(revision="0008")
        with reading() as session:
            rows = session.execute(text("SELECT client, terminal FROM api_key ORDER BY client")).all()
        assert [tuple(row) for row in rows] == [("T1", "T1"), ("core", "core"), ("server", "T2")]
        upgrade()
    assert keys(app) == {
        client: ((terminal,), None, "live", False, 0)
        for client, terminal in (("T1", "T1"), ("server", "T2"), ("core", "core"))
    }
    for key in (plain, server, core):
        assert Till(app, key).get("/members/0").status_code == 404
