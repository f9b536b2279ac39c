"""What somebody with the database's password could do to the trail, and what the proof must say of it."""

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select
from sqlalchemy.exc import DBAPIError

from loyalty.tables import Base

Values = dict[str, Any]
TABLES = tuple(Base.metadata.tables[name] for name in ("act", "act_head", "entry"))
COLUMNS = ("at", "actor", "kind", "subject", "content", "hash")  #: of an act, but for its number
OF_ENTRIES = ("points", "balance_after", "contra", "kind", "happened_at", "booked_at", "expires_on")


@dataclass(frozen=True, slots=True)
class Anchored:
    """A line of the anchor file, read by its own words."""

    text: str
    day: str
    acts: int


@dataclass(frozen=True, slots=True)
class Trail:
    """All rows that the trail is made of as they were, and the file of anchors."""

    rows: dict[str, list[Values]]
    anchors: tuple[Anchored, ...]
    file: Path

    @classmethod
    def read(cls, engine: Engine, file: Path) -> "Trail":
        """As they are now."""
        with engine.connect() as books:
            rows = {
                table.name: [
                    dict(row) for row in books.execute(select(table).order_by(*table.primary_key)).mappings()
                ]
                for table in TABLES
            }
        lines = tuple(_anchored(line) for line in file.read_text("utf-8").splitlines())
        return cls(rows, lines, file)

    @property
    def acts(self) -> list[Values]:
        """The lines of the chain."""
        return self.rows["act"]

    def first_anchor_of(self, seq: int) -> str | None:
        """The first day whose anchor holds that act, if any does."""
        return next((one.day for one in self.anchors if one.acts >= seq), None)

    def put_back(self, engine: Engine) -> None:
        """As they were."""
        with engine.begin() as books:
            for table in TABLES:
                _put(books, table, self.rows[table.name])
        self.file.write_text("".join(f"{one.text}\n" for one in self.anchors), "utf-8")


@dataclass(frozen=True, slots=True)
class Tampered:
    """What was done, and the words by which the proof names where."""

    what: str
    named: str


Tampering = Callable[[Connection, Trail, random.Random], Tampered | None]


def tamper(engine: Engine, trail: Trail, rng: random.Random) -> Tampered:
    """One random thing, of those that a database can hold."""
    while True:
        try:
            with engine.begin() as books:
                done = rng.choice(TAMPERINGS)(books, trail, rng)
        except DBAPIError:
            continue  # no database would ever hold that
        if done is not None:
            return done


def _changes(books: Connection, trail: Trail, rng: random.Random) -> Tampered | None:
    """One column of one line, to what another line has in it, or to something near."""
    number, column = rng.randrange(len(trail.acts)), rng.choice(COLUMNS)
    line = trail.acts[number]
    values = [one[column] for one in trail.acts if one[column] != line[column]]
    if column == "content":
        values.append(line["content"] | {"points": rng.randrange(10**6)})
    if not values:
        return None
    acts = list(trail.acts)
    acts[number] = line | {column: rng.choice(values)}
    _put(books, TABLES[0], acts)
    return Tampered(f"{column} of act {line['seq']}", f"act {line['seq']} was changed")


def _deletes(books: Connection, trail: Trail, rng: random.Random) -> Tampered:
    line = rng.choice(trail.acts)
    _put(books, TABLES[0], [one for one in trail.acts if one is not line])
    return Tampered(f"act {line['seq']} deleted", f"act {line['seq']} is missing")


def _inserts(books: Connection, trail: Trail, rng: random.Random) -> Tampered:
    """A line between others, which move on; or behind the last, by the rules of the chain."""
    place = rng.randrange(len(trail.acts) + 1)
    forged = rng.choice(trail.acts) | {"content": {"points": rng.randrange(10**6)}, "seq": place + 1}
    before = trail.acts[place - 1]["hash"] if place else ""
    forged["hash"] = link(before, forged)
    acts = [*trail.acts[:place], forged, *(one | {"seq": one["seq"] + 1} for one in trail.acts[place:])]
    _put(books, TABLES[0], acts)
    at_end = place == len(trail.acts)
    named = f"act {place + 1} was added" if at_end else f"act {place + 2} was changed"
    return Tampered(f"a line put in as act {place + 1}", named)


def _swaps(books: Connection, trail: Trail, rng: random.Random) -> Tampered | None:
    """Two lines change places."""
    if len(trail.acts) < 2:
        return None
    one, other = sorted(rng.sample(range(len(trail.acts)), 2))
    acts = list(trail.acts)
    acts[one] = trail.acts[other] | {"seq": one + 1}
    acts[other] = trail.acts[one] | {"seq": other + 1}
    _put(books, TABLES[0], acts)
    return Tampered(f"acts {one + 1} and {other + 1} swapped", f"act {one + 1} was changed")


def _forges_a_tail(books: Connection, trail: Trail, rng: random.Random) -> Tampered | None:
    """One line is changed or taken out, and the rest and the head are made anew by the rules of the chain."""
    number = rng.randrange(len(trail.acts))
    day = trail.first_anchor_of(number + 1)
    if day is None:
        return None  # until the night, nobody outside knows of it
    acts = list(trail.acts)
    if rng.random() < 0.5:
        acts[number] = acts[number] | {"content": {"points": rng.randrange(10**6)}}
    else:
        del acts[number]
    _chained(books, acts)
    return Tampered(f"the chain made anew from act {number + 1}", f"{day}: the acts up to it are not those")


def _cuts_the_end(books: Connection, trail: Trail, rng: random.Random) -> Tampered | None:
    kept = rng.randrange(len(trail.acts))
    day = trail.first_anchor_of(kept + 1)
    if day is None:
        return None
    _chained(books, trail.acts[:kept])
    return Tampered(f"the end cut off behind act {kept}", f"{day}: the acts up to it are not those")


def _bends_the_head(books: Connection, trail: Trail, rng: random.Random) -> Tampered:
    [head] = trail.rows["act_head"]
    wrong = rng.choice(
        [
            [],
            [head | {"hash": "0" * 64}],
            [head | {"seq": head["seq"] + 1}],
            [head | {"seq": head["seq"] - 1}],
        ]
    )
    _put(books, TABLES[1], wrong)
    is_behind = bool(wrong) and wrong[0]["seq"] < head["seq"]
    where = head["seq"] if is_behind else head["seq"] + 1
    return Tampered(
        f"the head is {wrong}", f"act {where} {'was added' if is_behind else 'is missing at the end'}"
    )


def _bends_an_entry(books: Connection, trail: Trail, rng: random.Random) -> Tampered | None:
    """An entry of an anchored day is changed, taken out, or doubled under another number."""
    days = {one.day for one in trail.anchors}
    entries = trail.rows["entry"]
    number = rng.randrange(len(entries))
    entry = entries[number]
    day = _day(entry["booked_at"])
    if day not in days:
        return None
    act, changed = rng.choice(["change", "delete", "double"]), list(entries)
    if act == "change":
        column = rng.choice(OF_ENTRIES)
        values = [one[column] for one in entries if one[column] != entry[column]]
        if not values:
            return None
        changed[number] = entry | {column: rng.choice(values)}
    elif act == "delete":
        del changed[number]
    else:
        changed.append(entry | {"seq": 10**6})
    _put(books, TABLES[2], changed)
    return Tampered(f"{act} an entry of {day}", f"{day}: its entries are not those")


def _bends_an_anchor(_: Connection, trail: Trail, rng: random.Random) -> Tampered | None:
    """A line of the file is changed, or one between two others is taken out."""
    lines = [one.text for one in trail.anchors]
    if len(lines) > 2 and rng.random() < 0.3:
        gone = rng.randrange(1, len(lines) - 1)
        named = f"{trail.anchors[gone - 1].day}: the days after it"
        del lines[gone]
    else:
        at = rng.randrange(len(lines))
        word = rng.choice(["digest=", "head=", "entries="])
        place = lines[at].index(word) + len(word)
        if lines[at][place : place + 1] in ("", " "):
            return None
        other = rng.choice([one for one in "123456789" if one != lines[at][place]])
        lines[at] = lines[at][:place] + other + lines[at][place + 1 :]
        named = f"{trail.anchors[at].day}: "
    trail.file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return Tampered("a line of the anchors", named)


TAMPERINGS: tuple[Tampering, ...] = (
    _changes, _changes, _deletes, _inserts, _swaps, _forges_a_tail, _cuts_the_end, _bends_the_head,
    _bends_an_entry, _bends_an_entry, _bends_an_anchor,
)  # fmt: skip


def link(before: str, line: Values) -> str:
    """The hash of a line as docs/decisions/0021 has it, written once more."""
    told = [before, line["seq"], line["at"].isoformat(), line["actor"], line["kind"], line["subject"]]
    words = json.dumps([*told, line["content"]], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()


def _chained(books: Connection, acts: Sequence[Values]) -> None:
    """These lines, numbered and chained anew, with a head that fits them."""
    before, made = "", []
    for number, line in enumerate(acts, start=1):
        told = line | {"seq": number}
        before = link(before, told)
        made.append(told | {"hash": before})
    _put(books, TABLES[0], made)
    _put(books, TABLES[1], [{"id": 1, "seq": len(made), "hash": before}])


def _put(books: Connection, table: Table, rows: Sequence[Values]) -> None:
    books.execute(delete(table))
    if rows:
        books.execute(insert(table), list(rows))


def _anchored(line: str) -> Anchored:
    day, *words = line.split(" ")
    told = dict(word.split("=", 1) for word in words)
    return Anchored(line, day, int(told["acts"]))


def _day(instant: Any) -> str:
    return str(instant.date().isoformat())  # the club of the proof lives by UTC's days, or near
