"""What one person asks for and a second one decides: approval requests, with their exact content."""

from loyalty.approvals.facts import KINDS, LASTS, REASONS, STATES, Kind, Reason, State, Void, digest_of
from loyalty.approvals.models import ApprovalRequest
from loyalty.approvals.store import (
    ask,
    by_id,
    close,
    decide,
    forget_person,
    newest,
    of_file,
    of_import,
    same_waiting,
    waiting,
    waiting_of,
)

__all__ = [
    "KINDS",
    "LASTS",
    "REASONS",
    "STATES",
    "ApprovalRequest",
    "Kind",
    "Reason",
    "State",
    "Void",
    "ask",
    "by_id",
    "close",
    "decide",
    "digest_of",
    "forget_person",
    "newest",
    "of_file",
    "of_import",
    "same_waiting",
    "waiting",
    "waiting_of",
]
