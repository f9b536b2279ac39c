import json
import zlib
from collections import namedtuple
from hashlib import sha256

import pytest

from loyalty.ledger import packing

Claim = namedtuple("Claim", "name no")
UNITS = {"reward": 24, "status": 24}
SALE = {
    "answer": {
        "purchase_id": "2vtycvm00003j-38c7b3m0hd6xa",
        "award": {
            "units": UNITS,
            "because": [{"rule": "points", "unit": unit, "points": points} for unit, points in UNITS.items()],
            "pending": [],
        },
        "paid_with_points": None,
        "balance": {
            unit: {"available": 226, "held": 0, "pending": 0, "debt": 0} for unit in ("reward", "status")
        },
        "tier": "standard",
        "tier_change": None,
        "edition": 1,
        "quote": None,
        "flags": [],
        "late": False,
        "clock_ahead": False,
    }
}


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(SALE, id="a sale"),
        pytest.param({"answer": {}}, id="nothing"),
        pytest.param(
            {"answer": {"name": "王小姐", "notes": ["é", 0.5, True, None]}, "cut": ["x"]}, id="words"
        ),
        pytest.param({"refusal": {"code": "not_enough_points", "facts": {"asked": 9, "held": 3}}}, id="no"),
        pytest.param({"answer": {"by_month": {1: 2**64}, "claim": Claim("a", 1)}}, id="what is seldom told"),
        pytest.param({"answer": {"codes": [str(n) for n in range(2000)]}}, id="long"),
    ],
)
def test_what_is_packed_is_unpacked_as_it_was_in_its_order(outcome):
    told = packing.unpacked(packing.packed(outcome))
    assert json.dumps(told) == json.dumps(outcome)


def test_the_answer_to_a_sale_is_short():
    assert len(packing.packed(SALE)) < 110 < 450 < len(json.dumps(SALE))


def test_an_answer_is_unpacked_by_the_words_that_it_was_packed_by_for_ever():
    """What stands in books of old: never to be changed along with the words."""
    assert (
        sha256(packing._WORDS).hexdigest()
        == "a11919474a82d19baf176dfe9708bed99fb411340f7eea20d0e09edb95783375"
    )
    assert packing.unpacked("Q4k1qO/Na2sB") == {"answer": {"points": 7}}


@pytest.mark.parametrize("text", ["", "AAAA", "?", "Q4k1qO/Na2sB"[:-2]])
def test_what_nobody_packed_is_not_unpacked(text):
    with pytest.raises((ValueError, zlib.error)):
        packing.unpacked(text)
