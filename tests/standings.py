"""Where a member stands, as the API shows it and as the rows keep it."""

from collections.abc import Sequence
from datetime import datetime

from flask import Flask
from sqlalchemy import select

from loyalty import ids
from loyalty.db import reading
from loyalty.tiers import TermRow
from tests.makers import Shopper


def shown(shopper: Shopper, at: datetime | None = None) -> tuple[str | None, str, str | None]:
    """Tier, reason and last day, now or at an instant."""
    tier = shopper.look("/tier", at)
    return tier["tier"], tier["reason"], tier["last_day"]


def terms_of(app: Flask, shopper: Shopper) -> Sequence[TermRow]:
    """The terms that are booked, oldest first."""
    wanted = select(TermRow).where(TermRow.member_id == ids.from_text(shopper.member_id))
    with app.app_context(), reading() as session:
        return session.scalars(wanted.order_by(TermRow.term_no)).all()
