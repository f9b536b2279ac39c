"""The codes that members' pages show (M4)."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from loyalty.actions.once import Asking
from loyalty.actions.show_code import show_code
from loyalty.api.auth import needs
from loyalty.api.carrying import carry
from loyalty.api.fields import CodeText, Instant
from loyalty.api.resource import Resource
from loyalty.decide.programme import Editions
from loyalty.members import PURPOSES, current

codes = Resource("codes", "/members/<opaque:member_id>", "The codes that members' pages show.")


class CodeIn(Schema):
    """What the member wants to do."""

    purpose = fields.String(required=True, validate=validate.OneOf(PURPOSES))


class CodeOut(Schema):
    """A code to show, as digits, QR or Code 128."""

    token = CodeText(required=True)
    expires_at = Instant(required=True)


@codes.route("/codes", methods=["POST"])
@needs("members:write")
@codes.arguments(CodeIn)
@codes.response(201, CodeOut)
def show(told: dict[str, Any], member_id: int) -> Any:
    """A fresh code for the member's own page: it lives a minute and is used once, for this purpose alone.

    No key is needed: asking again shows another code and changes nothing else.
    """

    def wish(session: Session, _: Editions, asking: Asking) -> tuple[str, datetime]:
        return show_code(session, current(session, member_id), told["purpose"], asking.now)

    token, expires_at = carry(wish)
    return {"token": token, "expires_at": expires_at}
