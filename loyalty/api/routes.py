"""Every resource of v1, in the order the document shows them."""

from loyalty.api.cards import cards
from loyalty.api.holds import holds
from loyalty.api.members import members
from loyalty.api.points import points
from loyalty.api.purchases import purchases
from loyalty.api.redemptions import redemptions
from loyalty.api.resource import Resource

ROUTES: tuple[Resource, ...] = (members, cards, points, purchases, holds, redemptions)
