"""Anchors: what the database cannot take back. A line a night, in a file outside of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from loyalty import acts, calendar, ledger
from loyalty.db import reading
from loyalty.rooms import Rooms

_HASH = 64  #: letters of a SHA-256 in hexadecimal


@dataclass(frozen=True, slots=True)
class Anchor:
    """One day of the club: its entries, and where the chain of acts ended when it was written."""

    day: date
    entries: int
    digest: str
    acts: int
    head: str

    def line(self) -> str:
        """As it stands in the file."""
        return f"{self.day} entries={self.entries} digest={self.digest} acts={self.acts} head={self.head}"

    @classmethod
    def of(cls, line: str) -> "Anchor":
        """Read a line of the file. Raises KeyError, ValueError for anything else."""
        day, *words = line.split(" ")
        told = dict(word.split("=", 1) for word in words)
        if len(told["digest"]) != _HASH or len(told["head"]) not in (0, _HASH):
            raise ValueError("a hash is cut off")
        return cls(
            date.fromisoformat(day), int(told["entries"]), told["digest"], int(told["acts"]), told["head"]
        )


def anchor_file(room: Rooms, instance: str) -> Path | None:
    """Where the anchors lie, a relative name under the instance folder; None where they are switched off."""
    return Path(instance) / room.settings.anchor_file if room.settings.anchor_file else None


def drop_anchor(room: Rooms, file: Path | None, now: datetime) -> int:
    """Write a line for each day that ended since the last one, at least for yesterday; how many."""
    if file is None:
        return 0
    with reading() as session:
        zone = room.shelf.editions(session, now).zone
        yesterday = calendar.local_day(now, zone) - timedelta(days=1)
        last = max((anchor.day for anchor in _read(file) if anchor), default=yesterday - timedelta(days=1))
        days = [last + timedelta(days=n) for n in range(1, (yesterday - last).days + 1)]
        anchors = [_anchor(session, day, room, now) for day in days]
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as lines:
        lines.writelines(["\n"] * _is_torn(file))
        lines.writelines(f"{anchor.line()}\n" for anchor in anchors)
    return len(anchors)


def broken_anchors(
    room: Rooms, file: Path | None, now: datetime, *, with_entries: bool = True
) -> list[tuple[date, str]]:
    """The anchored days whose entries or acts are no longer what they were, and what is wrong.

    Entries of all days take long to read: what is looked at each night leaves them out.
    """
    broken: list[tuple[date, str]] = []
    if file is None:
        return broken
    with reading() as session:
        links = {line.seq: link for line, link in acts.lines(session)}
        day = None
        for kept in _read(file):
            if kept is None:
                broken.append((day or date.min, "the line after it is no anchor"))
                continue
            if day is not None and kept.day != day + timedelta(days=1):
                broken.append((day, "the days after it were not anchored, or were taken out"))
            day = kept.day
            again = _anchor(session, kept.day, room, now) if with_entries else kept
            if (again.entries, again.digest) != (kept.entries, kept.digest):
                broken.append((kept.day, "its entries are not those that were anchored"))
            if kept.acts and links.get(kept.acts) != kept.head:
                broken.append((kept.day, "the acts up to it are not those that were anchored"))
    return broken


def _anchor(session: Session, day: date, room: Rooms, now: datetime) -> Anchor:
    zone = room.shelf.editions(session, now).zone
    since = calendar.day_start(day, zone)
    entries, digest = ledger.digest_between(session, since, calendar.day_after(day, zone))
    return Anchor(day, entries, digest, *acts.head(session))


def _read(file: Path) -> Iterator[Anchor | None]:
    """Each line of the file; None for one that is no anchor: a night was stopped in mid-line."""
    if file.exists():
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    yield Anchor.of(line.strip())
                except (KeyError, ValueError):
                    yield None


def _is_torn(file: Path) -> bool:
    """Whether the file's last line has no end."""
    return file.exists() and file.read_bytes()[-1:] not in (b"", b"\n")
