"""What points buy on the members' pages: seen, bought once, refused where it happens (B9, B10, P8, M4)."""

from datetime import timedelta

import pytest

from loyalty import ids
from loyalty.actions.lock_spending import freeze_spending, lock_spending
from loyalty.db import carry_out
from tests.ladders import noon
from tests.pages.desk import text_of
from tests.pages.reader import Reader
from tests.pages.shop import LATER, TEA, asked, customer, lives_long, open_shop


@pytest.fixture
def shop(make, clock):
    return open_shop(make, clock)


@pytest.fixture
def reader(app):
    return lambda who, language="en": Reader(app, who, language)


def buy(page, code, **more):
    """Walk to a reward, look once more, and pay."""
    page.open(f"/me/rewards/{code}/buy")
    return page.send("Redeem for", **more)


def orders(ana):
    return [(one["reward"], one["state"]) for one in ana.look("/reward-orders")["items"]]


def test_b9_what_can_be_had_stands_first_and_the_rest_says_why(shop, reader):
    page = reader(customer(shop))
    told = text_of(page.open("/me/rewards"))
    now, short, rest = (
        told.index("You can have these now"),
        told.index("Not enough"),
        told.index("Not at present"),
    )
    assert now < told.index("Massage") < short < told.index("Suitcase") < rest < told.index("Concert")
    for words in (
        "This costs 20,000 points; you have 1,000.", "It is for these cards: Gold.",
        "It can be had from 1 May 2026 on.", "It is not for your account at present.",
    ):  # fmt: skip
        assert words in told
    assert "New Year cake" not in told
    assert "It could be had until 4 January 2026." in text_of(page.open("/me/rewards/over"))
    assert page.open("/me/rewards/nothing").status_code == 404
    assert page.open("/me/rewards/nothing/buy").status_code == 404


def test_b9_the_catalogue_in_chinese(shop, reader):
    page = reader(customer(shop), "zh")
    told = text_of(page.open("/me/rewards"))
    for words in (
        "可以兑换",
        "这件需要 20,000 分，您有 1,000 分。",
        "供这些卡的会员兑换：金卡。",
        "2026年5月1日起可以兑换。",
    ):
        assert words in told
    assert "四十分钟的肩颈按摩" in text_of(page.open("/me/rewards/massage"))


def test_b9_a_reward_is_looked_at_twice_and_bought_once(shop, reader):
    ana = customer(shop)
    page = reader(ana)
    told = text_of(page.open("/me/rewards/massage"))
    assert "Forty minutes" in told
    assert "Left afterwards 700" in told
    assert "valid until 18 September 2026" in told.replace("Redeemed today, ", "")
    page.open("/me/rewards/massage/buy")
    asked = page.last
    assert "You use 300 Points. After that you have 700." in text_of(asked)
    first = page.send("Redeem for")
    page.last = asked
    again = page.send("Redeem for")  # the same form: the same wish
    assert first.request.path == again.request.path
    assert orders(ana) == [("massage", "open")]
    assert ana.figures()[0] == 700
    assert "It is yours." in text_of(first)
    shop.run("ledger", "verify")


def test_p8_points_that_are_short_or_owed_are_told_in_place(shop, reader):
    bea = customer(shop, 100)
    page = reader(bea)
    short = text_of(page.open("/me/rewards/massage"))
    assert "This costs 300 points; you have 100. 200 more to go. See what earned you points" in short
    assert "Redeem for 300" not in text_of(page.open("/me/rewards/massage/buy"))
    sold = bea.buy("400.00")
    page.open("/me/rewards/massage/buy")
    bea.redeem(500)
    late = page.send("Redeem for")
    assert (late.status_code, "This costs 300 points; you have 0." in text_of(late)) == (422, True)
    bea.give_back(sold, amount="400.00")
    assert "You owe 400 points." in text_of(page.open("/me/rewards/massage"))
    assert "400 are owed" in text_of(page.open("/me/rewards"))
    assert orders(bea) == []


def test_p3_what_was_refused_is_judged_anew_from_the_same_form(shop, reader):
    bea = customer(shop, 300)
    page = reader(bea)
    page.open("/me/rewards/massage/buy")
    asked_first = page.last
    bea.redeem(1)
    assert page.send("Redeem for").status_code == 422
    bea.buy("5.00")
    page.last = asked_first
    assert "It is yours." in text_of(page.send("Redeem for"))
    assert orders(bea) == [("massage", "open")]


def test_b9_the_last_one_goes_to_whoever_is_first(shop, reader):
    ana, bea = customer(shop), customer(shop)
    page, other = reader(ana), reader(bea)
    other.open("/me/rewards/tea/buy")
    assert buy(page, "tea").status_code == 200
    late = other.send("Redeem for")
    assert (late.status_code, "None is left." in text_of(late)) == (422, True)
    told = text_of(other.open("/me/rewards"))
    assert told.index("Not at present") < told.index("Tea set")
    assert bea.figures()[0] == 1000


def test_b9_a_limit_says_when_it_begins_anew(shop, reader):
    page = reader(customer(shop))
    buy(page, "once")
    told = text_of(page.open("/me/rewards/once"))
    assert "A member can have 1 of it a year, and you have had that." in told
    assert "You can have it again from 1 January 2027 on." in told


@pytest.mark.parametrize(
    ("per", "again"),
    [("day", "19 March 2026"), ("month", "1 April 2026"), ("year", "1 January 2027"), ("lifetime", None)],
)
def test_b9_each_kind_of_limit_has_its_words(make, clock, app, per, again):
    open_shop(make, clock, reward=[{**TEA, "stock": 9, "limit": {"times": 2, "per": per}}])
    page = Reader(app, customer(make))
    buy(page, "tea")
    buy(page, "tea")
    told = text_of(page.open("/me/rewards/tea"))
    assert "A member can have 2 of it" in told
    assert (f"again from {again} on" in told) if again else "again from" not in told


def test_spend_locks_are_told_and_hold(shop, reader, app, clock):
    ana, bea = customer(shop), customer(shop)
    page, other = reader(ana), reader(bea)
    page.open("/me/rewards/massage/buy")
    asked = page.last
    other.open("/me/rewards/massage/buy")
    with app.app_context():
        now = clock.now()
        carry_out(lambda rows: lock_spending(rows, ids.from_text(ana.member_id), now))
        carry_out(lambda rows: freeze_spending(rows, ids.from_text(bea.member_id), now, now))
    page.last = asked
    late = page.send("Redeem for")
    assert (late.status_code, "You have locked your points." in text_of(late)) == (422, True)
    assert "You have locked your points." in text_of(page.open("/me/rewards"))
    assert "identity document" in text_of(other.send("Redeem for"))
    assert orders(ana) == orders(bea) == []


def test_a_pause_says_until_when(shop, reader, clock):
    ana = customer(shop, phone="+351912345678")
    path = f"/members/{ana.member_id}"
    version = ana.till.get(path).headers["ETag"]
    assert ana.till.send("PATCH", path, {"phone": "+351912345679"}, if_match=version).status_code == 200
    told = text_of(reader(ana).open("/me/rewards/massage"))
    assert "Your points can be spent again from 19 March 2026, 04:00 on." in told


def test_m4_where_codes_are_asked_for_the_members_own_page_is_as_good(make, clock, app):
    open_shop(make, clock, **{"club.spend_needs": "code"})
    ana = customer(make)
    refused = ana.tell("/reward-orders", {"card": ana.card, "reward": "once", "reference": "o"}, 422)
    assert refused["code"] == "code_needed"
    assert "It is yours." in text_of(buy(Reader(app, ana), "once"))
    ana.tell(f"/members/{ana.member_id}/block", None, 200, "b1")
    late = buy(Reader(app, ana), "massage")
    assert (late.status_code, "Your card is blocked" in text_of(late)) == (422, True)


def test_b10_the_bound_of_a_year_and_ceilings_are_told(make, clock, app):
    gift = {**TEA, "stock": 9, "cost": "40.00"}
    open_shop(
        make, clock, reward=[gift], compliance={"regime": "none", "value_cap_per_year": "50.00"},
        limits={"spend": {"member_day": 800}},
    )  # fmt: skip
    page = Reader(app, customer(make, 3000))
    buy(page, "tea")
    assert "On 1 January it counts anew." in text_of(buy(page, "tea"))
    open_shop(make, clock, reward=[{**TEA, "stock": 9}], limits={"spend": {"member_day": 800}})
    clock.move(timedelta(minutes=1))
    late = buy(page, "tea")
    assert (late.status_code, "more than can be spent in one day" in text_of(late)) == (422, True)


def test_a_price_that_changed_is_shown_before_it_is_paid(shop, reader, clock):
    ana = customer(shop)
    page = reader(ana)
    page.open("/me/rewards/massage/buy")
    late = page.send("Redeem for", points="299")
    assert (late.status_code, "The price has changed" in text_of(late)) == (422, True)
    nameless = page.send("Redeem for", key="")
    assert nameless.status_code == 422
    assert orders(ana) == []


def test_an_empty_catalogue_invites(make, clock, app):
    make.club()
    told = text_of(Reader(app, make.shopper()).open("/me/rewards"))
    assert "There is nothing to redeem points for at present" in told


@pytest.mark.parametrize("path", ["/me/rewards", "/me/rewards/massage", "/me/rewards/massage/buy"])
def test_a_page_asks_eight_times_at_most_however_long_the_history(make, app, clock, statements, path):
    ana = customer(open_shop(make, clock, **{"rule[2]": LATER}))
    for live in (lambda: None, lambda: lives_long(ana, clock)):
        live()
        page = Reader(app, ana)
        page.open("/me/rewards")
        clock.move(timedelta(seconds=3))  # the editions are looked for again
        statements.clear()
        assert page.open(path).status_code == 200
        assert len(asked(statements)) <= 8, statements
    held, pending = ana.figures()[1:3]
    assert held > 0 < pending


def test_a_new_day_brings_what_begins(shop, reader, clock):
    ana = customer(shop)
    clock.move(noon("2026-05-01"))
    told = text_of(reader(ana).open("/me/rewards"))
    assert told.index("Rice dumplings") < told.index("Not enough points yet")
