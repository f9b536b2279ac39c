"""What members were given in a year against their premium, and the most that they may be given (B10)."""

import csv
import io

import pytest

from tests.api.test_benefits import Desk, benefit
from tests.ladders import noon
from tests.policies import Core, coverage, insurer

LOUNGE = benefit("lounge", cost="120.00")
CHECK = benefit("check", booking={}, cost="480.00")
MUG = {
    "code": "mug", "name": {"zh": "杯", "en": "Mug"}, "price": {"unit": "reward", "points": 10},
    "cost": "8.00", "delivery": "order",
}  # fmt: skip


@pytest.fixture
def house(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(
        insurer(
            benefit=[LOUNGE, CHECK],
            reward=[MUG],
            compliance={"regime": "insurance", "value_cap_per_year": "650.00"},
            **{"club.show_missing": "none"},
        )
    )
    return make


@pytest.fixture
def ana(house):
    core = Core(house.till())
    ana = house.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    once = coverage("50000.00", pay_mode="single")
    del once["pay_years"]
    core.tells("P2", "C-1", issued_on="2026-01-05", cooling_off_ends_on="2026-01-25", coverages=[once])
    ana.card = ana.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]
    return ana


def report(house, year):
    return list(csv.DictReader(io.StringIO(house.run("benefits", "value", str(year)).stdout)))


def test_b10_value_given_is_told_against_a_years_premium(house, ana, clock):
    desk = Desk(house)
    house.shopper(name="Nothing")
    desk.use(ana, "lounge", "l1")
    lost = desk.use(ana, "check", "c1", at="2026-05-01T10:00:00Z", reserve=True)
    desk.close(lost, "cancel")
    ana.adjust(100)
    ana.tell("/reward-orders", {"card": ana.card, "reward": "mug", "reference": "m1"}, 201)
    [row] = report(house, 2026)
    assert row == {
        "member": ana.member_id, "benefits": "120.00", "rewards": "8.00", "total": "128.00",
        "premium": "150000.00", "percent": "0.09",
    }  # fmt: skip
    assert report(house, 2025) == []
    clock.move(noon("2027-03-03"))
    desk.use(ana, "lounge", "l2")
    [row] = report(house, 2027)
    assert (row["total"], row["premium"]) == ("120.00", "100000.00")  # what is paid once was paid last year


def test_b10_nobody_is_given_more_in_a_year_than_the_cap(house, ana, clock):
    desk = Desk(house)
    desk.use(ana, "check", "c1", at="2026-05-01T10:00:00Z", reserve=True)
    desk.use(ana, "lounge", "l1")  # 600 of 650
    assert desk.use(ana, "lounge", "l2", 422)["code"] == "value_cap"
    ana.adjust(100)
    for reference, expect in (("m1", 201), ("m2", 201), ("m3", 201), ("m4", 201), ("m5", 201), ("m6", 201)):
        ana.tell("/reward-orders", {"card": ana.card, "reward": "mug", "reference": reference}, expect)
    refused = ana.tell("/reward-orders", {"card": ana.card, "reward": "mug", "reference": "m7"}, 422)
    assert refused["code"] == "value_cap"
    clock.move(noon("2027-01-02"))
    desk.use(ana, "lounge", "l3")
