"""What else goes along when two members are one: policies, benefits, wishes, what keeps points in (M6)."""

from datetime import timedelta

import pytest

from tests.api.test_benefits import Desk, benefit, left
from tests.api.test_merge import books_balance  # noqa: F401 -- whatever happens here, the books are good
from tests.guarding import Page
from tests.ladders import noon
from tests.makers import wire
from tests.merging import LADDER, merge, part
from tests.policies import Core, insurer

DAY = timedelta(days=1)
CONSENT = {"recipient": "club", "data": "email", "text_sha256": "a" * 64, "language": "en", "channel": "shop"}


@pytest.fixture
def core(make, clock):
    clock.move(noon("2026-03-02"))
    spa = benefit(
        "spa",
        tiers=["silver", "gold"],
        booking={},
        quota={"count": 3, "per": "calendar_year", "subject": "person"},
    )
    make.document(insurer(benefit=[spa]))
    return Core(make.till())


def status(who):
    return who.figures(unit="status")[0]


def test_i5_policies_of_the_merged_one_move_with_one_and_come_back(make, core, clock):
    ana, ben = (make.shopper(core.till, references=[name]) for name in ("C-1", "C-2"))
    core.tells("P1", "C-1")
    core.tells("P2", "C-2")
    core.tells("P3", "C-2", cooling_off_ends_on=None, receipt_signed_on=None)
    clock.move(DAY)
    told = merge(ben, ana)
    assert (told["balance"]["status"], told["tier"]) == (
        {"available": 200_000, "held": 0, "pending": 100_000, "debt": 0},
        "gold",
    )
    assert core.tells("P4", "C-2")["member_id"] == ana.member_id
    assert status(ana) == 300_000
    assert core.tells("P2", "C-2", version=2, status="surrendered")["member_id"] == ana.member_id
    assert status(ana) == 200_000
    assert ana.look("")["references"] == ["C-1", "C-2"]
    part(ben)
    assert (status(ana), ben.figures(unit="status")) == (100_000, (100_000, 0, 100_000, 0))
    assert (ana.look("/tier")["tier"], ben.look("/tier")["tier"]) == ("silver", "silver")
    assert core.tells("P4", "C-2", version=2, status="surrendered")["member_id"] == ben.member_id


def test_m5_the_core_systems_news_of_the_merged_one_is_of_the_survivor(make, core):
    ana = make.shopper(core.till, references=["C-1"], identity=[{"kind": "passport", "number": "A1"}])
    ben = make.shopper(core.till, references=["C-2"], identity=[{"kind": "passport", "number": "B2"}])
    merge(ben, ana)
    told = {"version": 1, "name": "Ana Costa", "documents": [{"kind": "passport", "number": "B2"}]}
    answer = core.till.send("PUT", "/customers/C-2", told)
    assert (answer.status_code, answer.json["member_id"]) == (200, ana.member_id)
    assert ben.look("")["name"] == "Ana Costa"
    told = {"version": 2, "name": "Ana Costa", "deceased": True}
    assert core.till.send("PUT", "/customers/C-2", told).status_code == 200
    assert ana.look("")["state"] == "deceased"


def test_b1_a_quota_counts_what_both_have_had_and_bookings_keep_their_names(make, core):
    ana, ben = (make.shopper(core.till, references=[name]) for name in ("C-1", "C-2"))
    core.tells("P1", "C-1")
    core.tells("P2", "C-2")
    desk = Desk(make)
    ana.card = core.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]
    ben.card = core.till.post("/members/lookup", {"reference": "C-2"}).json["card"]["number"]
    booked = desk.use(ben, "spa", "b1", at=wire(noon("2026-03-20")), reserve=True)
    desk.use(ana, "spa", "a1", at=wire(noon("2026-03-21")), reserve=True)
    merge(ben, ana)
    assert left(ana, "spa")[2:] == left(ben, "spa")[2:]
    desk.use(ben, "spa", "a2", at=wire(noon("2026-03-22")), reserve=True)
    assert desk.why_not(ana, "spa", at=wire(noon("2026-03-23"))) == ["quota_used"]
    closed = core.till.post(f"/benefit-uses/{booked['use_id']}/cancel", idempotency_key="c")
    assert (closed.status_code, closed.json["state"]) == (200, "cancelled")
    desk.use(ana, "spa", "a3", at=wire(noon("2026-03-23")), reserve=True)


def test_m10_the_stricter_wish_holds(app, make, clock):
    make.club()
    till = make.till()
    given = [{"act": "given", "purpose": "mail"} | CONSENT, {"act": "given", "purpose": "lounge"} | CONSENT]
    ana = make.shopper(till, consents=[given[0]])
    ben = make.shopper(till, consents=[*given, {"act": "withdrawn", "purpose": "mail"} | CONSENT])
    Page(app, clock, ben).want()
    merge(ben, ana)
    consents = {one["purpose"]: one["withdrawn_at"] is None for one in ana.look("")["consents"]}
    assert consents == {"mail": False}


@pytest.mark.parametrize("which", [0, 1])
def test_a_spend_lock_of_either_keeps_both_apart(app, make, clock, which):
    make.club(**LADDER)
    till = make.till()
    both = make.shopper(till), make.shopper(till)
    page = Page(app, clock, both[which])
    page.lock()
    assert merge(*both, 422)["code"] == "spend_locked"
    page.unlock()
    merge(*both, reference="m-2")
    Page(app, clock, both[1]).lock()
    assert part(both[0], 422)["code"] == "spend_locked"


def test_p12_transfers_to_the_merged_one_reach_the_survivor(make):
    make.club(**{"unit.reward.transfer": {"member_day": 1000, "least": 10}})
    till = make.till()
    ana, ben, carl = make.shopper(till), make.shopper(till), make.shopper(till)
    carl.buy("100.00")
    merge(ben, ana)
    body = {"from": carl.member_id, "to": ben.member_id, "unit": "reward", "points": 40, "reference": "t-1"}
    assert carl.tell("/transfers", body, 201)["to"] == ana.member_id
    back = body | {"from": ben.member_id, "to": ana.member_id, "reference": "t-2"}
    assert carl.tell("/transfers", back, 422)["code"] == "same_member"
    assert ana.figures()[0] == 40
