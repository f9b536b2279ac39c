"""Entitlements that were touched under one edition and are counted by another: the night goes on (B1, B2)."""

from tests.api.test_benefits import Desk, benefit, left
from tests.jobs.test_grants import granted, night, written
from tests.ladders import club, midnight, noon
from tests.makers import wire


def publish(make, quota=None, booking=None, **terms):
    """An edition whose lounge, for silver and gold, has that quota and is booked so; no bound without one."""
    more = {name: told for name, told in (("quota", quota), ("booking", booking)) if told is not None}
    one = benefit("lounge", tiers=("silver", "gold"), **more)
    make.document(club(tiers={"silver": 0, "gold": 100}, **terms) | {"benefit": [one]})


def stopped(who):
    return who.till.get(f"/members/{who.member_id}").json["stopped"]


def test_b1_a_count_that_comes_at_new_year_finds_more_had_in_the_same_term(make, clock):
    clock.move(noon("2026-03-02"))
    publish(make, terms_follow="calendar_year")
    ana, desk = make.shopper(), Desk(make)
    for no in range(3):
        desk.use(ana, "lounge", f"l{no}")
    clock.move(noon("2026-06-02"))
    publish(make, {"count": 1, "per": "term"}, terms_follow="calendar_year")
    night(make, "2027-01-02")
    assert (left(ana, "lounge"), stopped(ana)) == ((1, 0, 3, 0), False)
    assert (written(make), granted(make)) == ([("lounge", 3, 0, 3)], [])  # fewer than before is no news
    desk.use(ana, "lounge", "l3", expect=422)


def test_b1_a_better_card_counts_by_the_year_what_the_one_before_it_gave_without_a_count(make, clock):
    clock.move(midnight("2027-01-01"))
    publish(make)
    ana, desk = make.shopper(), Desk(make)
    for no in range(3):
        desk.use(ana, "lounge", f"l{no}")
    clock.move(noon("2027-06-02"))
    publish(make, {"count": 1, "per": "calendar_year"})
    clock.move(noon("2027-06-03"))
    ana.adjust(150, "status")
    night(make, "2027-06-04")
    assert (left(ana, "lounge"), stopped(ana)) == ((1, 0, 3, 0), False)


def test_b7_two_periods_that_begin_together_each_have_their_own_count(make, clock):
    clock.move(midnight("2027-01-01"))
    long = {"months": 24, "less_a_day": True}
    publish(make, {"count": 1, "per": "term"}, {}, length=long)
    ana, desk = make.shopper(), Desk(make)
    desk.use(ana, "lounge", "l0", at=wire(noon("2028-05-04")), reserve=True)
    clock.move(noon("2027-06-02"))
    publish(make, {"count": 1, "per": "calendar_year"}, {}, length=long)
    clock.move(noon("2027-06-03"))
    ana.adjust(150, "status")
    desk.use(ana, "lounge", "l1", at=wire(noon("2027-08-01")), reserve=True)  # this year's own
    desk.use(ana, "lounge", "l2", at=wire(noon("2027-08-02")), reserve=True, expect=422)
    desk.use(ana, "lounge", "l3", at=wire(noon("2028-08-02")), reserve=True, expect=422)
    night(make, "2027-06-04")
    assert stopped(ana) is False
