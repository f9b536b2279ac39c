"""An operator publishes news for some cards, or withdraws it; each is a line in the chain of acts."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts, benefits, ids
from loyalty.decide.programme import Editions
from loyalty.errors import BenefitUnknown


def publish_item(
    session: Session,
    editions: Editions,
    benefit: str,
    title: Mapping[str, str],
    body: Mapping[str, str],
    until_at: datetime | None,
    by: str,
    now: datetime,
) -> int:
    """Publish a piece of news; its id. Raises BenefitUnknown where the benefit is no feed."""
    known = {one.code for one in editions.at(now).programme.benefits if one.kind == "feed"}
    if benefit not in known:
        raise BenefitUnknown(benefit=benefit)
    item_id = benefits.publish_item(session, benefit, title, body, until_at, now)
    content = {"benefit": benefit, "title": dict(title)}
    acts.record(session, now, actor=by, kind="news.published", subject=ids.to_text(item_id), content=content)
    return item_id


def withdraw_item(session: Session, item_id: int, by: str, now: datetime) -> None:
    """Show a piece of news no more. Raises NotFound."""
    benefits.withdraw_item(session, item_id, now)
    acts.record(session, now, actor=by, kind="news.withdrawn", subject=ids.to_text(item_id), content={})
