"""The auditor of the points ledger: every law that its own tables can prove or break."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from loyalty.law import Fault, Look
from loyalty.ledger.laws_of_accounts import LAW_1, LAW_2, LAW_3, LAW_4
from loyalty.ledger.laws_of_operations import LAW_5, LAW_6
from loyalty.ledger.laws_of_parts import LAW_7, PARTS
from loyalty.ledger.laws_of_time import LAW_8, LAW_12
from loyalty.ledger.models import Account, Entry

LAWS = (LAW_1, LAW_2, LAW_3, LAW_4, LAW_5, LAW_6, LAW_7, LAW_8, PARTS, LAW_12)


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """One unit's books: what moved against each contra, and what members hold now."""

    unit: str
    moved: dict[str, int]  #: contra → signed sum of its entries; they add up to `balance`
    available: int
    held: int
    debt: int
    pending: int

    @property
    def balance(self) -> int:
        """What members hold in all, less what they owe."""
        return self.available + self.held - self.debt


def audit(session: Session, zone: ZoneInfo) -> Iterator[Fault]:
    """Every breach of the ledger's laws; days begin at midnight in `zone`."""
    look = Look(session, zone)
    for law in LAWS:
        yield from law.faults(look)


def trial_balance(session: Session) -> list[TrialBalance]:
    """The books of every unit, by its code (law 3)."""
    moved: dict[str, dict[str, int]] = {}
    by_contra = (
        select(Entry.unit, Entry.contra, func.sum(Entry.points))
        .group_by(Entry.unit, Entry.contra)
        .order_by(Entry.unit, Entry.contra)
    )
    for unit, contra, points in session.execute(by_contra):
        moved.setdefault(unit, {})[contra] = int(points)
    columns = (Account.available, Account.held, Account.debt, Account.pending)
    totals = select(Account.unit, *(func.sum(column) for column in columns)).group_by(Account.unit)
    return [
        TrialBalance(unit, moved.get(unit, {}), *map(int, sums))
        for unit, *sums in session.execute(totals.order_by(Account.unit))
    ]
