"""One member's rows, and how they hang together."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from tests.proofs.judging.days import number_of, pair

TURNS = 1 << 21  #: a process counts its ids up to here, then from the beginning
SKEW = timedelta(seconds=10)  #: so far apart processes may look at the clock and be let in


class Row(SimpleNamespace):
    """One row: its columns as attributes, the table it stands in, and its key."""

    table: str
    keys: tuple[str, ...]

    @property
    def place(self) -> str:
        """The table and the key, as a breach names them."""
        return " ".join([self.table, *(f"{key}={getattr(self, key)}" for key in self.keys)])


class Life(SimpleNamespace):
    """All rows of one member: a list for each table, under its name."""

    member_id: int

    @cached_property
    def erased_at(self) -> datetime | None:
        """Since when nobody stands here (M7)."""
        return self.standing[0].erased_at if self.standing else None

    @cached_property
    def settled(self) -> list[datetime]:
        """When their estate was settled (M9)."""
        return [row.booked_at for row in self.outbox_message if row.kind == "estate.settled"]

    @cached_property
    def operations(self) -> dict[int, Row]:
        """Operations by number."""
        return {row.op_id: row for row in self.operation}

    @cached_property
    def parts(self) -> dict[int, list[Row]]:
        """Parts by the number of their operation."""
        return _by(self.operation_part, "op_id")

    @cached_property
    def entries(self) -> dict[str, list[Row]]:
        """Entries by unit, in their order."""
        return _by(self.entry, "unit")

    @cached_property
    def lines(self) -> dict[tuple[int, str], list[Row]]:
        """Entries by operation and unit, in their order."""
        return _by(self.entry, "op_id", "unit")

    @cached_property
    def holds(self) -> dict[int, Row]:
        """Holds by number."""
        return {row.op_id: row for row in self.hold}

    @cached_property
    def promises(self) -> dict[int, list[Row]]:
        """Pending parts by the operation that promised them."""
        return _by(self.pending, "op_id")

    @cached_property
    def opened(self) -> dict[int, list[Row]]:
        """Pending parts by the operation that opened them."""
        return _by([row for row in self.pending if row.opened_by is not None], "opened_by")

    @cached_property
    def followers(self) -> dict[int, list[Row]]:
        """Operations by the one that they refer to."""
        return _by([row for row in self.operation if row.refers_to is not None], "refers_to")

    @cached_property
    def claims(self) -> dict[int, list[Row]]:
        """Claims by the operation that they are on."""
        return _by([row for row in self.claim if row.op_id is not None], "op_id")

    @cached_property
    def sales(self) -> dict[int, Row]:
        """Sales by operation."""
        return {row.op_id: row for row in self.sale}

    @cached_property
    def premiums(self) -> dict[int, Row]:
        """Premiums by operation."""
        return {row.op_id: row for row in self.premium}

    @cached_property
    def returns(self) -> dict[int, Row]:
        """Returns by operation."""
        return {row.op_id: row for row in self.sale_return}

    @cached_property
    def known_lots(self) -> set[tuple[str, str, str]]:
        """Unit, last day and class of every lot there ever was."""
        return {(row.unit, row.expires_on.isoformat(), row.kind) for row in self.entry}

    @cached_property
    def releases(self) -> dict[int, Row]:
        """Reviews by the operation that booked their sale."""
        return {row.op_id: row for row in self.review if row.op_id is not None}

    @cached_property
    def approvals(self) -> dict[int, Row]:
        """Approved requests by the operation that booked what they asked for."""
        return {row.op_id: row for row in self.approval_request if row.op_id is not None}

    @cached_property
    def named(self) -> dict[str, Row]:
        """Operations by the name that outsiders see."""
        return {pair(self.member_id, row.op_id): row for row in self.operation}

    @cached_property
    def turns(self) -> dict[int, int]:
        """The place of each operation that is news in the order of bookings: that of its event."""
        told = [(row.seq, row.body.get("operation")) for row in self.outbox_message]
        return {self.named[name].op_id: seq for seq, name in told if name in self.named}

    @cached_property
    def is_orderly(self) -> bool:
        """Whether clocks tell the order in which things were booked.

        They do not where one was set back, or where several processes wrote by their own: then the events, or
        the numbers that each process counts up, contradict the times.
        """
        booked = [row.booked_at for row in self.outbox_message]
        turns = sorted(row.op_id for row in self.operation)
        forwards = all((b - a) % TURNS < TURNS // 2 for a, b in pairwise(turns))
        return forwards and all(a <= b + SKEW for a, b in pairwise(booked))

    @cached_property
    def kin(self) -> set[int | None]:
        """Whom they were merged with, ever: both are one person, or were taken for one (M6)."""
        merges = [row for row in self.operation if row.kind in ("merge_out", "merge_in")]
        return {number_of((row.reasons or {}).get("with")) for row in merges}

    def kind(self, op_id: int | None) -> str | None:
        """Of what kind an operation is; None where there is none."""
        row = self.operations.get(op_id) if op_id is not None else None
        return row.kind if row is not None else None


def _by(rows: list[Row], *keys: str) -> dict[Any, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[tuple(getattr(row, key) for key in keys) if keys[1:] else getattr(row, keys[0])].append(row)
    return dict(found)
