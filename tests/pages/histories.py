"""A club whose rules have names, and members whose history is long: rows as operations would leave them."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import insert, update

from loyalty import ids
from loyalty.calendar import FOREVER
from loyalty.db import carry_out
from loyalty.ledger import AccountRow, Entry, OperationPartRow, OperationRow
from loyalty.ledger import LotRow as Lot
from tests.makers import Shopper

UNIT = "status"
NAMED = {
    "rule[0].name": {"zh": "购物积分", "en": "Points for purchases"},
    "rule[2]": {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}},
    "rule[3]": {
        "code": "profile", "on": "activity", "unit": "reward", "earn": {"fixed": 50},
        "name": {"zh": "完善资料", "en": "Profile completed"},
    },
    "reward": [{
        "code": "bag", "name": {"zh": "帆布袋", "en": "Tote bag"}, "delivery": "order",
        "price": {"unit": "reward", "points": 40},
    }],
}  # fmt: skip


def queries(statements: list[str]) -> int:
    """How many statements asked or changed something."""
    return sum(one.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "INSERT")) for one in statements)


def with_history(app: Flask, shopper: Shopper, many: int, last: datetime) -> None:
    """Give a member so many operations of one point of status more, three each minute, up to an instant.

    Points never expire, so one lot holds them all; they count on no day.
    """
    member_id = ids.from_text(shopper.member_id) or 0
    with app.app_context():
        carry_out(lambda rows: _write(rows, member_id, many, last))


def _write(rows, member_id, many, last):
    account = rows.get_one(AccountRow, (member_id, UNIT))
    lot = rows.get_one(Lot, (member_id, UNIT, FOREVER, "base"))
    operations, parts, entries = [], [], []
    for turn in range(1, many + 1):
        at = last - timedelta(minutes=(many - turn) // 3)
        op_id, seq = ids.new_id(at), account.version + turn
        head = {"member_id": member_id, "op_id": op_id}
        operations.append(
            head | {"kind": "earn", "edition": 1, "happened_at": at, "booked_at": at,
                    "reasons": {"because": [["climb", UNIT, 1]]}}
        )  # fmt: skip
        parts.append(head | {"unit": UNIT, "points": 1, "seq_from": seq, "seq_to": seq})
        entries.append(
            head | {"unit": UNIT, "seq": seq, "expires_on": FOREVER, "kind": "base", "points": 1,
                    "contra": "issued", "balance_after": account.available + turn,
                    "happened_at": at, "booked_at": at}
        )  # fmt: skip
    for table, found in ((OperationRow, operations), (OperationPartRow, parts), (Entry, entries)):
        rows.execute(insert(table), found)
    mine = (AccountRow.member_id == member_id, AccountRow.unit == UNIT)
    more = {"available": account.available + many, "version": account.version + many}
    rows.execute(update(AccountRow).where(*mine).values(more))
    rows.execute(
        update(Lot).where(Lot.member_id == member_id, Lot.unit == UNIT).values(remaining=lot.remaining + many)
    )
