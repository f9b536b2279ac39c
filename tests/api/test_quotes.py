from datetime import timedelta

import pytest
from sqlalchemy import func, select

from loyalty.app import create_app
from loyalty.db import reading
from loyalty.errors import QuoteUnknown
from loyalty.sales import Quote, opened, seal
from loyalty.tables import Base
from tests.databases import settings_for
from tests.makers import wire
from tests.tenders import CLUB

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TRIPLE = {"rule[0].earn": {"points": 3, "per": "1.00"}}
TABLES = Base.metadata.sorted_tables


@pytest.fixture
def ana(make):
    """A euro gives a point; a hundred points pay a euro."""
    make.club(**CLUB)
    return make.shopper()


def asked(ana, *lines, expect=200, **more):
    lines = [{"line": no} | line for no, line in enumerate(lines or ({"amount": "100.00"},), start=1)]
    body = {"store": "S1", "terminal": "T1", "currency": "EUR", "lines": lines} | ana._bearer | more
    return ana.tell("/quotes", body, expect)


def given(answer):
    return answer["award"]["units"]["reward"]


def count_rows(app):
    with app.app_context(), reading() as session:
        return {table: session.scalar(select(func.count()).select_from(table)) for table in TABLES}


def test_a_quote_says_what_a_sale_would_give_and_writes_nothing(app, ana):
    before = count_rows(app)
    told = asked(ana, {"amount": "100.00"}, {"amount": "50.00"})
    assert (given(told), told["award"]["pending"], told["edition"], told["tier"]) == (150, [], 1, "silver")
    assert told["award"]["because"] == [{"rule": "points", "unit": "reward", "points": 150}]
    assert told["valid_until"] == wire(ana.clock.now() + 15 * MINUTE)
    assert ana.figures() == (0, 0, 0, 0)
    assert count_rows(app) == before
    bought = ana.buy("100.00", "50.00", quote_id=told["quote_id"])
    assert (given(bought), bought["quote"], bought["edition"]) == (150, "used", 1)
    assert ana.buy("100.00")["quote"] is None


@pytest.mark.parametrize(
    ("points", "lines", "usable"),
    [
        pytest.param(0, ["100.00"], (0, "0.00"), id="nothing there"),
        pytest.param(999, ["100.00"], (900, "9.00"), id="whole steps of what is there"),
        pytest.param(99_999, ["100.00"], (5_000, "50.00"), id="half of the sale"),
        pytest.param(99_999, ["19.99"], (900, "9.00"), id="half of it, in whole steps"),
        pytest.param(99_999, ["1.00"], (0, "0.00"), id="less than a step"),
        pytest.param(
            99_999, ["20.00", ("gift-card", "80.00")], (1_000, "10.00"), id="gift cards are paid with money"
        ),
        pytest.param(99_999, ["100.00", "-60.00"], (2_000, "20.00"), id="an exchange"),
        pytest.param(
            99_999, ["100.00", ("gift-card", "-90.00")], (1_000, "10.00"), id="what is left to pay at all"
        ),
    ],
)
def test_p17_a_quote_says_how_much_points_could_pay(ana, points, lines, usable):
    if points:
        ana.adjust(points)
    told = [
        {"amount": one} if isinstance(one, str) else {"category": one[0], "amount": one[1]} for one in lines
    ]
    most, money = usable
    assert asked(ana, *told)["usable"] == {"reward": {"max_points": most, "max_money": money, "step": 100}}


def test_p8_in_debt_nothing_is_usable(ana):
    bought = ana.buy("100.00")
    ana.redeem(100)
    ana.give_back(bought, amount="50.00")
    ana.clock.move(DAY)
    assert asked(ana)["usable"]["reward"]["max_points"] == 0


def test_what_is_usable_can_be_used(make, ana):
    ana.adjust(999)
    most = asked(ana)["usable"]["reward"]
    by_points = {"kind": "points", "points": most["max_points"], "amount": most["max_money"]}
    ana.buy("100.00", tenders=[by_points, {"kind": "cash", "amount": "91.00"}])
    assert ana.figures() == (99 + 91, 0, 0, 0)
    make.run("ledger", "verify")


def test_p13_a_quote_fixes_the_edition_until_it_expires(make, ana):
    quote_id = asked(ana)["quote_id"]
    make.club(**CLUB | TRIPLE, in_force_from=make.clock.now() + MINUTE)
    make.clock.move(2 * MINUTE)
    told = ana.buy("100.00", quote_id=quote_id)
    assert (given(told), told["edition"], told["quote"]) == (100, 1, "used")
    assert given(ana.buy("100.00")) == 300
    make.clock.move(13 * MINUTE - timedelta(microseconds=1))
    assert ana.buy("100.00", quote_id=quote_id)["quote"] == "used"
    make.clock.move(timedelta(microseconds=1))
    late = ana.buy("100.00", quote_id=quote_id)
    assert (given(late), late["edition"], late["quote"]) == (300, 2, "expired")
    make.run("ledger", "verify")


def test_p13_a_quote_is_judged_by_when_the_sale_happened(make, ana):
    quote_id, sold_at = asked(ana)["quote_id"], wire(make.clock.now())
    make.club(**CLUB | TRIPLE, in_force_from=make.clock.now() + MINUTE)
    make.clock.move(DAY)  # the till was cut off
    told = ana.buy("100.00", sold_at=sold_at, quote_id=quote_id)
    assert (given(told), told["quote"]) == (100, "used")
    make.clock.move(40 * DAY)  # told after the club's late_days, a sale is judged by now
    told = ana.buy("100.00", sold_at=sold_at, quote_id=quote_id)
    assert (given(told), told["quote"], told["flags"]) == (300, "expired", ["late"])


def test_p13_a_quote_fixes_neither_tier_nor_balance_nor_limits(make):
    limited = {"rule[0].when": "member.tier == 'gold'", "rule[0].limit": {"points": 150, "per": "lifetime"}}
    make.club(**CLUB | limited)
    ana = make.shopper()
    poor = asked(ana)
    assert given(poor) == 0
    ana.adjust(2000, unit="status")
    assert given(asked(ana)) == 100
    assert given(ana.buy("100.00", quote_id=poor["quote_id"])) == 100
    assert given(asked(ana)) == 50
    assert given(ana.buy("100.00", quote_id=poor["quote_id"])) == 50


def test_p13_limits_of_a_quoted_edition_are_counted(make, ana):
    limit = {"rule[0].limit": {"points": 150, "per": "day"}}
    make.club(**CLUB | limit, in_force_from=make.clock.now() + MINUTE)
    make.clock.move(2 * MINUTE)
    quote_id = asked(ana)["quote_id"]
    make.club(**CLUB, in_force_from=make.clock.now() + MINUTE)
    make.clock.move(2 * MINUTE)
    assert [given(ana.buy("100.00", quote_id=quote_id)) for _ in range(3)] == [100, 50, 0]
    assert given(ana.buy("100.00")) == 100


def test_the_club_says_how_long_a_quote_lasts(make):
    make.club(**CLUB | {"club.quote_minutes": 1})
    ana = make.shopper()
    told = asked(ana)
    assert told["valid_until"] == wire(make.clock.now() + MINUTE)
    make.clock.move(MINUTE)
    assert ana.buy("100.00", quote_id=told["quote_id"])["quote"] == "expired"


def test_a_quote_that_we_never_gave_is_unknown(make, ana):
    quote_id = asked(ana)["quote_id"]
    edition, until, mac = quote_id.split("-")
    forged = [f"2-{until}-{mac}", f"{edition}-{int(until) + 1}-{mac}", f"{edition}-{until}-{'0' * 40}",
              quote_id[:-1], quote_id + "0", "x", "９-1-" + mac]  # fmt: skip
    for one in forged:
        assert ana.buy("100.00", expect=422, quote_id=one)["code"] == "quote_unknown"
    other = make.till(terminal="T2")
    ana.till = other
    assert ana.buy("100.00", expect=422, terminal="T2", quote_id=quote_id)["code"] == "quote_unknown"


def test_a_quote_outlives_a_rotation_of_the_secret_key(app, database, make, ana):
    quote_id = asked(ana)["quote_id"]
    old = app.extensions["loyalty"].settings.secret_key
    for fallbacks, expect in (("", 422), (f"{'y' * 40},{old}", 201)):
        changes = {"secret_key": "z" * 40, "secret_key_fallbacks": fallbacks}
        rotated = create_app(settings_for(database, **changes), make.clock)
        ana.till = type(ana.till)(rotated, ana.till._key)
        ana.buy("100.00", expect=expect, quote_id=quote_id)


def test_p2_the_quote_is_part_of_what_was_told(make, ana):
    quote_id = asked(ana)["quote_id"]
    sold = {"receipt": "one", "sold_at": wire(make.clock.now())}
    first = ana.buy("100.00", quote_id=quote_id, **sold)
    make.clock.move(DAY)
    again = ana.buy("100.00", quote_id=quote_id, **sold)  # heard first, judged never again
    assert (again["replayed"], again["quote"], again["purchase_id"]) == (True, "used", first["purchase_id"])
    assert ana.buy("100.00", expect=422, **sold)["code"] == "key_reused"


def test_m2_a_quote_is_for_whom_the_till_may_serve(make, ana):
    assert asked(ana, terminal="T2", expect=403)["code"] == "terminal_foreign"
    assert asked(ana, card="7012345678901234", expect=404)["code"] == "card_unknown"
    ana.tell(f"/members/{ana.member_id}/block", None, 200, "block")
    assert asked(ana, expect=422)["code"] == "card_blocked"
    ana.till = make.till("points:spend")
    assert asked(ana, expect=403)["code"] == "forbidden"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currency": "JPY", "lines": [{"line": 1, "amount": "100"}]}, "currency_foreign"),
        ({"lines": [{"line": 1, "amount": "-1.00"}]}, "exchange_negative"),
        ({"sold_at": "2026-01-05T02:10:01Z"}, "sold_in_future"),
        ({"receipt": "1"}, "invalid_request"),
        ({"business_date": "2026-01-05"}, "invalid_request"),
        ({"lines": []}, "invalid_request"),
    ],
)
def test_a_quote_that_cannot_be(ana, change, code):
    assert asked(ana, expect=422, **change)["code"] == code


def test_a_quote_shows_a_lift_before_it_happens(make):
    climb = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}
    make.club(**CLUB | {"rule[1]": climb})
    ana = make.shopper()
    told = asked(ana, {"amount": "2000.00"})
    assert (told["tier"], told["tier_change"]["before"]) == ("gold", "silver")
    assert ana.look("/tier")["tier"] == "silver"


def test_a_seal_is_of_one_edition_instant_client_and_secret(clock):
    quote = Quote(3, clock.now())
    sealed = seal(quote, "till-1", b"secret")
    assert opened(sealed, "till-1", [b"other", b"secret"]) == quote
    for client, secret in (("till-2", b"secret"), ("till-1", b"other")):
        with pytest.raises(QuoteUnknown):
            opened(sealed, client, [secret])
    with pytest.raises(QuoteUnknown):
        opened(sealed, "till-1", [])
