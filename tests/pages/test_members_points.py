"""Points on the members' pages: balance, statement, what expires (N1, N5, P1, P4, P5, P7 to P9)."""

import re
from datetime import timedelta

import pytest

from tests.pages.desk import text_of
from tests.pages.reader import Reader

DAY = timedelta(days=1)
NAMED = {
    "rule[0].name": {"zh": "购物积分", "en": "Points for purchases"},
    "rule[2]": {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}},
    "rule[3]": {
        "code": "profile", "on": "activity", "unit": "reward", "earn": {"fixed": 50},
        "name": {"zh": "完善资料", "en": "Profile completed"},
    },
    "reward": [{
        "code": "bag", "name": {"zh": "帆布袋", "en": "Tote bag"}, "delivery": "order",
        "price": {"unit": "reward", "points": 40},
    }],
}  # fmt: skip


@pytest.fixture
def ana(make):
    make.club(**NAMED)
    return make.shopper()


def titles(answer):
    """The lines of a statement, as (what, points)."""
    found = re.findall(
        r'class="entry"><summary><span>(.*?)</span><span class="points[^"]*">(.*?)</span>', answer.text
    )
    return [(what, points) for what, points in found]


def test_a_statement_is_newest_first_and_each_line_tells_its_rules_and_lots(app, ana, clock):
    sold = ana.buy("100.00")
    clock.move(DAY)
    ana.redeem(30, **{"for": "coffee"})
    clock.move(DAY)
    ana.give_back(sold, amount="50.00")
    reader = Reader(app, ana)
    page = reader.open("/me/points")
    assert titles(page) == [("Return", "\u221250"), ("coffee", "\u221230"), ("Purchase", "+100")]
    said = text_of(page)
    assert "Rule: Points for purchases +100" in said
    assert "Belongs to: Points earned of 5 January 2026" in said
    assert "5 January 2028 given +100" in said


def test_n1_the_units_are_switched_those_to_spend_first(app, ana):
    ana.buy("100.00")
    reader = Reader(app, ana, "zh")
    page = reader.open("/me/points")
    assert "积分 100" in text_of(page)
    page = reader.open("/me/points?unit=status")
    assert titles(page) == [("购物", "+100")]
    assert reader.open("/me/points?unit=none").status_code == 404
