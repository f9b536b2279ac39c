"""What is no longer needed goes every night, a few rows at a time; the books and the acts never do."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from config.settings import Settings, SettingsFaulty
from loyalty.db import carry_out, reading
from loyalty.jobs import retention
from loyalty.rooms import rooms
from loyalty.work import finish, keep_part, newest, start
from tests.merging import merge

DAY = timedelta(days=1)
REPLAYED = "Idempotency-Replayed"
STATE = ("balance", "tier", "tier_change", "award")
PASSED_ON = {"unit.reward.transfer": {"member_day": 1000, "least": 10}}
NEVER = (
    "entry",
    "operation",
    "operation_part",
    "account",
    "sale",
    "act",
    "edition",
    "term",
    "outbox_message",
)


@pytest.fixture
def told(make):
    """A member of whom one wish of each kind was told, with what was answered; each can be told again."""
    make.club(**PASSED_ON)
    ana, bea = make.shopper(), make.shopper()
    ana.adjust(1000)
    wishes = []

    def tell(path, body, key=None):
        answer = ana.till.post(path, body, **({"idempotency_key": key} if key else {}))
        assert answer.status_code < 300, answer.text
        wishes.append((path, body, key, answer))
        return answer.json

    sale = ana.sale("120.00")
    tell("/purchases", sale)
    tell("/purchases", ana.sale("30.00"), "by-its-header-too")
    spent = tell("/redemptions", {"card": ana.card, "points": 30, "reference": "r-1"})
    tell(f"/redemptions/{spent['redemption_id']}/reverse", {"points": 10, "reference": "r-2"})
    held = tell("/holds", {"card": ana.card, "points": 20, "reference": "h-1"})
    tell(f"/holds/{held['hold_id']}/capture", {"points": 15}, "c-1")
    body = {"from": ana.member_id, "to": bea.member_id, "unit": "reward", "points": 50}
    tell("/transfers", body | {"reference": "t-1"})
    return ana, wishes


def cut(app):
    with app.app_context(), reading() as session:
        return session.scalar(text("SELECT count(*) FROM claim WHERE cut_at IS NOT NULL"))


def rows(app):
    with app.app_context(), reading() as session:
        return {
            table: sorted(map(repr, session.execute(text(f"SELECT * FROM {table}")).all())) for table in NEVER
        } | {"claim": session.execute(text('SELECT scope, "key" FROM claim ORDER BY 1, 2')).all()}


def runs(app, kind="retention"):
    with app.app_context(), reading() as session:
        return list(newest(session, kind, None, 50))


def drop(app, books="live"):
    with app.app_context():
        return retention.retain(rooms(), books)


def test_p2_an_answer_cut_after_thirty_days_is_heard_again_with_the_points_of_today(app, make, clock, told):
    ana, wishes = told
    clock.move(30 * DAY - timedelta(seconds=1))
    assert "answers" not in drop(app)
    clock.move(timedelta(seconds=1))
    ana.adjust(7)
    before = rows(app)
    assert drop(app)["answers"] >= len(wishes)
    assert (rows(app), "answers" in drop(app)) == (before, False)  # the second run finds nothing left
    now = ana.figures()
    for path, body, key, first in wishes:
        again = ana.till.post(path, body, **({"idempotency_key": key} if key else {}))
        assert (again.status_code, again.headers[REPLAYED]) == (first.status_code, "true"), again.text
        same = {
            name: value for name, value in first.json.items() if name not in (*STATE, "print", "replayed")
        }
        assert {name: again.json[name] for name in same} == same
        assert again.json.keys() == first.json.keys()
        assert again.json.get("award") == first.json.get("award")
        points = again.json["balance"]["reward"]
        assert (points["available"], points["held"], points["pending"], points["debt"]) == now
        assert again.json["tier_change"] is None
    other = ana.till.post(wishes[0][0], wishes[0][1] | {"cashier": "another"})
    assert (other.status_code, other.json["code"]) == (422, "key_reused")
    make.run("ledger", "verify")


def test_p2_a_cut_answer_of_somebody_merged_since_tells_of_the_survivor(app, make, clock, told):
    ana, wishes = told
    stays = make.shopper()
    merge(ana, stays)
    clock.move(31 * DAY)
    drop(app)
    path, body, _, first = wishes[0]
    again = ana.till.post(path, body)
    assert (again.status_code, again.json["purchase_id"]) == (201, first.json["purchase_id"])
    assert again.json["balance"]["reward"]["available"] == stays.figures()[0] > 0


def test_it_goes_in_bounded_chunks_and_one_that_died_is_carried_on(app, clock, told, monkeypatch):
    clock.move(31 * DAY)
    monkeypatch.setattr(retention, "CHUNK", 2)
    chunks, real, dies_at = [], retention.forget, 3

    def forget(*words, **named):
        chunks.append(real(*words, **named))
        if len(chunks) == dies_at:
            raise RuntimeError("gone")
        return chunks[-1]

    monkeypatch.setattr(retention, "forget", forget)
    with pytest.raises(RuntimeError):
        drop(app)
    assert (cut(app), [(one.state, one.done) for one in runs(app)]) == (4, [("failed", 4)])
    chunks.clear()
    dies_at = 0
    dropped = drop(app)
    assert max(chunks) == 2
    last = runs(app)[0]
    assert (last.state, last.result, last.done) == ("done", dropped, sum(dropped.values()))


def test_runs_of_long_work_go_with_their_parts_but_nights_and_the_last_of_each_kind(app, make, clock):
    make.club()
    with app.app_context():
        now = clock.now()

        def did(kind, age):
            def write(session):
                task = start(session, kind, as_of=now - age, now=now - age)
                keep_part(session, task, 1, "x", {"points": 1}, done=1, now=now - age)
                finish(session, task, now=now - age)

            carry_out(write)

        for age in (500 * DAY, 450 * DAY, 100 * DAY):
            did("what-if", age), did("nightly", age)
        did("cohorts", 500 * DAY)
    assert drop(app) == {"runs": 2}
    assert {kind: len(runs(app, kind)) for kind in ("what-if", "nightly", "cohorts")} == {
        "what-if": 1,
        "nightly": 3,
        "cohorts": 1,
    }


def test_the_night_drops_what_is_over_and_the_command_says_what(app, make, clock, told):
    clock.move(31 * DAY)
    assert "answers" in make.run("jobs", "nightly").stderr
    assert "dropped: nothing" in make.run("jobs", "retention").stderr
    assert [one.state for one in runs(app)] == ["done", "done"]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_without_a_programme_nothing_is_dropped(make, app):
    assert "no programme" in make.run("jobs", "retention", exit_code=1).stderr
    assert runs(app) == []


def test_p2_answers_are_kept_for_thirty_days_at_least():
    with pytest.raises(SettingsFaulty, match="LOYALTY_KEEP_ANSWERS_DAYS"):
        Settings(env="testing", secret_key="x" * 40, keep_answers_days=29)
