"""The end of a store's day: do its tills and our books say the same?"""

from typing import Any

from sqlalchemy.orm import Session

from loyalty.actions.once import Asking
from loyalty.api.auth import needs, speaks_for
from loyalty.api.carrying import look
from loyalty.api.resource import Resource, takes_long_bodies
from loyalty.api.schemas.reconciliations import ReconciliationIn, ReconciliationOut, compared, told_day
from loyalty.decide.programme import Editions
from loyalty.reads.reconciliation import reconcile

reconciliations = Resource("reconciliations", "/reconciliations", "A store's day, compared.")


@reconciliations.route("", methods=["POST"])
@needs("points:earn", "points:return")
@takes_long_bodies
@reconciliations.arguments(ReconciliationIn)
@reconciliations.response(200, ReconciliationOut)
def compare(told: dict[str, Any]) -> Any:
    """Compare a store's day by its totals and, where receipts are told, receipt by receipt."""
    speaks_for(told["store"])

    def question(session: Session, editions: Editions, asking: Asking) -> dict[str, Any]:
        currency = editions.at(asking.now).programme.club.currency
        found = reconcile(session, told["store"], told["business_date"], told_day(told, currency))
        return compared(found, currency)

    return look(question)
