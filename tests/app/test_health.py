from sqlalchemy import text

from loyalty.app import create_app
from loyalty.db import carry_out, db
from tests.databases import settings_for


def test_alive_and_ready(client):
    assert client.get("/healthz").json == {"status": "alive"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "ready")


def test_not_ready_while_the_migrations_are_not_those_of_the_code(app, client):
    def strange(session):
        session.execute(text("DELETE FROM alembic_version"))
        session.execute(text("INSERT INTO alembic_version VALUES ('strange')"))

    with app.app_context():
        carry_out(strange)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    told = {name: answer.json[name] for name in ("status", "database", "migrations")}
    assert told == {
        "status": "not ready",
        "database": "reachable",
        "migrations": "not at the head of the code",
    }
    assert client.get("/healthz").status_code == 200


def test_not_ready_without_a_database(tmp_path):
    app = create_app(settings_for(f"sqlite:///{tmp_path}/nowhere/club.db"))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "unreachable")
    with app.app_context():
        db.engine.dispose()


def test_metrics_count_by_rule_not_by_path(client):
    client.get("/healthz")
    client.get("/v1/members/someone")
    client.open("/healthz", method="INVENTED")
    told = client.get("/metrics").text
    assert 'loyalty_requests_total{method="GET",rule="/healthz",status="200"}' in told
    assert 'method="OTHER"' in told
    assert "someone" not in told
    assert "INVENTED" not in told


def test_metrics_of_several_processes_are_added_up(client, tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "loyalty_requests_total" not in answer.text  # no process has written there
    assert "loyalty_stopped_accounts 0.0" in answer.text  # the books are one for all
