"""The rows of members' codes: shown, looked up, used once (M4)."""

import secrets
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from loyalty.errors import CodePurpose, CodeUnknown
from loyalty.members.codes import CODE_LASTS, Purpose, code_digest, fresh_code
from loyalty.members.models import MemberCode
from loyalty.tables import drop_some


def show_code(session: Session, member_id: int, purpose: Purpose, now: datetime) -> tuple[str, datetime]:
    """A fresh code for a member's page, and when it expires; only its digest is kept."""
    code, expires_at = fresh_code(secrets.randbelow), now + CODE_LASTS
    session.add(
        MemberCode(
            digest=code_digest(code),
            member_id=member_id,
            purpose=purpose,
            shown_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()
    return code, expires_at


def code_holder(session: Session, code: str, at: datetime, *, offline: bool = False) -> int:
    """The id of the member whose page shows this code at `at`, for whatever purpose. Raises CodeUnknown.

    A used code is unknown; only for a till that was offline at `at` nobody knows which of them came first.
    """
    row = _shown(session, code, at)
    if row.used_at is not None and not offline:
        raise CodeUnknown
    return row.member_id


def check_code(session: Session, code: str, purpose: Purpose, at: datetime) -> None:
    """Raises CodeUnknown unless a page shows the code at `at`; CodePurpose for one of the other purpose."""
    if _shown(session, code, at).purpose != purpose:
        raise CodePurpose(purpose=purpose)


def use_code(session: Session, code: str, purpose: Purpose, now: datetime) -> None:
    """Use a code up, with the fact it speaks for. Raises CodeUnknown, for a used one too; CodePurpose."""
    check_code(session, code, purpose, now)
    free = (MemberCode.digest == code_digest(code)) & MemberCode.used_at.is_(None)
    used = session.execute(update(MemberCode).where(free).values(used_at=now).returning(MemberCode.digest))
    if used.first() is None:
        raise CodeUnknown


def forget_codes(session: Session, before: datetime, limit: int) -> int:
    """Drop up to `limit` codes that no sale told late can name any more; how many."""
    return drop_some(session, MemberCode, limit, MemberCode.expires_at < before)


def _shown(session: Session, code: str, at: datetime) -> MemberCode:
    row = session.get(MemberCode, code_digest(code))
    if row is None or not row.shown_at <= at < row.expires_at:
        raise CodeUnknown
    return row
