"""The club forgets a person: nothing in it says who they were, and the books still balance (M7)."""

import logging

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from loyalty.db import db
from loyalty.ledger import packing
from tests.actions.test_once import at_once
from tests.api.test_benefits import Desk
from tests.api.test_club_events import invite
from tests.api.test_pending import CALLED, LATER
from tests.api.test_rewards import MUG
from tests.api.test_waiting_lists import gala
from tests.files import csv_file, mapped
from tests.policies import Core, insurer, policy

PLANTED = {
    "name": "Zoraya Quillfeather",
    "phone": "+86 138 0013 8765",
    "email": "zoraya@quill.example",
    "address": {"recipient": "Z. Quillfeather", "lines": ["77 Larkspur Lane"], "city": "Mirandola"},
    "birth_date": "1987-03-14",
    "identity": [{"kind": "passport", "number": "XPT9988776"}],
    "references": ["CORE-ZQ-1", "CORE-ZQ-2"],
    "attributes": {"nick": "quilly-attr"},
}
STRINGS = (
    "Quillfeather", "quillfeather", "13800138765", "138 0013 8765", "zoraya@quill", "Larkspur", "Mirandola",
    "1987-03-14", "9988776", "CORE-ZQ", "quilly-attr", "WIFE-OF-ZQ", "called Zoraya", "friend of Zoraya",
)  # fmt: skip


@pytest.fixture
def core(make):
    make.document(insurer(**{"tier[0].attain": 0}))
    return Core(make.till())


@pytest.fixture
def ana(make, core):
    return make.shopper(core.till, **PLANTED)


@pytest.fixture(autouse=True)
def _verified(make):
    yield
    make.run("ledger", "verify")


def erase(who, expect=204):
    version = who.till.get(f"/members/{who.member_id}").headers.get("ETag", '"1"')
    answer = who.till.send("DELETE", f"/members/{who.member_id}", if_match=version)
    assert answer.status_code == expect, answer.json
    return answer.json if answer.data else None


def dump(app):
    """Every row of every table, as text."""
    with app.app_context(), db.engine.connect() as books:
        for table in inspect(books).get_table_names():
            for row in books.execute(text(f'SELECT * FROM "{table}"')):
                yield f"{table}: {tuple(row)!r}"
        for (told,) in books.execute(text("SELECT outcome FROM claim WHERE outcome IS NOT NULL")):
            yield f"claim: {packing.unpacked(told)!r}"


def books(app, words):
    """What a query of the books gives."""
    with app.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(words))]


def test_m7_nothing_says_who_they_were(app, make, core, ana, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    core.till.send(
        "PUT", "/customers/CORE-ZQ-1",
        {"version": 1, "name": PLANTED["name"], "phone": PLANTED["phone"], "agent": "A-7"},
    )  # fmt: skip
    wife = {"insured": [{"reference": "WIFE-OF-ZQ", "relation": "spouse"}]}
    core.tells("P1", "CORE-ZQ-1", **wife)
    bea = make.shopper(core.till, name="Bea", references=["CORE-B"])
    core.tells("P2", "CORE-B", insured=[{"reference": "CORE-ZQ-2", "relation": "spouse"}])
    ana.buy("100.00", currency="CNY")
    ana.adjust(50, note="called Zoraya")
    ana.given("gold", make.clock.now().replace(year=2027), reason="friend of Zoraya")
    assert any("Larkspur" in row for row in dump(app))
    erase(ana)
    found = [(word, row) for row in dump(app) for word in STRINGS if word in row]
    assert found == []
    make.run("ledger", "export", str(tmp_path / "books"))
    exported = "".join(file.read_text() for file in (tmp_path / "books").iterdir())
    told = core.till.get("/events").text + core.till.get("/policies/P2").text + exported
    told += core.till.get(f"/members/{bea.member_id}/export").text
    assert not any(word in told + caplog.text for word in STRINGS)
    assert bea.figures(unit="status")[0] == 100_000


def test_m7_what_is_left_of_points_is_forfeited(app, core, ana):
    core.tells("P1", "CORE-ZQ-1")
    ana.adjust(50)
    ana.adjust(70, unit="status")
    assert ana.figures(unit="status")[0] == 100_070
    erase(ana)
    paths = ("", "/balance", "/statement", "/tier", "/benefits", "/uses", "/why", "/export", "/tier/why")
    seen = {path: core.till.get(f"/members/{ana.member_id}{path}").status_code for path in paths}
    assert set(seen.values()) == {404}, seen
    assert core.shows("P1")["position"] == {}
    assert books(app, "SELECT DISTINCT holder FROM policy_version") == [(None,)]


def test_m7_forgotten_is_forgotten_once(core, ana):
    erase(ana)
    assert erase(ana, expect=404)["code"] == "not_found"


def test_m7_a_change_since_it_was_read_is_refused(ana):
    answer = ana.till.send("DELETE", f"/members/{ana.member_id}", if_match='"77"')
    assert (answer.status_code, answer.json["code"]) == (412, "version_stale")
    assert ana.till.send("DELETE", f"/members/{ana.member_id}").status_code == 428


def test_m7_an_open_hold_refuses(core, ana):
    ana.adjust(50)
    held = ana.hold(20)
    assert erase(ana, expect=422)["code"] == "hold_open"
    ana.void(held)
    erase(ana)


def test_m7_the_card_is_dead_and_nothing_is_booked_any_more(core, ana):
    erase(ana)
    assert ana.buy("10.00", currency="CNY", expect=422)["code"] == "card_blocked"
    assert ana.adjust(5, expect=404)["code"] == "not_found"


def test_m7_the_core_system_does_not_bring_them_back(make, core, ana):
    core.tells("P1", "CORE-ZQ-1")
    erase(ana)
    for reference in PLANTED["references"]:
        told = core.till.send("PUT", f"/customers/{reference}", {"version": 2, "name": "Z"})
        assert (told.status_code, told.json["code"]) == (422, "person_erased")
    assert core.tells("P1", "CORE-ZQ-1", version=2, expect=422)["code"] == "person_erased"
    again = {name: PLANTED[name] for name in ("name", "references")}
    assert core.till.post("/members", again).json["code"] == "person_erased"
    proof = {"name": "Z", "identity": [{"kind": "passport", "number": "xpt 9988776"}]}
    assert core.till.post("/members", proof, idempotency_key="z").json["code"] == "person_erased"


def test_m7_a_line_of_a_feed_is_refused_as_well(core, ana):
    core.tells("P1", "CORE-ZQ-1")
    erase(ana)
    line = {"policy_no": "P1", "holder": {"reference": "CORE-ZQ-1"}} | policy(version=2)
    [told] = core.till.batch(line, path="/policies/batch")
    assert told["code"] == "person_erased"


def test_m7_a_line_of_a_file_is_refused_as_well(make, core, ana, tmp_path):
    erase(ana)
    file = csv_file(tmp_path, "reference,name", "CORE-ZQ-2,Z", "CORE-X,X")
    told = make.run("import", "members", file, *mapped("reference", "name"), exit_code=1).output
    assert "line 2" in told
    assert core.till.post("/members/lookup", {"reference": "CORE-X"}).status_code == 200
    assert core.till.post("/members/lookup", {"reference": "CORE-ZQ-2"}).status_code == 404


def test_m7_b8_bookings_and_waiting_places_are_given_up(make):
    make.club(benefit=[gala()])
    desk, ana, ben, cai = Desk(make), *(make.shopper() for _ in range(3))
    event = invite(make, 1)
    full = desk.use(ana, "gala", "full", event=event)
    for who in (ben, cai):
        desk.use(who, "gala", who.member_id, event=event, wait=True)
    erase(ben)
    erase(ana)
    make.run("jobs", "nightly")
    assert cai.look("/benefit-uses")["items"][0]["state"] == "reserved"
    assert ana.till.get(f"/benefit-uses/{full['use_id']}").status_code == 404


def test_m7_a_sale_under_review_is_rejected(make):
    make.club(limits={"earn": {"transaction": 5000}})
    ana = make.shopper()
    held = ana.buy("6000.00", expect=202)
    erase(ana)
    answer = ana.till.post(f"/reviews/{held['review_id']}/release", idempotency_key="r")
    assert (answer.status_code, answer.json["code"]) == (422, "review_closed")


def test_m7_another_holder_has_the_policy_after_them(make, core, ana):
    core.tells("P1", "CORE-ZQ-1")
    bea = make.shopper(core.till, name="Bea", references=["CORE-B"])
    erase(ana)
    core.tells("P1", "CORE-B", version=2, insured=[{"reference": "CORE-ZQ-1", "relation": "self"}])
    assert bea.figures(unit="status")[0] == 100_000


def test_m7_the_same_phone_joins_again_as_somebody_new(make, core, ana):
    erase(ana)
    person = {name: PLANTED[name] for name in ("name", "phone", "email", "birth_date", "address")}
    again = make.shopper(core.till, **person)
    assert again.member_id != ana.member_id
    assert again.figures()[0] == 0


def test_m7_the_clock_runs_on_and_brings_no_card(app, make, core, ana, clock):
    core.tells("P1", "CORE-ZQ-1")
    erase(ana)
    clock.move(clock.now().replace(year=clock.now().year + 2))
    make.run("jobs", "nightly")
    assert books(app, "SELECT count(*) FROM card WHERE ended_at IS NULL") == [(0,)]


def test_m7_what_is_owed_and_what_is_promised_goes_too(app, make):
    make.club(rule=[LATER, CALLED | {"code": "waits", "phase": "bonus", "earn": {"fixed": 30}}])
    ana = make.shopper()
    sold = ana.buy("100.00")
    ana.redeem(100)
    ana.buy("1.00")
    ana.give_back(sold, (1, "100.00"))
    assert ana.figures() == (0, 0, 30, 99)
    erase(ana)
    assert books(app, "SELECT sum(available), sum(held), sum(debt), sum(pending) FROM account") == [
        (0, 0, 0, 0)
    ]
    assert books(app, "SELECT DISTINCT state FROM pending") == [("taken_back",)]


def test_m7_b9_p9_an_order_is_cancelled(app, make):
    make.club(reward=[MUG])
    ana = make.shopper()
    ana.adjust(1000)
    ana.tell("/reward-orders", {"card": ana.card, "reward": "mug", "reference": "o-1"}, 201)
    erase(ana)
    assert books(app, "SELECT state FROM reward_order") == [("cancelled",)]
    assert books(app, "SELECT sold FROM reward_stock") == [(0,)]
    assert books(app, "SELECT sum(available) FROM account") == [(0,)]


def test_m7_a_sale_that_meets_the_erasure_is_booked_before_it_or_not_at_all(app, make):
    make.club()
    ana = make.shopper()
    erase_now = {"if_match": ana.till.get(f"/members/{ana.member_id}").headers["ETag"]}
    sale, path = ana.sale("100.00"), f"/members/{ana.member_id}"
    tills = [make.till(), make.till()]

    def ask(turn):
        if turn:
            return tills[1].send("DELETE", path, **erase_now).status_code
        return tills[0].post("/purchases", sale).status_code

    assert sorted(at_once(2, ask)) in ([201, 204], [204, 422], [204, 503], [201, 503])
    if ana.till.get(path).status_code == 404:
        assert books(app, "SELECT sum(available) FROM account") == [(0,)]


def test_the_database_lets_go_of_nothing_else(app, ana):
    ana.adjust(50, note="called Zoraya")
    for change in ("kind = 'earn'", "reasons = NULL", "edition = 2"):
        with (
            app.app_context(),
            pytest.raises(IntegrityError, match="append-only"),
            db.engine.begin() as books,
        ):
            books.execute(text(f"UPDATE operation SET {change} WHERE kind = 'adjust'"))
