"""Members who spend each other's points: households, and who has a seat in one."""

from loyalty.households.facts import ENDS, HOW, End, How
from loyalty.households.models import Household, Seat
from loyalty.households.store import (
    agree,
    all_seats,
    end,
    hand_on,
    lock,
    needed_seat,
    put_in_order,
    seat_of,
    seats,
    set_up,
    sharing_with,
    take_seat,
)
from loyalty.households.terms import HouseholdTerms, parse

__all__ = [
    "ENDS",
    "HOW",
    "End",
    "Household",
    "HouseholdTerms",
    "How",
    "Seat",
    "agree",
    "all_seats",
    "end",
    "hand_on",
    "lock",
    "needed_seat",
    "parse",
    "put_in_order",
    "seat_of",
    "seats",
    "set_up",
    "sharing_with",
    "take_seat",
]
