"""What a place is not to learn or to do, by its key or on its page (A3, B5, B6, M2)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.api.test_benefits import benefit
from tests.api.test_busy import somebody_else_at_work
from tests.applications import application
from tests.ladders import noon
from tests.makers import Maker, Till
from tests.pages.desk import Desk, text_of
from tests.pages.places import LOUNGE, RATE, SHOWER, TIERS, books_shower, key_of, open_house
from tests.policies import Core, insurer

BLOCKED = "No This card cannot be used."
GALA = {
    "code": "gala", "name": {"zh": "晚宴", "en": "Gala"}, "kind": "event", "tiers": TIERS,
    "booking": {"lead_days": 0, "cancel_days": 0},
}  # fmt: skip
ANYWHERE = {"code": "tea", "name": {"zh": "茶", "en": "Tea"}, "kind": "service", "tiers": TIERS}


@pytest.fixture
def house(make, clock):
    open_house(make, clock)
    make.club(benefit=[LOUNGE, SHOWER, RATE, GALA, ANYWHERE])
    clock.move(timedelta(hours=1))
    return make


@pytest.fixture
def ana(house):
    return house.shopper()


@pytest.fixture
def place(app, house):
    return Till(app, key_of(house, "t3"))


@pytest.fixture
def desk(app, house):
    desk = Desk(app)
    assert "Terminal 3" in desk.sign_in(key_of(house, "t3", client="desk")).text
    return desk


def announced(house, clock, place=None):
    there = ("--place", place) if place else ()
    starts = (clock.now() + timedelta(days=2)).isoformat()
    words = ("--benefit", "gala", "--starts", starts, "--capacity", "3", "--zh", "晚宴", "--en", "Gala")
    return house.run("club-events", "announce", *words, *there).stdout.strip()


@pytest.mark.parametrize("elsewhere", ["inn", None])
def test_a3_a_place_books_no_event_that_is_not_at_it(house, ana, place, clock, elsewhere):
    wish = {"benefit": "gala", "card": ana.card, "reserve": True}
    event = announced(house, clock, elsewhere)
    refused = place.post("/benefit-uses", wish | {"event": event, "reference": "e1"})
    assert (refused.status_code, refused.json["code"]) == (404, "not_found")
    assert refused.json["fields"] == {"event": "is unknown"}
    own = announced(house, clock, "t3")
    assert place.post("/benefit-uses", wish | {"event": own, "reference": "e2"}).status_code == 201


def test_a3_a_place_names_nobody_by_their_id(ana, place):
    asked = place.post("/benefits/lounge/check", {"member_id": ana.member_id})
    used = place.post("/benefit-uses", {"benefit": "lounge", "member_id": ana.member_id, "reference": "u1"})
    for refused in (asked, used):
        assert (refused.status_code, refused.json["code"]) == (422, "invalid_request")
        assert list(refused.json["fields"]) == ["member_id"]


def test_a3_no_address_of_the_page_holds_a_members_id(house, ana, desk):
    path = desk.look(ana.card).request.path
    assert ana.member_id not in path
    assert ana.card not in path


def test_m2_a_card_blocked_after_it_was_shown_is_served_no_more(ana, desk):
    asked = desk.look(ana.card)
    ana.till.post(f"/members/{ana.member_id}/block", idempotency_key="block")
    page = text_of(desk.open(asked.request.path))
    assert BLOCKED in page
    assert "Lounge" not in page
    desk.last = asked
    assert BLOCKED in text_of(desk.send("Record"))
    ana.till.post(f"/members/{ana.member_id}/unblock", idempotency_key="unblock")
    assert "2 left" in text_of(desk.look(ana.card))


def test_m2_a_card_replaced_after_its_code_was_shown_is_served_no_more(ana, desk):
    code = ana.tell(f"/members/{ana.member_id}/codes", {"purpose": "earn"}, 201)["token"]
    asked = desk.look(code)
    assert "Yes" in text_of(asked)
    ana.tell(f"/members/{ana.member_id}/cards", {"reason": "lost"}, 201, "lost")
    assert BLOCKED in text_of(desk.send("Record"))
    assert BLOCKED in text_of(desk.open(asked.request.path))


def test_b5_a_card_shown_once_is_one_visit_of_a_benefit(ana, desk, clock):
    asked = desk.look(ana.card)
    assert "Recorded. 1 is left." in text_of(desk.send("Record"))
    clock.move(timedelta(minutes=5))
    desk.open(asked.request.path)
    assert "Recorded. 1 is left." in text_of(desk.send("Record"))
    desk.open(asked.request.path)
    assert "That was recorded before." in text_of(desk.send("Record", guests="1"))
    assert "1 left" in text_of(desk.look(ana.card))


def test_b6_a_place_hears_nothing_of_what_others_give(app, house, ana):
    inn = Till(app, key_of(house, "inn"))
    for code in ("lounge", "shower"):
        answer = inn.post(f"/benefits/{code}/check", {"card": ana.card}).json
        assert (answer["allowed"], answer["remaining"]) == (False, None)
        assert [one["code"] for one in answer["reasons"]] == ["place_foreign"]
        used = inn.post("/benefit-uses", {"benefit": code, "card": ana.card, "reference": f"u-{code}"})
        assert used.json["code"] == "place_foreign"


def test_b6_what_any_place_may_give_is_on_each_ones_page(app, house, ana, desk):
    assert "Yes Tea" in text_of(desk.look(ana.card))
    assert desk.send("Record", benefit="tea").status_code == 200
    assert "Tea used" in text_of(desk.open())


def test_b5_nobody_came_before_the_day(house, ana, place, desk):
    booked = books_shower(house, ana, hours=24)["use_id"]
    for word in ("no-show", "confirm"):
        refused = place.post(f"/benefit-uses/{booked}/{word}")
        assert (refused.status_code, refused.json["code"]) == (422, "visit_ahead")
        assert refused.json["first_day"] == "2026-03-19"
        token = desk.open().text.split('name="csrf_token" value="')[1].split('"')[0]
        answer = desk.client.post(f"/partner/visits/{booked}/{word}", data={"csrf_token": token})
        assert answer.status_code == 422
    assert ana.look("/benefits")["items"][1]["reserved"] == 1


def test_a3_a_place_that_was_closed_closes_no_bookings(house, ana, place):
    booked = books_shower(house, ana)["use_id"]
    house.run("places", "close", "t3")
    for word in ("confirm", "no-show", "cancel"):
        assert place.post(f"/benefit-uses/{booked}/{word}").status_code == 404
    assert ana.look("/benefits")["items"][1]["reserved"] == 1


def test_guessing_policies_is_slowed_then_locked(make, clock, app):
    clock.move(noon("2026-03-02"))
    review = benefit("review", tiers=("silver", "gold"), providers=["airport"],
                     quota={"count": 2, "per": "policy_year", "subject": "policy"})  # fmt: skip
    make.document(insurer(benefit=[review]))
    make.run("places", "open", "t3", "--provider", "airport", "--zh", "三", "--en", "T3")
    core = Core(make.till())
    make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1", issued_on="2025-12-01")
    card = core.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]
    place = Till(app, key_of(make, "t3"))
    for guess in range(100):
        body = {"card": card, "policy_no": f"X{guess}"}
        assert place.post("/benefits/review/check", body).json["allowed"] is False
    for policy in ("X100", "P1"):
        locked = place.post("/benefits/review/check", {"card": card, "policy_no": policy})
        assert (locked.status_code, locked.json["code"]) == (429, "terminal_locked")


def test_a_place_that_is_not_open_is_no_guess(house, ana, place):
    house.run("places", "close", "t3")
    for _ in range(101):
        assert place.post("/benefits/lounge/check", {"card": ana.card}).status_code == 404


def test_a_new_sign_in_ends_the_one_before(app, house, desk):
    thief, old = Desk(app), desk.client.get_cookie("loyalty").value
    desk.sign_in(key_of(house, "t3", client="again"))
    thief.client.set_cookie("loyalty", old)
    assert thief.open().request.path == "/partner/sign-in"
    assert desk.open().request.path == "/partner"


def test_places_train_in_the_training_books_as_long_as_they_are_kept(database, clock, sqlite_databases):
    with sqlite_databases.clone(place="train") as train:
        with application(database, clock, training_database_url=train) as app:
            make = open_house(Maker(app, clock), clock)
            key = key_of(make, "t3", mode="training")
            ana = make.shopper(make.till(mode="training"))
            desk = Desk(app)
            assert "Terminal 3" in desk.sign_in(key).text
            assert "Yes" in text_of(desk.look(ana.card))
            make.run("places", "close", "t3")
            assert desk.open().request.path == "/partner/sign-in"
        with application(database, clock) as app:
            desk = Desk(app)
            assert desk.sign_in(key).status_code == 422
            assert desk.open().request.path == "/partner/sign-in"


def test_a_wrong_key_waits_for_no_writer_and_lets_none_wait(app, house):
    """A door that anybody may knock at: whatever opens nothing only looks, while another writes, too."""
    wrong = ["lk_aaaaaaaa_secret", "nonsense", house.keys(client="till")[0]]
    with somebody_else_at_work(app), ThreadPoolExecutor(1) as knocking:
        heard = [answer.status_code for answer in knocking.map(lambda key: Desk(app).sign_in(key), wrong)]
    assert heard == [422, 422, 422]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS"])
def test_nothing_under_the_page_is_kept_by_a_browser(desk, method):
    for path in ("/partner", "/partner/nothing-here", "/partner/members/x"):
        answer = desk.client.open(path, method=method)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
