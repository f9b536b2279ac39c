"""The members' own pages: who I am in this club, what I have, what I can do now."""

from loyalty.pages.member.addressing import VIEWS as ADDRESS
from loyalty.pages.member.blueprint import me
from loyalty.pages.member.browsers import VIEWS as DEVICES
from loyalty.pages.member.consenting import VIEWS as CONSENTS
from loyalty.pages.member.contacting import VIEWS as CONTACTS
from loyalty.pages.member.door import VIEWS as DOOR
from loyalty.pages.member.home import VIEWS as HOME
from loyalty.pages.member.joining import VIEWS as JOINING
from loyalty.pages.member.leaving import VIEWS as LEAVING
from loyalty.pages.member.locking import VIEWS as LOCK
from loyalty.pages.member.profile import VIEWS as PROFILE
from loyalty.pages.member.proving import VIEWS as PROOF

__all__ = ["me"]

_OWN = (*PROFILE, *ADDRESS, *CONTACTS, *CONSENTS, *DEVICES, *LOCK, *PROOF, *LEAVING)
for rule, method, name, view in (*DOOR, *JOINING, *HOME, *_OWN):
    me.add_url_rule(rule, endpoint=name, view_func=view, methods=[method])
