"""Everything the club has about one member, chapter by chapter, for the person themselves (M7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, Table, select
from sqlalchemy.orm import Session

from loyalty import (
    access,
    acts,
    approvals,
    benefits,
    households,
    ids,
    ledger,
    letters,
    members,
    outbox,
    policies,
    reviews,
    rewards,
    sales,
    tiers,
)
from loyalty.errors import NotFound
from loyalty.law import STREAMED
from loyalty.tables import Base, family, table_of
from loyalty.usage import Usage

_OF_MEMBERS: tuple[type[Base], ...] = (
    members.Member,
    members.Person,
    members.IdentityDocument,
    members.Reference,
    members.Customer,
    members.Consent,
    members.Card,
    members.MemberCode,
    members.MemberNote,
    access.Login,
    access.MemberSession,
    letters.Letter,
    tiers.Standing,
    tiers.TermRow,
    tiers.Stop,
    ledger.AccountRow,
    ledger.LotRow,
    ledger.Entry,
    ledger.OperationRow,
    ledger.OperationPartRow,
    ledger.HoldRow,
    ledger.PendingRow,
    ledger.TallyRow,
    sales.Sale,
    sales.SaleReturn,
    reviews.Review,
    reviews.StaffCard,
    approvals.ApprovalRequest,
    policies.PolicyShare,
    policies.Premium,
    benefits.EntitlementRow,
    benefits.Use,
    benefits.Recognition,
    benefits.Mailing,
    benefits.Assignment,
    rewards.RewardOrder,
    households.Seat,
    outbox.Message,
)
#: What says nothing about the person: other people's names, and digests.
_LEFT_OUT = {
    "identity_document": {"digest"},
    "login": {"digest"},
    "member_session": {"digest"},
    "member_code": {"digest"},
    "member_note": {"author", "salt"},
    "recognition": {"digest"},
    "sale": {"cashier"},
    "staff_card": {"cashier"},
    "approval_request": {"maker", "checker"},
    "household_seat": {"asked_by"},
    "act": {"hash"},
}
_NAMES = ("refers_to", "opened_by", "merged_into")  #: of operations, beside whatever ends in `_id`


@dataclass(frozen=True, slots=True)
class Chapter:
    """One table's rows about a member: its name, its columns, and what asks for the rows."""

    name: str
    columns: tuple[str, ...]
    query: Select[Any]

    def rows(self, session: Session) -> Iterator[tuple[Any, ...]]:
        """The rows as plain values, a few at a time in memory: ids and instants as the API spells them."""
        for row in session.execute(self.query, execution_options=STREAMED):
            yield tuple(_plain(name, value) for name, value in zip(self.columns, row, strict=True))


def chapters(session: Session, member_id: int) -> list[Chapter]:
    """All there is about a member. Raises NotFound, for whoever was forgotten, too."""
    if members.by_id(session, member_id).member_id not in tiers.alive(session, [member_id]):
        raise NotFound
    whose = family(member_id)  # who was merged into them is the same person (M6)
    names = [ids.to_text(one) for one in session.scalars(whose)]
    told, act, used = table_of(policies.PolicyVersion), table_of(acts.Act), table_of(Usage)
    return [
        *(_chapter(table, table.c.member_id.in_(whose)) for table in map(table_of, _OF_MEMBERS)),
        _chapter(told, told.c.holder.in_(whose)),
        _chapter(act, act.c.subject.in_(names)),
        _chapter(used, used.c.subject.in_(names)),
    ]


def _chapter(table: Table, mine: Any) -> Chapter:
    columns = [column for column in table.c if column.name not in _LEFT_OUT.get(table.name, ())]
    query = select(*columns).where(mine).order_by(*table.primary_key)
    return Chapter(table.name, tuple(column.name for column in columns), query)


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, int) and (name.endswith("_id") or name in _NAMES):
        return ids.to_text(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
