"""What the forms of events and news share: instants on the club's clock, words in both languages."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext

from loyalty.calendar import FOREVER

LANGUAGES = ("zh", "en")


def told_instant(name: str, zone: ZoneInfo) -> datetime | None:
    """The day and time of a form's fields; None where both are left empty. Raises ValueError."""
    day, clock = (request.form.get(f"{name}_{part}", "").strip() for part in ("day", "time"))
    if not day and not clock:
        return None
    told = date.fromisoformat(day)
    if not date(1970, 1, 2) <= told < FOREVER:
        raise ValueError(day)
    return datetime.combine(told, time.fromisoformat(clock or "00:00"), zone).astimezone(UTC)


def fields_of(name: str, at: datetime | None, zone: ZoneInfo) -> dict[str, str]:
    """What the fields of an instant show."""
    local = at.astimezone(zone) if at else None
    return {
        f"{name}_day": local.date().isoformat() if local else "",
        f"{name}_time": local.strftime("%H:%M") if local else "",
    }


def told_words(name: str, most: int, faults: dict[str, str], *, needed: bool = True) -> Mapping[str, str]:
    """The words of both languages; what is wrong with them is added to the faults by field."""
    words = {one: request.form.get(f"{name}_{one}", "").strip() for one in LANGUAGES}
    for one, text in words.items():
        plain = text.replace("\r", "").replace("\n", " ")
        if (needed and not plain) or len(plain) > most or (plain and not plain.isprintable()):
            faults[f"{name}_{one}"] = gettext("Please write 1 to %(num)s characters.", num=most)
    return words
