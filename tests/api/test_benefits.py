"""What a card gives besides points: asked about, booked, had (B1–B7)."""

from datetime import timedelta

import pytest

from tests.ladders import midnight, noon
from tests.makers import wire
from tests.policies import Core, coverage, insurer

NAMES = {"zh": "权益", "en": "Benefit"}


def benefit(code, kind="service", tiers=("silver",), **more):
    return {"code": code, "name": NAMES, "kind": kind, "tiers": list(tiers)} | more


CHECK = benefit(
    "check", quota={"count": 1, "per": "calendar_year", "subject": "person", "cap": 1},
    booking={"lead_days": 3, "cancel_days": 1}, needs_consent="clinic", transferable_to=["spouse"],
    providers=["clinic"], cost="480.00",
)  # fmt: skip
LOUNGE = benefit("lounge", quota={"count": 2, "per": "calendar_year"}, guests=1, providers=["airport"])
COUNTER = benefit("counter", tiers=("silver", "gold"))
RATE = benefit("rate", kind="discount", discount={"percent": "12.5"}, when="visit.amount_minor >= 10000")
NEWS = benefit("news", kind="feed")
DINNER = benefit("dinner", tiers=("standard", "silver"), booking={}, quota={"count": 3, "per": "term"})
FEWER = DINNER | {"code": "walk", "tiers": ["silver"]}
CONSENT = {
    "act": "given", "purpose": "clinic", "recipient": "clinic", "data": "name", "text_sha256": "a" * 64,
    "language": "zh", "channel": "web",
}  # fmt: skip


class Desk:
    """A place that gives benefits, with a key of its own."""

    def __init__(self, make):
        self.till = make.till("benefits:use", terminal="P1")

    def check(self, who, code, **more):
        answer = self.till.post(f"/benefits/{code}/check", {"card": who.card} | more)
        assert answer.status_code == 200, answer.json
        return answer.json

    def use(self, who, code, reference, expect=201, **more):
        body = {"card": who.card, "benefit": code, "reference": reference} | more
        answer = self.till.post("/benefit-uses", body)
        assert answer.status_code == expect, answer.json
        return answer.json

    def why_not(self, who, code, **more):
        """The codes of all that speaks against a visit."""
        return [reason["code"] for reason in self.check(who, code, **more)["reasons"]]

    def close(self, use, how, expect=200):
        answer = self.till.post(f"/benefit-uses/{use['use_id']}/{how}")
        assert answer.status_code == expect, answer.json
        return answer.json


@pytest.fixture
def club(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(insurer(benefit=[CHECK, LOUNGE, COUNTER, RATE, NEWS, DINNER, FEWER]))
    for code, provider in (("clinic-1", "clinic"), ("t2", "airport"), ("spa-1", "spa")):
        make.run("places", "open", code, "--provider", provider, "--zh", "地", "--en", "There")
    return make


@pytest.fixture
def ana(club):
    core = Core(club.till())
    ana = club.shopper(core.till, references=["C-1"], consents=[CONSENT])
    core.tells("P1", "C-1")  # 100,000: silver until 2027-03-01
    ana.card = ana.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]
    return ana


@pytest.fixture
def desk(club):
    return Desk(club)


def shown(who, code, at=None):
    items = {one["benefit"]: one for one in who.look("/benefits", at)["items"]}
    return items.get(code)


def left(who, code, at=None):
    one = shown(who, code, at)
    return one and (one["granted"], one["reserved"], one["used"], one["remaining"])


def test_b1_a_card_gives_what_its_programme_says(ana):
    assert {one["benefit"] for one in ana.look("/benefits")["items"]} == {
        "check", "lounge", "counter", "rate", "news", "dinner", "walk"
    }  # fmt: skip
    assert left(ana, "lounge") == (2, 0, 0, 2)
    assert left(ana, "counter") == (None, 0, 0, None)
    lounge = shown(ana, "lounge")
    assert (lounge["period"]["from"], lounge["period"]["last_day"]) == ("2025-12-31T16:00:00Z", "2026-12-31")
    assert lounge["card_until"] == "2027-03-01T16:00:00Z"
    assert left(ana, "lounge", midnight("2027-03-02")) == (2, 0, 0, 2)  # the review keeps the card
    before = ana.till.get(f"/members/{ana.member_id}/benefits?at={wire(midnight('2026-03-02'))}")
    assert before.status_code == 404  # she joined at noon


def test_b6_one_question_is_answered_with_what_remains_and_every_reason(ana, desk):
    assert desk.check(ana, "lounge", place="t2") == {"allowed": True, "remaining": 2, "reasons": []}
    assert desk.why_not(ana, "lounge", place="t2", party=3) == ["party_too_large"]
    far = desk.check(ana, "lounge", place="spa-1", party=4, **{"for": "spouse"})
    assert (far["remaining"], [one["code"] for one in far["reasons"]]) == (None, ["place_foreign"])
    nowhere = desk.why_not(ana, "lounge", party=4, **{"for": "spouse"})
    assert nowhere == ["place_foreign", "party_too_large", "relation_foreign"]
    assert desk.why_not(ana, "rate", amount="99.99") == ["condition_not_met"]
    assert desk.check(ana, "rate", amount="100.00")["allowed"]
    assert desk.why_not(ana, "news") == ["benefit_not_visited"]
    assert desk.why_not(ana, "check", place="clinic-1") == ["booking_needed"]


def test_b1_b5_a_visit_takes_one_and_the_last_one_is_the_last(ana, desk):
    first = desk.use(ana, "lounge", "v1", place="t2", party=2)
    assert (first["state"], first["guests"], first["remaining"], first["place"]) == ("used", 1, 1, "t2")
    assert desk.use(ana, "lounge", "v1", place="t2", party=2) == first
    assert left(ana, "lounge") == (2, 0, 1, 1)
    assert desk.use(ana, "lounge", "v2", place="t2")["remaining"] == 0
    assert desk.use(ana, "lounge", "v3", 422, place="t2")["code"] == "quota_used"
    assert left(ana, "lounge") == (2, 0, 2, 0)
    assert left(ana, "lounge", midnight("2027-01-01")) == (2, 0, 0, 2)


def test_b5_a_booking_is_made_ahead_and_ends_once(ana, desk, clock):
    too_soon = desk.use(ana, "check", "b0", 422, place="clinic-1", at=wire(noon("2026-03-04")), reserve=True)
    assert (too_soon["code"], too_soon["first_day"]) == ("booking_too_late", "2026-03-05")
    booked = desk.use(ana, "check", "b1", place="clinic-1", at=wire(noon("2026-03-05")), reserve=True)
    assert (booked["state"], left(ana, "check")) == ("reserved", (1, 1, 0, 0))
    assert (
        desk.use(ana, "check", "b2", 422, place="clinic-1", at=wire(noon("2026-06-01")), reserve=True)["code"]
        == "quota_used"
    )
    clock.move(noon("2026-03-05"))
    assert desk.close(booked, "cancel", 422)["code"] == "cancel_too_late"
    assert desk.close(booked, "confirm")["state"] == "used"
    assert desk.close(booked, "confirm")["state"] == "used"  # a replay
    assert desk.close(booked, "no-show", 422)["code"] == "use_closed"
    assert left(ana, "check") == (1, 0, 1, 0)


def test_p2_a_booking_told_again_after_its_visit_hears_its_first_answer(ana, desk, clock):
    wish = {"place": "clinic-1", "at": wire(noon("2026-03-10")), "reserve": True}
    first = desk.use(ana, "check", "b1", **wish)
    clock.move(noon("2026-04-10"))
    assert desk.use(ana, "check", "b1", **wish) == first
    assert desk.use(ana, "check", "b1", 422, **wish | {"party": 2})["code"] == "key_reused"
    assert desk.use(ana, "check", "b2", 422, **wish)["code"] == "invalid_request"


def test_b5_a_booking_that_is_cancelled_in_time_is_free_again(ana, desk, clock):
    booked = desk.use(ana, "check", "b1", place="clinic-1", at=wire(noon("2026-03-10")), reserve=True)
    clock.move(midnight("2026-03-10") - timedelta(seconds=1))
    assert desk.close(booked, "cancel")["state"] == "cancelled"
    assert left(ana, "check") == (1, 0, 0, 1)


def test_b5_a_missed_booking_counts_as_its_terms_say(ana, desk, clock):
    booked = desk.use(ana, "check", "b1", place="clinic-1", at=wire(noon("2026-03-10")), reserve=True)
    clock.move(noon("2026-03-11"))
    assert desk.close(booked, "no-show")["state"] == "no_show"
    assert left(ana, "check") == (1, 0, 1, 0)


def test_b8_her_check_may_be_for_her_husband_and_needs_her_consent(club, ana, desk):
    booked = desk.use(
        ana, "check", "b1", place="clinic-1", at=wire(noon("2026-04-01")), reserve=True, **{"for": "spouse"}
    )
    assert booked["for"] == "spouse"
    core = Core(club.till())
    ben = club.shopper(core.till, references=["C-2"])
    core.tells("P2", "C-2")
    ben.card = ben.till.post("/members/lookup", {"reference": "C-2"}).json["card"]["number"]
    refused = desk.use(ben, "check", "b2", 422, place="clinic-1", at=wire(noon("2026-04-01")), reserve=True)
    assert (refused["code"], refused["purpose"]) == ("consent_missing", "clinic")


def test_b8_a_discount_says_what_goes_off_the_bill(ana, desk):
    had = desk.use(ana, "rate", "h1", amount="1000.05")
    assert (had["amount"], had["discount"]) == ("1000.05", "125.00")


def test_b8_a_discount_of_an_amount_is_never_more_than_the_bill(make):
    off = benefit("off", kind="discount", tiers=("silver", "gold"), discount={"amount": "5.00"})
    make.club(benefit=[off])
    ana, desk = make.shopper(), Desk(make)
    told = [desk.use(ana, "off", f"o{bill}", amount=bill)["discount"] for bill in ("12.00", "3.20")]
    assert told == ["5.00", "3.20"]


def test_b3_a_lower_card_lets_go_of_what_was_booked_for_later_and_nothing_sooner(club, ana, desk, clock):
    last, after = noon("2027-03-01"), noon("2027-03-20")
    kept = desk.use(ana, "walk", "w1", at=wire(last), reserve=True)
    lost = desk.use(ana, "walk", "w2", at=wire(after), reserve=True)
    dined = desk.use(ana, "dinner", "d1", at=wire(after), reserve=True)
    Core(club.till()).tells("P1", "C-1", version=2, coverages=[coverage("20000.00")])
    assert desk.use(ana, "walk", "w3", 422, at=wire(after), reserve=True)["code"] == "benefit_not_given"
    clock.move(midnight("2027-03-02") - timedelta(seconds=1))
    assert (ana.look("/tier")["tier"], left(ana, "walk")) == ("silver", (3, 1, 0, 2))
    clock.move(midnight("2027-03-02"))
    assert (ana.look("/tier")["tier"], left(ana, "walk")) == ("standard", None)
    assert left(ana, "dinner") == (3, 1, 0, 2)  # the lower card gives it too
    club.run("jobs", "nightly")
    assert desk.close(lost, "confirm", 422)["state"] == "cancelled"
    assert desk.close(dined, "confirm", 422)["code"] == "visit_ahead"
    clock.move(midnight("2027-03-20"))
    assert desk.close(dined, "confirm")["state"] == "used"
    assert desk.close(kept, "confirm")["state"] == "used"
    club.run("jobs", "post")
    news = club.till().get("/events?limit=100").json["items"]
    told = [one["data"] for one in news if one["type"] == "benefit.cancelled"]
    assert [(one["use"], one["reason"]) for one in told] == [(lost["use_id"], "card_lower")]


def test_m9_death_ends_bookings_at_once(club, ana, desk):
    booked = desk.use(ana, "check", "b1", place="clinic-1", at=wire(noon("2026-04-01")), reserve=True)
    told = {"version": 1, "name": "Ana Silva", "deceased": True}
    assert club.till().send("PUT", "/customers/C-1", told).status_code == 200
    assert desk.close(booked, "confirm", 422)["state"] == "cancelled"
    assert desk.why_not(ana, "lounge", place="t2") == ["card_blocked"]
