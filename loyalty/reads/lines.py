"""A statement as its member reads it: a line for what one operation did to one unit, with rules and lots."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from loyalty.calendar import FOREVER
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Editions
from loyalty.ledger import Operation
from loyalty.reads.statement import LineOrder

DEBT = "debt"  #: the class of entries that book what is owed


@dataclass(frozen=True, slots=True)
class RulePart:
    """What one rule gave, in the unit's smallest steps; `name` is {} where its edition tells none."""

    code: str
    name: Mapping[str, str]
    points: int


@dataclass(frozen=True, slots=True)
class LotPart:
    """What moved of one lot, signed; its last usable day, None for points without an end."""

    last_day: date | None
    points: int
    contra: str
    is_debt: bool


@dataclass(frozen=True, slots=True)
class Referred:
    """The operation that a line belongs to: of a return the purchase."""

    operation: str
    kind: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What one operation did to one unit; what the clock did and nobody booked yet has no name."""

    operation: str | None
    kind: str
    unit: str
    seq: int  #: of its first entry
    points: int  #: signed
    edition: int
    happened_at: datetime
    booked_at: datetime | None
    reasons: Mapping[str, Any]
    rules: tuple[RulePart, ...]
    lots: tuple[LotPart, ...]
    refers_to: Referred | None = None
    store: str | None = None
    order: LineOrder | None = None
    by: str | None = None  #: of points that others of the household spent: whose name spent them (M8)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: kinds of operation, a time of happening `[since, until)`, plain words."""

    kinds: frozenset[str] | None = None  #: None: all
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    meant: frozenset[str] = frozenset()  #: kinds that the words stand for in the reader's language


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of lines begins: before this line."""

    happened_at: datetime
    seq: int


def by_the_clock(editions: Editions, outcome: Outcome, unit: str, after_seq: int = 0) -> list[Line]:
    """What the clock did to a unit and nobody booked (P5), oldest first; its entries count on `after_seq`."""
    lines = []
    for operation in outcome.operations:
        for part in operation.parts:
            if part.unit == unit and part.moves:
                lines.append(_line_of(editions, operation, unit, after_seq + 1))
                after_seq += len(part.moves)
    return lines


def fits(editions: Editions, line: Line, sought: Sought) -> bool:
    """Whether a line is among those looked for."""
    return (
        (sought.kinds is None or line.kind in sought.kinds)
        and (sought.since is None or line.happened_at >= sought.since)
        and (sought.until is None or line.happened_at < sought.until)
        and (
            not sought.words
            or line.kind in sought.meant
            or not rules_named(editions, sought.words).isdisjoint(rule.code for rule in line.rules)
        )
    )


def rules_named(editions: Editions, words: str) -> set[str]:
    """The rules whose name, in whatever language and edition, has these words; or whose code, without one."""
    rules = (rule for edition in editions.items for rule in edition.programme.rules)
    return {rule.code for rule in rules if _has(rule.name or {"": rule.code}, words)}


def rewards_named(editions: Editions, words: str) -> set[str]:
    """The rewards whose name has these words."""
    rewards = (reward for edition in editions.items for reward in edition.programme.rewards)
    return {one.code for one in rewards if _has(one.name, words)}


def _has(names: Mapping[str, str], words: str) -> bool:
    return any(words.lower() in name.lower() for name in names.values())


def _line_of(editions: Editions, operation: Operation, unit: str, seq: int) -> Line:
    moves = [move for part in operation.parts if part.unit == unit for move in part.moves]
    reasons = operation.reasons or {}
    return Line(
        None,
        operation.kind,
        unit,
        seq,
        sum(move.points for move in moves),
        operation.edition,
        operation.happened_at,
        None,
        reasons,
        rules_told(editions, operation.edition, reasons, unit),
        tuple(
            LotPart(day_or_never(move.lot.last_day), move.points, move.contra, move.lot.kind == DEBT)
            for move in moves
        ),
    )


def rules_told(
    editions: Editions, edition: int, reasons: Mapping[str, Any], unit: str
) -> tuple[RulePart, ...]:
    """The rules that an operation tells of a unit, as its edition calls them, in the order told."""
    names = {rule.code: rule.name for rule in editions.number(edition).programme.rules}
    told = reasons.get("because", ())
    return tuple(RulePart(code, names.get(code, {}), points) for code, of, points in told if of == unit)


def day_or_never(last_day: date) -> date | None:
    """A last usable day; None for points without an end."""
    return None if last_day == FOREVER else last_day
