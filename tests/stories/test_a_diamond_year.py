"""林岚 holds the diamond card for a year and has all nine of its services. The club is insurer-club.toml."""

import csv

import pytest

from loyalty.calendar import INSTANT
from tests.api.test_benefits import Desk, left, shown
from tests.ladders import midnight, noon
from tests.makers import wire
from tests.policies import Core, coverage, standing

ADDRESS = {"lines": ["五四路 128 号"], "city": "福州", "postcode": "350001", "country": "CN"}
PLACES = {
    "centre-fz": "service-centre", "clinic-fz": "clinic", "lounge-foc": "airport", "hotel-xm": "hotel",
}  # fmt: skip
DIAMOND = {
    "birthday-card", "priority-counter", "health-check", "health-consultation", "airport-lounge",
    "hotel-rate", "club-event", "information", "service-manager",
}  # fmt: skip
CARD = "2027-01-04"  #: the last day of the card


def consent(purpose, recipient):
    return {
        "act": "given", "purpose": purpose, "recipient": recipient, "data": "name, phone, card",
        "text_sha256": "c" * 64, "language": "zh", "channel": "web",
    }  # fmt: skip


@pytest.fixture
def house(make, clock):
    clock.move(noon("2026-01-05"))
    make.programme("insurer-club.toml")
    for code, provider in PLACES.items():
        make.run("places", "open", code, "--provider", provider, "--zh", "地点", "--en", code)
    make.run("service-managers", "add", "M-1", "--name", "陈静")
    make.run("service-managers", "add", "A-7", "--name", "王强", "--no-pool")
    return make


@pytest.fixture
def core(house):
    return Core(house.till())


@pytest.fixture
def lan(house, core):
    wishes = [consent("health-check-provider", "clinic"), consent("hotel", "hotel")]
    lan = house.shopper(
        core.till, name="林岚", birth_date="1984-02-29", address=ADDRESS, references=["C-1"],
        consents=wishes,
    )  # fmt: skip
    core.tells("P1", "C-1", coverages=[coverage("200000.00")])
    core.tells("P2", "C-1", coverages=[coverage("800000.00")], service_agent="A-7")
    assert standing(lan) == (1_000_000, "diamond", CARD)
    lan.card = lan.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]
    return lan


def test_a_year_with_the_diamond_card_and_the_day_after_it(house, core, lan, clock, tmp_path):
    desk = Desk(house)
    assert {one["benefit"] for one in lan.look("/benefits")["items"]} == DIAMOND
    before_the_fall(house, lan, desk, clock, tmp_path)

    clock.move(noon("2026-05-20"))
    core.tells(
        "P2",
        "C-1",
        version=2,
        status="surrendered",
        effective_at="2026-05-20T10:00:00+08:00",
        coverages=[coverage("800000.00")],
    )
    assert standing(lan) == (200_000, "diamond", CARD)  # the measure is lost; the card keeps its word

    after_the_fall(house, lan, desk, clock)
    the_last_day(house, lan, desk, clock)
    the_day_after(house, lan, desk, clock)
    house.run("ledger", "verify")


def before_the_fall(house, lan, desk, clock, folder):
    a_card_for_the_29th_of_february(house, folder, clock)
    clock.move(noon("2026-03-10"))
    assert desk.check(lan, "priority-counter", place="centre-fz") == {
        "allowed": True, "remaining": None, "reasons": []
    }  # fmt: skip
    desk.use(lan, "priority-counter", "counter-1", place="centre-fz")
    assert shown(lan, "service-manager")["person"] == "王强"  # the agent of her policy
    clock.move(noon("2026-04-01"))
    bill = desk.use(lan, "hotel-rate", "hotel-1", place="hotel-xm", amount="1299.90")
    assert (bill["amount"], bill["discount"]) == ("1299.90", "259.98")


def a_card_for_the_29th_of_february(house, folder, clock):
    """In a year without the day it is for the 28th; ten days ahead it is made, once."""
    for day, made in (("2026-02-17", 0), ("2026-02-18", 1), ("2026-02-19", 0), ("2026-02-28", 0)):
        clock.move(midnight(day))
        house.run("jobs", "nightly")
        file = folder / f"{day}.csv"
        house.run("mailings", "write", "birthday-card", str(file))
        with file.open(encoding="utf-8", newline="") as lines:
            posted = [(row["for_day"], row["recipient"]) for row in csv.DictReader(lines)]
        assert posted == [("2026-02-28", "林岚")] * made


def after_the_fall(house, lan, desk, clock):
    """Everything is there as before: checked, booked, had."""
    clock.move(noon("2026-06-01"))
    assert {one["benefit"] for one in lan.look("/benefits")["items"]} == DIAMOND
    soon = {"at": wire(noon("2026-06-03")), "place": "clinic-fz", "reserve": True}
    assert desk.use(lan, "health-check", "check-0", 422, **soon)["code"] == "booking_too_late"
    booked = desk.use(
        lan, "health-check", "check-1", at=wire(noon("2026-06-10")), place="clinic-fz", reserve=True,
        **{"for": "spouse"},
    )  # fmt: skip
    assert (booked["state"], booked["for"], booked["remaining"]) == ("reserved", "spouse", 0)
    clock.move(noon("2026-06-10"))
    assert desk.close(booked, "confirm")["state"] == "used"
    desk.use(lan, "health-consultation", "call-1", place="clinic-fz", attributes={"topic": "diet"})
    entered = desk.use(lan, "airport-lounge", "lounge-1", place="lounge-foc", party=2)
    assert (entered["guests"], entered["remaining"]) == (1, 5)

    words = ("--benefit", "club-event", "--starts", "2026-09-20T19:00:00+08:00", "--capacity", "2")
    gala = house.run("club-events", "announce", *words, "--zh", "中秋晚宴", "--en", "Gala").stdout.strip()
    seat = desk.use(lan, "club-event", "gala-1", event=gala, party=2)
    clock.move(noon("2026-09-21"))
    assert desk.close(seat, "confirm")["state"] == "used"

    house.run("news", "publish", "information", "--zh", "理财讲座", "--en", "On saving")
    assert [one["title"]["zh"] for one in lan.look("/news")["items"]] == ["理财讲座"]


def the_last_day(house, lan, desk, clock):
    """A new calendar year has begun: six entries to the lounge are there again, a second check is not."""
    clock.move(noon("2027-01-02"))
    assert left(lan, "airport-lounge") == (6, 0, 0, 6)
    assert left(lan, "health-check") == (1, 0, 0, 0)  # one a term
    clock.move(midnight("2027-01-05") - INSTANT)
    house.run("jobs", "nightly")
    assert {one["benefit"] for one in lan.look("/benefits")["items"]} == DIAMOND
    assert desk.check(lan, "airport-lounge", place="lounge-foc")["allowed"]
    desk.use(lan, "airport-lounge", "lounge-2", place="lounge-foc")
    assert shown(lan, "service-manager")["person"] == "王强"


def the_day_after(house, lan, desk, clock):
    """Gold, by the 200,000 that are left: what only diamond gives is gone, without a night."""
    clock.move(midnight("2027-01-05"))
    assert lan.look("/tier")["tier"] == "gold"
    [no] = desk.check(lan, "airport-lounge", place="lounge-foc")["reasons"]
    assert (no["title"], no["last_day"]) == ("Not part of this card.", "2027-01-04")
    refused = desk.use(lan, "health-check", "check-2", 422, at=wire(noon("2027-01-20")), place="clinic-fz",
                       reserve=True)  # fmt: skip
    assert refused["code"] == "benefit_not_given"
    assert (
        desk.use(lan, "hotel-rate-gold", "hotel-2", place="hotel-xm", amount="100.00")["discount"] == "10.00"
    )
    assert desk.check(lan, "priority-counter", place="centre-fz")["allowed"]  # gold has it, too
    house.run("jobs", "nightly")
    assert {one["benefit"] for one in lan.look("/benefits")["items"]} == DIAMOND - {
        "health-check", "airport-lounge", "hotel-rate", "service-manager",
    } | {"hotel-rate-gold"}  # fmt: skip
