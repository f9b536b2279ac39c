"""What rating a policy by a newer edition would change, before anybody does it (I2)."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from loyalty.decide.programme import Editions
from loyalty.decide.rebasing import Rebasing, rebase
from loyalty.reads.policy import told_of
from loyalty.reads.state import state_at

When = Literal["at_once", "next_review"]


def rebasing(
    session: Session, editions: Editions, policy_no: str, edition: int, when: When, now: datetime
) -> tuple[Rebasing | None, int | None]:
    """A policy rated by that edition now, or from its holder's next review on; and who holds it.

    None where that edition, or a newer one, rates it by then. A holder without a term that ends has no
    review to wait for.
    """
    told = told_of(session, policy_no)
    state = told.at(now) or next(iter(told.states), None)
    holder, at = state.holder if state is not None else None, now
    if when == "next_review" and holder is not None:
        at = state_at(session, editions, holder, now, now).after.terms[-1].until_at or now
    return rebase(editions, told, edition, at), holder
