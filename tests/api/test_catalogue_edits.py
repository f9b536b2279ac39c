"""The catalogue is edited while cards run: each keeps what it promised, the next term brings the new (B2)."""

import pytest

from tests.api.test_benefits import Desk, benefit, left
from tests.ladders import club, midnight, noon

TIERS = {"silver": 0}


def catalogue(follow="term", **counts):
    """A club whose silver cards give these, so many a year."""
    quotas = {code: {"count": count, "per": "calendar_year"} for code, count in counts.items()}
    return club(tiers=TIERS, terms_follow=follow) | {
        "benefit": [benefit(code, quota=quota) for code, quota in quotas.items()]
    }


@pytest.fixture
def house(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(catalogue(lounge=2, counter=1))
    return make


def gives(who, at=None):
    return {one["benefit"]: one["granted"] for one in who.look("/benefits", at)["items"]}


@pytest.mark.parametrize(
    ("edited", "after"),
    [
        ({"lounge": 6, "counter": 1, "spa": 1}, {"lounge": 6, "counter": 1, "spa": 1}),
        ({"lounge": 1}, {"lounge": 1}),
    ],
    ids=["more is promised", "less is promised"],
)
def test_b2_a_running_card_keeps_what_it_promised_and_the_next_has_the_new(house, clock, edited, after):
    before = {"lounge": 2, "counter": 1}
    ana, desk = house.shopper(), Desk(house)
    clock.move(noon("2026-06-01"))
    house.document(catalogue(**edited))
    clock.move(noon("2026-06-02"))
    ben = house.shopper()
    assert (gives(ana), gives(ben)) == (before, after)
    desk.use(ana, "lounge", "l1")
    desk.use(ana, "lounge", "l2")
    assert desk.use(ana, "lounge", "l3", 422)["code"] == "quota_used"
    clock.move(midnight("2027-01-01"))
    assert left(ana, "lounge") == (2, 0, 0, 2)  # a new year inside the old term: on the old terms
    assert gives(ana, noon("2027-03-01")) == before  # to the last day of the card
    assert gives(ana, midnight("2027-03-02")) == after
    clock.move(midnight("2027-03-02"))
    assert gives(ana) == after
    desk.use(ana, "spa", "s1", 201 if "spa" in after else 422)
    desk.use(ana, "counter", "c1", 201 if "counter" in after else 422)


def test_b2_where_promises_follow_the_calendar_year_each_new_year_brings_its_own(house, clock):
    house.document(catalogue("calendar_year", lounge=2, counter=1))
    clock.move(noon("2026-03-03"))
    ana, desk = house.shopper(), Desk(house)
    clock.move(noon("2026-06-01"))
    house.document(catalogue("calendar_year", lounge=1, spa=1))
    clock.move(noon("2026-12-31"))
    assert gives(ana) == {"lounge": 2, "counter": 1}
    assert desk.use(ana, "spa", "s1", 422)["code"] == "benefit_not_given"
    first, later = {"lounge": 1, "spa": 1}, {"lounge": 5}
    assert gives(ana, midnight("2027-01-01")) == first
    clock.move(midnight("2027-01-01"))
    house.document(catalogue("calendar_year", **later))
    clock.move(noon("2027-02-01"))
    house.run("jobs", "nightly")
    assert (gives(ana), gives(ana, noon("2027-03-02"))) == (first, first)  # to the last day of the card
    assert desk.use(ana, "spa", "s2")["edition"] == 3
    assert desk.use(ana, "counter", "c1", 422)["code"] == "benefit_unknown"
    assert gives(ana, midnight("2027-03-03")) == later
    assert gives(ana, noon("2026-12-31")) == {"lounge": 2, "counter": 1}  # as it was
    house.run("ledger", "verify")
