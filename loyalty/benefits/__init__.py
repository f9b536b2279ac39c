"""What a tier gives besides points: as its programme declares it, where it is had, and what was had."""

from loyalty.benefits.events import announce, booked, call_off, coming, event, seat, unseat, waiting
from loyalty.benefits.facts import ClubEvent, Place, State, Wanted
from loyalty.benefits.mailings import keep_mailing, mailed, mark_returned, mark_written, to_write
from loyalty.benefits.models import Assignment, FeedItem, Mailing, Manager, Use
from loyalty.benefits.models import ClubEvent as EventRow
from loyalty.benefits.models import Entitlement as EntitlementRow
from loyalty.benefits.models import Place as PlaceRow
from loyalty.benefits.quota import Entitlement, Period, Stretch, Visit, entitlement
from loyalty.benefits.store import (
    Right,
    close,
    close_place,
    keep_use,
    open_place,
    open_uses,
    place,
    places,
    reserve_waiting,
    take,
    use,
    uses,
    visits,
)
from loyalty.benefits.terms import Benefit, Booking, Discount, Quota, parse

__all__ = [
    "Assignment",
    "Benefit",
    "Booking",
    "ClubEvent",
    "Discount",
    "Entitlement",
    "EntitlementRow",
    "EventRow",
    "FeedItem",
    "Mailing",
    "Manager",
    "Period",
    "Place",
    "PlaceRow",
    "Quota",
    "Right",
    "State",
    "Stretch",
    "Use",
    "Visit",
    "Wanted",
    "announce",
    "booked",
    "call_off",
    "close",
    "close_place",
    "coming",
    "entitlement",
    "event",
    "keep_mailing",
    "keep_use",
    "mailed",
    "mark_returned",
    "mark_written",
    "open_place",
    "open_uses",
    "parse",
    "place",
    "places",
    "reserve_waiting",
    "seat",
    "take",
    "to_write",
    "unseat",
    "use",
    "uses",
    "visits",
    "waiting",
]
