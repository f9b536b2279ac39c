"""Customers: persons as a core system sees them, on the wire."""

import re
from typing import Any

from marshmallow import Schema, fields, validate

from loyalty.api.fields import Day, Id, Instant, Text, Truth, WholeInt
from loyalty.api.schemas.members import PERSON_NAME, AddressSchema, ContactsIn, IdentityIn, IdentityOut
from loyalty.api.schemas.policies import LAST_VERSION, NAME
from loyalty.members import ToldCustomer

REFERENCE = re.compile(r"[^\x00-\x1f\x7f/]{1,100}")  #: how a path may call a person
_APART = ("version", "name", "documents", "references", "deceased")


class CustomerIn(ContactsIn):
    """A version of a person: what is left out stays as it is, null empties a field."""

    version = WholeInt(min=1, max=LAST_VERSION, required=True)
    name = Text(max=120, pattern=PERSON_NAME, required=True)
    birth_date = Day(allow_none=True)
    documents = fields.List(
        fields.Nested(IdentityIn),
        validate=validate.Length(max=5),
        metadata={"description": "All there are: they take the place of those before."},
    )
    references = fields.List(
        Text(max=100, pattern=NAME),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"description": "Further names of the same person; none is taken away."},
    )
    agent = Text(max=100, pattern=NAME, allow_none=True, metadata={"description": "Who serves the person."})
    deceased = Truth(load_default=None, metadata={"description": "False undoes a death told in error."})


class CustomerAppliedOut(Schema):
    """What became of a version."""

    reference = fields.String(required=True)
    version = fields.Integer(required=True)
    known_version = fields.Integer(required=True, metadata={"description": "The highest one now."})
    applied = fields.Boolean(required=True, metadata={"description": "False: a later one is known."})
    joined = fields.Boolean(required=True, metadata={"description": "Became a member by this call."})
    member_id = fields.String(required=True)
    replayed = fields.Boolean(required=True)


class CustomerOut(Schema):
    """A person as the club knows them by a reference."""

    reference = fields.String(required=True)
    version = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null: none was told by this reference."}
    )
    told_at = Instant(required=True, allow_none=True)
    agent = fields.String(required=True, allow_none=True)
    member_id = Id(required=True)
    state = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    birth_date = Day(required=True, allow_none=True)
    address = fields.Nested(AddressSchema, required=True, allow_none=True)
    documents = fields.List(fields.Nested(IdentityOut), required=True)
    references = fields.List(fields.String(), required=True)


def told_customer(reference: str, told: dict[str, Any]) -> ToldCustomer:
    """A loaded version of the person whom a path calls so."""
    documents = told.get("documents")
    return ToldCustomer(
        reference,
        told["version"],
        told["name"],
        {name: value for name, value in told.items() if name not in _APART},
        None if documents is None else tuple(documents),
        tuple(told["references"]),
        told["deceased"],
    )
