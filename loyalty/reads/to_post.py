"""The mailings that a file for the printer may hold: to the living, where post arrives (B8, M9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Select, select
from sqlalchemy.orm import Session

from loyalty.benefits import Mailing
from loyalty.members import Member, Person, who_may

ARRIVES = (
    Person.address.is_not(None),
    Person.address != JSON.NULL,
    Person.mail_returned_at.is_(None),
    Member.state.in_(who_may("serve")),
)  #: whom post reaches who may act


@dataclass(frozen=True, slots=True)
class ToPost:
    """One mailing, to whom and where it goes, and in which language; no language: the club's."""

    mailing: Mailing
    recipient: str
    address: dict[str, Any]
    language: str | None


def to_post(session: Session, benefit: str, limit: int) -> Iterator[ToPost]:
    """Up to `limit` of a benefit that no file holds yet, the earliest day first, locked.

    Left out is whoever may not act (M9), has no address, or has one that mail came back from: what was made
    for them waits until that is mended, which death never is.
    """
    rows = _addressed(Mailing.benefit == benefit, Mailing.state == "made", *ARRIVES)
    yield from _shown(session, rows.limit(limit).with_for_update(of=Mailing))


def posted(session: Session, benefit: str, written_at: datetime, limit: int) -> Iterator[ToPost]:
    """Up to `limit` of a benefit that one list held, the earliest day first; whoever has no address is left
    out."""
    rows = _addressed(
        Mailing.benefit == benefit, Mailing.state == "written", Mailing.written_at == written_at, *ARRIVES
    )
    yield from _shown(session, rows.limit(limit))


def _addressed(*which: Any) -> Select[Any]:
    return (
        select(Mailing, Person, Member.locale)
        .join(Person, Person.member_id == Mailing.member_id)
        .join(Member, Member.member_id == Mailing.member_id)
        .where(*which)
        .order_by(Mailing.for_day, Mailing.member_id)
    )


def _shown(session: Session, rows: Select[Any]) -> Iterator[ToPost]:
    for mailing, person, locale in session.execute(rows).all():
        recipient = person.address.get("recipient") or person.name
        yield ToPost(mailing, recipient, person.address, locale)
