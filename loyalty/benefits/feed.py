"""The rows of news for the cards that a benefit belongs to."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.benefits.models import FeedItem
from loyalty.calendar import INSTANT
from loyalty.errors import NotFound
from loyalty.tables import table_of

_ITEM = table_of(FeedItem)


def publish_item(
    session: Session,
    benefit: str,
    title: Mapping[str, str],
    body: Mapping[str, str],
    until_at: datetime | None,
    now: datetime,
) -> int:
    """Publish a piece of news from now on; its id."""
    item_id = ids.new_id(now)
    row = {"item_id": item_id, "benefit": benefit, "title": dict(title), "body": dict(body)}
    session.execute(insert(_ITEM), [row | {"published_at": now, "until_at": until_at}])
    return item_id


def withdraw_item(session: Session, item_id: int, now: datetime) -> None:
    """Show a piece of news no more. Raises NotFound."""
    found = session.get(FeedItem, item_id)
    if found is None:
        raise NotFound
    over = max(now, found.published_at + INSTANT)
    session.execute(update(_ITEM).where(_ITEM.c.item_id == item_id).values(until_at=over))


def newest_items(session: Session, before: int | None, limit: int) -> Sequence[FeedItem]:
    """Up to `limit` pieces of news, shown or not, the last one told first; those below the id `before`."""
    told = select(FeedItem).order_by(FeedItem.item_id.desc()).limit(limit)
    return session.scalars(told if before is None else told.where(FeedItem.item_id < before)).all()


def items(session: Session, of: Collection[str], at: datetime, limit: int) -> Sequence[FeedItem]:
    """The news of some benefits that is shown at an instant, the newest first."""
    shown = or_(FeedItem.until_at.is_(None), FeedItem.until_at > at)
    told = select(FeedItem).where(FeedItem.benefit.in_(of), FeedItem.published_at <= at, shown)
    return session.scalars(
        told.order_by(FeedItem.published_at.desc(), FeedItem.item_id.desc()).limit(limit)
    ).all()
