"""Points on the members' pages: balance, statement, what expires (N1, N5, P1, P4, P5, P7 to P9)."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.pages.desk import text_of
from tests.pages.histories import NAMED, queries, with_history
from tests.pages.reader import Reader

DAY = timedelta(days=1)
_LINE = re.compile(r'class="entry"><summary><span>(.*?)</span><span class="points[^"]*">(.*?)</span>')


@pytest.fixture
def ana(make):
    make.club(**NAMED)
    return make.shopper()


def lines(answer):
    """The lines of a statement, as (what, points)."""
    return [(unescape(what), points) for what, points in _LINE.findall(answer.text)]


def test_p7_a_statement_is_newest_first_and_each_line_tells_its_rules_and_lots(app, ana, clock):
    sold = ana.buy("100.00")
    clock.move(DAY)
    ana.redeem(30, **{"for": "coffee"})
    clock.move(DAY)
    ana.give_back(sold, amount="50.00")
    page = Reader(app, ana).open("/me/points")
    assert lines(page) == [("Return", "\u221250"), ("coffee", "\u221230"), ("Purchase", "+100")]
    said = text_of(page)
    assert "Rule: Points for purchases +100" in said
    assert "Belongs to: Purchase of 5 January 2026" in said
    assert "Valid until 5 January 2028 · added +100" in said
    assert "5 January 2026 · S1" in said


def test_n1_the_units_are_switched_and_those_to_spend_come_first(app, ana):
    ana.buy("100.00")
    reader = Reader(app, ana, "zh")
    page = reader.open("/me/points")
    assert "积分 100" in text_of(page)
    assert "规则：购物积分 +100" in text_of(page)
    assert lines(reader.open("/me/points?unit=status")) == [("购物", "+100")]
    assert reader.open("/me/points?unit=none").status_code == 404


def test_p8_what_is_owed_is_told_in_words_and_how_it_ends(app, ana):
    sold = ana.buy("100.00")
    ana.redeem(100)
    ana.give_back(sold, amount="100.00")
    reader = Reader(app, ana)
    said = text_of(reader.open("/me/points"))
    assert "Owed 100 Goods came back whose points were already used." in said
    assert "A part of it was no longer there: it is owed" in said
    ana.buy("30.00")
    said = text_of(reader.open("/me/points"))
    assert "Owed 70" in said
    assert "A part of it paid what was owed." in said


def test_p9_a_reward_given_back_is_told_with_its_name(app, ana):
    ana.buy("100.00")
    bought = ana.tell("/reward-orders", {"card": ana.card, "reward": "bag", "reference": "o1"}, 201)
    ana.tell(f"/reward-orders/{bought['order_id']}/cancel", {"reference": "c1"}, 200)
    page = Reader(app, ana).open("/me/points")
    assert lines(page)[:2] == [("Points given back: Tote bag", "+40"), ("Reward: Tote bag", "\u221240")]


def test_what_is_held_and_pending_is_told(app, make, clock):
    waits = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 7}}
    make.club(**NAMED, **{"rule[4]": waits | {"from": {"days": 14}}})
    ana = make.shopper()
    ana.buy("100.00")
    ana.hold(40)
    reader = Reader(app, ana)
    said = text_of(reader.open("/me/points"))
    assert "Points 60 Set aside for something under way: 40. Pending: 7 more." in said
    assert "19 January 2026 7" in said
    clock.move(15 * DAY)
    page = Reader(app, ana).open("/me/points")
    assert lines(page)[0] == ("Pending points became usable", "+7")
    assert "Points 107" in text_of(page)


def test_n5_p5_what_died_is_told_before_and_after_the_night(app, ana, make, clock):
    ana.buy("100.00")
    clock.move(700 * DAY)
    said = text_of(Reader(app, ana).open("/me/points"))
    assert "100 5 Jan 2028 · 30 days left These are used first." in said
    clock.move(31 * DAY)
    reader = Reader(app, ana)
    before = reader.open("/me/points")
    assert lines(before) == [("Expired", "\u2212100"), ("Purchase", "+100")]
    assert "written down overnight" in text_of(before)
    make.run("jobs", "nightly")
    after = reader.open("/me/points")
    assert lines(after) == lines(before)
    assert "written down overnight" not in text_of(after)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=used", ["CAFÉ"]),
        ("kind=earned", ["Profile completed", "Purchase"]),
        ("kind=other", ["Correction by the club"]),
        ("kind=expired", []),
        ("from=2026-02", ["Correction by the club", "CAFÉ"]),
        ("to=2026-01", ["Profile completed", "Purchase"]),
        ("from=2026-02&to=2026-02&kind=used", ["CAFÉ"]),
        ("q=café", ["CAFÉ"]),
        ("q=profile", ["Profile completed"]),
        ("q=完善", ["Profile completed"]),
        ("q=chiado", ["Purchase"]),
        ("q=correction", ["Correction by the club"]),
        ("q=%25", []),
        ("q=_", []),
        ("q=nothing+of+the+kind", []),
    ],
)
def test_a_statement_is_narrowed_and_searched_in_plain_words(app, ana, clock, query, found):
    ana.buy("100.00", store="Chiado")
    fact = {"member_id": ana.member_id, "kind": "profile_completed", "reference": "f1"}
    happened_at = clock.now().isoformat().replace("+00:00", "Z")
    ana.tell("/facts", fact | {"happened_at": happened_at}, 201)
    clock.move(40 * DAY)
    ana.redeem(30, **{"for": "CAFÉ"})
    ana.adjust(5)
    page = Reader(app, ana).open(f"/me/points?{query}")
    assert [what for what, _ in lines(page)] == found
    assert bool(found) or "Nothing here fits" in text_of(page)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kind=all", "Please choose what to show."),
        ("from=2026-13", "Please choose a month."),
        ("from=2026-02&to=2026-01", "The last month lies before the first."),
        ("q=" + 61 * "a", "Please search for fewer words."),
        ("q=a%00b", "Please search for fewer words."),
        ("before=x", "These lines are shown from the newest on."),
    ],
)
def test_a_filter_that_cannot_be_is_told_at_its_place(app, ana, query, said):
    ana.buy("100.00")
    page = Reader(app, ana).open(f"/me/points?{query}")
    assert page.status_code == 422
    assert said in text_of(page)
    assert lines(page) == [("Purchase", "+100")]


def test_pages_of_a_statement_show_every_line_once(app, ana, clock):
    ana.buy("100.00")
    with_history(app, ana, 45, clock.now())
    reader, path, seen = Reader(app, ana), "/me/points?unit=status&kind=earned", []
    while path:
        page = reader.open(path)
        seen += re.findall(r'class="num" href="/me/points/([^"]+)"', page.text)
        older = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = unescape(older.group(1)) if older else None
    assert len(seen) == len(set(seen)) == 46
    assert "Newest" in text_of(page)


def test_a_line_has_a_page_of_its_own_for_its_member_alone(app, ana, make):
    sold = ana.buy("100.00")
    other = make.shopper()
    number = sold["purchase_id"]
    said = text_of(Reader(app, ana).open(f"/me/points/{number}"))
    assert "Points +100" in said
    assert "Status +100" in said
    assert Reader(app, other).open(f"/me/points/{number}").status_code == 404
    for unknown in (f"{number.split('-')[0]}-123", "nonsense", f"{ana.member_id}-"):
        assert Reader(app, ana).open(f"/me/points/{unknown}").status_code == 404
    page = Reader(app, ana).open(f"/me/points?q={number.partition('-')[2]}")
    assert lines(page) == [("Purchase", "+100")]


def test_n5_what_expires_stands_by_month_and_by_day(app, ana, clock):
    for _ in range(3):
        ana.buy("100.00")
        clock.move(20 * DAY)
    reader = Reader(app, ana)
    said = text_of(reader.open("/me/points/expiring"))
    assert "100 of your 300 Points expire next, after 5 January 2028." in said
    assert "January 2028 200" in said
    assert "25 January 2028 100" in said
    assert "February 2028 100" in said
    assert "These points do not expire." in text_of(reader.open("/me/points/expiring?unit=status"))
    assert "1月" in text_of(Reader(app, ana, "zh").open("/me/points/expiring"))


def test_a_member_without_points_is_invited(app, ana):
    said = text_of(Reader(app, ana).open("/me/points"))
    assert "Your first points appear here, each with the rule that gave it." in said
    assert "Nothing expires" in text_of(Reader(app, ana).open("/me/points/expiring"))


def test_points_cost_few_statements_however_long_the_history(app, make, clock, statements):
    waits = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 7}}
    make.club(**NAMED, **{"rule[4]": waits | {"from": {"days": 14}}})
    ana, bo = make.shopper(), make.shopper()
    for one, many in ((ana, 1), (bo, 5)):
        for _ in range(many):
            sold = one.buy("100.00")
        one.hold(10)
    with_history(app, ana, 5_000, clock.now())
    clock.move(timedelta(seconds=3))  # a process looks for a new edition every two seconds
    paths = ("/me/points", "/me/points?q=coffee&kind=used", "/me/points/expiring", "/me/points?unit=status")
    for path in paths:
        counts = []
        for one in (ana, bo):
            reader = Reader(app, one)
            clock.move(timedelta(seconds=3))
            statements.clear()
            assert reader.open(path).status_code == 200
            counts.append(queries(statements))
        assert counts[0] == counts[1] <= 8
    statements.clear()
    assert Reader(app, bo).open(f"/me/points/{sold['purchase_id']}").status_code == 200
    assert queries(statements) <= 8
