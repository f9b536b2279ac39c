"""What staff, operators and systems did to the club: a line for each act, chained by hash."""

from loyalty.acts.chain import Line, chained, sealed
from loyalty.acts.models import Act, ActHead
from loyalty.acts.store import Sought, all_sought, first_broken, head, lines, record, sealing, sought

__all__ = [
    "Act",
    "ActHead",
    "Line",
    "Sought",
    "all_sought",
    "chained",
    "first_broken",
    "head",
    "lines",
    "record",
    "sealed",
    "sealing",
    "sought",
]
