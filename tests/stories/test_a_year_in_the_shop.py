"""Marta and the shop in Lisbon, every sum to be checked with a pencil. The club is retail-club.toml."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LISBON = ZoneInfo("Europe/Lisbon")


def morning(year: int, month: int, day: int) -> datetime:
    """Ten o'clock in the shop."""
    return datetime(year, month, day, 10, tzinfo=LISBON).astimezone(UTC)


def goods(amount, category="home"):
    return {"amount": amount, "category": category}


def tier(marta):
    shown = marta.look("/tier")
    return shown["tier"], shown["last_day"]


def points(marta):
    """To spend, and for the card."""
    return marta.figures()[0], marta.figures(unit="status")[0]


def test_a_year_in_the_shop(make, clock):
    make.programme("retail-club.toml")
    clock.move(morning(2026, 1, 5))
    marta = make.shopper(birth_date="1990-06-01")
    she_becomes_silver(marta, clock)
    she_spends_and_becomes_gold(make, marta, clock)
    gold_is_kept_for_a_year(make, marta, clock)
    then_she_stays_away(make, marta, clock)
    assert marta.look("")["card"]["number"] == marta.card
    make.run("ledger", "verify")


def she_becomes_silver(marta, clock):
    assert tier(marta) == ("standard", "2027-01-04")  # a card comes with joining, for a year less a day
    assert points(marta) == (100, 0)  # 100 of welcome

    clock.move(morning(2026, 2, 10))  # a Tuesday: the base counts double
    marta.buy(goods("40.00", "grocery"), goods("20.00", "fresh"))
    assert points(marta) == (230, 60)  # 100 + 60 for the euros + 2 × 5 for the fresh + 60 for the Tuesday

    clock.move(morning(2026, 4, 15))
    coat = marta.buy(goods("440.00"))
    assert points(marta) == (670, 500)  # 230 + 440; 60 + 440
    assert coat["tier_change"]["after"] == "silver"  # 500 in twelve months
    assert tier(marta) == ("silver", "2027-04-14")

    clock.move(morning(2026, 5, 4))
    back = marta.give_back(coat, amount="100.00")
    assert back["taken_back"] == {"reward": 100, "status": 100}
    assert points(marta) == (570, 400)  # 670 − 100; 500 − 100
    assert tier(marta) == ("silver", "2027-04-14")  # a return does not take the card away


def she_spends_and_becomes_gold(make, marta, clock):
    clock.move(morning(2026, 6, 1))
    make.run("jobs", "nightly")
    assert points(marta) == (770, 400)  # 570 + 200 for the birthday

    clock.move(morning(2026, 7, 3))
    marta.redeem(300)
    assert points(marta) == (470, 400)  # 770 − 300
    expiring = marta.look("/balance")["units"]["reward"]["expiring"]
    assert [(lot["points"], lot["last_day"]) for lot in expiring] == [
        # the 100 of January and the 130 of February are gone, and 70 of the 340 of the coat
        (270, "2028-04-30"),
        (200, "2028-06-30"),
    ]

    clock.move(morning(2026, 11, 20))
    missing = marta.look("/tier")
    assert missing["next"] == {"tier": "gold", "missing": 1_600}  # 2,000 − 400
    sofa = marta.buy(goods("1600.00"))
    assert points(marta) == (2_070, 2_000)  # 470 + 1,600; 400 + 1,600
    assert (sofa["tier_change"]["before"], sofa["tier_change"]["after"]) == ("silver", "gold")
    assert tier(marta) == ("gold", "2027-11-19")


def gold_is_kept_for_a_year(make, marta, clock):
    clock.move(morning(2026, 11, 23))
    marta.buy(goods("100.00"))
    assert points(marta) == (2_195, 2_100)  # 2,070 + 100 + a quarter more for gold

    clock.move(morning(2027, 2, 10))
    assert marta.look("/tier")["measure"] == 2_040  # the 60 of the 10th of last February no longer count

    clock.move(morning(2027, 6, 1))
    make.run("jobs", "nightly")
    assert points(marta) == (2_395, 2_100)  # 2,195 + 200: a gift is no purchase, gold adds nothing

    clock.move(morning(2027, 11, 19))
    assert marta.look("/tier")["measure"] == 1_700  # 1,600 + 100
    assert marta.look("/tier")["keep"] == {"missing": 0}  # 1,600 keep gold

    clock.move(morning(2027, 11, 20))
    assert tier(marta) == ("gold", "2028-11-19")
    assert marta.look("/tier")["measure"] == 100  # the sofa was a year and a day ago


def then_she_stays_away(make, marta, clock):
    clock.move(morning(2028, 5, 1))
    assert points(marta)[0] == 2_125  # 2,395 − the 270 that could be used to 30 April

    clock.move(morning(2028, 11, 20))
    assert tier(marta) == ("standard", "2029-11-19")  # nothing in twelve months
    assert points(marta) == (1_925, 2_100)  # 2,125 − the 200 of the first birthday; status points stay

    clock.move(morning(2028, 12, 2))
    make.run("jobs", "nightly")  # the first night since June of last year
    assert (
        points(marta)[0] == 400
    )  # 1,925 − 1,725 of two years ago + 200 for the birthday nobody gave her yet
