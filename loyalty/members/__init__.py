"""Who belongs to the club, and which cards speak for them."""

from loyalty.members.card_store import active_card, block, by_card, end_card, holder, issue_card, unblock
from loyalty.members.cards import fresh_number, is_ours, masked, prefix_allowed
from loyalty.members.facts import ConsentAct, ConsentState, Newcomer, Reason
from loyalty.members.identity import default_region, first_name, masked_phone, phone_e164, search_key
from loyalty.members.models import MAY_ACT, STATES, Card, Consent, IdentityDocument, Member, Person, Reference
from loyalty.members.store import (
    add,
    by_contact,
    by_id,
    by_reference,
    change,
    consents,
    documents,
    locked,
    members_with_anniversary,
    members_with_birthday,
    person_of,
    references,
)

__all__ = [
    "MAY_ACT",
    "STATES",
    "Card",
    "Consent",
    "ConsentAct",
    "ConsentState",
    "IdentityDocument",
    "Member",
    "Newcomer",
    "Person",
    "Reason",
    "Reference",
    "active_card",
    "add",
    "block",
    "by_card",
    "by_contact",
    "by_id",
    "by_reference",
    "change",
    "consents",
    "default_region",
    "documents",
    "end_card",
    "first_name",
    "fresh_number",
    "holder",
    "is_ours",
    "issue_card",
    "locked",
    "masked",
    "masked_phone",
    "members_with_anniversary",
    "members_with_birthday",
    "person_of",
    "phone_e164",
    "prefix_allowed",
    "references",
    "search_key",
    "unblock",
]
