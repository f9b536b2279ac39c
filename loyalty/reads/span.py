"""A stretch of members whose lives are read together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from loyalty.decide.lived import Fact
from loyalty.decide.programme import Editions

Turn = tuple[int, datetime, int, Fact]  #: member, when it was booked, its place among what was booked then
Turns = Iterator[Turn]


@dataclass(frozen=True, slots=True)
class Span:
    """Members from the first id to the last, by what was booked by an instant."""

    editions: Editions  #: as they were
    first: int
    last: int
    as_of: datetime

    def holds(self, row: Any) -> ColumnElement[bool]:
        """Whether a row is of one of these members."""
        within: ColumnElement[bool] = row.member_id.between(self.first, self.last)
        return within

    def booked(self, row: Any) -> ColumnElement[bool]:
        """Whether it is, and was booked by then."""
        by_then: ColumnElement[bool] = row.booked_at <= self.as_of
        return self.holds(row) & by_then
