"""Corrections above what one person may: they wait for a second one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty import ids
from loyalty.db import carry_out, reading

LIMITS = {"single": 100, "maker_day": 300, "member_day": 250}
HOUR = timedelta(hours=1)


@pytest.fixture
def ana(make):
    make.club(approvals={"adjustment": {"reward": LIMITS}})
    return make.shopper()


@pytest.fixture
def bob(make):
    return make.person("bob")


def request(till, told):
    answer = till.get(f"/approvals/{told['approval_id']}")
    assert answer.status_code == 200, answer.json
    return answer.json


def decide(till, told, act="approve", expect=200, key="k", digest=None):
    digest = digest or request(till, told)["digest"]
    answer = till.post(f"/approvals/{told['approval_id']}/{act}", {"digest": digest}, idempotency_key=key)
    assert answer.status_code == expect, answer.json
    return answer.json


def test_a_correction_above_the_limit_waits_and_is_booked_for_two_persons(make, ana, bob):
    """Minting alone: above the limit nothing is booked until a second person approves it."""
    assert ana.adjust(100)["balance"]["reward"]["available"] == 100
    told = ana.adjust(101, expect=202, reference="case-7")
    assert (told["status"], told["limit"], told["most"]) == ("waiting_for_approval", "single", 100)
    assert told["balance"]["reward"]["available"] == 100
    seen = request(bob, told)
    assert {name: seen[name] for name in ("kind", "state", "maker", "checker", "member_id")} == {
        "kind": "adjustment", "state": "waiting", "maker": "T1", "checker": None, "member_id": ana.member_id,
    }  # fmt: skip
    assert seen["content"] == {
        "member_id": ana.member_id, "unit": "reward", "points": 101, "reason_code": "goodwill",
        "note": "a test", "reference": "case-7", "limit": "single", "most": 100,
    }  # fmt: skip
    done = decide(bob, told)
    assert (done["state"], done["adjustment"]["balance"]["reward"]["available"]) == ("approved", 201)
    assert decide(bob, told) == done
    line = ana.look("/entries")["items"][0]
    why = {"reason_code": "goodwill", "note": "a test", "reference": "case-7"}
    assert line["reasons"] == why | {"by": "T1", "approved_by": "bob"}
    seen = request(ana.till, told)
    assert (seen["state"], seen["checker"], seen["adjustment_id"]) == ("approved", "bob", line["operation"])
    assert ana.adjust(101, expect=202, reference="case-7") == told | {"replayed": True}
    assert ana.figures()[0] == 201
    make.run("ledger", "verify")
    make.run("audit", "verify")


def test_ten_corrections_just_below_the_limit_are_caught_by_the_makers_day(make, ana, clock):
    """Minting alone: ten corrections just below the limit are more than a day allows."""
    friends = [make.shopper() for _ in range(5)]
    for one in friends[:3]:
        one.adjust(99)
    assert ana.adjust(3)["points"] == 3  # 3 × 99 + 3 = 300
    told = [one.adjust(99, expect=202) for one in friends[3:]]
    assert {(one["limit"], one["most"]) for one in told} == {("maker_day", 300)}
    assert friends[0].adjust(-1, expect=202)["limit"] == "maker_day"
    clock.move(24 * HOUR)
    ana.adjust(99)


def test_the_day_of_a_member_counts_what_all_makers_do(make, ana, bob):
    """Minting alone: several makers together give one member no more a day than one does."""
    ana.adjust(100)
    ana.adjust(-100)
    ana.till = make.till(terminal="T2")
    ana.adjust(50)
    told = ana.adjust(1, expect=202)
    assert (told["limit"], told["most"]) == ("member_day", 250)
    decide(bob, told)
    assert ana.figures()[0] == 51
    assert ana.adjust(1, unit="status")["points"] == 1


def test_the_makers_day_holds_when_all_come_at_once(make, ana, bob):
    """Minting alone: raced, the day's sum of a maker holds."""
    friends = [make.shopper() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda one: one.till.post("/adjustments", {
            "member_id": one.member_id, "unit": "reward", "points": 60, "reason_code": "sorry",
            "note": "-", "reference": f"at-once-{one.member_id}"}), friends))  # fmt: skip
    statuses = sorted(answer.status_code for answer in told)
    assert statuses == [201] * 5 + [202] * 3
    assert {answer.json["limit"] for answer in told if answer.status_code == 202} == {"maker_day"}
    assert len(bob.get("/approvals?state=waiting&kind=adjustment").json["items"]) == 3
    make.run("ledger", "verify")


def test_who_asked_is_never_the_second_person(make, ana):
    """Minting alone: maker and checker are two persons, whatever their scopes."""
    both = make.person("bob", "members:write", "approvals:decide")
    ana.till = both
    told = ana.adjust(101, expect=202)
    assert decide(both, told, expect=422)["code"] == "own_request"
    assert decide(both, told, "refuse", expect=422, key="r")["code"] == "own_request"
    decide(make.person("eve"), told)


def test_a_request_is_decided_once(make, ana, bob):
    told = ana.adjust(101, expect=202)
    assert decide(bob, told, "refuse")["state"] == "refused"
    refused = decide(bob, told, expect=422, key="other")
    assert (refused["code"], refused["state"]) == ("request_closed", "refused")
    assert ana.adjust(101, expect=202, reference=told["reference"])["replayed"] is True
    assert ana.figures()[0] == 0


def test_of_two_checkers_at_once_one_decides(make, ana):
    """Minting alone: raced, a request is decided once and booked once."""
    told = ana.adjust(101, expect=202)
    checkers = [make.person(name) for name in ("bob", "eve", "joe", "kim")]
    digest = request(checkers[0], told)["digest"]

    def send(turn):
        act, body = ("approve", "refuse")[turn % 2], {"digest": digest}
        path = f"/approvals/{told['approval_id']}/{act}"
        return checkers[turn % 4].post(path, body, idempotency_key=f"turn-{turn}")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[422] * 7]
    assert {answer.json["code"] for answer in answers if answer.status_code == 422} == {"request_closed"}
    seen = request(ana.till, told)
    assert ana.figures()[0] == (101 if seen["state"] == "approved" else 0)
    make.run("ledger", "verify")


def test_what_was_not_seen_is_not_approved(ana, bob):
    """Minting alone: a checker approves the digest of exactly what they saw."""
    told = ana.adjust(101, expect=202)
    other = decide(bob, ana.adjust(102, expect=202), expect=422, digest=request(bob, told)["digest"])
    assert other["code"] == "content_differs"
    assert decide(bob, told, expect=422, digest="x", key="x")["fields"].keys() == {"digest"}


def test_a_request_is_void_after_72_hours(make, ana, bob, clock):
    """Minting alone: what has waited for 72 hours is void."""
    told = ana.adjust(101, expect=202)
    clock.move(72 * HOUR - timedelta(seconds=1))
    decide(bob, ana.adjust(102, expect=202), key="first")
    clock.move(timedelta(seconds=1))
    refused = decide(bob, told, expect=422)
    assert (refused["code"], refused["state"], refused["because"]) == ("request_closed", "void", "too_old")
    before = request(bob, told)
    assert (before["state"], before["decided_at"]) == ("void", None)
    make.run("jobs", "nightly")
    after = request(bob, told)
    assert (after["state"], after["because"]) == ("void", "too_old")
    assert after["decided_at"] is not None
    assert bob.get("/approvals?state=void").json["items"] == [after]


def test_where_the_act_is_refused_the_request_goes_on_waiting(ana, bob):
    ana.adjust(100)
    ana.adjust(50)
    told = ana.adjust(-120, expect=202)
    ana.redeem(40)
    assert decide(bob, told, expect=422)["code"] == "not_enough_points"
    assert request(bob, told)["state"] == "waiting"
    ana.adjust(20)
    assert decide(bob, told, key="again")["adjustment"]["balance"]["reward"]["available"] == 10


def test_m7_what_is_asked_of_the_forgotten_is_void_and_says_nothing(make, ana, bob):
    told = ana.adjust(101, expect=202, note="the widow of Mr Silva")
    done = ana.adjust(102, expect=202, note="the widow of Mr Silva")
    decide(bob, done)
    version = ana.till.get(f"/members/{ana.member_id}").headers["ETag"]
    assert ana.till.send("DELETE", f"/members/{ana.member_id}", if_match=version).status_code == 204
    refused = decide(bob, told, expect=422, key="late")
    assert (refused["code"], refused["because"]) == ("request_closed", "member_erased")
    for one in (told, done):
        assert request(bob, one)["content"]["note"] == ""
    make.run("jobs", "nightly")
    assert request(bob, told)["decided_at"] is not None


@pytest.mark.parametrize("linked", ["T1", "bob"])
def test_nobody_corrects_an_account_of_their_own(make, ana, bob, linked):
    """Self-dealing: by a key, neither who asks nor who approves may be linked with the member."""
    told = ana.adjust(101, expect=202)
    make.run("staff-cards", "link", "--store", "office", "--cashier", linked, "--member", ana.member_id)
    assert decide(bob, told, expect=422)["code"] == "self_dealing"
    assert request(bob, told)["state"] == "waiting"
    if linked == "T1":
        assert ana.adjust(1, expect=422)["code"] == "self_dealing"
        assert ana.given("gold", ana.clock.now() + HOUR, expect=422)["code"] == "self_dealing"
    else:
        ana.adjust(1)


def test_a_maker_withdraws_their_own_request_alone(make, ana, bob):
    told = ana.adjust(101, expect=202)
    path = f"/approvals/{told['approval_id']}/withdraw"
    other = make.till("members:write", terminal="T2")
    assert other.post(path, idempotency_key="w").status_code == 404
    assert ana.till.post(path, idempotency_key="w").json["state"] == "withdrawn"
    assert ana.till.post(path, idempotency_key="w").json["state"] == "withdrawn"
    assert decide(bob, told, expect=422)["state"] == "withdrawn"


def test_a3_makers_see_their_own_requests_and_checkers_all(make, ana, bob):
    first, second = (ana.adjust(points, expect=202)["approval_id"] for points in (101, 102))
    other = make.till("members:write", terminal="T2")
    assert other.get(f"/approvals/{first}").status_code == 404
    assert other.get("/approvals").json == {"items": [], "next": None}
    assert make.till("points:earn").get("/approvals").status_code == 403
    page = bob.get("/approvals?limit=1").json
    more = bob.get(f"/approvals?limit=1&cursor={page['next']}").json
    assert [one["approval_id"] for one in page["items"] + more["items"]] == [second, first]
    assert bob.get("/approvals?cursor=abc").json["fields"] == {"cursor": "is not one of ours"}
    assert bob.get(f"/approvals/{ids.to_text(7)}").status_code == 404
    for act in ("approve", "refuse", "withdraw"):
        answer = ana.till.post(f"/approvals/{first}/{act}", {"digest": "0" * 64}, idempotency_key=act)
        assert answer.status_code == (200 if act == "withdraw" else 403)


@pytest.mark.parametrize(
    ("attack", "refused"),
    [
        ("state = 'approved', checker = maker, decided_at = asked_at, op_id = 1", "two_persons"),
        ("state = 'approved', checker = 'eve', decided_at = void_at, op_id = 1", "in_time"),
        ("state = 'approved', checker = 'eve', decided_at = asked_at", "booked"),
        ("state = 'approved', decided_at = asked_at, op_id = 1", "checked_by_one"),
        ("maker = 'eve'", "append-only"),
        ("digest = replace(digest, '0', '1')", "append-only"),
        ("content = '{}'", "append-only"),
        ("void_at = asked_at", "append-only"),
    ],
)
def test_two_persons_are_held_by_the_database(app, ana, attack, refused):
    """Minting alone: maker = checker, and any edit of what is asked, is refused by the database itself."""
    ana.adjust(101, expect=202)
    with app.app_context(), pytest.raises(DBAPIError, match=refused):
        carry_out(lambda session: session.execute(text(f"UPDATE approval_request SET {attack}")))


def test_what_was_decided_stays_decided(app, ana, bob):
    """Minting alone: no statement opens, edits or removes what was decided."""
    decide(bob, ana.adjust(101, expect=202), "refuse")
    note = {"sqlite": "json_set(content, '$.note', 'x')",
            "postgresql": "jsonb_set(content, '{note}', '\"x\"')"}  # fmt: skip
    with app.app_context():
        with reading() as session:
            kind = session.get_bind().dialect.name
        for attack in (
            "UPDATE approval_request SET state = 'waiting', checker = NULL, decided_at = NULL",
            f"UPDATE approval_request SET content = {note[kind]}",
            "DELETE FROM approval_request",
        ):
            with pytest.raises(DBAPIError, match="append-only"):
                carry_out(lambda session, attack=attack: session.execute(text(attack)))


def test_a_key_that_decides_is_one_persons(make):
    told = make.run("keys", "create", "--terminal", "T1", "--scope", "approvals:decide", exit_code=2).output
    assert "names its --person" in told
    words = ("keys", "create", "--person", "eve", "--scope", "approvals:decide")
    assert "no store and no terminal" in make.run(*words, "--terminal", "T1", exit_code=2).output
    assert "is the client" in make.run(*words, "--client", "T1", exit_code=2).output
