"""Numbers that processes draw at the same instant, and the texts that stand for them."""

import os
from itertools import count

import pytest

from loyalty import ids
from tests.clocks import START


def test_what_is_forked_draws_other_numbers_than_its_parent_and_its_twin():
    drawn = {_of_a_child() for _ in range(2)} | {ids.new_id(START)}
    assert len(drawn) == 3


@pytest.mark.parametrize("text", ["", "00", "01", "0" * 14, "u1", "A1", "8" + "0" * 12])
def test_a_text_that_we_never_gave_out_is_no_id(text: str):
    assert ids.from_text(text) is None
    assert ids.pair_from_text(f"1-{text}") is None


@pytest.mark.parametrize("number", [0, 31, 32, (1 << 63) - 1])
def test_an_id_is_read_as_it_was_told(number: int):
    assert ids.from_text(ids.to_text(number)) == number


def test_numbers_in_a_row_are_of_one_instant(monkeypatch):
    turns = count((1 << 21) - 3)  # three are left before they begin anew
    monkeypatch.setattr(ids, "_turns", [turns])
    first = ids.first_of(5, START)
    assert first == ids.first_of(1, START) - 5


def _of_a_child() -> int:
    ear, mouth = os.pipe()
    if os.fork() == 0:
        os.write(mouth, str(ids.new_id(START)).encode())
        os._exit(0)
    os.wait()
    os.close(mouth)
    with os.fdopen(ear) as told:
        return int(told.read())
