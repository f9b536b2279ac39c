"""What staff, operators and systems did to the club: a line for each act, chained by hash."""

from loyalty.acts.chain import Line, chained
from loyalty.acts.models import Act, ActHead
from loyalty.acts.store import first_broken, head, lines, record

__all__ = ["Act", "ActHead", "Line", "chained", "first_broken", "head", "lines", "record"]
