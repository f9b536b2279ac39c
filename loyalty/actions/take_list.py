"""A list of members leaves the club: who comes to an event, whom the post goes to, where an order goes.

Who took or saw it is a line in the chain of acts, in the transaction that reads it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, benefits, ids
from loyalty.errors import NotFound
from loyalty.reads.guests import Guest, guests
from loyalty.reads.orders import OrderAddress, address_of
from loyalty.reads.to_post import ToPost, posted, to_post

MOST = 10_000  #: of a list; the next one holds the others


def take_guests(session: Session, event_id: int, form: str, by: str, now: datetime) -> Sequence[Guest]:
    """Who comes to an event, and who waits, by name. Raises NotFound."""
    found = guests(session, event_id, None, MOST)
    content = {"form": form, "rows": len(found)}
    acts.record(
        session, now, actor=by, kind="event.guests_taken", subject=ids.to_text(event_id), content=content
    )
    return found


def take_mailings(session: Session, benefit: str, form: str, by: str, now: datetime) -> Sequence[ToPost]:
    """What is to be posted of a benefit and no list holds yet; it counts as posted from now on.

    Raises NotFound where there is nothing.
    """
    found = list(to_post(session, benefit, MOST))
    if not found:
        raise NotFound
    for one in found:
        benefits.mark_written(session, one.mailing, now)
    _taken(session, benefit, form, len(found), by, now)
    return found


def take_again(
    session: Session, benefit: str, written_at: datetime, form: str, by: str, now: datetime
) -> Sequence[ToPost]:
    """What was posted by a list once more, where it goes today. Raises NotFound where nothing was."""
    found = list(posted(session, benefit, written_at, MOST))
    if not found:
        raise NotFound
    _taken(session, benefit, form, len(found), by, now)
    return found


def see_address(session: Session, member_id: int, op_id: int, by: str, now: datetime) -> OrderAddress:
    """Where an order that waits is to be sent. Raises NotFound."""
    found = address_of(session, member_id, op_id)
    name = ids.pair_to_text(member_id, op_id)
    acts.record(session, now, actor=by, kind="order.address_seen", subject=name, content={})
    return found


def _taken(session: Session, benefit: str, form: str, count: int, by: str, now: datetime) -> None:
    content = {"form": form, "rows": count}
    acts.record(session, now, actor=by, kind="mailings.taken", subject=benefit, content=content)
