"""What must be in the books once every wish of a load has its verdict: each told effect, once, no other."""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import create_engine, make_url, text

from tests.proofs.clubs import verified
from tests.proofs.load import POINTS, UNIT, Load, Wish
from tests.proofs.tellers import Heard, Teller

_BOOKED_AS = {
    "earn": "purchase_id",
    "redeem": "redemption_id",
    "capture": "redemption_id",
    "return": "return_id",
    "reverse": "reversal_id",
    "adjust": "adjustment_id",
    "transfer_out": "transfer_id",
}
_HELD_THEN = {"capture": "captured", "void": "voided"}
REPLAYED = 10  #: so many wishes are sent once more when all is over


def operations(database_url: str) -> Counter[str]:
    """How many operations of each kind the books hold."""
    url = make_url(database_url)
    engine = create_engine(
        url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url
    )
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, count(*) AS number FROM operation GROUP BY kind")).all()
    engine.dispose()
    return Counter({row.kind: row.number for row in rows})


def balances_agree(load: Load) -> None:
    """Every member has exactly what was acknowledged. Raises AssertionError."""
    totals, held, teller = Counter[int](), Counter[int](), load.teller()
    for wish, _ in load.history.acknowledged().values():
        held[wish.totals[0][0]] += wish.held
        for member, points in wish.totals:
            totals[member] += points
    for member, member_id in enumerate(load.club.members):
        shown = _looked(teller, f"/members/{member_id}/balance")["units"][UNIT]
        found = (shown["available"] + shown["held"] - shown["debt"], shown["held"])
        assert found == (POINTS + totals[member], held[member]), (
            f"member {member} of seed {load.seed}: {shown}"
        )
    teller.hang_up()


def reckon(load: Load, database_url: str, founded: Counter[str]) -> None:
    """All that was told is there once, and nothing else is; the books are good. Raises AssertionError.

    `founded` are the operations that were there before the load.
    """
    assert not load.unknown
    balances_agree(load)
    done = load.history.acknowledged()
    told = Counter(wish.kind for wish, _ in done.values())
    told["transfer_in"] = told["transfer_out"]
    assert operations(database_url) - founded == told, f"seed {load.seed}"
    _found_by_id(load, done)
    _heard_again(load, done)
    verified(database_url)
    if database_url.startswith("sqlite"):
        with sqlite3.connect(make_url(database_url).database or "") as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        raw.close()


def _found_by_id(load: Load, done: dict[str, tuple[Wish, Heard]]) -> None:
    teller = load.teller()
    booked = {line for member_id in load.club.members for line in _statement(teller, member_id)}
    then = {
        wish.path.split("/")[2]: _HELD_THEN[wish.kind] for wish, _ in done.values() if wish.kind in _HELD_THEN
    }
    for wish, heard in done.values():
        if (name := _BOOKED_AS.get(wish.kind)) is not None:
            assert heard.body[name] in booked, (wish, heard)
        else:
            hold_id = heard.body["hold_id"]
            shown = _looked(teller, f"/holds/{hold_id}")
            assert shown["state"] == then.get(hold_id, "open"), (wish, heard, shown)
    teller.hang_up()


def _heard_again(load: Load, done: dict[str, tuple[Wish, Heard]]) -> None:
    """The same key hears the same answer, and nothing happens."""
    teller, before = load.teller(), len(done)
    for key in random.Random(load.seed).sample(sorted(done), min(REPLAYED, before)):
        wish, first = done[key]
        again = load.insist(wish, teller)
        assert again.status == first.status, (wish, first, again)
        for name in {*_BOOKED_AS.values(), "hold_id"}:
            assert again.body.get(name) == first.body.get(name), (wish, first, again)
    balances_agree(load)
    teller.hang_up()


def _statement(teller: Teller, member_id: str) -> Iterator[str]:
    path = f"/members/{member_id}/entries?unit={UNIT}&limit=100"
    page = _looked(teller, path)
    while True:
        yield from (line["operation"] for line in page["items"])
        if page["next"] is None:
            return
        page = _looked(teller, f"{path}&cursor={page['next']}")


def _looked(teller: Teller, path: str) -> dict[str, object]:
    heard = teller.get(path)
    assert heard.status == 200, (path, heard)
    return heard.body
