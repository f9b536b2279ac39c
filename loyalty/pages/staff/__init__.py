"""The staff's pages: who works for the club sees what their roles allow, and does it."""

from loyalty.pages.staff import (
    account,
    again,
    books,
    club,
    door,
    entering,
    factors,
    figures,
    home,
    passkeys,
    people,
    person,
)
from loyalty.pages.staff.blueprint import staff

__all__ = ["staff"]

PARTS = (account, again, books, club, door, entering, factors, figures, home, passkeys, people, person)

for part in PARTS:
    for rule, method, name, view in part.VIEWS:
        staff.add_url_rule(rule, endpoint=name, view_func=view, methods=[method])
