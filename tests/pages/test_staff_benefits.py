"""The catalogue, the journal of visits, a day's bookings and the partners' month, on the pages of staff."""

from datetime import timedelta

import pytest

from loyalty import calendar, ids, staff
from loyalty.db import reading
from loyalty.reads.day_of_places import list_of_day
from loyalty.reads.visits import Sought, visits_sought
from loyalty.rooms import rooms
from tests.merging import merge
from tests.pages.colleagues import Colleague, administrator
from tests.pages.desk import says
from tests.pages.places import LOUNGE, RATE, SHOWER, books_shower, open_house


@pytest.fixture
def house(make, clock):
    """An airport and a hotel that cost the club something."""
    open_house(make, clock)
    paid = {**LOUNGE, "cost": "12.50"}
    make.club(make.clock.now() + timedelta(minutes=1), benefit=[paid, SHOWER, RATE])
    clock.move(timedelta(minutes=1))
    return make


def has(shopper, benefit, place, reference, **more):
    """Use a benefit now."""
    body = {"benefit": benefit, "card": shopper.card, "place": place, "reference": reference, **more}
    return shopper.tell("/benefit-uses", body, 201)["use_id"]


def day_path(house, place=""):
    """The page of today's bookings."""
    return f"/staff/benefits/bookings?place={place}"


def test_the_catalogue_tells_what_each_tier_gives_and_how_often_it_was_had(app, house):
    ana = house.shopper()
    has(ana, "lounge", "t3", "l1")
    books_shower(house, ana)
    lin, mo = Colleague(app, "desk", name="Lin"), Colleague(app, "marketing", name="Mo")
    says(lin.open("/staff/benefits"), "Lounge", "2 times each calendar year", "airport", "€12.50")
    assert "programme/draft" not in lin.last.text
    mo.open("/staff/benefits")
    assert "none is open" in mo.last.text
    mo.post("/staff/programme/begin")
    assert 'href="/staff/programme/draft/benefit/1"' in mo.open("/staff/benefits").text


def test_the_journal_is_narrowed_and_paged(app, house):
    ana, bo = house.shopper(), house.shopper(name="Bo Wang", phone="+8613800000002")
    has(ana, "lounge", "t3", "l1", party=2)
    has(bo, "rate", "inn", "r1", amount="100.00")
    books_shower(house, ana, "t2", hours=30)
    lin = Colleague(app, "desk", name="Lin")
    says(
        lin.open("/staff/benefits/journal"),
        f"****{ana.card[-4:]}",
        "Terminal 3",
        "1 guest",
        "€100.00",
        "Booked",
    )
    assert ana.card not in lin.last.text
    assert "Wang" not in lin.last.text
    assert "CSV" not in lin.last.text
    narrowed = {
        "benefit=lounge": ("Lounge", "€100.00"),
        "place=inn": ("€100.00", "****" + ana.card[-4:]),
        "place=-": ("Nothing here fits", "€100.00"),
        "month=2026-03&state=reserved": ("Terminal 2", "€100.00"),
        "month=2026-02": ("Nothing here fits", "€100.00"),
        "state=nonsense&month=2026-99": ("Terminal 2", "Nothing here fits"),
    }
    for query, (there, not_there) in narrowed.items():
        main = lin.open(f"/staff/benefits/journal?{query}").text.split("</form>", 2)[-1]
        assert there in main, query
        assert not_there not in main, query


def test_lists_of_visits_go_on_behind_the_one_seen_last(app, house):
    ana = house.shopper()
    used = has(ana, "lounge", "t3", "l1")
    booked = [books_shower(house, ana, "t3", hours=hours)["use_id"] for hours in (1, 2, 3)]
    with app.app_context(), reading() as rows:
        now = rooms().clock.now()
        editions = rooms().shelf.editions(rows, now)
        first = visits_sought(rows, editions, Sought(), None, 2)
        assert [ids.pair_to_text(*one.key) for one in first.visits] == booked[:0:-1]
        assert first.older == booked[1]
        behind = visits_sought(rows, editions, Sought(), ids.pair_from_text(first.older), 2)
        assert [ids.pair_to_text(*one.key) for one in behind.visits] == [booked[0], used]
        assert behind.older is None
        day = calendar.local_day(now, editions.zone)
        morning = list_of_day(rows, editions, day, "t3", None, 3, now)
        assert morning.following == booked[1]
        evening = list_of_day(rows, editions, day, "t3", ids.pair_from_text(morning.following), 3, now)
        assert [ids.pair_to_text(*one.key) for one, _ in evening.visits] == [booked[2]]
    lin = Colleague(app, "desk", name="Lin")
    main = lin.open(f"/staff/benefits/journal?before={booked[1]}").text.split("</form>", 2)[-1]
    assert "Newest" in main
    assert main.count("<tr>") == 1 + 2
    main = lin.open(f"/staff/benefits/bookings?place=t3&after={booked[1]}").text.split("<tbody>")[1]
    assert main.count("<tr>") == 1
    says(lin.open("/staff/benefits/journal?before=0-0"), "Nothing here fits")


def test_the_journal_is_taken_by_who_may_and_noted(app, house):
    ana = house.shopper()
    use_id = has(ana, "lounge", "t3", "=l1")
    lin, wei = Colleague(app, "desk", name="Lin"), Colleague(app, "finance", name="Wei")
    path = "/staff/benefits/journal/download"
    assert lin.post(path, form="csv").status_code == 403
    assert wei.post(path, form="exe").status_code == 404
    told = wei.post(path, form="csv", benefit="lounge", month="2026-03")
    lines = told.get_data(as_text=True).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(use_id)
    assert "12.50" in lines[1]
    assert ",'=l1," in lines[1]
    assert ana.card not in lines[1]
    assert f"****{ana.card[-4:]}" in lines[1]
    assert wei.post(path, form="xlsx").data[:2] == b"PK"
    noted = [line for line in house.run("audit", "show").stdout.splitlines() if "visits.taken" in line]
    assert len(noted) == 2
    assert staff.actor(wei.account_id) in noted[0]
    assert "2026-03" in noted[0]


def test_a_day_is_worked_through_at_the_desk(app, house):
    ana, bo = house.shopper(), house.shopper(name="Bo", phone="+8613800000002")
    shower, other = books_shower(house, ana), books_shower(house, bo, hours=2)
    lin, wei = Colleague(app, "desk", name="Lin"), Colleague(app, "finance", name="Wei")
    says(lin.open(day_path(house)), "Terminal 3", "18 March 2026", "The day after")
    says(wei.open(day_path(house, "t3")), f"****{ana.card[-4:]}")
    assert "They came" not in wei.last.text
    says(lin.open(day_path(house, "t3")), f"****{bo.card[-4:]}", "They came", "They did not come")
    ended = lin.post(f"/staff/benefits/visits/{shower['use_id']}", state="used", day="2026-03-18", place="t3")
    assert ended.headers["Location"] == "/staff/benefits/bookings?day=2026-03-18&place=t3"
    says(lin.open(day_path(house, "t3")), "The visit is recorded.", "Used")
    path = f"/staff/benefits/visits/{other['use_id']}"
    says(lin.open(path), "Why it is cancelled")
    says(lin.post(path, state="cancelled"), "Please choose why.", status=422)
    says(
        lin.send("Cancel the booking", reason="not_given"),
        "The booking is cancelled.",
        "The place cannot give it",
    )
    says(lin.post(path, state="used"), "This booking is closed.", status=422)
    noted = [line for line in house.run("audit", "show").stdout.splitlines() if "visit.closed" in line]
    assert [staff.actor(lin.account_id) in line for line in noted] == [True, True]
    assert "not_given" in noted[1]
    uses = {one["use_id"]: one for one in bo.look("/benefit-uses")["items"]}
    assert uses[other["use_id"]]["reason"] == "not_given"


def test_a_visit_ends_as_the_programme_allows_and_never_by_the_member_themselves(app, house):
    ana = house.shopper()
    tomorrow, soon = books_shower(house, ana, hours=26), books_shower(house, ana, "t2")
    lin = Colleague(app, "desk", name="Lin")
    path = f"/staff/benefits/visits/{tomorrow['use_id']}"
    lin.open(path)
    assert "They came" not in lin.last.text
    says(lin.post(path, state="used"), "The visit is on a later day.", status=422)
    me = staff.actor(lin.account_id)
    house.run("staff-cards", "link", "--store", "S1", "--cashier", me, "--member", ana.member_id)
    says(lin.post(f"/staff/benefits/visits/{soon['use_id']}", state="used"), "one's own", status=422)
    assert [one["state"] for one in ana.look("/benefit-uses")["items"]] == ["reserved", "reserved"]


def test_what_a_merged_member_booked_shows_the_survivors_card(app, house):
    ana, bo = house.shopper(), house.shopper(name="Bo", phone="+8613800000002")
    shower = books_shower(house, bo)
    merge(bo, ana)
    lin = Colleague(app, "desk", name="Lin")
    says(lin.open(day_path(house, "t3")), f"****{ana.card[-4:]}")
    assert f"/staff/members/{ana.member_id}" in lin.last.text
    says(lin.post(f"/staff/benefits/visits/{shower['use_id']}", state="used"), status=303)
    says(lin.open(f"/staff/benefits/visits/{shower['use_id']}"), "Used", "Lin")


def test_the_partners_month_adds_up_and_is_taken(app, house):
    ana = house.shopper()
    has(ana, "lounge", "t3", "l1", party=2)
    has(ana, "lounge", "t2", "l2")
    has(ana, "rate", "inn", "r1", amount="100.00")
    missed, _ = books_shower(house, ana), books_shower(house, ana, hours=3)
    lin, wei = Colleague(app, "desk", name="Lin"), Colleague(app, "finance", name="Wei")
    lin.post(f"/staff/benefits/visits/{missed['use_id']}", state="no_show")
    says(wei.open("/staff/benefits/partners"), "March 2026", "airport", "€25.00", "€20.00", "Together")
    says(wei.open("/staff/benefits/partners?month=2026-02"), "Partners gave nothing in this month")
    told = wei.post("/staff/benefits/partners/download", form="csv", month="2026-03")
    rows = [line.split(",") for line in told.get_data(as_text=True).splitlines()]
    place, visits, people, gone, off, cost = (rows[0].index(one) for one in FIGURES)
    assert [[row[no] for no in (place, visits, people, gone, off, cost)] for row in rows[1:]] == [
        ["t2", "1", "1", "0", "0.00", "12.50"],
        ["t3", "1", "2", "0", "0.00", "12.50"],
        ["t3", "0", "0", "1", "0.00", "0.00"],
        ["inn", "1", "1", "0", "20.00", "0.00"],
    ]
    assert lin.post("/staff/benefits/partners/download", form="csv").status_code == 403


FIGURES = ("place", "visits", "people", "missed", "discounts", "cost")


def test_pages_of_benefits_ask_few_statements_whatever_they_show(app, house, statements):
    ada, ana = administrator(app), house.shopper()
    pages = ("", "/journal", "/bookings", "/bookings?place=t3", "/partners", "/places", "/managers")

    def asked():
        found = []
        for page in pages:
            statements.clear()
            ada.open(f"/staff/benefits{page}")
            found.append(len([one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]))
        return found

    has(ana, "lounge", "t3", "l0")
    few = asked()
    for number in range(4):
        bo = house.shopper(name="Bo", phone=f"+861380000001{number}")
        has(bo, "lounge", "t3", f"n{number}")
        books_shower(house, bo, f"t{2 + number % 2}", hours=1 + number)
        house.run("places", "open", f"p{number}", "--provider", f"p{number}", "--zh", "地", "--en", "P")
        house.run("service-managers", "add", f"A{number}", "--name", "Agent")
    assert asked() == few
    assert max(few) <= 12
