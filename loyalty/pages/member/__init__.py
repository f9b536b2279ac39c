"""The members' own pages: who I am in this club, what I have, what I can do now."""

from loyalty.pages.member.benefits import VIEWS as BENEFITS
from loyalty.pages.member.blueprint import me
from loyalty.pages.member.booking import VIEWS as BOOKING
from loyalty.pages.member.door import VIEWS as DOOR
from loyalty.pages.member.events import VIEWS as EVENTS
from loyalty.pages.member.home import VIEWS as HOME
from loyalty.pages.member.joining import VIEWS as JOINING
from loyalty.pages.member.visits import VIEWS as VISITS

__all__ = ["me"]

for rule, method, name, view in (*DOOR, *JOINING, *HOME, *BENEFITS, *BOOKING, *VISITS, *EVENTS):
    me.add_url_rule(rule, endpoint=name, view_func=view, methods=[method])
