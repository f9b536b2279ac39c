"""What a tier gives besides points: as its programme declares it, where it is had, and what was had."""

from loyalty.benefits.facts import Place, State, Wanted
from loyalty.benefits.models import Entitlement as EntitlementRow
from loyalty.benefits.models import Place as PlaceRow
from loyalty.benefits.models import Use
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
    take,
    use,
    uses,
    visits,
)
from loyalty.benefits.terms import Benefit, Booking, Discount, Quota, parse

__all__ = [
    "Benefit",
    "Booking",
    "Discount",
    "Entitlement",
    "EntitlementRow",
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
    "close",
    "close_place",
    "entitlement",
    "keep_use",
    "open_place",
    "open_uses",
    "parse",
    "place",
    "places",
    "take",
    "use",
    "uses",
    "visits",
]
