"""News for the outside, saved in the same transaction as the change itself."""

from loyalty.outbox.models import Message
from loyalty.outbox.store import add

__all__ = ["Message", "add"]
