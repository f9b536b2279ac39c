"""What a premium that was paid leads to: points by the rules for premiums, for the policy's holder. Pure."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from loyalty.decide import standing
from loyalty.decide.giving import award_for, give, judged_at, member_attributes
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.decide.rating import Told, policy_attributes
from loyalty.policies.facts import PaidPremium, PolicyState
from loyalty.policies.position import timeline
from loyalty.rules.occasions import Item, Occasion


def paid_under(told: Told, at: datetime) -> PolicyState:
    """The state of a policy that a premium is paid under; what is paid before the first, under the first."""
    return told.at(at) or timeline(told.states)[0]


def pay(
    editions: Editions,
    fact: PaidPremium,
    state: PolicyState,
    by: str,
    snapshot: Snapshot,
    now: datetime,
    ids: Iterator[int],
) -> Outcome:
    """What the rules give for a premium; `by` is who told it. It is no act of the member's."""
    course = standing.true_at(editions, snapshot, now, ids)
    happened_at = min(fact.paid_at, now)
    at = judged_at(editions, happened_at, now)
    edition = editions.at(at)
    attributes = member_attributes(course, at) | policy_attributes(state)
    attributes |= {
        "premium.amount_minor": fact.amount_minor,
        "premium.year": state.year_of(fact.due_on),
    }
    item = Item(1, fact.amount_minor, attributes, amounts={"amount": Fraction(fact.amount_minor)})
    award = award_for(course, edition, Occasion("premium", attributes, (item,)), at)
    told = {"on": "premium", "policy": fact.policy_no, "reference": fact.reference, "by": by}
    give(course, edition, award, happened_at, now, reasons=told)
    return course.outcome(award)
