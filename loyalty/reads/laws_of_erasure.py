"""What must hold of whoever was forgotten: nothing says who they were, and no points are left (M7)."""

from typing import Any

from sqlalchemy import Select, or_, select

from loyalty.law import Law, none_of
from loyalty.ledger import AccountRow as Account
from loyalty.members import LEFT, Card, Customer, IdentityDocument, Member, MemberNote, Person, Reference
from loyalty.policies import PolicyVersion
from loyalty.tables import Base
from loyalty.tiers import Standing

_OF_PERSONS: tuple[type[Base], ...] = (Person, IdentityDocument, Reference, Customer, MemberNote)


def _erased(table: Any, *such: Any) -> Select[Any]:
    """Members who were forgotten, and have such a row."""
    rows = select(Standing.member_id).join(table, table.member_id == Standing.member_id)
    return rows.where(Standing.erased_at.is_not(None), *such)


def _with_points() -> Select[Any]:
    left = (Account.available, Account.held, Account.debt, Account.pending, Account.lowering)
    return _erased(Account, or_(*(column != 0 for column in left)))


def _holding() -> Select[Any]:
    rows = select(Standing.member_id).join(PolicyVersion, PolicyVersion.holder == Standing.member_id)
    return rows.where(Standing.erased_at.is_not(None))


ERASED = Law(
    "erased",
    "of whoever was forgotten nothing says who they were, and no points are left",
    (Standing, Member, Account),
    (
        *(none_of(Standing, _erased(table), f"{table.__tablename__} knows them") for table in _OF_PERSONS),
        none_of(Member, _erased(Member, Member.state != LEFT), "they have not left"),
        none_of(Standing, _erased(Card, Card.ended_at.is_(None)), "a card speaks for them"),
        none_of(Standing, _holding(), "a policy names them as its holder"),
        none_of(Account, _with_points(), "points are left"),
    ),
)
