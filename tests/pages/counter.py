"""What colleagues do at the counter in tests: find a member, open them, look at the chain of acts."""

from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from loyalty.acts import Act
from loyalty.db import reading
from tests.makers import Maker
from tests.pages.desk import Desk


def found(desk: Desk, text: str) -> TestResponse:
    """Look for a member by a text."""
    desk.open("/staff/members")
    return desk.send("Find", q=text)


def opens(desk: Desk, member_id: str, reason: str = "visit", **more: str) -> TestResponse:
    """Open a member with a reason."""
    desk.open(f"/staff/members/{member_id}")
    return desk.send("In your words", reason=reason, **more)


def acts_of(make: Maker, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Actor, subject and content of each act of a kind, in their order."""
    with make.app.app_context(), reading() as rows:
        told = rows.scalars(select(Act).where(Act.kind == kind).order_by(Act.seq))
        return [(one.actor, one.subject, one.content) for one in told]
