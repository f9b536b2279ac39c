"""Every resource of v1, in the order the document shows them."""

from loyalty.api.approvals import approvals
from loyalty.api.batches import batches
from loyalty.api.benefits import benefits
from loyalty.api.cards import cards
from loyalty.api.codes import codes
from loyalty.api.customers import customers
from loyalty.api.events import events
from loyalty.api.exports import exports
from loyalty.api.facts import facts
from loyalty.api.holds import holds
from loyalty.api.members import members
from loyalty.api.merges import merges
from loyalty.api.points import points
from loyalty.api.policies import policies
from loyalty.api.premiums import premiums
from loyalty.api.purchases import purchases
from loyalty.api.quotes import quotes
from loyalty.api.reconciliations import reconciliations
from loyalty.api.redemptions import redemptions
from loyalty.api.resource import Resource
from loyalty.api.returns import returns
from loyalty.api.reviews import reviews
from loyalty.api.rewards import rewards
from loyalty.api.transfers import transfers

ROUTES: tuple[Resource, ...] = (
    members,
    merges,
    exports,
    cards,
    codes,
    points,
    quotes,
    purchases,
    batches,
    returns,
    reviews,
    approvals,
    reconciliations,
    facts,
    holds,
    redemptions,
    transfers,
    policies,
    premiums,
    benefits,
    rewards,
    customers,
    events,
)
