"""What the club's place says of its members: how their phone numbers are read, which language they have."""

from datetime import datetime

from loyalty import members
from loyalty.decide.programme import Editions


def region_of(editions: Editions, now: datetime) -> str:
    """The region whose phone numbers the club hears without a country code."""
    club = editions.at(now).programme.club
    return members.default_region(club.time_zone.key, club.currency)


def language_of(locale: str | None, editions: Editions, now: datetime) -> str:
    """`zh` or `en`: the member's language; of a member who said none, the one of the club's region."""
    chinese = locale.lower().startswith("zh") if locale else region_of(editions, now) == "CN"
    return "zh" if chinese else "en"
