from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.members import cards

BODIES = st.integers(0, 10**13 - 1)
PREFIXES = st.sampled_from(["00", "09", "10", "19", "70", "79", "80", "82", "89"])


@pytest.mark.parametrize(
    ("prefix", "allowed"),
    [
        pytest.param("70", True, id="ours by default"),
        pytest.param("80", True, id="beside the transit range"),
        pytest.param("10", True, id="airlines, no payment"),
        *[pytest.param(f"{first}5", False, id=f"payment {first}") for first in "23456"],
        pytest.param("81", False, id="payment since 2020"),
        pytest.param("90", False, id="national use"),
        pytest.param("99", False, id="transit"),
        pytest.param("7", False, id="one digit"),
        pytest.param("700", False, id="three digits"),
        pytest.param("７0", False, id="a full-width digit"),
        pytest.param("7a", False, id="a letter"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_m1_prefixes_of_payment_and_transit_cards_are_refused(prefix, allowed):
    assert cards.prefix_allowed(prefix) is allowed
    if not allowed:
        with pytest.raises(ValueError, match="prefix"):
            cards.fresh_number(prefix, lambda below: 0)


def test_m1_a_number_that_also_passes_luhn_is_thrown_away():
    tried = []

    def next_body(below: int) -> int:
        assert below == 10**13
        tried.append(len(tried))
        return tried[-1]

    # Every tenth number or so would do for a payment card: among a thousand, many are skipped.
    numbers = {cards.fresh_number("70", next_body) for _ in range(1000)}
    assert len(numbers) == 1000 < len(tried)
    assert not any(cards.passes_luhn(number) for number in numbers)


@given(PREFIXES, BODIES)
def test_m1_a_number_is_sixteen_digits_with_a_check_digit_and_no_payment_card(prefix, first):
    bodies = count(first)
    number = cards.fresh_number(prefix, lambda below: next(bodies) % below)
    assert len(number) == 16
    assert number.isascii()
    assert number.isdigit()
    assert number.startswith(prefix)
    assert cards.damm(number) == 0
    assert not cards.passes_luhn(number)
    assert cards.is_ours(number, prefix)


@given(BODIES, st.integers(2, 15), st.integers(1, 9))
def test_m1_one_wrong_digit_shows(body, place, by):
    number = _with(body)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert cards.damm(wrong) != 0


@given(BODIES, st.integers(2, 14))
def test_m1_two_swapped_neighbours_show(body, place):
    number = _with(body)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or cards.damm(swapped) != 0


@pytest.mark.parametrize("number", ["", "7000", "7" * 17, "７" * 16, "70000000000000a0", "4111111111111111"])
def test_m1_what_we_could_not_have_given_out_is_not_ours(number):
    assert not cards.is_ours(number, "70")


def test_a_card_is_shown_by_its_last_four():
    assert cards.masked("7012345678901234") == "****1234"


def _with(body: int) -> str:
    digits = f"70{body:013}"
    return f"{digits}{cards.damm(digits)}"
