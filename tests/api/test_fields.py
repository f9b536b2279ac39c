from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from loyalty import ids
from loyalty.api import fields
from loyalty.errors import NotFound


@pytest.mark.parametrize(("told", "number"), [(5, 5), (5.0, 5), (0, 0), (10**12, 10**12)])
def test_a2_a_whole_number_may_be_written_with_a_point(told, number):
    assert fields.WholeInt().deserialize(told) == number


@pytest.mark.parametrize(
    "told", [1.5, True, False, "5", "１２３", None, [], 10**12 + 1, -1, 1e300, float("nan"), float("inf")]
)
def test_a2_what_is_no_whole_number_in_range_is_refused(told):
    with pytest.raises(ValidationError):
        fields.WholeInt().deserialize(told)


@pytest.mark.parametrize(
    ("told", "instant"),
    [
        ("2026-01-31T09:30:00+08:00", datetime(2026, 1, 31, 1, 30, tzinfo=UTC)),
        ("2026-01-31t09:30:00.5z", datetime(2026, 1, 31, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-01-31T09:30:00.123456789Z", datetime(2026, 1, 31, 9, 30, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_an_instant_has_an_offset_and_is_utc_inside(told, instant):
    assert fields.Instant().deserialize(told) == instant


@pytest.mark.parametrize(
    "told",
    [
        "2026-01-31T09:30:00",
        "2026-01-31",
        "20260131T093000Z",
        "2026-02-30T00:00:00Z",
        "2026-01-31T24:00:01Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "1899-12-31T00:00:00Z",
        "3000-01-01T00:00:00Z",
        "２０２６-01-31T09:30:00Z",
        "2026-01-31T09:30:00Z\n",
        5,
        None,
        True,
    ],
)
def test_what_is_no_instant_is_refused(told):
    with pytest.raises(ValidationError):
        fields.Instant().deserialize(told)


@pytest.mark.parametrize(
    "told", ["2026-02-29", "2026-1-1", "20260101", "1899-12-31", "3000-01-01", 20260101, None]
)
def test_what_is_no_day_is_refused(told):
    with pytest.raises(ValidationError):
        fields.Day().deserialize(told)


@pytest.mark.parametrize(("told", "kept"), [("1", 1000), ("1.5", 1500), ("0.001", 1), ("-2.25", -2250)])
def test_a_quantity_is_kept_in_thousandths(told, kept):
    quantity = fields.Quantity(signed=True)
    assert quantity.deserialize(told) == kept
    assert quantity._serialize(kept, None, None) == told


@pytest.mark.parametrize("told", ["1.0001", "-1", "1.", ".5", "1e3", "+1", " 1", "１", 1, 1.5, None, "1\n"])
def test_what_is_no_quantity_is_refused(told):
    with pytest.raises(ValidationError):
        fields.Quantity().deserialize(told)


@pytest.mark.parametrize(
    "told", ["1.00001", "-1", "1,00", "1.", "１", "1 ", "1\n", 5, 1.5, True, None, "NaN"]
)
def test_n2_what_is_no_amount_of_money_is_refused(told):
    with pytest.raises(ValidationError):
        fields.MoneyText().deserialize(told)


@pytest.mark.parametrize("told", ["0", "100", "100.5", "0.0001", "-3.20"])
def test_n2_an_amount_of_money_stays_text_until_its_currency_is_known(told):
    assert fields.MoneyText(signed=True).deserialize(told) == told


@given(st.text(max_size=20))
def test_text_is_kept_as_it_was_told_but_for_nul(told):
    text = fields.Text(max=20, min=0)
    if "\0" in told:
        with pytest.raises(ValidationError):
            text.deserialize(told)
    else:
        assert text.deserialize(told) == told


@given(st.integers(0, 2**63 - 1))
def test_an_id_comes_back_as_it_went(number):
    text = fields.Id()._serialize(number, None, None)
    assert fields.Id().deserialize(text) == number


@given(st.text(max_size=15))
def test_a3_an_id_we_never_gave_out_is_an_unknown_object(told):
    if ids.from_text(told) is None:
        with pytest.raises(NotFound):
            fields.Id().deserialize(told)


@pytest.mark.parametrize("told", ["0", "101", "-1", "1.0", "٣", "", "9" * 13])
def test_a_page_has_a_limit_in_plain_digits(told):
    with pytest.raises(ValidationError):
        fields.QueryInt(min=1, max=100).deserialize(told)
