"""A member's contacts and wishes change. Names and documents do not change here (M5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loyalty import members
from loyalty.decide.programme import Editions


def change_member(
    session: Session,
    editions: Editions,
    member_id: int,
    version: int,
    changes: Mapping[str, Any],
    now: datetime,
) -> None:
    """Carry out the given ones of phone, email, address, locale, attributes, consents.

    Raises NotFound; VersionStale when `version` is not the member's; Invalid for a phone that cannot be one.
    """
    club = editions.at(now).programme.club
    region = members.default_region(club.time_zone.key, club.currency)
    members.change(session, member_id, version, changes, now, region=region)
