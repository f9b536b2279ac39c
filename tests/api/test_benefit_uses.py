"""The journal of a member's visits and bookings (B5)."""

from datetime import timedelta

import pytest

from loyalty.api.paging import to_cursor
from loyalty.ids import from_text, pair_to_text
from tests.api.test_benefits import Desk, benefit
from tests.ladders import midnight, noon
from tests.makers import wire
from tests.policies import Core, coverage, insurer

LOUNGE = benefit("lounge", providers=["airport"], guests=2)
SPA = benefit("spa", booking={"cancel_days": 1}, transferable_to=["spouse"])
RATE = benefit("rate", kind="discount", discount={"percent": "10"})
GALA = benefit("gala", kind="event", booking={})


@pytest.fixture
def club(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(insurer(benefit=[LOUNGE, SPA, RATE, GALA]))
    make.run("places", "open", "t2", "--provider", "airport", "--zh", "厅", "--en", "Terminal 2")
    return make


@pytest.fixture
def ana(club):
    core = Core(club.till())
    ana = club.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")  # silver until the end of 1 March 2027
    ana.card = ana.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]
    return ana


@pytest.fixture
def desk(club):
    return Desk(club)


def journal(who, till=None, query=""):
    answer = (till or who.till).get(f"/members/{who.member_id}/benefit-uses{query}")
    assert answer.status_code == 200, answer.json
    return answer.json


def states(who, till=None):
    return [(one["reference"], one["state"], one["reason"]) for one in journal(who, till)["items"]]


def test_b5_the_journal_shows_every_visit_the_latest_first(ana, desk, clock):
    had = desk.use(ana, "lounge", "l1", place="t2", party=3)
    booked = desk.use(ana, "spa", "s1", at=wire(noon("2026-03-20")), reserve=True, **{"for": "spouse"})
    clock.move(noon("2026-03-03"))
    rated = desk.use(ana, "rate", "r1", amount="80.00")
    told = [
        {name: value for name, value in one.items() if name != "remaining"} for one in (booked, rated, had)
    ]
    assert journal(ana) == {"items": told, "next": None}
    assert told[0] | {"use_id": ""} == {
        "use_id": "", "benefit": "spa", "name": SPA["name"], "state": "reserved",
        "at": "2026-03-20T04:00:00Z", "place": None, "event": None, "for": "spouse", "guests": 0,
        "policy": None, "amount": None, "discount": None, "reference": "s1", "reason": None,
        "booked_at": "2026-03-02T04:00:00Z", "closed_at": None, "edition": 1,
    }  # fmt: skip
    assert (told[1]["amount"], told[1]["discount"]) == ("80.00", "8.00")
    assert (told[2]["place"], told[2]["guests"], told[2]["closed_at"]) == ("t2", 2, told[2]["at"])


def test_b5_it_says_how_each_booking_ended(club, ana, desk, clock):
    come, let_go, missed = (
        desk.use(ana, "spa", name, at=wire(noon(f"2026-03-1{no}")), reserve=True)
        for no, name in enumerate(("come", "let-go", "missed"))
    )
    words = ("--benefit", "gala", "--starts", noon("2026-03-09").isoformat(), "--capacity", "5")
    gala = club.run("club-events", "announce", *words, "--zh", "宴", "--en", "Gala").stdout.strip()
    desk.use(ana, "gala", "gala", event=gala)
    club.run("club-events", "cancel", gala)
    desk.close(let_go, "cancel")
    clock.move(noon("2026-03-15"))
    desk.close(come, "confirm")
    desk.close(missed, "no-show")
    assert states(ana) == [
        ("missed", "no_show", None), ("let-go", "cancelled", None), ("come", "used", None),
        ("gala", "cancelled", "event_cancelled"),
    ]  # fmt: skip
    assert journal(ana)["items"][1]["closed_at"] == "2026-03-02T04:00:00Z"


def test_b3_b5_what_a_lower_card_lets_go_of_is_cancelled_from_its_first_instant_on(club, ana, desk, clock):
    desk.use(ana, "spa", "s1", at=wire(noon("2027-03-20")), reserve=True)
    Core(club.till()).tells("P1", "C-1", version=2, coverages=[coverage("20000.00")])
    clock.move(midnight("2027-03-02") - timedelta(seconds=1))
    assert states(ana) == [("s1", "reserved", None)]
    clock.move(noon("2027-03-03"))
    assert states(ana) == [("s1", "cancelled", "card_lower")]
    assert journal(ana)["items"][0]["closed_at"] == wire(midnight("2027-03-02"))
    club.run("jobs", "nightly")  # writes down what was shown before
    assert states(ana) == [("s1", "cancelled", "card_lower")]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_b5_pages_show_every_visit_once(ana, desk, clock, limit):
    for turn in range(5):
        desk.use(ana, "rate", f"r{turn}")
        if turn % 2:
            clock.move(timedelta(days=1))
    pages = [journal(ana, query=f"?limit={limit}")]
    while pages[-1]["next"]:
        pages.append(journal(ana, query=f"?limit={limit}&cursor={pages[-1]['next']}"))
    seen = [one["reference"] for page in pages for one in page["items"]]
    assert seen == ["r4", "r3", "r2", "r1", "r0"]


def test_b5_a_partner_sees_its_own_visits_alone(club, ana, desk):
    clinic = club.till("benefits:use", terminal="C1")
    body = {"card": ana.card, "benefit": "rate", "reference": "c1"}
    assert clinic.post("/benefit-uses", body).status_code == 201
    desk.use(ana, "rate", "r1")
    assert [one["reference"] for one in journal(ana, clinic)["items"]] == ["c1"]
    assert [one["reference"] for one in journal(ana, desk.till)["items"]] == ["r1"]
    staff = club.till("members:read", terminal="S1")
    assert sorted(one["reference"] for one in journal(ana, staff)["items"]) == ["c1", "r1"]
    other = club.till("points:earn", terminal="T7").get(f"/members/{ana.member_id}/benefit-uses")
    assert other.status_code == 403


def test_a_member_without_visits_and_one_whom_nobody_knows(club, ana):
    assert journal(ana) == {"items": [], "next": None}
    assert ana.till.get("/members/77/benefit-uses").status_code == 404


def test_a3_a_cursor_of_somebody_elses_journal_is_refused(club, ana, desk):
    core = Core(club.till())
    ben = club.shopper(core.till, references=["C-2"])
    for turn in range(2):
        desk.use(ana, "rate", f"r{turn}")
    foreign = journal(ana, query="?limit=1")["next"]
    unknown = to_cursor([pair_to_text(from_text(ben.member_id), 5)])
    for cursor in (foreign, unknown, "x", "cmV3YXJkOng"):
        answer = ben.till.get(f"/members/{ben.member_id}/benefit-uses?cursor={cursor}")
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
        assert answer.json["fields"] == {"cursor": "is not one of ours"}
