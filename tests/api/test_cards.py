from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert

from loyalty import ids, members
from loyalty.db import carry_out, reading
from loyalty.errors import CardBlocked, CardUnknown
from loyalty.members import Card


@pytest.fixture
def desk(make):
    make.programme()
    return make.till()


@pytest.fixture
def ana(desk):
    return desk.post("/members", {"name": "Ana Silva"}, idempotency_key="ana").json


def ask(desk, member, verb, key, body=None):
    return desk.post(f"/members/{member['member_id']}/{verb}", body, idempotency_key=key)


def replaced(desk, member, key="r1", reason="lost"):
    answer = ask(desk, member, "cards", key, {"reason": reason})
    assert answer.status_code == 201, answer.json
    return answer.json


def looked_up(desk, number):
    answer = desk.post("/members/lookup", {"card": number})
    return answer.status_code, answer.json.get("code", answer.json.get("member_id"))


def holder(app, number, at):
    with app.app_context(), reading() as session:
        return ids.to_text(members.by_card(session, number, at).member_id)


def test_m2_a_replaced_card_is_refused_like_a_blocked_one(desk, ana):
    old = ana["card"]["number"]
    new = replaced(desk, ana)["card"]["number"]
    assert new != old
    assert looked_up(desk, new) == (200, ana["member_id"])
    dead = desk.post("/members/lookup", {"card": old})
    ask(desk, ana, "block", "b1")
    blocked = desk.post("/members/lookup", {"card": new})
    assert dead.json == blocked.json
    assert (dead.status_code, dead.json["code"], dead.json["action"]) == (422, "card_blocked", "sell_without")


def test_m2_an_unknown_card_is_unknown(desk, ana):
    assert looked_up(desk, "7000000000000000") == (404, "card_unknown")


def test_m2_offline_sales_from_before_the_loss_are_accepted(app, desk, ana, clock):
    old, sold_at = ana["card"]["number"], clock.now()
    lost_at = clock.move(timedelta(hours=1))
    replaced(desk, ana)
    assert holder(app, old, sold_at) == ana["member_id"]
    assert holder(app, old, lost_at - timedelta(microseconds=1)) == ana["member_id"]
    with pytest.raises(CardBlocked):
        holder(app, old, lost_at)
    with pytest.raises(CardUnknown):
        holder(app, "0000", sold_at)


def test_m2_offline_sales_from_before_a_block_are_accepted(app, desk, ana, clock):
    sold_at, blocked_at = clock.now(), clock.move(timedelta(hours=1))
    ask(desk, ana, "block", "b1")
    assert holder(app, ana["card"]["number"], sold_at) == ana["member_id"]
    with pytest.raises(CardBlocked):
        holder(app, ana["card"]["number"], blocked_at)


def test_m2_a_block_silences_a_card_until_it_is_lifted(desk, ana):
    number = ana["card"]["number"]
    blocked = ask(desk, ana, "block", "b1")
    assert (blocked.status_code, blocked.json["card"]["blocked"]) == (200, True)
    assert looked_up(desk, number) == (422, "card_blocked")
    assert ask(desk, ana, "unblock", "u1").json["card"]["blocked"] is False
    assert looked_up(desk, number) == (200, ana["member_id"])


def test_p2_a_late_twin_of_a_block_does_not_undo_the_unblock(desk, ana):
    ask(desk, ana, "block", "b1")
    ask(desk, ana, "unblock", "u1")
    twin = ask(desk, ana, "block", "b1")
    assert twin.headers["Idempotency-Replayed"] == "true"
    assert twin.json["card"]["blocked"] is False


def test_m2_blocking_twice_changes_nothing_more(desk, ana):
    first, second = ask(desk, ana, "block", "b1").json, ask(desk, ana, "block", "b2").json
    assert first["version"] == second["version"] == ana["version"] + 1


def test_m2_an_ended_card_is_not_unblocked(desk, ana):
    ask(desk, ana, "block", "b1")
    new = replaced(desk, ana)
    assert new["card"]["blocked"] is False
    ask(desk, ana, "unblock", "u1")
    assert looked_up(desk, ana["card"]["number"]) == (422, "card_blocked")


def test_m2_a_replacement_happens_once(desk, ana):
    first = replaced(desk, ana)
    again = ask(desk, ana, "cards", "r1", {"reason": "lost"})
    assert again.json == first
    assert again.headers["Idempotency-Replayed"] == "true"
    other = ask(desk, ana, "cards", "r1", {"reason": "stolen"})
    assert (other.status_code, other.json["code"]) == (422, "key_reused")


@pytest.mark.parametrize("verb", ["cards", "block", "unblock"])
def test_p2_a_card_turns_only_with_a_key(desk, ana, verb):
    body = {"reason": "lost"} if verb == "cards" else None
    answer = desk.post(f"/members/{ana['member_id']}/{verb}", body)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("body", [{}, {"reason": "bored"}, {"reason": "lost", "fee": 5}])
def test_a_replacement_has_a_known_reason(desk, ana, body):
    assert ask(desk, ana, "cards", "r1", body).json["code"] == "invalid_request"


def test_m3_a_new_card_keeps_tier_and_validity(desk, ana, clock):
    clock.move(timedelta(days=30))
    new = replaced(desk, ana, reason="damaged")["card"]
    old = ana["card"]
    assert [new[name] for name in ("tier", "valid_until", "last_day")] == [
        old[name] for name in ("tier", "valid_until", "last_day")
    ]
    assert new["issued_at"] == "2026-02-04T02:00:00Z"


@pytest.mark.parametrize("verb", ["cards", "block", "unblock"])
def test_a3_nobody_has_no_card(desk, verb):
    body = {"reason": "lost"} if verb == "cards" else None
    assert ask(desk, {"member_id": "0"}, verb, "k", body).status_code == 404


@pytest.mark.parametrize("verb", ["cards", "block", "unblock"])
def test_a_member_without_a_card_has_none_to_turn(make, verb):
    make.programme("insurer-club.toml")
    desk = make.till()
    ana = desk.post("/members", {"name": "Ana"}, idempotency_key="ana").json
    body = {"reason": "lost"} if verb == "cards" else None
    assert ask(desk, ana, verb, "k", body).status_code == 404


def test_m2_the_database_refuses_a_second_active_card(app, desk, ana, clock):
    second = {"number": "1234", "member_id": ids.from_text(ana["member_id"]), "issued_at": clock.now()}
    with app.app_context(), pytest.raises(Exception, match=r"(?i)unique"):
        carry_out(lambda session: session.execute(insert(Card).values(second)))


def test_m2_two_replacements_at_once_leave_one_active_card(app, desk, ana):
    start, answers = Barrier(4), []

    def one(number):
        start.wait()
        answers.append(ask(desk, ana, "cards", f"r{number}", {"reason": "lost"}))

    threads = [Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4
    numbers = {answer.json["card"]["number"] for answer in answers}
    assert len(numbers) == 4
    assert sorted(looked_up(desk, number)[0] for number in numbers) == [200, 422, 422, 422]


def test_m1_an_imported_foreign_card_keeps_working(app, desk, ana, clock):
    def take_over(session):
        member = members.locked(session, ids.from_text(ana["member_id"]))
        members.end_card(
            session, member, members.active_card(session, member.member_id), "imported", clock.now()
        )
        session.add(Card(number="OLD12345", member_id=member.member_id, issued_at=clock.now()))

    with app.app_context():
        carry_out(take_over)
    assert looked_up(desk, "OLD12345") == (200, ana["member_id"])


def test_m1_a_number_that_was_given_out_is_not_given_again(app, desk, ana, clock):
    taken = int(ana["card"]["number"][2:15])
    bodies = iter(range(taken, taken + 1000))

    def reissue(session):
        member = members.locked(session, ids.from_text(ana["member_id"]))
        members.end_card(session, member, members.active_card(session, member.member_id), "lost", clock.now())
        return members.issue_card(
            session, member, "70", clock.now(), random_below=lambda below: next(bodies)
        ).number

    with app.app_context():
        number = carry_out(reissue)
    assert number != ana["card"]["number"]
    assert members.is_ours(number, "70")
