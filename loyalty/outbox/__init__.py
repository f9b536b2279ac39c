"""News for the outside, saved in the same transaction as the change itself, and who wants to be told."""

from loyalty.outbox.models import Message, OutboxHead, WebhookEndpoint
from loyalty.outbox.store import add, adding_found, after, last_place, last_seq, line_up, place_of
from loyalty.outbox.targets import fault_of, generations, is_inside, secret_of
from loyalty.outbox.watchers import (
    add_endpoint,
    change_endpoint,
    due_endpoints,
    endpoint,
    endpoints,
    failed,
    remove_endpoint,
    told,
)

__all__ = [
    "Message",
    "OutboxHead",
    "WebhookEndpoint",
    "add",
    "add_endpoint",
    "adding_found",
    "after",
    "change_endpoint",
    "due_endpoints",
    "endpoint",
    "endpoints",
    "failed",
    "fault_of",
    "generations",
    "is_inside",
    "last_place",
    "last_seq",
    "line_up",
    "place_of",
    "remove_endpoint",
    "secret_of",
    "told",
]
