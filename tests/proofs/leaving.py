"""Leaving: a member takes all there is along, and is nowhere any more; the books balance (G10)."""

import io
import json
import logging
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import inspect, select, text

from loyalty import ids
from loyalty.db import db
from loyalty.ledger import packing
from loyalty.tables import Base
from tests.files import csv_file, mapped
from tests.makers import Maker
from tests.proofs.clubs import sound
from tests.proofs.full_life import SPELLINGS, FullLife
from tests.proofs.house import house
from tests.proofs.proof import POSTGRESQL, SQLITE, Ground, Proof

DAY = timedelta(days=1)
INSIDE = "claim"  #: keys of callers, with answers that operations repeat: no chapter of an export
KEPT = "import_file"  #: what staff handed in is kept as it is for a week, and gone with the night after
BY_SUBJECT = ("act", "usage")  #: tables that name a member by their id as text


def round_(ground: Ground, seed: int) -> Counter[str]:
    """A random life of one member among others; their export, their erasure, a search for what is left."""
    rng, anchors = random.Random(seed), str(ground.folder / "anchors")
    with ground.database() as url, house(url, log_level="INFO", anchor_file=anchors) as make:
        with logged() as log:
            life = FullLife(make, rng, ground.folder)
            life.live()
            _exported(make, life)
            life.leaves()
            _is_nowhere(make, life, log)
            _is_not_brought_back(make, life)
        sound(make)
        make.run("audit", "verify")
    return Counter(life.counted) + Counter(lives=1)


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Every line that is logged meanwhile, as production writes it."""
    lines, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(lines)
    ours = next(one for one in root.handlers if one.get_name() == "loyalty")
    handler.setFormatter(ours.formatter)
    ours.setLevel(logging.ERROR)  # what is printed; all is kept
    root.addHandler(handler)
    try:
        yield lines
    finally:
        root.removeHandler(handler)


def dump(make: Maker) -> Iterator[tuple[str, str]]:
    """Every row of every table as text; bytes as what they spell."""
    with make.app.app_context(), db.engine.connect() as books:
        for table in inspect(books).get_table_names():
            for row in books.execute(text(f'SELECT * FROM "{table}"')):
                told = [bytes(one).decode("utf-8", "replace") if isinstance(one, (bytes, memoryview)) else one
                        for one in row]  # fmt: skip
                yield table, repr(told)
        for (outcome,) in books.execute(text("SELECT outcome FROM claim WHERE outcome IS NOT NULL")):
            yield "claim", repr(packing.unpacked(outcome))


def _exported(make: Maker, life: FullLife) -> None:
    """The document has each row that is there of the member and whoever was merged, and each word."""
    answer = life.till.get(f"/members/{life.ana.member_id}/export")
    assert answer.status_code == 200, answer.json
    told, whose = json.loads(answer.data), [ids.from_text(one) for one in life.names]
    with make.app.app_context(), db.engine.connect() as books:
        for name, table in Base.metadata.tables.items():
            if name == INSIDE or not (
                "member_id" in table.c or name in BY_SUBJECT or name == "policy_version"
            ):
                continue
            mine = table.c.member_id.in_(whose) if "member_id" in table.c else None
            if mine is None:
                column = table.c.holder if name == "policy_version" else table.c.subject
                mine = column.in_(whose if name == "policy_version" else life.names)
            there = len(books.execute(select(table).where(mine)).all())
            assert len(told[name]) == there, f"{name}: {len(told[name])} of {there} rows are told"
    document = json.dumps(told, ensure_ascii=False)
    rows = [row for table, row in dump(make) if table not in (INSIDE, KEPT)]
    missed = [word for word in SPELLINGS if word not in document and any(word in row for row in rows)]
    assert not missed, f"stands in the books and not in the export: {missed}"


def _is_nowhere(make: Maker, life: FullLife, log: io.StringIO) -> None:
    """No row, stored answer, event, line of the log or file says who they were."""
    _not_in(make, life, log, but=KEPT)
    make.clock.move(make.clock.now() + 9 * DAY)
    for word in ("nightly", "post", "imports"):
        make.run("jobs", word)
    _not_in(make, life, log)


def _not_in(make: Maker, life: FullLife, log: io.StringIO, but: str = "") -> None:
    rows = [(table, row) for table, row in dump(make) if table != but]
    found = [(word, table, row) for table, row in rows for word in SPELLINGS if word in row]
    assert not found, f"still in the books: {found[:3]}"
    life.write_files()
    for file in sorted(life.folder.rglob("*")):
        if file.is_file():
            content = file.read_text("utf-8", "replace")
            assert not [word for word in SPELLINGS if word in content], f"still in {file.name}"
    told = log.getvalue() + life.till.get("/events").text
    assert not [word for word in SPELLINGS if word in told], "still in a log, or in what is told outside"
    assert life.till.get(f"/members/{life.ana.member_id}").status_code == 404


def _is_not_brought_back(make: Maker, life: FullLife) -> None:
    """Neither feed nor file nor till enrols them again; by the same phone somebody new may join."""
    for reference in life.references:
        heard = life.till.send("PUT", f"/customers/{reference}", {"version": 9, "name": "Z"})
        assert (heard.status_code, heard.json["code"]) == (422, "person_erased"), heard.json
    life.core.tells("P1", life.references[0], version=9, expect=422)
    file = csv_file(life.folder, "reference,name", f"{life.references[0]},Z")
    make.run("import", "members", file, *mapped("reference", "name"), exit_code=1)
    again = make.shopper(life.till, name="Newcomer", phone=life.phone)
    assert again.member_id not in life.names
    assert again.figures()[0] == 0
    assert not life.till.get(f"/members/{again.member_id}/export").json["entry"]


LEAVING = Proof("leaving", "lives", round_, quick=1, long={SQLITE: 300, POSTGRESQL: 300})
