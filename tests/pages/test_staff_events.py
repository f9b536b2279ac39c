"""The staff's pages of events, orders, mailings and news: what the club gives, kept by hand and noted."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import event as listening

from loyalty.db import db
from tests.api.test_benefits import Desk as Counter
from tests.api.test_benefits import benefit
from tests.ladders import midnight
from tests.pages.colleagues import Colleague, path_of
from tests.pages.desk import says
from tests.pages.shop import TEA, customer

GALA = benefit("gala", kind="event", tiers=("silver",), guests=2, booking={"cancel_days": 2})
CARD = benefit("card", kind="mailing", tiers=("silver",), days_ahead=10)
FEED = benefit("feed", kind="feed", tiers=("silver",))
ADDRESS = {"lines": ["人民路 1 号"], "city": "福州", "postcode": "350001", "country": "CN"}
EVENT = {
    "benefit": "gala", "name_zh": "晚宴", "name_en": "Gala", "starts_day": "2026-03-20",
    "starts_time": "19:00", "capacity": "3",
}  # fmt: skip
ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.fixture
def club(make):
    make.club(benefit=[GALA, CARD, FEED], reward=[TEA | {"stock": 5}])
    return make


@pytest.fixture
def mara(app, club):
    """Who announces and publishes."""
    return Colleague(app, "marketing", name="Mara")


@pytest.fixture
def lin(app, club):
    """Who serves members."""
    return Colleague(app, "desk", name="Lin")


def announced(mara, **told):
    mara.open("/staff/events")
    answer = mara.send("Announce it", **(EVENT | told))
    assert answer.status_code == 200, answer.text
    return answer.request.path.rpartition("/")[2]


def acts(make):
    """The kinds of all that was done, with who did it, in order."""
    return [tuple(line.split("  ")[2:4]) for line in make.run("audit", "show").stdout.splitlines()]


def lines(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))


def statements(app, desk, path):
    """How many statements a page asks."""
    asked = []
    with app.app_context():
        engine = db.engine
    listening.listen(engine, "before_cursor_execute", hear := lambda *words: asked.append(words[2]))
    answer = desk.open(path)
    listening.remove(engine, "before_cursor_execute", hear)
    assert answer.status_code == 200
    return len(asked)


def test_an_event_is_announced_changed_and_called_off_and_who_waits_moves_up(app, club, mara, lin):
    ana, ben, counter = club.shopper(name="Ana Silva"), club.shopper(name="Ben Ode"), Counter(club)
    gala = announced(mara)
    says(mara.last, "The event is announced.", "Nobody has booked yet")
    counter.use(ana, "gala", "a1", event=gala, party=2)
    waits = counter.use(ben, "gala", "b1", event=gala, party=2, wait=True)
    assert waits["state"] == "waiting"
    says(mara.open("/staff/events"), "Gala")
    mara.open(f"/staff/events/{gala}")
    assert "Ana Silva" not in mara.last.text
    told = {name: text for name, text in EVENT.items() if name != "benefit"}
    refused = mara.send("Change the event", **(told | {"starts_day": "2026-03-21", "capacity": "4"}))
    says(refused, "It stays as it is once members have booked.", status=422)
    says(mara.send("Change the event", **(told | {"capacity": "1"})), "More come already.", status=422)
    changed = mara.send("Change the event", **(told | {"capacity": "4", "name_en": "Spring gala"}))
    says(changed, "The event is changed.", "1 who waited got their places.", "Spring gala")
    [mine] = ben.look("/benefit-uses")["items"]
    assert mine["state"] == "reserved"
    guests = lines(lin.post(f"/staff/events/{gala}/guests", form="csv"))
    assert [(one["name"], one["people"], one["state"]) for one in guests] == [
        ("Ana Silva", "2", "reserved"), ("Ben Ode", "2", "reserved"),
    ]  # fmt: skip
    assert mara.post(f"/staff/events/{gala}/guests", form="csv").status_code == 403
    mara.open(f"/staff/events/{gala}")
    says(mara.send("Call the event off"), "Bookings that ended: 2.", "called off")
    assert {one["state"] for who in (ana, ben) for one in who.look("/benefit-uses")["items"]} == {"cancelled"}
    by, him = f"staff:{path_of(mara)}", f"staff:{path_of(lin)}"
    assert acts(club)[-4:] == [
        (by, "event.announced"), (by, "event.changed"), (him, "event.guests_taken"), (by, "event.cancelled"),
    ]  # fmt: skip
    club.run("ledger", "verify")


def test_an_event_is_announced_once_and_told_wrongly_not_at_all(club, mara):
    told = EVENT | {"key": "pressed-twice"}
    first, again = (mara.post("/staff/events", **told) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    wrong = (("capacity", "0"), ("capacity", "many"), ("capacity", "000000001" + "9" * 5000),
             ("starts_day", "2025-01-01"), ("starts_day", "soon"),
             ("name_zh", ""), ("benefit", "feed"), ("place", "nowhere"))  # fmt: skip
    for field, text in wrong:
        assert mara.post("/staff/events", **(told | {"key": "other", field: text})).status_code == 422, field
    gala = first.headers["Location"].rpartition("/")[2]
    moved = mara.post(f"/staff/events/{gala}", **(told | {"starts_day": "2026-04-01"}))
    assert moved.status_code == 303
    assert len([kind for _, kind in acts(club) if kind.startswith("event.")]) == 2


def test_an_order_is_sent_once_its_address_was_looked_up(app, club, lin, mara):
    ana = customer(club, 1000, name="Ana Silva", address=ADDRESS)
    bought = ana.tell("/reward-orders", {"card": ana.card, "reward": "tea", "reference": "o-1"}, 201)
    says(lin.open("/staff/orders"), "Tea set", "To send")
    assert "人民路" not in lin.last.text
    order = f"/staff/orders/{bought['order_id']}"
    assert "人民路" not in lin.open(order).text
    says(lin.send("Show the address"), "人民路 1 号", "Ana Silva")
    assert "人民路" not in lin.open(order).text
    lin.open(order)
    says(lin.send("It was sent"), "Sent. The member is told.", "Nothing is to be sent")
    says(lin.open("/staff/orders?view=sent"), "Tea set")
    assert lin.post(f"{order}/address").status_code == 404
    assert (mara.post(f"{order}/address").status_code, mara.post(f"{order}/send").status_code) == (403, 403)
    assert acts(club)[-1] == (f"staff:{path_of(lin)}", "order.address_seen")


def test_nobody_sends_an_order_of_their_own(app, club, lin):
    own = customer(club, 1000, email=lin.email)
    bought = own.tell("/reward-orders", {"card": own.card, "reward": "tea", "reference": "o-1"}, 201)
    assert lin.post(f"/staff/orders/{bought['order_id']}/send").status_code == 422


def test_a_list_of_post_is_taken_once_again_and_what_came_back_stops_it(club, lin, mara):
    ana = club.shopper(name="林岚", birth_date="1990-06-20", address=ADDRESS)
    club.clock.move(midnight("2026-06-12"))
    club.run("jobs", "nightly")
    lin.sign_in_again(), mara.sign_in_again()
    says(lin.open("/staff/mailings"), "To post", "20 Jun")
    [one] = lines(lin.post("/staff/mailings/take", benefit="card", form="csv"))
    assert (one["recipient"], one["lines"], one["for_day"]) == ("林岚", "人民路 1 号", "2026-06-20")
    assert lin.post("/staff/mailings/take", benefit="card", form="csv").status_code == 422
    at = re.search(r'name="written_at" value="([^"]+)"', lin.open("/staff/mailings").text).group(1)
    assert lines(lin.post("/staff/mailings/again", benefit="card", written_at=at, form="csv")) == [one]
    assert mara.post("/staff/mailings/again", benefit="card", written_at=at, form="csv").status_code == 403
    lin.open("/staff/mailings")
    says(lin.send("It came back", mailing=one["mailing"]), "Nothing more goes to this address")
    for name in (one["mailing"], f"{ana.member_id}/card/1999", "nothing", "a/b/c"):
        assert lin.post("/staff/mailings/returned", mailing=name).status_code == 422
    assert lin.post("/staff/mailings/again", benefit="card", written_at=at, form="csv").status_code == 422
    assert [kind for _, kind in acts(club)][-3:] == ["mailings.taken", "mailings.taken", "mail.returned"]


def test_news_is_shown_to_its_cards_from_a_day_until_it_is_ended(club, mara, clock):
    ana = club.shopper()
    told = {
        "benefit": "feed",
        "title_zh": "新茶",
        "title_en": "New tea",
        "body_zh": "",
        "body_en": "It is here.",
    }
    tomorrow = clock.now() + timedelta(days=1)
    mara.open("/staff/news")
    says(
        mara.send("Publish it", **told, from_day=tomorrow.date().isoformat()),
        "Published.",
        "to come",
        "Silver",
    )
    assert ana.look("/news")["items"] == []
    clock.move(tomorrow + timedelta(days=1))
    mara.sign_in_again()
    assert [one["title"]["en"] for one in ana.look("/news")["items"]] == ["New tea"]
    mara.open("/staff/news")
    says(mara.send("End"), "It is shown no more.", "over")
    assert ana.look("/news")["items"] == []
    wrong = ({"benefit": "gala"}, {"title_en": ""}, {"until_day": "2026-01-01"}, {"from_day": "soon"})
    for change in wrong:
        assert mara.post("/staff/news", key="k", **(told | change)).status_code == 422, change
    for _ in range(2):
        assert mara.post("/staff/news", key="twice", **told).status_code == 303
    assert [kind for _, kind in acts(club)].count("news.published") == 2


@ONE_IS_ENOUGH
def test_the_pages_ask_few_statements_however_much_there_is(app, club, lin, mara):
    gala, counter = announced(mara, capacity="100"), Counter(club)
    pages = ("/staff/events", f"/staff/events/{gala}", "/staff/orders", "/staff/mailings", "/staff/news")

    def grow(turn):
        ana = customer(club, 1000)
        counter.use(ana, "gala", f"a{turn}", event=gala)
        ana.tell("/reward-orders", {"card": ana.card, "reward": "tea", "reference": f"o-{turn}"}, 201)
        mara.post("/staff/events", **EVENT, key=f"e{turn}")

    grow(0)
    few = [statements(app, lin, path) for path in pages]
    for turn in range(1, 4):
        grow(turn)
    assert ([statements(app, lin, path) for path in pages], max(few) <= 14) == (few, True)
