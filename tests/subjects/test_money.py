import pytest

from loyalty.money import MINOR_DIGITS, MoneyFaulty, money_text, parse_money


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("12", "CNY", 1200),
        ("0.01", "CNY", 1),
        ("100", "JPY", 100),
        ("1.234", "BHD", 1234),
        ("1.2345", "CLF", 12345),
        ("9999999999999.99", "EUR", 999_999_999_999_999),
    ],
)
def test_n2_a_decimal_string_becomes_minor_units(text: str, currency: str, minor: int) -> None:
    assert parse_money(text, currency) == minor
    assert parse_money(money_text(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        pytest.param("100.5", "JPY", id="more digits than the yen has"),
        pytest.param("1.000", "EUR", id="even a zero is a digit too many"),
        pytest.param("١٢", "EUR", id="digits of another script"),
        pytest.param("１２", "CNY", id="full-width digits"),
        pytest.param("-1.00", "EUR", id="a sign where none is allowed"),
        pytest.param("+1.00", "EUR", id="a plus"),
        pytest.param("1e2", "EUR", id="an exponent"),
        pytest.param("1,5", "EUR", id="a comma"),
        pytest.param("1.", "EUR", id="a bare point"),
        pytest.param(".5", "EUR", id="nothing before the point"),
        pytest.param("007", "EUR", id="leading zeros"),
        pytest.param(" 1", "EUR", id="a blank"),
        pytest.param("1\n", "EUR", id="a line end"),
        pytest.param("", "EUR", id="nothing"),
        pytest.param("10000000000000", "EUR", id="fourteen digits"),
    ],
)
def test_n2_anything_else_is_refused(text: str, currency: str) -> None:
    with pytest.raises(MoneyFaulty):
        parse_money(text, currency)


def test_n2_a_signed_amount_may_be_below_zero() -> None:
    assert parse_money("-12.50", "EUR", signed=True) == -1250
    assert money_text(-1250, "EUR") == "-12.50"
    assert money_text(-7, "JPY") == "-7"


def test_each_code_is_iso_4217_and_has_digits() -> None:
    assert all(len(code) == 3 and code.isupper() for code in MINOR_DIGITS)
    assert {MINOR_DIGITS[code] for code in ("JPY", "EUR", "KWD", "CLF")} == {0, 2, 3, 4}
    assert "DEM" not in MINOR_DIGITS
