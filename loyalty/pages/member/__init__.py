"""The members' own pages: who I am in this club, what I have, what I can do now."""

from loyalty.pages.member import door, home, joining, points, policies, rewards, vouchers
from loyalty.pages.member.blueprint import me

__all__ = ["me"]

for part in (door, home, joining, points, policies, rewards, vouchers):
    for rule, method, name, view in part.VIEWS:
        me.add_url_rule(rule, endpoint=name, view_func=view, methods=[method])
