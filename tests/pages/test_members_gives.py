"""What the card gives, on the member's pages: the tiles, one benefit, bookings and visits (B1–B7, M10)."""

from datetime import timedelta

import pytest

from loyalty.ids import from_text, pair_to_text
from tests.ladders import noon
from tests.pages.desk import says, text_of
from tests.pages.gives import NOW, goes, open_club, suspend, visited
from tests.pages.reader import Reader

BOOK = "/me/benefits/check/book"
WHEN = {"place": "c1", "day": "2026-04-08", "time": "10:30"}


@pytest.fixture
def club(make, clock):
    return open_club(make, clock)


@pytest.fixture
def ana(club):
    return club.shopper(birth_date="1968-05-06", address={"lines": ["人民路 88 号"], "city": "杭州"})


@pytest.fixture
def reader(app, ana):
    return Reader(app, ana)


def books(reader, **changed):
    reader.open(BOOK)
    return reader.send("Book", **(WHEN | {"consent": "yes"} | changed))


def journal(who):
    return [(one["benefit"], one["state"]) for one in who.look("/benefit-uses")["items"]]


def test_b1_the_page_shows_what_the_card_gives_and_what_is_left(club, ana, reader):
    goes(ana, "lounge", "l1", place="t3")
    page = reader.open("/me/benefits")
    says(
        page,
        "Health check 1 left until 31 Dec 2026 Book",
        "Airport lounge 5 left",
        "Hotel rates 20% off",
    )
    says(page, "Birthday card For 6 May 2026 to your postal address", "Service manager Being found for you")
    says(page, "Club events Open to you", "What the card Gold gives besides Airport coach")


def test_b1_the_page_speaks_chinese(app, ana):
    page = Reader(app, ana, "zh").open("/me/benefits")
    says(page, "权益", "年度体检", "还可用 1 次", "2026年12月31日", "生日贺卡")
    assert "Book" not in text_of(page)


def test_nothing_is_said_of_the_next_card_where_the_club_shows_nothing_that_is_missing(app, make, clock):
    club = open_club(make, clock, **{"club.show_missing": "none"})
    assert "Airport coach" not in text_of(Reader(app, club.shopper()).open("/me/benefits"))


def test_a_member_without_a_card_is_told_when_benefits_come(app, make, clock):
    club = open_club(make, clock, **{"tier[0].attain": 500})
    says(Reader(app, club.shopper()).open("/me/benefits"), "No benefits yet")


def test_b8_news_and_the_person_stand_on_their_pages(club, ana, reader):
    says(reader.open("/me/benefits/news"), "Nothing to read yet")
    words = (
        "news",
        "--zh",
        "三月刊",
        "--en",
        "March issue",
        "--zh-text",
        "正文",
        "--en-text",
        "Spring is here",
    )
    club.run("news", "publish", *words)
    says(reader.open("/me/benefits/news"), "March issue", "18 March 2026", "Spring is here")
    says(reader.open("/me/benefits"), "News for you", "March issue")
    says(reader.open("/me/benefits/birthday-card"), "人民路 88 号", "杭州")


def test_b2_a_benefits_page_tells_its_terms_in_plain_words(reader):
    page = reader.open("/me/benefits/check")
    says(page, "How often 1 time each calendar year", "Book 3 days ahead", "Cancel until 1 day before")
    says(page, "If you do not come it counts as used", "For whom you · Husband or wife · Father or mother")
    says(page, "Your consent needed", "First Hospital", "Kangyuan Clinic")
    page = reader.open("/me/benefits/lounge")
    says(page, "show the code on your card's page at the counter", "Terminal 3", "up to 1 guest")


@pytest.mark.parametrize("code", ["coach", "nothing", "a%00b"])
def test_what_the_card_does_not_give_has_no_page(reader, code):
    says(reader.open(f"/me/benefits/{code}"), "This page is not here", status=404)
    assert reader.open(f"/me/benefits/{code}/book").status_code == 404


def test_what_is_not_booked_has_no_form(reader):
    for code in ("lounge", "hotel-rate", "dinner"):
        page = reader.open(f"/me/benefits/{code}/book")
        assert page.request.path == f"/me/benefits/{code}"


def test_b5_a_visit_is_booked_with_the_consent_it_needs(ana, reader):
    page = books(reader, guests="1", relation="spouse")
    says(page, "Booked.", "8 April 2026, 10:30", "First Hospital", "Husband or wife", "Guests 1")
    says(
        page, "You can cancel until the end of 7 April 2026; then nothing is lost. Later, it counts as used."
    )
    assert journal(ana) == [("check", "reserved")]
    (given,) = [one for one in ana.look("")["consents"] if one["purpose"] == "clinic"]
    assert (given["channel"], given["language"]) == ("page", "en")
    says(reader.open("/me/benefits"), "Booked", "Health check 1 booked more from 1 Jan 2027 See details")
    says(reader.open(BOOK), "From 1 January 2027 on.")
    assert "Your name, for the clinic" not in text_of(reader.last)


def test_a_second_press_books_once(ana, reader):
    reader.open(BOOK)
    form = reader.last
    reader.send("Book", **WHEN, consent="yes")
    first = reader.last.request.path
    reader.last = form
    says(reader.send("Book", **WHEN, consent="yes"), "Booked.")
    assert reader.last.request.path == first
    assert journal(ana) == [("check", "reserved")]


def test_p2_a_form_without_a_key_of_ours_books_all_the_same(ana, reader):
    says(books(reader, key="x" * 300), "Booked.")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"place": ""}, "Please choose a place."),
        ({"place": "t3"}, "Please choose a place."),
        ({"day": ""}, "Please choose a day"),
        ({"day": "08.04.2026"}, "Please choose a day"),
        ({"day": "9999-12-31"}, "Please choose a day within the coming year."),
        ({"time": "25:00"}, "Please choose a time"),
        ({"time": ""}, "Please choose a time"),
        ({"guests": "２"}, "Please type a number."),
        ({"consent": ""}, "Please agree to this first"),
        ({"guests": "2"}, "You can bring 1 guest at most."),
        ({"relation": "child"}, "This person cannot use it."),
        ({"day": "2026-03-20"}, "The first day that can be booked is 21 March 2026."),
        ({"day": "2026-03-17"}, "That time has passed."),
    ],
)
def test_b6_a_refusal_stands_beside_its_field(ana, reader, changed, words):
    says(books(reader, **changed), words, status=422)
    assert "aria-invalid" in reader.last.text
    assert journal(ana) == []
    says(reader.send("Book", **(WHEN | {"consent": "yes", "guests": "0", "relation": ""})), "Booked.")


def test_b3_a_day_behind_the_cards_last_is_told(app, make, clock):
    club = open_club(make, clock, **{"tier[0].attain": 500})
    ana = club.shopper()
    ana.given("silver", noon("2026-04-20"))
    says(books(Reader(app, ana), day="2026-04-21"), "Your card gives this until 20 April 2026.", status=422)


def test_b5_what_is_used_up_says_from_when_there_is_more(ana, reader):
    books(reader)
    says(books(reader, day="2026-05-08"), "From 1 January 2027 there is more.", status=422)
    says(books(reader, day="2027-01-08"), "Booked.")


def test_a_place_that_closes_meanwhile_is_told(club, reader):
    reader.open(BOOK)
    club.run("places", "close", "c1")
    says(reader.send("Book", **WHEN, consent="yes"), "Please choose a place.", status=422)


def test_m10_a_consent_without_a_text_is_taken_at_the_counter(app, make, clock):
    club = open_club(make, clock, consent=[])
    reader = Reader(app, club.shopper())
    page = reader.open(BOOK)
    says(page, "Your consent is needed first", "The counter takes it")
    assert "<form class=" not in page.text


def test_m9_who_is_suspended_sees_and_cannot_book(club, ana, reader):
    reader.open(BOOK)
    form = reader.last
    suspend(club, ana)
    says(reader.open("/me/benefits/check"), "you can look, but not book")
    reader.last = form
    says(reader.send("Book", **WHEN, consent="yes"), "you can look, but not book", status=422)


def test_b5_a_booking_is_cancelled_in_time_and_not_later(app, clock, ana, reader):
    path = books(reader).request.path
    clock.move(noon("2026-04-07"))
    reader = Reader(app, ana)
    says(reader.open(path), "You can cancel until the end of 7 April 2026")
    form = reader.last
    clock.move(noon("2026-04-08") - timedelta(hours=3))
    reader.last = form
    says(reader.send("Cancel the booking"), "It is too late to cancel this.", status=422)
    over = "The last day to cancel was 7 April 2026. If you do not come, it counts as used."
    says(reader.last, over, status=422)
    clock.move(noon("2026-04-07"))
    reader.last = form
    says(reader.send("Cancel the booking"), "Cancelled.", "Cancelled")
    assert journal(ana) == [("check", "cancelled")]
    says(reader.open("/me/benefits"), "Health check 1 left")


def test_b3_a_booking_that_ends_with_the_card_is_told_before_it_is_written(app, make, clock):
    club = open_club(make, clock, **{"tier[0].attain": 500})
    ana = club.shopper()
    ana.given("silver", noon("2026-04-20"))
    reader = Reader(app, ana)
    path = books(reader, day="2026-04-19").request.path
    clock.move(noon("2026-04-06"))
    ana.given("silver", noon("2026-04-10"))
    clock.move(noon("2026-04-20"))
    reader = Reader(app, ana)
    says(reader.open(path), "Ended with the card", "What you had before stays with you.")
    says(reader.open("/me/benefits"), "No benefits yet")


def test_anothers_booking_is_as_unknown_as_none(app, club, ana, reader):
    other = club.shopper()
    path = books(Reader(app, other)).request.path
    assert reader.open(path).status_code == 404
    for key in (pair_to_text(from_text(ana.member_id), 1), "nothing"):
        assert reader.open(f"/me/bookings/{key}").status_code == 404
    reader.open(BOOK)
    token = reader.last.text.split('name="csrf_token" value="')[1].split('"')[0]
    sent = reader.client.post(f"{path}/cancel", data={"csrf_token": token}, headers=reader.headers)
    assert sent.status_code == 404
    assert journal(other) == [("check", "reserved")]


def test_the_list_of_visits_goes_back_page_by_page(app, clock, ana, reader):
    says(reader.open("/me/bookings"), "Nothing is booked", "No visits yet")
    visited(ana, clock, 23)
    reader = Reader(app, ana)
    books(reader, day="2026-05-20")
    page = reader.open("/me/bookings")
    says(page, "20 May 2026, 10:30", "9 April 2026", "21 March 2026", "Older ones")
    assert "20 March 2026" not in text_of(page)
    older = page.text.split('href="/me/bookings?before=')[1].split('"')[0]
    page = reader.open(f"/me/bookings?before={older}")
    says(page, "20 March 2026", "18 March 2026", "Back to the latest")
    assert "Older ones" not in text_of(page)
    says(reader.open("/me/bookings?before=!"), "Older ones")
    says(reader.open("/me/bookings?before=7"), "There is nothing older.")


def test_p5_what_the_clock_did_is_shown_before_the_night_wrote_it(app, make, clock):
    club = open_club(make, clock, **{"tier[0].attain": 500})
    ana = club.shopper()
    ana.given("silver", NOW + timedelta(days=30))
    says(Reader(app, ana).open("/me/benefits"), "Health check")
    clock.move(NOW + timedelta(days=40))
    says(Reader(app, ana).open("/me/benefits"), "No benefits yet")
