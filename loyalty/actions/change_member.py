"""A member's contacts and wishes change. Names and documents do not change here (M5)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import letters, members
from loyalty.actions.change_contact import guard_change
from loyalty.actions.tell_news import hold_still, tell_news
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid
from loyalty.reads.region import region_of


def change_member(
    session: Session,
    editions: Editions,
    member_id: int,
    version: int,
    changes: Mapping[str, Any],
    now: datetime,
    *,
    by_member: bool = False,
) -> None:
    """Carry out the given ones of phone, email, address, locale, attributes, consents.

    A changed contact is told and pauses spending, as wherever it changes. Raises NotFound; VersionStale when
    `version` is not the member's; Invalid for a phone that cannot be one; StateForbids for a new address
    where the member's own page asks (`by_member`).
    """
    member_id = members.current(session, member_id)
    before = hold_still(session, member_id)
    if by_member and "address" in changes:
        members.check(members.locked(session, member_id).state, "change")
    had = members.contacts_of(members.person_of(session, member_id))
    member = members.change(session, member_id, version, changes, now, region=region_of(editions, now))
    event = guard_change(session, editions, member, had, now)
    if event is not None:
        tell_news(session, before, event.kind, event.body, now)


def want_letters(session: Session, member_id: int, wanted: Collection[str]) -> None:
    """Keep which kinds of letters a member wants; notices of security come all the same.

    Raises NotFound; Invalid for a kind that nobody can do without, or that there is none of.
    """
    if strange := sorted(set(wanted) - set(letters.UNWANTABLE)):
        raise Invalid(fields={"wanted": f"is no kind of letter to choose: {', '.join(strange)}"})
    member = members.locked(session, member_id)
    members.want_letters(member, set(letters.UNWANTABLE) - set(wanted))
