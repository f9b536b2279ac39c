"""Where members stand: the ladder, the running term, and the evidence for it."""

from loyalty.tiers.evaluation import Term, missing, next_tier
from loyalty.tiers.models import Standing, Stop
from loyalty.tiers.models import Term as TermRow
from loyalty.tiers.stops import is_stopped, open_stops, release, stop, stops_by_law
from loyalty.tiers.store import (
    Stand,
    alive,
    begin,
    count_event,
    count_events,
    due_members,
    earliest_due,
    forget_person,
    keep_lifts,
    keep_measured,
    move,
    open_standing,
    stand,
    stand_of,
    stands,
    term_of,
    terms_as_of,
    terms_since,
)
from loyalty.tiers.terms import Counter, Ladder, Tier, Window

__all__ = [
    "Counter",
    "Ladder",
    "Stand",
    "Standing",
    "Stop",
    "Term",
    "TermRow",
    "Tier",
    "Window",
    "alive",
    "begin",
    "count_event",
    "count_events",
    "due_members",
    "earliest_due",
    "forget_person",
    "is_stopped",
    "keep_lifts",
    "keep_measured",
    "missing",
    "move",
    "next_tier",
    "open_standing",
    "open_stops",
    "release",
    "stand",
    "stand_of",
    "stands",
    "stop",
    "stops_by_law",
    "term_of",
    "terms_as_of",
    "terms_since",
]
