"""A sale, or goods that came back, are told from a file: now, or as if the clock stood where it was."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import ledger
from loyalty.actions.earn import earn
from loyalty.actions.once import Asking
from loyalty.actions.take_unreceipted import take_unreceipted
from loyalty.actions.who import Bearer
from loyalty.decide.programme import Editions
from loyalty.sales import Purchase, Return


def import_sale(
    session: Session, editions: Editions, bearer: Bearer, fact: Purchase | Return, *, asking: Asking
) -> tuple[dict[str, Any], bool]:
    """Book what a till told elsewhere, once: what the till would hear, and whether it was told before.

    Raises what `earn` and `take_unreceipted` raise; Invalid for history before a later booking.
    """
    if isinstance(fact, Purchase):
        return earn(session, editions, bearer, fact, asking=asking)
    return take_unreceipted(session, editions, bearer, fact, asking=asking)


def is_known(session: Session, fact: Purchase | Return) -> bool:
    """Whether the receipt was told before, by a file or by a till."""
    kind, receipt = ("purchase", fact.receipt) if isinstance(fact, Purchase) else ("return", fact.reference)
    claims = ledger.claims
    return claims.find(session, claims.scope_of(kind, None), claims.key_of(receipt.key)) is not None
