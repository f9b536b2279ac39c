"""A compiled schema reads and prints as marshmallow does: the same values, the same faults."""

from copy import deepcopy
from datetime import UTC
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from loyalty import ids
from loyalty.api import fields as ours
from loyalty.api.compiled import compiled
from loyalty.api.schemas.members import FoundMemberOut, MemberIn, TillMemberOut
from loyalty.api.schemas.points import BalanceOut
from loyalty.api.schemas.policies import PolicyLineIn
from loyalty.api.schemas.receipts import HoldOut, PurchaseOut, QuoteOut, RedemptionOut, SaleOut
from loyalty.api.schemas.tills import CaptureIn, HoldIn, PurchaseIn, QuoteIn, RedemptionIn
from loyalty.errors import Refusal

MONEY = st.sampled_from(["0", "12.50", "3.00", "1.5", "999999999.99"])
NAME = st.sampled_from(["S1", "fresh", "é", "x" * 40])
POINTS = st.sampled_from([1, 300, 5.0])
LINE = {
    "line": st.integers(1, 20),
    "sku": NAME,
    "category": NAME,
    "quantity": st.sampled_from(["1", "2.5", "-1"]),
    "amount": MONEY,
}
TENDER = {"kind": st.just("cash"), "amount": MONEY}
POINTS_TENDER = {
    "kind": st.just("points"),
    "amount": MONEY,
    "points": POINTS,
    "unit": NAME,
    "hold_id": st.just(ids.pair_to_text(5, 7)),
}
TOLD = {
    "card": st.just("7000000000000019"),
    "member_id": st.just(ids.to_text(5)),
    "store": NAME,
    "terminal": NAME,
    "cashier": NAME | st.none(),
    "business_date": st.just("2026-01-05"),
    "receipt": NAME,
    "sold_at": st.just("2026-01-05T10:00:00.5+08:00"),
    "currency": st.sampled_from(["EUR", "KWD"]),
    "rounding": MONEY,
    "quote_id": NAME,
    "points": POINTS,
    "unit": NAME,
    "reference": NAME,
    "for": NAME,
    "pool": st.booleans(),
    "ends_in_seconds": POINTS,
    "attributes": st.dictionaries(st.sampled_from(["steps", "a_b"]), st.integers(0, 9) | NAME),
}
JUNK = st.sampled_from(
    [
        *(None, True, 0, -1.5, 10**13, "", "x" * 300, "a\nb", "points", "-3.00", "1.2345", "12,50", "XXX"),
        *("nobody", "2026-02-30", "2026-01-05T10:00:00", [], [1], {}, {"A": 1}, {"steps": None}, {"line": 1}),
    ]
)


def body(parts, needed=()):
    given_ = {name: parts[name] for name in needed}
    return st.fixed_dictionaries(
        given_, optional={name: parts[name] for name in parts.keys() - given_.keys()}
    )


LINES = st.lists(body(LINE, ("line", "amount")), min_size=1, max_size=3)
TENDERS = st.lists(
    body(TENDER, TENDER) | body(POINTS_TENDER, ("kind", "amount", "points")), min_size=1, max_size=2
)
PARTS = TOLD | {"lines": LINES, "tenders": TENDERS}


@st.composite
def bodies(draw, schema):
    """Mostly what the schema takes, perhaps with something that is missing, odd or unknown somewhere."""
    known = {field.data_key or name: field for name, field in schema().fields.items() if name != "token"}
    needed = [name for name, field in known.items() if field.required] + (["card"] if "card" in known else [])
    told = draw(body({name: PARTS[name] for name in known}, needed))
    if "member_id" in told and draw(st.booleans()):
        del told["member_id"]
    lines = [*told.get("lines", []), *told.get("tenders", [])]
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        spot = draw(st.sampled_from([told, *lines]))
        spot[draw(st.sampled_from([*spot, "unknown"]))] = draw(JUNK)
        spot.pop(draw(st.sampled_from([*spot, "unknown"])), None)
    return told


def outcome(load, told):
    try:
        return load(deepcopy(told))
    except ValidationError as fault:
        return fault.messages
    except Refusal as refusal:
        return type(refusal), refusal.facts


@pytest.mark.parametrize("schema", [PurchaseIn, QuoteIn, RedemptionIn, HoldIn, CaptureIn])
def test_what_is_told_is_read_alike(schema):
    fast, slow = compiled(schema()), schema()
    assert "load" in vars(fast)

    @settings(max_examples=150, deadline=None)
    @given(bodies(schema))
    def alike(told):
        assert outcome(fast.load, told) == outcome(slow.load, told)

    alike()


@pytest.mark.parametrize("told", [None, [], "text", 5, {}, {"lines": [None]}, {"lines": {"a": 1}}])
@pytest.mark.parametrize("schema", [PurchaseIn, CaptureIn, MemberIn, PolicyLineIn])
def test_what_is_no_such_object_is_refused_alike(schema, told):
    assert outcome(compiled(schema()).load, told) == outcome(schema().load, told)


def values(field):
    """Values that views hand over for a field."""
    if isinstance(field, fields.Nested):
        return answers(field.schema)
    if isinstance(field, fields.List):
        return st.lists(values(field.inner), max_size=2)
    if isinstance(field, fields.Dict):
        return st.dictionaries(st.sampled_from(["reward", "status"]), values(field.value_field), max_size=2)
    kinds = {
        fields.Integer: st.integers() | st.booleans() | st.just("7"),
        fields.Boolean: st.booleans() | st.sampled_from([0, 1]),
        fields.String: st.text(max_size=5) | st.integers(),
        ours.Quantity: st.integers(),
        ours.Instant: st.datetimes(timezones=st.just(UTC)),
        ours.Day: st.dates(),
        ours.Id: st.integers(1, 2**62),
    }
    return kinds[type(field)]


@st.composite
def answers(draw, schema):
    """A table or an object with what the schema prints; something may be missing, null or too much."""
    parts = {field.attribute or name: values(field) | st.none() for name, field in schema.dump_fields.items()}
    answer = (
        draw(st.fixed_dictionaries({}, optional=parts)) if draw(st.booleans()) else draw(body(parts, parts))
    )
    answer |= draw(st.sampled_from([{}, {"more": 1}]))
    return answer if draw(st.integers(0, 3)) else SimpleNamespace(**answer)


@pytest.mark.parametrize("schema", [PurchaseOut, HoldOut, RedemptionOut, QuoteOut, BalanceOut, SaleOut])
def test_what_is_answered_is_printed_alike(schema):
    fast, slow = compiled(schema()), schema()
    assert "dump" in vars(fast)

    @settings(max_examples=50, deadline=None)
    @given(answers(slow))
    def alike(answer):
        printed, expected = fast.dump(answer), slow.dump(answer)
        assert (printed, list(printed)) == (expected, list(expected))

    alike()


def test_names_with_dots_and_many_at_once_are_as_ever():
    found = SimpleNamespace(member={"member_id": 5, "state": "active", "card": None}, first_name="Ana")
    assert compiled(TillMemberOut()).dump(found) == TillMemberOut().dump(found)
    assert compiled(CaptureIn()).load([{"points": 5}, {}], many=True) == [{"points": 5}, {"points": None}]
    assert compiled(HoldOut()).dump([{"points": 5}, {}], many=True) == [{"points": 5}, {}]


def test_a_schema_that_looks_its_values_up_itself_is_left_alone():
    assert "dump" not in vars(compiled(FoundMemberOut()))
