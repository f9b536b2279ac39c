"""The truth about points: entries are added, never changed. Points move through `post`, and only there."""

from loyalty.ledger import claims, history, models
from loyalty.ledger.audit import LAWS, TrialBalance, audit, trial_balance
from loyalty.ledger.guard import BooksDisturbed
from loyalty.ledger.law import STREAMED, Fault, Finding, Law, cell_of, items_of, none_of, place, unequal
from loyalty.ledger.lots import Account, LotKey, Portion
from loyalty.ledger.models import Claim, Entry
from loyalty.ledger.operations import Operation
from loyalty.ledger.posting import open_accounts, post
from loyalty.ledger.queries import (
    Contribution,
    Lifetime,
    accounts,
    accounts_as_of,
    due_members,
    main_contributions,
    tally,
    tally_as_of,
)
from loyalty.ledger.settling import next_due
from loyalty.ledger.terms import Expiry, Unit

__all__ = [
    "LAWS",
    "STREAMED",
    "Account",
    "BooksDisturbed",
    "Claim",
    "Contribution",
    "Entry",
    "Expiry",
    "Fault",
    "Finding",
    "Law",
    "Lifetime",
    "LotKey",
    "Operation",
    "Portion",
    "TrialBalance",
    "Unit",
    "accounts",
    "accounts_as_of",
    "audit",
    "cell_of",
    "claims",
    "due_members",
    "history",
    "items_of",
    "main_contributions",
    "models",
    "next_due",
    "none_of",
    "open_accounts",
    "place",
    "post",
    "tally",
    "tally_as_of",
    "trial_balance",
    "unequal",
]
