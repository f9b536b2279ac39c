"""The page of a place: a lounge, a clinic, a counter. It shows what may be given there, and no more."""

from loyalty.pages.partner.blueprint import partner
from loyalty.pages.partner.desk import VIEWS as DESK
from loyalty.pages.partner.door import VIEWS as DOOR

__all__ = ["partner"]

for rule, method, view in (*DOOR, *DESK):
    partner.add_url_rule(rule, view_func=view, methods=[method])
