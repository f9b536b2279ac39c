"""An operation as it is decided, before it is written: one wish carried out once, a part per unit. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from loyalty.ledger.lots import Hold, Move, Pending

ACTS = (
    "earn",
    "redeem",
    "hold",
    "capture",
    "transfer_out",
    "import",
    "merge_in",
)  #: kinds by which a member acts
NO_ACTS = ("birthday", "anniversary", "premium")  #: what is earned `on` these comes without an act
OF_POLICIES = ("policy", "position")  #: what a policy gives a member first; every difference after that (I2)


def is_act(kind: str, reasons: Mapping[str, object] | None) -> bool:
    """Whether an operation keeps points alive that die by inactivity."""
    return kind in ACTS and (reasons or {}).get("on") not in NO_ACTS


class Part(NamedTuple):
    """What an operation does to one unit: `points` is a magnitude, the moves are its entries."""

    unit: str
    points: int
    moves: tuple[Move, ...] = ()
    promised: tuple[Pending, ...] = ()
    withdrawn: tuple[Pending, ...] = ()  #: parts of pending points taken back or lapsed, with the points
    shortfall: int = 0  #: what could not be taken back, and was forgiven (clamp)


@dataclass(frozen=True, slots=True)
class HoldClosing:
    """How a hold leaves `open`: captured, voided, ended or merged, with the points captured."""

    op_id: int
    unit: str
    state: str
    captured: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A pending part that became usable."""

    unit: str
    pending: Pending


class Operation(NamedTuple):
    """One wish, or one thing the clock does, with everything it changes in the books."""

    op_id: int
    kind: str
    edition: int
    happened_at: datetime
    parts: tuple[Part, ...] = ()
    refers_to: int | None = None
    reasons: Mapping[str, object] | None = None
    takes: tuple[str, Hold] | None = None  #: (unit, hold)
    closes: HoldClosing | None = None
    opens: Opening | None = None
    supersedes: tuple[Opening, ...] = ()  #: promises that hold no more: another state of the policy came (I1)
    undoes: tuple[tuple[str, int], ...] = ()  #: (unit, points) undone of the operation it refers to
    dates: tuple[tuple[str, Pending], ...] = ()  #: (unit, pending part) whose day it made known
    hands_on: tuple[
        Opening, ...
    ] = ()  #: promises that somebody else keeps from now on: they were merged (M6)
    takes_up: tuple[Opening, ...] = ()  #: promises handed on before, kept here again as they have become

    @property
    def points(self) -> dict[str, int]:
        """Signed change of what the member holds, per unit that has entries."""
        return {part.unit: sum([move.points for move in part.moves]) for part in self.parts if part.moves}


def tally_of(operations: tuple[Operation, ...]) -> dict[tuple[str, date], int]:
    """What these operations add to the tally: (unit, day) → points earned, net of returns."""
    tally: dict[tuple[str, date], int] = {}
    for part in (part for operation in operations for part in operation.parts):
        for move in part.moves:
            if move.counts_on is not None:
                key = (part.unit, move.counts_on)
                tally[key] = tally.get(key, 0) + move.points
    return tally
