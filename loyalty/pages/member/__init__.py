"""The members' own pages: who I am in this club, what I have, what I can do now."""

from loyalty.pages.member.blueprint import me
from loyalty.pages.member.door import VIEWS as DOOR
from loyalty.pages.member.home import VIEWS as HOME
from loyalty.pages.member.joining import VIEWS as JOINING
from loyalty.pages.member.why import VIEWS as WHY

__all__ = ["me"]

for rule, method, name, view in (*DOOR, *JOINING, *HOME, *WHY):
    me.add_url_rule(rule, endpoint=name, view_func=view, methods=[method])
