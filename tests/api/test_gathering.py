"""What is asked for at the same time goes together, each exactly once; a fault of one is not the others'."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from loyalty.api.gathering import Gathering


class Held:
    """Work that waits with its first group until it is let go, and notes each group."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.has_begun, self.goes_on = Event(), Event()

    def __call__(self, asked: Sequence[str]) -> list[str]:
        self.groups.append([*asked])
        if len(self.groups) == 1:
            self.has_begun.set()
            assert self.goes_on.wait(10)
        return [one.upper() for one in asked]


def test_who_comes_meanwhile_goes_next_and_each_goes_once():
    work = Held()
    gathering = Gathering(work)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(gathering.carry, "a")
        assert work.has_begun.wait(10)
        others = [pool.submit(gathering.carry, name) for name in "bcdefgh"]
        work.goes_on.set()
        assert [one.result(10) for one in (first, *others)] == [*"ABCDEFGH"]
    assert work.groups[0] == ["a"]
    assert sorted(name for group in work.groups for name in group) == [*"abcdefgh"]


def test_who_comes_alone_after_many_is_served_alone():
    work = Held()
    work.goes_on.set()
    gathering = Gathering(work)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(gathering.carry, "abcdefgh")) == [*"ABCDEFGH"]
    assert [gathering.carry(name) for name in "xyz"] == [*"XYZ"]
    assert work.groups[-3:] == [["x"], ["y"], ["z"]]


def test_what_is_not_carried_out_together_says_so_and_alone_it_says_why():
    def refuse(_: Sequence[str]) -> list[str]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Gathering(refuse).carry("a")
    nothing: list[str] = []
    assert Gathering(lambda _: nothing).carry("a") is None
