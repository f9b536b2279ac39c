"""What a card that went down lets go of, whenever it is asked about and written down (B1, B3, P5)."""

import pytest

from tests.api.test_benefits import Desk, benefit, left
from tests.api.test_rewards import reward
from tests.ladders import club, later, midnight, noon
from tests.makers import wire

TERM = {"count": {"silver": 1, "gold": 3}, "per": "term"}
DINNER = benefit("dinner", tiers=("silver", "gold"), booking={}, quota=TERM)
GALA = benefit("gala", kind="event", tiers=("gold",), booking={})
WALK = benefit("walk", tiers=("gold",), booking={"cancel_days": 20}, quota={"count": 2, "per": "term"})

INVITED = ("--benefit", "gala", "--capacity", "1", "--zh", "晚宴", "--en", "Gala")


@pytest.fixture
def house(make):
    make.document(club(tiers={"silver": 0, "gold": 100}) | {"benefit": [DINNER, GALA, WALK]})
    return make


@pytest.fixture
def ana(house):
    return house.shopper()


@pytest.fixture
def desk(house):
    return Desk(house)


def book(desk, who, code, day, reference):
    return desk.use(who, code, reference, at=wire(noon(day)), reserve=True)


def gold_until_january(desk, ana, clock):
    """Gold for a year, bookings beyond it, and then nothing left to keep it by; the last walk."""
    bought = ana.buy("100.00")
    clock.move(noon("2026-12-28"))
    for number, day in enumerate(("2027-01-20", "2027-01-21")):
        book(desk, ana, "dinner", day, f"d{number}")
        walk = book(desk, ana, "walk", day, f"w{number}")
    ana.give_back(bought, amount="100.00")
    return walk


def test_b3_what_a_fall_left_is_not_judged_again_by_what_is_booked_later(desk, ana, clock):
    ana.given("gold", midnight("2026-12-01"))
    clock.move(noon("2026-02-01"))
    book(desk, ana, "dinner", "2026-08-01", "d1")
    clock.move(noon("2026-02-02"))
    ana.given("silver", midnight("2026-09-01"))
    assert left(ana, "dinner") == (1, 1, 0, 0)
    book(desk, ana, "dinner", "2026-10-01", "d2")  # in the term after this one
    assert left(ana, "dinner") == (1, 1, 0, 0)
    again = desk.use(ana, "dinner", "d3", 422, at=wire(noon("2026-08-02")), reserve=True)
    assert again["code"] == "quota_used"


def test_b3_what_was_let_go_stays_so_when_the_card_rises_again_before_anybody_wrote_it(desk, ana, clock):
    gold_until_january(desk, ana, clock)
    ana.buy(later("100.00"))  # which opens on the 7th
    clock.move(noon("2027-01-06"))
    assert (left(ana, "dinner"), left(ana, "walk")) == ((1, 1, 0, 0), None)
    clock.move(noon("2027-01-08"))
    assert ana.look("/tier")["tier"] == "gold"
    assert (left(ana, "dinner"), left(ana, "walk")) == ((3, 1, 0, 2), (2, 0, 0, 2))


def test_b3_a_past_look_shows_what_the_fall_had_let_go_before_it_was_written(house, desk, ana, clock):
    gold_until_january(desk, ana, clock)
    clock.move(noon("2027-01-06"))
    seen = left(ana, "dinner")
    clock.move(noon("2027-01-09"))
    house.run("jobs", "nightly")
    assert left(ana, "dinner", noon("2027-01-06")) == seen == (1, 1, 0, 0)


def test_b8_the_night_gives_the_place_that_a_lower_card_let_go_of_to_whoever_waits(house, desk, ana, clock):
    ben, dinner = house.shopper(), wire(noon("2027-01-20"))
    gala = house.run("club-events", "announce", "--starts", dinner, *INVITED).stdout.strip()
    ana.given("gold", midnight("2027-02-01")), ben.given("gold", midnight("2027-02-01"))
    desk.use(ana, "gala", "a1", event=gala)
    assert desk.use(ben, "gala", "b1", event=gala, wait=True)["state"] == "waiting"
    clock.move(noon("2026-03-01"))
    ana.given("silver", midnight("2027-02-01"))
    assert (left(ana, "gala"), left(ben, "gala")) == (None, (None, 0, 0, None))
    house.run("jobs", "nightly")
    assert left(ben, "gala") == (None, 1, 0, None)
    house.run("ledger", "verify")


def test_b6_a_check_counts_the_bookings_that_a_booking_would_meet(desk, ana, clock):
    gold_until_january(desk, ana, clock)
    ana.buy(later("100.00"))
    told = desk.check(ana, "dinner", at=wire(noon("2027-01-25")))
    assert (told["allowed"], told["remaining"]) == (True, 1)
    assert book(desk, ana, "dinner", "2027-01-25", "d2")["remaining"] == 0


def test_b5_what_a_fall_let_go_is_closed_before_it_was_written(desk, ana, clock):
    walk = gold_until_january(desk, ana, clock)
    clock.move(noon("2027-01-06"))
    refused = desk.close(walk, "cancel", 422)
    assert (refused["code"], refused["state"]) == ("use_closed", "cancelled")


def test_b10_what_a_fall_let_go_costs_nothing_before_it_was_written(make, clock):
    cap = {"regime": "none", "value_cap_per_year": "100.00"}
    given = [WALK | {"cost": "60.00"}, benefit("spa", tiers=("silver", "gold"), cost="60.00")]
    make.document(club(tiers={"silver": 0, "gold": 100}) | {"benefit": given, "compliance": cap})
    ana, desk = make.shopper(), Desk(make)
    bought = ana.buy("100.00")
    book(desk, ana, "walk", "2027-05-01", "w1")
    assert desk.why_not(ana, "spa", at=wire(noon("2027-05-02"))) == ["benefit_not_bookable", "value_cap"]
    ana.give_back(bought, amount="100.00")
    clock.move(noon("2027-04-10"))
    assert desk.check(ana, "spa")["allowed"]
    desk.use(ana, "spa", "s1")
    assert desk.why_not(ana, "spa") == ["value_cap"]
    assert desk.use(ana, "spa", "s2", 422)["code"] == "value_cap"


def test_b10_p5_what_a_fall_let_go_costs_nothing_when_points_buy(make, clock):
    """The night is late, and a reward is dearer than what the booking would leave of the cap."""
    cap = {"regime": "none", "value_cap_per_year": "100.00"}
    dine = benefit("dine", tiers=("gold",), booking={}, cost="60.00")
    massage = reward("massage", 10, cost="60.00")
    ladder = club(tiers={"silver": 0, "gold": 100})
    make.document(ladder | {"benefit": [dine], "reward": [massage], "compliance": cap})
    ana, desk = make.shopper(), Desk(make)
    ana.adjust(150, "status")
    ana.adjust(50, "reward")
    book(desk, ana, "dine", "2027-05-01", "d")
    ana.adjust(-150, "status")
    order = {"card": ana.card, "reward": "massage"}
    ana.tell("/reward-orders", order | {"reference": "this year"}, 201)
    clock.move(noon("2027-03-10"))
    ana.tell("/reward-orders", order | {"reference": "next year"}, 201)
    assert ana.tell("/reward-orders", order | {"reference": "too much"}, 422)["code"] == "value_cap"


def booked_for_gold_to_come(desk, ana):
    """A walk for a gold card that status points still to open would bring; they never do."""
    bought = ana.buy(later("150.00"))
    walk = book(desk, ana, "walk", "2026-04-20", "w1")
    ana.give_back(bought, (1, "150.00"))
    return walk


def journal(who):
    return [(one["reference"], one["state"], one["reason"]) for one in who.look("/benefit-uses")["items"]]


@pytest.mark.parametrize("how", ["confirm", "no-show", "cancel"])
def test_b3_b6_a_visit_for_a_card_that_never_came_is_not_given(house, desk, ana, clock, how):
    clock.move(noon("2026-03-02"))
    walk = booked_for_gold_to_come(desk, ana)
    clock.move(noon("2026-03-28"))
    assert journal(ana) == [("w1", "reserved", None)]
    clock.move(noon("2026-04-20"))
    assert journal(ana) == [("w1", "cancelled", "card_lower")]
    assert ana.look("/benefit-uses")["items"][0]["closed_at"] == wire(noon("2026-04-20"))
    refused = desk.close(walk, how, 422)
    assert (refused["code"], refused["state"]) == ("use_closed", "cancelled")
    house.run("jobs", "nightly")
    house.run("jobs", "nightly")
    assert journal(ana) == [("w1", "cancelled", "card_lower")]
    assert desk.close(walk, how, 422)["code"] == "use_closed"
    house.run("ledger", "verify")


def test_b1_what_was_booked_for_a_card_that_never_came_leaves_its_right_to_others(house, desk, ana, clock):
    clock.move(noon("2026-03-02"))
    booked_for_gold_to_come(desk, ana)
    clock.move(noon("2026-04-21"))
    ana.given("gold", midnight("2026-09-01"))
    assert left(ana, "walk") == (2, 0, 0, 2)
    for number, day in enumerate(("2026-05-01", "2026-05-02")):
        book(desk, ana, "walk", day, f"w{number + 2}")
    assert left(ana, "walk") == (2, 2, 0, 0)
    assert left(ana, "walk", noon("2026-04-10")) is None
    house.run("ledger", "verify")


def test_b3_a_visit_under_a_card_that_came_in_time_is_given(desk, ana, clock):
    clock.move(noon("2026-03-02"))
    ana.buy(later("150.00"))
    walk = book(desk, ana, "walk", "2026-04-20", "w1")
    clock.move(noon("2026-04-20"))
    desk.close(walk, "confirm")
    assert journal(ana) == [("w1", "used", None)]
