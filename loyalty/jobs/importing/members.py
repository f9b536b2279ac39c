"""Rows of a file as members who come from another system, with what they had there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from loyalty import calendar
from loyalty.actions.import_member import Arrival, ToldConsent
from loyalty.decide.arrival import Luggage, OpeningLot, RunningTerm
from loyalty.decide.programme import Programme
from loyalty.jobs.importing.cells import Cells
from loyalty.jobs.importing.table import Fault, Row
from loyalty.members import ConsentAct, Newcomer, default_region, phone_e164

LOT = ("unit", "points", "last_day", "earned_on")  #: of further lots with a number: points.2, last_day.2 …
FIELDS = (
    "reference", "name", "phone", "email", "birth_date", "locale", "enrolled_at", "as_of", "card",
    "tier", "tier_from", "tier_last_day", *LOT, "lots", "consents",
)  # fmt: skip
NEEDED = (("reference",), ("name",))
_MOST_LOTS = 100
_EMAIL = "[^@\\s]+@[^@\\s]+"
_CODE = "[a-z][a-z0-9_.-]*"


@dataclass(frozen=True, slots=True)
class ToldMember:
    """One member of the file, and when they come: as if the clock stood there, or (None) now."""

    line: int
    arrival: Arrival
    at: datetime | None


def is_field(name: str) -> bool:
    """Whether a file of members may have this field."""
    return name in FIELDS or re.fullmatch(rf"({'|'.join(LOT)})\.[2-9]", name) is not None


class MembersRead:
    """The members of a file, read row by row; `now` is the real instant."""

    def __init__(self, programme: Programme, now: datetime, *, historic: bool, faults: list[Fault]) -> None:
        self._programme, self._now, self._historic, self._faults = programme, now, historic, faults
        self._zone = programme.club.time_zone
        self._region = default_region(self._zone.key, programme.club.currency)
        self._lines: dict[tuple[str, str], int] = {}

    def read(self, rows: Iterable[Row]) -> list[ToldMember]:
        """The members of these rows, in the order of time; what is wrong is noted."""
        told = [self._member(Cells(row, self._faults)) for row in rows]
        return sorted(told, key=lambda one: (one.at or self._now, one.line))

    def _member(self, cells: Cells) -> ToldMember:
        cells.ask("reference", "name", *(["enrolled_at"] if self._historic else []))
        enrolled_at, at = cells.instant("enrolled_at", self._zone), self._now
        if self._historic:
            at = cells.instant("as_of", self._zone) or enrolled_at or at
        if at > self._now or (enrolled_at is not None and enrolled_at > at):
            cells.note("enrolled_at", "lies after the instant the member is imported as of")
        day = calendar.local_day(at, self._zone)
        arrival = Arrival(
            self._newcomer(cells, day),
            enrolled_at,
            cells.text("card", 32, "[0-9A-Za-z]{4,}"),
            Luggage(self._term(cells, enrolled_at, at), tuple(self._lots(cells, day))),
            tuple(self._consents(cells)),
        )
        for field in ("reference", "card"):
            self._once(cells, field)
        return ToldMember(cells.line, arrival, at if self._historic else None)

    def _newcomer(self, cells: Cells, day: date) -> Newcomer:
        phone, birth_date = cells.text("phone", 40), cells.day("birth_date")
        if phone is not None and phone_e164(phone, self._region) is None:
            cells.note("phone", f"{phone!r} is not a phone number")
        if birth_date is not None and birth_date > day:
            cells.note("birth_date", "lies in the future")
        return Newcomer(
            name=cells.text("name", 120) or "",
            phone=phone,
            email=cells.text("email", 254, _EMAIL),
            birth_date=birth_date,
            references=(cells.text("reference", 100) or "",),
            locale=cells.text("locale", 20, "[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"),
        )

    def _term(self, cells: Cells, enrolled_at: datetime | None, at: datetime) -> RunningTerm | None:
        tier = cells.choice("tier", {tier.code for tier in self._programme.ladder.tiers})
        last_day = cells.day("tier_last_day")
        if tier is None:
            return None
        cells.ask("tier_last_day", *([] if enrolled_at else ["tier_from"]))
        from_at = cells.instant("tier_from", self._zone) or enrolled_at
        if last_day is None or from_at is None:
            return None
        until_at = calendar.day_after(last_day, self._zone)
        if not from_at <= at < until_at:
            cells.note("tier", "its term does not run at the instant the member is imported as of")
        return RunningTerm(tier, from_at, until_at)

    def _lots(self, cells: Cells, day: date) -> Iterable[OpeningLot]:
        for suffix in ("", *(f".{number}" for number in range(2, 10))):
            if cells.has(f"points{suffix}"):
                yield from self._lot(cells, suffix, day)
        for item in cells.objects("lots", _MOST_LOTS):
            yield from self._lot(item, "", day)

    def _lot(self, cells: Cells, suffix: str, day: date) -> Iterable[OpeningLot]:
        cells.ask(f"unit{suffix}", f"points{suffix}")
        code = cells.choice(f"unit{suffix}", self._programme.units)
        if code is None:
            return
        points = cells.steps(f"points{suffix}", self._programme.units[code].decimals) or 0
        last_day, earned_on = cells.day(f"last_day{suffix}"), cells.day(f"earned_on{suffix}")
        if points < 0:
            cells.note(f"points{suffix}", "are fewer than none")
        if last_day is not None and last_day < day:
            cells.note(f"last_day{suffix}", "is over")
        if earned_on is not None and earned_on > day:
            cells.note(f"earned_on{suffix}", "lies in the future")
        if points:
            yield OpeningLot(code, points, last_day, earned_on)

    def _consents(self, cells: Cells) -> Iterable[ToldConsent]:
        for item in cells.objects("consents", 20):
            item.ask("purpose", "recipient", "data", "text_sha256", "language", "channel")
            act = ConsentAct(
                "withdrawn" if item.choice("act", ("given", "withdrawn")) == "withdrawn" else "given",
                item.text("purpose", 40, _CODE) or "",
                item.text("recipient", 80) or "",
                item.text("data", 200) or "",
                item.text("text_sha256", 64, "[0-9a-f]{64}") or "",
                item.text("language", 20) or "",
                item.text("channel", 20) or "",
            )
            told_at = item.instant("told_at", self._zone)
            if told_at is not None and told_at > self._now:
                item.note("told_at", "lies in the future")
            yield ToldConsent(told_at, act)

    def _once(self, cells: Cells, field: str) -> None:
        text = cells.text(field, 100)
        first = self._lines.setdefault((field, text), cells.line) if text is not None else cells.line
        if first != cells.line:
            cells.note(field, f"is on line {first} too")
