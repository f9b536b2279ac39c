"""What is insured, as the core system told it: states of policies, what each gives, premiums paid."""

from loyalty.policies.facts import PAY_MODES, STATUSES, Coverage, Insured, PaidPremium, PolicyState, check
from loyalty.policies.models import Policy as PolicyRow
from loyalty.policies.models import PolicyShare, PolicyVersion, Premium
from loyalty.policies.position import timeline
from loyalty.policies.store import (
    Rebase,
    Share,
    Step,
    keep_premium,
    keep_share,
    keep_state,
    lock,
    numbers,
    policies_of,
    premium,
    rebase,
    rebases,
    reverse_premium,
    shares,
    states,
    states_of,
    told_of_holder,
    void_operations,
)

__all__ = [
    "PAY_MODES",
    "STATUSES",
    "Coverage",
    "Insured",
    "PaidPremium",
    "PolicyRow",
    "PolicyShare",
    "PolicyState",
    "PolicyVersion",
    "Premium",
    "Rebase",
    "Share",
    "Step",
    "check",
    "keep_premium",
    "keep_share",
    "keep_state",
    "lock",
    "numbers",
    "policies_of",
    "premium",
    "rebase",
    "rebases",
    "reverse_premium",
    "shares",
    "states",
    "states_of",
    "timeline",
    "told_of_holder",
    "void_operations",
]
