"""What is used of a limit: a counter for each limit, subject and period, kept with the fact (P15)."""

from loyalty.usage.models import Usage
from loyalty.usage.store import add, used
from loyalty.usage.terms import NOTHING, Per, UsageKey, Used, period_of

__all__ = ["NOTHING", "Per", "Usage", "UsageKey", "Used", "add", "period_of", "used"]
