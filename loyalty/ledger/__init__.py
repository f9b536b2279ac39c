"""The truth about points: entries are added, never changed. Points move through `post`, and only there."""

from loyalty.expiry import Expiry
from loyalty.ledger import claims, history, merged
from loyalty.ledger.audit import LAWS, TrialBalance, audit, trial_balance
from loyalty.ledger.booked import (
    BOOKED,
    TALLY,
    Lifetime,
    accounts,
    booked_accounts,
    booked_tally,
    tally,
    tally_within,
)
from loyalty.ledger.contributions import (
    DERIVED,
    Counted,
    additions,
    main_contributions,
)
from loyalty.ledger.digest import digest_between
from loyalty.ledger.laws_of_operations import PART_OF_SALES, asked_for, claimed
from loyalty.ledger.lots import Account, Hold, Lot, LotKey, Move, Portion
from loyalty.ledger.models import CONTRAS, Claim, Entry
from loyalty.ledger.models import Account as AccountRow
from loyalty.ledger.models import Hold as HoldRow
from loyalty.ledger.models import Lot as LotRow
from loyalty.ledger.models import Operation as OperationRow
from loyalty.ledger.models import OperationPart as OperationPartRow
from loyalty.ledger.models import Pending as PendingRow
from loyalty.ledger.models import Tally as TallyRow
from loyalty.ledger.operations import OF_POLICIES, Operation
from loyalty.ledger.posting import open_accounts, post
from loyalty.ledger.queries import (
    accounts_as_of,
    due_accounts,
    due_members,
    earliest_due,
    last_act,
    tally_as_of,
    when_last_acted,
)
from loyalty.ledger.settling import next_due
from loyalty.ledger.terms import Unit
from loyalty.ledger.writing_off import Deaths, WritingOff, dying_alone, to_write_off

__all__ = [
    "BOOKED",
    "CONTRAS",
    "DERIVED",
    "LAWS",
    "OF_POLICIES",
    "PART_OF_SALES",
    "TALLY",
    "Account",
    "AccountRow",
    "Claim",
    "Counted",
    "Deaths",
    "Entry",
    "Expiry",
    "Hold",
    "HoldRow",
    "Lifetime",
    "Lot",
    "LotKey",
    "LotRow",
    "Move",
    "Operation",
    "OperationPartRow",
    "OperationRow",
    "PendingRow",
    "Portion",
    "TallyRow",
    "TrialBalance",
    "Unit",
    "WritingOff",
    "accounts",
    "accounts_as_of",
    "additions",
    "asked_for",
    "audit",
    "booked_accounts",
    "booked_tally",
    "claimed",
    "claims",
    "digest_between",
    "due_accounts",
    "due_members",
    "dying_alone",
    "earliest_due",
    "history",
    "last_act",
    "main_contributions",
    "merged",
    "next_due",
    "open_accounts",
    "post",
    "tally",
    "tally_as_of",
    "tally_within",
    "to_write_off",
    "trial_balance",
    "when_last_acted",
]
