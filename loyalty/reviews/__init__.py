"""What a person must look at: sales held for review, and the cards of those who serve."""

from loyalty.reviews.models import Review, StaffCard
from loyalty.reviews.store import (
    LINKED,
    Held,
    by_id,
    by_receipt,
    close,
    hold,
    is_linked,
    is_own_card,
    link,
    links,
    newest,
    of_day,
    open_of,
    own_cards,
    unlink,
    unlink_member,
)

__all__ = [
    "LINKED",
    "Held",
    "Review",
    "StaffCard",
    "by_id",
    "by_receipt",
    "close",
    "hold",
    "is_linked",
    "is_own_card",
    "link",
    "links",
    "newest",
    "of_day",
    "open_of",
    "own_cards",
    "unlink",
    "unlink_member",
]
