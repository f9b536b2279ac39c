"""Whose right a benefit is: the member's, their card's, or each of their policies' (B1)."""

from datetime import timedelta

import pytest

from tests.api.test_benefits import Desk, benefit
from tests.ladders import midnight, noon
from tests.makers import wire
from tests.policies import Core, insurer

CARDS = ("silver", "gold")
OWN = benefit("own", tiers=CARDS, quota={"count": 2, "per": "calendar_year", "subject": "person"})
PASS = benefit("pass", tiers=CARDS, quota={"count": 1, "per": "calendar_year", "subject": "card"})
REVIEW = benefit("review", tiers=CARDS, quota={"count": 2, "per": "policy_year", "subject": "policy"})

GALA = benefit(
    "gala", "event", CARDS, booking={}, quota={"count": 1, "per": "policy_year", "subject": "policy"}
)


@pytest.fixture
def club(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(insurer(benefit=[OWN, PASS, REVIEW, GALA]))
    return make


@pytest.fixture
def core(club):
    return Core(club.till())


@pytest.fixture
def ana(club, core):
    ana = club.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1", issued_on="2025-12-01")
    core.tells("P2", "C-1", issued_on="2025-06-15")
    ana.card = card_of(ana)
    return ana


@pytest.fixture
def desk(club):
    return Desk(club)


def card_of(who):
    return who.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]


def shown(who, code, at=None):
    """The items of a benefit: whose policy's, the period's first and last day, granted, used, remaining."""
    names = ("granted", "used", "remaining")
    return [
        (one["policy"], one["period"]["last_day"], *(one[name] for name in names))
        for one in who.look("/benefits", at)["items"]
        if one["benefit"] == code
    ]


def test_b1_each_policy_in_force_has_a_right_of_its_own(ana, desk):
    assert shown(ana, "review") == [("P1", "2026-11-30", 2, 0, 2), ("P2", "2026-06-14", 2, 0, 2)]
    assert desk.use(ana, "review", "r1", policy_no="P2")["remaining"] == 1
    assert shown(ana, "review") == [("P1", "2026-11-30", 2, 0, 2), ("P2", "2026-06-14", 2, 1, 1)]
    assert desk.check(ana, "review", policy_no="P2")["remaining"] == 1
    assert shown(ana, "review", midnight("2026-06-15")) == [
        ("P1", "2026-11-30", 2, 0, 2), ("P2", "2027-06-14", 2, 0, 2),
    ]  # fmt: skip
    assert shown(ana, "own") == [(None, "2026-12-31", 2, 0, 2)]


def test_b1_a_policy_that_is_out_of_force_has_no_right_any_more(ana, desk, core, clock):
    before = clock.now()
    clock.move(noon("2026-04-01"))
    core.tells("P2", "C-1", version=2, status="surrendered", effective_at=wire(clock.now()))
    assert [policy for policy, *_ in shown(ana, "review")] == ["P1"]
    assert desk.why_not(ana, "review", policy_no="P2") == ["policy_foreign"]
    assert [policy for policy, *_ in shown(ana, "review", before)] == ["P1", "P2"]  # as it was known


def test_b1_somebody_elses_policy_is_no_right_of_this_members(club, ana, core):
    ben = club.shopper(core.till, references=["C-2"])
    core.tells("P3", "C-2")
    assert [policy for policy, *_ in shown(ben, "review")] == ["P3"]
    assert [policy for policy, *_ in shown(ana, "review")] == ["P1", "P2"]


def test_b1_i8_a_policy_of_somebody_who_joined_since_is_theirs_once_told_again(club, ana, core):
    core.tells("P2", "C-9", version=2)
    assert [policy for policy, *_ in shown(ana, "review")] == ["P1"]
    dan = club.shopper(core.till, references=["C-9"])
    core.tells("P2", "C-9", version=2)
    assert [policy for policy, *_ in shown(dan, "review")] == ["P2"]


def test_b1_a_new_card_has_a_right_of_its_own(ana, desk, clock):
    desk.use(ana, "pass", "p1")
    assert shown(ana, "pass") == [(None, "2026-12-31", 1, 1, 0)]
    clock.move(timedelta(days=1))
    used = clock.now()
    clock.move(timedelta(days=1))
    ana.tell(f"/members/{ana.member_id}/cards", {"reason": "lost"}, 201, key="again")
    ana.card = card_of(ana)
    assert shown(ana, "pass") == [(None, "2026-12-31", 1, 0, 1)]
    assert desk.check(ana, "pass")["allowed"]
    assert shown(ana, "pass", used) == [(None, "2026-12-31", 1, 1, 0)]  # the old card, as it was then


@pytest.mark.parametrize(
    ("status", "becomes"), [("in_force", "reserved"), ("surrendered", "waiting")], ids=lambda one: one
)
def test_b1_b8_who_waits_moves_up_by_the_right_of_their_policy(club, ana, core, desk, clock, status, becomes):
    words = ("--benefit", "gala", "--starts", noon("2026-05-01").isoformat(), "--capacity", "1")
    gala = club.run("club-events", "announce", *words, "--zh", "宴", "--en", "Gala").stdout.strip()
    ben = club.shopper(core.till, references=["C-2"])
    core.tells("P3", "C-2")
    ben.card = ben.till.post("/members/lookup", {"reference": "C-2"}).json["card"]["number"]
    full = desk.use(ana, "gala", "a1", event=gala, policy_no="P1")
    waits = desk.use(ben, "gala", "b1", event=gala, policy_no="P3", wait=True)
    assert (waits["state"], waits["policy"]) == ("waiting", "P3")
    clock.move(noon("2026-04-01"))
    core.tells("P3", "C-2", version=2, status=status, effective_at=wire(clock.now()))
    assert desk.close(full, "cancel")["state"] == "cancelled"
    assert [one["state"] for one in ben.look("/benefit-uses")["items"]] == [becomes]
