"""Numbers that processes draw at the same instant."""

import os

from loyalty import ids
from tests.clocks import START


def test_what_is_forked_draws_other_numbers_than_its_parent_and_its_twin():
    drawn = {_of_a_child() for _ in range(2)} | {ids.new_id(START)}
    assert len(drawn) == 3


def _of_a_child() -> int:
    ear, mouth = os.pipe()
    if os.fork() == 0:
        os.write(mouth, str(ids.new_id(START)).encode())
        os._exit(0)
    os.wait()
    os.close(mouth)
    with os.fdopen(ear) as told:
        return int(told.read())
