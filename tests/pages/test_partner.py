"""The page of a place: who may open it, what it says, what it records (B5, B6)."""

from datetime import timedelta

import pytest

from tests.pages.desk import Desk, text_of
from tests.pages.places import books_shower, key_of, open_house


@pytest.fixture
def house(make, clock):
    return open_house(make, clock)


@pytest.fixture
def key(house):
    return key_of(house, "t3")


@pytest.fixture
def desk(app, key):
    desk = Desk(app)
    assert "Terminal 3" in desk.sign_in(key).text
    return desk


@pytest.fixture
def ana(house):
    return house.shopper()


def test_b6_the_page_says_yes_with_what_remains_and_records_it(desk, ana):
    page = text_of(desk.look(ana.card))
    assert all(words in page for words in ("Yes", "Lounge · 2 left · up to 1 guest", ana.card[-4:]))
    page = text_of(desk.send("Record", guests="1"))
    assert all(words in page for words in ("Recorded. 1 is left.", "2 people", "Lounge · 1 guest used"))


def test_b6_the_page_says_no_and_why(desk, ana):
    for _ in range(2):
        desk.look(ana.card)
        desk.send("Record")
    page = text_of(desk.look(ana.card))
    assert "No Lounge This benefit is used up. It can be used again from 1 January 2027." in page
    assert "No Shower Please book first. The first day that can be booked is 18 March 2026." in page
    assert "Record" not in page


def test_b5_a_form_that_is_sent_twice_is_one_visit(desk, ana):
    asked = desk.look(ana.card)
    desk.send("Record")
    desk.last = asked
    assert "Recorded. 1 is left." in text_of(desk.send("Record"))
    assert "1 left" in text_of(desk.look(ana.card))


def test_b5_a_booking_is_kept_or_missed(house, desk, ana):
    books_shower(house, ana)
    page = text_of(desk.look(ana.card))
    assert "Booked here today" in page
    assert "Please book first." not in page
    assert "The visit is recorded." in text_of(desk.send("Came"))
    assert "Shower used" in text_of(desk.open())
    books_shower(house, ana, hours=2)
    desk.look(ana.card)
    assert "Noted that nobody came." in text_of(desk.send("Did not come"))
    assert "Shower did not come" in text_of(desk.open())


def test_b5_a_booking_belongs_to_its_place(app, house, desk, ana):
    elsewhere = books_shower(house, ana, place="t2")["use_id"]
    assert "Shower" not in text_of(desk.open())
    own = books_shower(house, ana, hours=2)["use_id"]
    page = desk.open()
    assert own in page.text
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = desk.client.post(f"/partner/visits/{elsewhere}/confirm", data={"csrf_token": token})
    assert answer.status_code == 422
    assert ana.look("/benefits")["items"][1]["reserved"] == 2


def test_m4_a_code_is_used_up_when_it_is_shown_and_what_it_showed_lasts_ten_minutes(desk, ana, clock):
    code = ana.tell(f"/members/{ana.member_id}/codes", {"purpose": "earn"}, 201)["token"]
    asked = desk.look(f"{code[:4]} {code[4:]}")
    assert "Yes" in text_of(asked)
    assert "Please show a fresh code." in text_of(desk.look(code))
    clock.move(timedelta(minutes=9))
    desk.last = asked
    assert "Recorded." in text_of(desk.send("Record"))
    clock.move(timedelta(minutes=1))
    assert desk.open(asked.request.path).status_code == 404


def test_what_one_place_was_shown_is_nothing_to_another(app, house, desk, ana):
    seal = desk.look(ana.card).request.path
    other = Desk(app)
    other.sign_in(key_of(house, "t2"))
    assert other.open(seal).status_code == 404
    assert desk.open(seal).status_code == 200


def test_m2_a_blocked_card_hears_no_more_than_that(desk, ana):
    ana.till.post(f"/members/{ana.member_id}/block", idempotency_key="block")
    page = text_of(desk.look(ana.card))
    assert "No This card cannot be used." in page
    assert "Lounge" not in page


@pytest.mark.parametrize("told", ["", "12", "８６０１２０４７３３１８０５６２", "70" + "0" * 15, "lk_x"])
def test_what_is_no_card_is_told_at_the_field(desk, told):
    answer = desk.look(told)
    assert answer.status_code == 422
    assert "A card has 16 digits" in answer.text


def test_guessing_cards_is_slowed_then_locked(house, desk, capsys):
    for _ in range(100):
        assert "We do not know this card." in text_of(desk.look("7000000000000000"))
    page = text_of(desk.look("7000000000000000"))
    assert "We do not know this card." not in page
    assert capsys.readouterr().err.count("card_guessing") == 1


def test_a_discount_goes_off_the_bill(app, house, ana):
    inn = Desk(app)
    inn.sign_in(key_of(house, "inn"))
    inn.look(ana.card)
    assert "The bill is an amount" in text_of(inn.send("Record", amount="12.345"))
    assert "Recorded. 20.00 goes off the bill." in text_of(inn.send("Record", amount="100.00"))


def test_both_languages(app, key, ana):
    desk = Desk(app, "zh-CN,zh;q=0.9")
    desk.open("/partner/sign-in")
    desk.send("登录", key=key)
    desk.open()
    page = text_of(desk.send("查询", who=ana.card))
    assert all(words in page for words in ("地点t3", "可以 贵宾厅 · 还可用 2 次", "2026年3月18日"))
    assert "18 March 2026" in text_of(desk.open("/partner?language=en"))
    assert "18 March 2026" in text_of(desk.open("/partner"))


def test_other_days_can_be_looked_at(house, desk, ana):
    books_shower(house, ana, hours=24)
    assert "No visits on this day" in text_of(desk.open())
    page = text_of(desk.open("/partner?day=2026-03-19"))
    assert "19 March 2026" in page
    assert "Shower booked" in page
    assert "Came" not in page
    for strange in ("2026-13-40", "0001-01-01", "9999-12-31", "x"):
        assert desk.open(f"/partner?day={strange}").status_code == 200


@pytest.mark.parametrize("wrong", ["", "lk_aaaaaaaa_secret", "x" * 200, "till", "signed"])
def test_whoever_has_no_key_of_a_place_hears_one_answer(app, house, wrong):
    """No default account, and one answer to all that is wrong."""
    made = {"till": lambda: house.keys(terminal="T1")[0], "signed": lambda: key_of(house, "t2", signed=True)}
    desk = Desk(app)
    answer = desk.sign_in(made[wrong]() if wrong in made else wrong)
    assert answer.status_code == 422
    assert "This key does not open the page of a place." in answer.text
    assert desk.open("/partner").request.path == "/partner/sign-in"


def test_a_session_ends_with_its_key_its_place_and_its_day(app, house, clock):
    """Session theft: ended on the server, whatever a copied cookie says."""
    ends = {
        "key": lambda: house.run("keys", "revoke", key.split("_")[1]),
        "place": lambda: house.run("places", "close", "t2"),
        "idle": lambda: clock.move(timedelta(hours=4)),
    }
    for end in ends.values():
        house.run("places", "open", "t2", "--provider", "airport", "--zh", "二", "--en", "Terminal 2")
        desk, key = Desk(app), key_of(house, "t2", client=f"t2-{clock.now():%H%M%S}")
        assert "Terminal 2" in desk.sign_in(key).text
        end()
        assert desk.open().request.path == "/partner/sign-in"
        clock.move(timedelta(seconds=1))


def test_a_session_lasts_a_days_work_and_no_longer(desk, clock):
    for _ in range(11):
        clock.move(timedelta(hours=1))
        assert desk.open().request.path == "/partner"
    clock.move(timedelta(hours=1))
    assert desk.open().request.path == "/partner/sign-in"


def test_signing_out_ends_the_session_on_the_server(app, desk):
    thief = Desk(app)
    kept = desk.client.get_cookie("loyalty").value
    desk.open()
    desk.send("Sign out")
    thief.client.set_cookie("loyalty", kept)
    assert thief.open().request.path == "/partner/sign-in"


def test_a_form_from_elsewhere_changes_nothing(desk, ana):
    """CSRF: a token in each form, and what the browser says of where it was sent from."""
    answer = desk.client.post("/partner", data={"who": ana.card})
    assert answer.status_code == 400
    assert "the form came from elsewhere" in answer.text
    asked = desk.look(ana.card)
    desk.client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    desk.last = asked
    assert desk.send("Record").status_code == 403
    desk.client.environ_base.pop("HTTP_SEC_FETCH_SITE")
    assert "2 left" in text_of(desk.look(ana.card))


def test_every_page_carries_its_headers(desk):
    for path in ("/partner", "/partner/sign-in", "/partner/nothing-here"):
        answer = desk.open(path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
    assert answer.status_code == 404
    assert "This page is not here" in answer.text


def test_the_cookie_is_for_this_house_alone(app):
    told = Desk(app).open("/partner/sign-in").headers["Set-Cookie"]
    assert all(words in told for words in ("loyalty=", "HttpOnly", "SameSite=Lax", "Path=/"))


NASTY = [
    "\x00",
    "a\x00b",
    "lk_\x00_x",
    "\ud800",
    "９",
    "-1",
    "1e3",
    "NaN",
    "<b>",
    "' OR 1=1",
    "../..",
    "x" * 5000,
    "𝟙" * 40,
]


@pytest.mark.parametrize("field", ["who", "benefit", "guests", "amount", "csrf_token"])
def test_whatever_a_form_holds_is_refused_and_changes_nothing(desk, ana, field):
    """Parser tricks: no form of the page leads to a fault of ours."""
    asked = desk.look(ana.card)
    for nasty in NASTY:
        text = nasty.encode("utf-8", "replace").decode()
        desk.last = asked if field not in {"who"} else desk.open()
        answer = desk.send("Look" if field == "who" else "Record", **{field: text})
        assert answer.status_code < 500, (field, nasty)
    assert "2 left" in text_of(desk.look(ana.card))


@pytest.mark.parametrize("nasty", NASTY)
def test_whatever_is_told_as_a_key_opens_nothing(app, key, nasty):
    desk = Desk(app)
    assert desk.sign_in(nasty.encode("utf-8", "replace").decode()).status_code == 422
    desk.client.set_cookie("loyalty", "nasty")
    assert desk.open().request.path == "/partner/sign-in"


@pytest.mark.parametrize(
    "path", ["members/x", "members/%00", "visits/x/confirm", "visits/%00/no-show", "?day=%00"]
)
def test_whatever_an_address_holds_is_an_answer(desk, path):
    assert desk.open(f"/partner/{path}".replace("/?", "?")).status_code < 500
