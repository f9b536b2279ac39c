"""The books as plain rows for an outside checker: no person, no stored answer, no cashier (M7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from loyalty import policies
from loyalty.law import STREAMED
from loyalty.ledger import (
    AccountRow,
    Claim,
    Entry,
    HoldRow,
    LotRow,
    OperationPartRow,
    OperationRow,
    PendingRow,
    TallyRow,
)
from loyalty.policies import PolicyRow, PolicyShare, PolicyVersion, Premium
from loyalty.programme import StoredEdition
from loyalty.sales import Sale, SaleReturn
from loyalty.sheets import as_text
from loyalty.tables import Base
from loyalty.tiers import Standing, TermRow

_TABLES: tuple[type[Base], ...] = (
    AccountRow,
    LotRow,
    Entry,
    OperationRow,
    OperationPartRow,
    HoldRow,
    PendingRow,
    TallyRow,
    Claim,
    Standing,
    TermRow,
    Sale,
    SaleReturn,
    PolicyRow,
    PolicyVersion,
    PolicyShare,
    Premium,
    StoredEdition,
)
_LEFT_OUT = {"claim": {"outcome", "cut_at"}, "sale": {"cashier"}, "edition": {"published_by", "approved_by"}}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table to export: its columns in their order, and its rows by their key."""

    name: str
    header: tuple[str, ...]
    query: Select[Any]

    def rows(self, session: Session) -> Iterator[list[str]]:
        """Its rows as text, a few at a time in memory."""
        for row in session.execute(self.query, execution_options=STREAMED):
            yield [as_text(self._nameless(*told)) for told in zip(self.header, row, strict=True)]

    def _nameless(self, column: str, value: Any) -> Any:
        is_told = (self.name, column) == (PolicyVersion.__tablename__, "content")
        return policies.without_names(value) if is_told else value


def sheets() -> list[Sheet]:
    """Everything that is exported."""
    return [_sheet(table) for table in _TABLES]


def _sheet(table: type[Base]) -> Sheet:
    name = table.__tablename__
    columns = [column for column in table.__table__.columns if column.name not in _LEFT_OUT.get(name, ())]
    query = select(*columns).order_by(*table.__table__.primary_key)
    if table is Claim:
        # Claims of other acts name persons: an enrolment's key is the core system's reference.
        query = query.where(Claim.op_id.is_not(None))
    return Sheet(name, tuple(column.name for column in columns), query)
