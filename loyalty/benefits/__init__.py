"""What a tier gives besides points: the club's promises, as its programme declares them."""

from loyalty.benefits.facts import Place, State, Wanted
from loyalty.benefits.quota import Entitlement, Period, Stretch, Visit, entitlement
from loyalty.benefits.terms import Benefit, Booking, Discount, Quota, parse

__all__ = [
    "Benefit",
    "Booking",
    "Discount",
    "Entitlement",
    "Period",
    "Place",
    "Quota",
    "State",
    "Stretch",
    "Visit",
    "Wanted",
    "entitlement",
    "parse",
]
