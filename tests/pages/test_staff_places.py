"""Places and service managers, kept on the pages of staff."""

import re
from datetime import timedelta

from loyalty.db import reading
from loyalty.reads.places import managers_page, places_page
from loyalty.rooms import rooms
from tests.pages.colleagues import Colleague
from tests.pages.desk import Desk, says
from tests.pages.places import open_house

PLACES = "/staff/benefits/places"
SPA = {"code": "spa", "provider": "hotel", "name_zh": "水疗", "name_en": "Spa"}


def test_a_place_is_opened_changed_closed_and_opened_again(app, make, clock):
    open_house(make, clock)
    mo, lin = Colleague(app, "marketing", name="Mo"), Colleague(app, "desk", name="Lin")
    says(lin.open(PLACES), "Terminal 2", "Inn")
    assert "Open the place" not in lin.last.text
    assert lin.post(PLACES, **SPA).status_code == 403
    mo.open(PLACES)
    says(mo.send("Open the place", **SPA), "The place is open.", "Spa", "Member's rate", "It has no key")
    assert mo.post(PLACES, **SPA).status_code == 303  # the button was pressed twice
    other = {**SPA, "name_en": "Pool"}
    says(mo.post(PLACES, **other), "There is a place of this code already.", status=422)
    says(mo.post(PLACES, **{**SPA, "code": "Spa!"}), "A code is a small letter", status=422)
    mo.open(f"{PLACES}/spa")
    says(mo.send("Save", name_en=" "), "A name has 1 to 120 characters.", status=422)
    says(mo.send("Save", name_en="Spa and pool"), "Spa and pool", "open")
    says(mo.send("Close the place"), "closed", "What is booked there stays booked.")
    says(mo.open(PLACES), "Terminal 3")
    assert "Spa" not in mo.last.text
    says(mo.open(f"{PLACES}?view=all"), "Spa and pool", "closed")
    mo.open(f"{PLACES}/spa")
    says(mo.send("Open the place", name_en="Spa"), "open", "Close it")
    acts = [
        line for line in make.run("audit", "show").stdout.splitlines() if "place." in line and "spa" in line
    ]
    assert [re.search(r"place\.\w+", line)[0] for line in acts] == [
        "place.opened", "place.opened", "place.closed", "place.opened",
    ]  # fmt: skip


def test_the_key_of_a_place_is_made_by_an_administrator_who_signed_in_just_now(app, make, clock):
    open_house(make, clock)
    ada = Colleague(app, "administrator", "desk", name="Ada")
    clock.move(timedelta(minutes=11))
    says(ada.open(f"{PLACES}/t3"), "It has no key, and cannot sign in.")
    says(ada.send("Make the key of the place"), "Code")
    assert ada.last.request.path == "/staff/again"
    ada.sign_in_again()
    ada.open(f"{PLACES}/t3")
    says(ada.send("Make the key of the place"), "Keep it now: it is not shown again.")
    key = re.search('id="made"[^>]* value="([^"]+)"', ada.last.text)[1]
    says(Desk(app).sign_in(key), "Terminal 3")
    says(ada.open(f"{PLACES}/t3"), key.split("_")[1] if "_" in key else key[:8], "Last used")
    assert key not in ada.last.text
    mo = Colleague(app, "marketing", name="Mo")
    says(mo.open(f"{PLACES}/t3"), "An administrator makes keys and changes them.")


def test_a_provider_that_the_programme_names_without_a_place_is_told(app, make, clock):
    open_house(make, clock)
    mo = Colleague(app, "marketing", name="Mo")
    assert "without an open place" not in mo.open(PLACES).text
    make.run("places", "close", "inn")
    says(mo.open(PLACES), "The programme names providers without an open place: hotel.")


def test_lists_of_places_and_managers_go_on_behind_the_one_seen_last(app, make, clock):
    open_house(make, clock)
    for code in ("A/1", "A/2", "A/3"):
        make.run("service-managers", "add", code, "--name", f"Agent {code}")
    with app.app_context(), reading() as rows:
        now = rooms().clock.now()
        editions = rooms().shelf.editions(rows, now)
        first = places_page(rows, editions, None, 2, now, every=False)
        assert ([one.code for one in first.places], first.following) == (["t2", "t3"], "t3")
        last = places_page(rows, editions, "t3", 2, now, every=False)
        assert ([one.code for one in last.places], last.following) == (["inn"], None)
        agents = managers_page(rows, "A/1", 1, every=False)
        assert ([one.code for one, _ in agents.managers], agents.following) == (["A/2"], "A/2")
    mo = Colleague(app, "marketing", name="Mo")
    says(mo.open(f"{PLACES}?after=t3"), "Inn", "From the start")
    assert "Terminal 3" not in mo.last.text
    says(mo.open("/staff/benefits/managers?after=A/2"), "Agent A/3", "From the start")
    assert "Agent A/2" not in mo.last.text


def test_managers_join_and_leave(app, make, clock):
    open_house(make, clock)
    mo, path = Colleague(app, "marketing", name="Mo"), "/staff/benefits/managers"
    says(mo.open(path), "Nobody looks after members yet")
    says(mo.send("Keep", code="A/7", name="Grace Wu"), "Added: Grace Wu.", "A/7", "here")
    says(mo.send("Keep", code="A/7", name=""), "A name has 1 to 120 characters.", status=422)
    says(mo.send("Keep", code="A/7", name="Grace Wu-Li"), "Kept as you told it.", "Grace Wu-Li")
    says(mo.send("Works here no more"), "They have left.", "Nobody looks after members yet")
    says(mo.open(f"{path}?view=all"), "Grace Wu-Li", "has left")
    assert mo.post(f"{path}/leave", code="nobody").status_code == 404
    lin = Colleague(app, "desk", name="Lin")
    assert "Keep" not in lin.open(path).text
    assert lin.post(path, code="A", name="B").status_code == 403
