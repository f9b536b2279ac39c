"""A store's day as its tills have it, beside ours: each difference by its receipt."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from loyalty.reads.store_day import Kind, Slip, State, Total, slips, totals

Name = Literal["missing_here", "missing_there", "amount_differs", "cancelled_here", "under_review"]
_NAMES: Mapping[State, Name] = {"cancelled": "cancelled_here", "under_review": "under_review"}


@dataclass(frozen=True, slots=True)
class Told:
    """A day as the store tells it: totals, and perhaps every receipt."""

    totals: Mapping[str, Total]
    receipts: tuple[Slip, ...] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One receipt on which the two disagree; amounts are minor units, None where there is no such receipt."""

    terminal: str
    receipt: str
    kind: Kind
    difference: Name
    ours_minor: int | None
    theirs_minor: int | None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How the two days compare."""

    match: bool
    ours: Mapping[str, Total]
    differences: tuple[Difference, ...]


def reconcile(session: Session, store: str, day: date, told: Told) -> Reconciled:
    """Compare a store's day. What awaits review is a difference, whether or not receipts are told."""
    found = slips(session, store, day)
    ours = totals(found)
    differences = tuple(sorted(_differences(found, told.receipts), key=_place))
    equal = all(ours[name] == total for name, total in told.totals.items())
    return Reconciled(equal and not differences, ours, differences)


def _differences(found: Iterable[Slip], told: tuple[Slip, ...] | None) -> Iterator[Difference]:
    ours, theirs = {slip.key: slip for slip in found}, {slip.key: slip for slip in told or ()}
    for key in ours.keys() | theirs.keys():
        here, there = ours.get(key), theirs.get(key)
        name = _name(here, there)
        if name is not None and (told is not None or name == "under_review"):
            terminal, kind, receipt = key
            yield Difference(terminal, receipt, kind, name, _amount(here), _amount(there))


def _name(here: Slip | None, there: Slip | None) -> Name | None:
    """What is different about a receipt; None where both agree, also that there is no such sale."""
    if here is None:
        return "missing_here"
    if here.state == "under_review" or (here.state == "cancelled" and there is not None):
        return _NAMES[here.state]
    if here.state == "cancelled":
        return None
    if there is None:
        return "missing_there"
    return "amount_differs" if here.amount_minor != there.amount_minor else None


def _amount(slip: Slip | None) -> int | None:
    return None if slip is None else slip.amount_minor


def _place(difference: Difference) -> tuple[str, str, str]:
    return difference.terminal, difference.kind, difference.receipt
