"""The members' own pages: who I am in this club, what I have, what I can do now."""

from loyalty.pages.member import (
    addressing,
    benefits,
    booking,
    browsers,
    consenting,
    contacting,
    door,
    events,
    home,
    joining,
    leaving,
    locking,
    points,
    policies,
    profile,
    proving,
    rewards,
    sharing,
    visits,
    vouchers,
    why,
)
from loyalty.pages.member.blueprint import me

__all__ = ["me"]

PARTS = (
    addressing,
    benefits,
    booking,
    browsers,
    consenting,
    contacting,
    door,
    events,
    home,
    joining,
    leaving,
    locking,
    points,
    policies,
    profile,
    proving,
    rewards,
    sharing,
    visits,
    vouchers,
    why,
)

for part in PARTS:
    for rule, method, name, view in part.VIEWS:
        me.add_url_rule(rule, endpoint=name, view_func=view, methods=[method])
