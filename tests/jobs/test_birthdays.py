"""Birthdays and anniversaries, given by the night: once a year, caught up when late (N8)."""

from threading import Barrier, Thread

import pytest

from loyalty.jobs import nightly as job
from loyalty.rooms import rooms
from tests.jobs.books import operations
from tests.ladders import club, midnight, noon


def gift(on, points, unit="reward", **more):
    return {"code": f"{on}-{unit}-{points}", "on": on, "unit": unit, "earn": {"fixed": points}} | more


GIFTS = (gift("birthday", 200), gift("anniversary", 100))


@pytest.fixture
def house(make):
    make.document(club(rules=GIFTS))
    return make


def night(make, day):
    """The night that begins a day."""
    make.clock.move(midnight(day))
    make.run("jobs", "nightly")


def given(make):
    """When, and how many points, in the order they happened."""
    return [(op.happened_at, next(iter(op.reasons["because"]))[2]) for op in operations(make.app, "earn")]


def test_n8_a_birthday_on_29_february_falls_on_the_28th_in_common_years(house):
    house.shopper(birth_date="1996-02-29")
    for day in ("2026-02-27", "2026-02-28", "2026-03-01"):
        night(house, day)
    assert given(house) == [(midnight("2026-02-28"), 200)]


def test_n8_and_on_its_own_day_in_leap_years(house):
    house.shopper(birth_date="1996-02-29")
    for day in ("2028-02-27", "2028-02-28", "2028-02-29", "2028-03-01"):
        night(house, day)
    assert given(house) == [(midnight("2028-02-29"), 200)]


def test_n8_a_birthday_on_the_28th_stays_there_in_leap_years(house):
    house.shopper(birth_date="1996-02-28")
    for day in ("2028-02-27", "2028-02-28", "2028-02-29"):
        night(house, day)
    assert given(house) == [(midnight("2028-02-28"), 200)]


def test_n8_every_year_has_one_birthday(house):
    house.shopper(birth_date="1990-06-01")
    for day in ("2026-05-31", "2026-06-01", "2026-06-02", "2027-06-01", "2027-06-02", "2028-06-03"):
        night(house, day)
    assert given(house)[::2] == [
        (midnight("2026-06-01"), 200),
        (midnight("2027-06-01"), 200),
        (midnight("2028-06-01"), 200),
    ]


def test_a_night_that_runs_twice_gives_one_birthday(house):
    ana = house.shopper(birth_date="1990-06-01")
    night(house, "2026-06-01")
    house.run("jobs", "nightly", "--as-of", "2026-06-01")
    house.clock.move(noon("2026-06-01"))
    house.run("jobs", "nightly")
    assert ana.figures() == (200, 0, 0, 0)


def test_two_nights_at_once_give_one_birthday(house, monkeypatch):
    monkeypatch.setattr(job, "CHUNK", 2)
    till = house.till()
    members = [house.shopper(till, birth_date="1990-06-01") for _ in range(5)]
    house.clock.move(midnight("2026-06-01"))
    start, faults = Barrier(2), []

    def run():
        with house.app.app_context():
            start.wait()
            try:
                job.nightly(rooms(), house.clock.now())
            except Exception as fault:
                faults.append(fault)

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [one.figures()[0] for one in members] == [200] * 5


def test_a_birthday_without_a_night_is_given_by_the_next_one(house):
    """Twelve days late: it happened on its day, and its points die two years after that."""
    ana = house.shopper(birth_date="1990-06-01")
    night(house, "2026-05-30")
    night(house, "2026-06-13")
    assert given(house) == [(midnight("2026-06-01"), 200)]
    expiring = ana.look("/balance")["units"]["reward"]["expiring"]
    assert [(lot["points"], lot["last_day"]) for lot in expiring] == [(200, "2028-06-01")]
    assert operations(house.app, "earn")[0].booked_at == midnight("2026-06-13")


def test_a_night_that_failed_is_not_a_night(house):
    ana = house.shopper(birth_date="1990-06-01")
    night(house, "2026-05-31")
    house.clock.move(midnight("2026-06-01"))

    def tell(kind, total):
        raise RuntimeError("the lights went out")

    with house.app.app_context(), pytest.raises(RuntimeError):
        job.nightly(rooms(), house.clock.now(), tell)
    night(house, "2026-06-02")
    assert ana.figures() == (200, 0, 0, 0)


def test_the_new_year_is_no_gap(house):
    house.shopper(birth_date="1990-12-31")
    house.shopper(birth_date="1990-01-01")
    night(house, "2026-12-30")
    night(house, "2027-01-02")
    assert given(house) == [(midnight("2026-12-31"), 200), (midnight("2027-01-01"), 200)]


def test_nobody_has_a_birthday_before_joining(house):
    night(house, "2026-01-05")
    house.clock.move(noon("2026-01-10"))
    house.shopper(birth_date="1990-01-08")
    night(house, "2026-01-12")
    assert given(house) == []


def test_who_told_no_birth_date_has_no_birthday(house):
    ana = house.shopper()
    night(house, "2026-06-01")
    assert ana.figures() == (0, 0, 0, 0)


def test_n8_an_anniversary_comes_a_year_after_joining_and_not_on_the_day_itself(house):
    house.shopper()
    for day in ("2026-01-05", "2026-01-06", "2027-01-04", "2027-01-05", "2027-01-06", "2028-01-05"):
        night(house, day)
    assert given(house) == [(midnight("2027-01-05"), 100), (midnight("2028-01-05"), 100)]


def test_n8_who_joined_on_29_february_has_an_anniversary_on_the_28th(house):
    house.clock.move(noon("2028-02-29"))
    house.shopper()
    for day in ("2029-02-27", "2029-02-28", "2029-03-01", "2030-02-28", "2031-02-28", "2032-02-28"):
        night(house, day)
    assert [at for at, _ in given(house)] == [midnight(f"{year}-02-28") for year in (2029, 2030, 2031)]
    night(house, "2032-02-29")
    assert given(house)[-1] == (midnight("2032-02-29"), 100)


def test_p14_a_late_birthday_is_judged_by_the_tier_of_its_day(make):
    silver = gift("birthday", 500, when="member.tier == 'silver'")
    make.document(club(rules=(gift("birthday", 200), silver)))
    early, late = make.shopper(birth_date="1990-06-01"), make.shopper(birth_date="1990-06-01")
    night(make, "2026-05-30")
    make.clock.move(noon("2026-05-31"))
    early.adjust(100, "status")
    make.clock.move(noon("2026-06-02"))
    late.adjust(100, "status")
    night(make, "2026-06-13")
    assert (early.figures()[0], late.figures()[0]) == (700, 200)


def test_p13_a_late_birthday_is_judged_by_the_edition_of_its_day(house):
    ana = house.shopper(birth_date="1990-06-01")
    night(house, "2026-05-30")
    house.document(club(rules=(gift("birthday", 300), GIFTS[1])), midnight("2026-06-02"))
    night(house, "2026-06-13")
    assert ana.figures()[0] == 200
    night(house, "2027-06-01")
    assert [points for _, points in given(house) if points != 100] == [200, 300]


def test_t4_a_birthday_may_lift(make):
    make.document(club(rules=(gift("birthday", 100, "status"),)))
    ana = make.shopper(birth_date="1990-06-01")
    night(make, "2026-06-01")
    shown = ana.look("/tier")
    assert (shown["tier"], shown["from"]) == ("silver", "2026-05-31T16:00:00Z")
    assert ana.look("")["card"]["tier"] == "silver"
