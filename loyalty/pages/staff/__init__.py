"""The staff's pages: who works for the club sees what their roles allow, and does it."""

from loyalty.pages.staff import (
    account,
    again,
    approvals,
    audit,
    door,
    draft_changes,
    draft_examples,
    draft_places,
    draft_publishing,
    draft_tables,
    draft_text,
    entering,
    factors,
    find,
    held,
    home,
    jobs,
    keys,
    member,
    passkeys,
    people,
    person,
    programme,
)
from loyalty.pages.staff.blueprint import staff

__all__ = ["staff"]

PARTS = (
    account,
    again,
    approvals,
    audit,
    door,
    draft_changes,
    draft_examples,
    draft_places,
    draft_publishing,
    draft_tables,
    draft_text,
    entering,
    factors,
    find,
    held,
    home,
    jobs,
    keys,
    member,
    passkeys,
    people,
    person,
    programme,
)

for part in PARTS:
    for rule, method, name, view in part.VIEWS:
        staff.add_url_rule(rule, endpoint=name, view_func=view, methods=[method])
