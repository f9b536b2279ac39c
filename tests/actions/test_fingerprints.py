"""What an older release was told is recognised by a younger one (P2): the fingerprints are kept for ever."""

from collections import namedtuple
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fractions import Fraction
from types import MappingProxyType

import pytest

from loyalty.actions.once import _CANONICAL, canonical, fingerprint
from loyalty.sales import Line, Purchase, Receipt, Return, ReturnedLine, Tender, content

Pair = namedtuple("Pair", "unit points")


@dataclass
class Thing:
    """What no content holds yet."""

    name: str


RECEIPT = Receipt("S1", "T1", date(2026, 1, 5), "1")
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LINE = Line(1, "a", "b", 1000, 500)
SOLD = "35e9286987eb6e9d7d2ddaa3757b6a92ce5442491ee554d05bf55099ddf8b914"
RETURNED = "892fa2d46a5953cc75b332a686b8848330a360f5dad4124df5711a3e5267f98b"


def test_a_sale_without_tenders_is_what_it_was_before_there_were_any():
    assert fingerprint(content(Purchase(RECEIPT, NOON, "EUR", (LINE,)))) == SOLD
    back = Return(RECEIPT, NOON, (ReturnedLine(1, 1000, 500),))
    assert fingerprint(content(back)) == RETURNED


def test_all_that_a_till_may_tell_of_a_sale_makes_it_another():
    facts = [
        Purchase(RECEIPT, NOON, "EUR", (LINE,)),
        Purchase(RECEIPT, NOON, "EUR", (LINE,), tenders=(Tender("cash", 500),)),
        Purchase(RECEIPT, NOON, "EUR", (LINE,), tenders=(Tender("card", 500),)),
        Purchase(RECEIPT, NOON, "EUR", (LINE,), tenders=(Tender("points", 500, "reward", 5),)),
        Purchase(RECEIPT, NOON, "EUR", (LINE,), tenders=(Tender("points", 500, "reward", 5, (1, 2)),)),
        Purchase(RECEIPT, NOON, "EUR", (LINE,), rounding_minor=1),
        Purchase(RECEIPT, NOON, "EUR", (LINE,), quote_id="q"),
        Return(RECEIPT, NOON, goods=(LINE,)),
    ]
    assert len({fingerprint(content(fact)) for fact in facts}) == len(facts)


@pytest.mark.parametrize(
    "told",
    [
        {"zoë": 1, "zo": None, "Zo": True, "王": "小姐", "\U0001f600": "", "\uffff": [{"c": 1, "b": 2}]},
        '"\\/\b\f\n\r\t\x00\x1f\x7f\x85\u2028\ud7ff',
        (1, [2, (3,)], {"hold": (4, 5)}),
        {"day": date(2026, 1, 5), "at": NOON, "late": NOON.replace(microsecond=5), "clock": time(9, 30)},
        [Pair("reward", 5), Thing("x"), Fraction(1, 3), MappingProxyType({"a": 1}), b"x"],
        {1: "a key that is no text"},
        {"numbers": [0, -1, 2**63, -(2**63), 2**64 - 1, 2**64, -(2**70)]},
    ],
)
def test_a_content_is_spelt_as_it_always_was(told):
    assert canonical(told) == _CANONICAL.encode(told).encode()
