"""An operator publishes news for some cards, or withdraws it; each is a line in the chain of acts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, benefits, ids
from loyalty.actions.once import Asking, Told, Wish, once
from loyalty.decide.programme import Editions
from loyalty.errors import BenefitUnknown, Invalid


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A piece of news: for which cards, what it says, and from when until when it is shown."""

    benefit: str
    title: Mapping[str, str]
    body: Mapping[str, str]
    from_at: datetime | None  #: None: at once
    until_at: datetime | None  #: None: for good


def publish_item(
    session: Session,
    editions: Editions,
    benefit: str,
    title: Mapping[str, str],
    body: Mapping[str, str],
    until_at: datetime | None,
    by: str,
    now: datetime,
    *,
    from_at: datetime | None = None,
) -> int:
    """Publish a piece of news from an instant on, or now; its id.

    Raises BenefitUnknown where the benefit is no feed; Invalid where it is over before it is shown.
    """
    begins = max(now, from_at or now)
    if until_at is not None and until_at <= begins:
        raise Invalid(fields={"until_at": "is over before it is shown"})
    known = {one.code for one in editions.at(now).programme.benefits if one.kind == "feed"}
    if benefit not in known:
        raise BenefitUnknown(benefit=benefit)
    item_id = benefits.publish_item(session, benefit, title, body, until_at, begins)
    content = {"benefit": benefit, "title": dict(title)}
    acts.record(session, now, actor=by, kind="news.published", subject=ids.to_text(item_id), content=content)
    return item_id


def publish_once(
    session: Session,
    editions: Editions,
    told: NewsItem,
    *,
    asking: Asking,
) -> int:
    """The same, once for the key of a wish; its id. Raises KeyMissing, KeyReused."""

    def do() -> Told:
        item_id = publish_item(
            session, editions, told.benefit, told.title, told.body, told.until_at, asking.client, asking.now,
            from_at=told.from_at,
        )  # fmt: skip
        return Told({"item_id": ids.to_text(item_id)})

    answer, _ = once(session, Wish("news", asking, None, asdict(told)), do)
    return ids.from_text(answer["item_id"]) or 0


def withdraw_item(session: Session, item_id: int, by: str, now: datetime) -> None:
    """Show a piece of news no more. Raises NotFound."""
    benefits.withdraw_item(session, item_id, now)
    acts.record(session, now, actor=by, kind="news.withdrawn", subject=ids.to_text(item_id), content={})
