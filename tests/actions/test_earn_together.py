"""Sales told together lead to the very rows that `earn` leaves when it books one after the other (P16)."""

import json
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from loyalty import ids
from loyalty.api import ndjson, selling
from loyalty.db import db
from tests.documents import GONE
from tests.locks import somebody_else_at_work, until_somebody_waits
from tests.makers import receipt, wire

COLUMNS = {
    "operation": "kind, edition, happened_at, booked_at, imported_at, reasons, op_id",
    "operation_part": "unit, points, undone, withdrawn, shortfall, seq_from, seq_to, op_id",
    "entry": "unit, seq, expires_on, kind, points, contra, balance_after, counts_on, happened_at, booked_at",
    "account": "unit, available, held, debt, pending, lowering, version, last_active_on, due_at",
    "lot": "unit, expires_on, kind, remaining, held",
    "pending": "unit, part_no, points, taken_back, opens_at, opens_on_event, contra, state, booked_at",
    "tally": "unit, day, earned",
    "standing": "tier, term_no, until_at, due_at, event_seq",
    "term": "term_no, tier, from_at, until_at, reason, edition, evidence, measured, booked_at, ended_at",
    "sale": "business_date, cashier, sold_at, amount_minor, lines, award, tenders, attributes, flags",
    "outbox_message": "seq, kind, booked_at",
    "claim WHERE scope = 'purchase'": "taken_at, cut_at",
}
NAMED = re.compile(r'\\?"operation\\?": \\?"[0-9a-z-]+\\?",? ?')  #: in the evidence of a term
CLUB = {
    "limits": {
        "offline": {"days": 30},
        "earn": {"transaction": 900, "member_day": 2_000, "terminal_day": 60_000},
    },
    "rule[2]": {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}},
    "rule[3]": {"code": "thrice", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 5},
                "limit": {"times": 3, "per": "month"}},
    "rule[4]": {"code": "first", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 9},
                "budget": {"points": 1_000_000, "per": "lifetime"}},
    "rule[5]": {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 3},
                "from": {"days": 14}},
    "example": GONE,
}  # fmt: skip


def rows_of(app, people, terminal):
    """The rows of some members, whose numbers are counted in the order they joined."""
    ranks = {ids.from_text(one.member_id): no for no, one in enumerate(people)}
    found = {}
    with app.app_context(), db.engine.connect() as connection:
        for table, names in COLUMNS.items():
            rows = connection.execute(text(f"SELECT member_id, {names} FROM {table}")).mappings()
            mine = [dict(row) for row in rows if row["member_id"] in ranks]
            for row in mine:
                row["member_id"] = ranks[row["member_id"]]
                row.pop("op_id", None)
            told = (json.dumps(row, default=str, sort_keys=True) for row in mine)
            found[table] = sorted(NAMED.sub("", one) for one in told)
        counters = "SELECT name, period, times, amount FROM usage WHERE subject = :of"
        counted = [connection.execute(text(counters), {"of": one.member_id}).all() for one in people]
        counted.append(connection.execute(text(counters), {"of": f"S1\n{terminal}"}).all())
        found["usage"] = [sorted(map(tuple, rows)) for rows in counted]
    return found


def sales_of(rng, people, terminal, now):
    """What a till tells of a bad week: odd sums, dates, cashiers and cards among the ordinary."""
    for number in range(120):
        who, amount = rng.randrange(len(people)), rng.choice([1, 9.99, 40, 40, 120, 300, 950])
        sold_at = now - timedelta(days=rng.choice([0, 0, 0, 1, 3, 31]), minutes=rng.randrange(60))
        lines = [{"line": 1, "amount": f"{amount:.2f}", "category": rng.choice(["fresh", "home"])}]
        body = receipt(f"R{number}") | {"terminal": terminal, "sold_at": wire(sold_at), "currency": "EUR"}
        body |= {"lines": lines, "card": people[who].card if rng.random() < 0.97 else "9000000000000001"}
        yield body | ({"cashier": "Carl"} if rng.random() < 0.2 else {})


def without_ids(outcomes):
    """What became of the lines, without what nobody shares."""
    return [
        {name: cell for name, cell in one.items() if name not in {"line", "purchase_id", "review_id"}}
        for one in outcomes
    ]


def test_sales_told_together_leave_what_one_by_one_leaves(app, make, monkeypatch):
    make.club(**CLUB)
    tills = {name: make.till(terminal=name) for name in ("T1", "T2", "T3")}
    cohorts = {name: [make.shopper(till) for _ in range(4)] for name, till in tills.items()}
    for name, people in cohorts.items():
        linked = ("--store", "S1", "--cashier", "Carl", "--member", people[0].member_id)
        make.run("staff-cards", "link", *linked)
        blocked = tills[name].post(f"/members/{people[3].member_id}/block", None, idempotency_key="block")
        assert blocked.status_code == 200, blocked.json
    make.clock.move(timedelta(hours=9))
    outcomes = {}
    for terminal, people in cohorts.items():
        till = tills[terminal]
        sales = list(sales_of(random.Random(7), people, terminal, make.clock.now()))
        if terminal == "T1":
            outcomes[terminal] = till.batch(*sales)
        elif terminal == "T2":
            outcomes[terminal] = [one for sale in sales for one in till.batch(sale)]
        else:
            monkeypatch.setattr(ndjson, "MOST_TOGETHER", 0)  # `earn` books each
            outcomes[terminal] = till.batch(*sales)
    together, singly, alone = (without_ids(one) for one in outcomes.values())
    assert {one["status"] for one in together} == {"created", "refused", "quarantined"}
    assert together == singly == alone
    first, second, third = (rows_of(app, people, terminal) for terminal, people in cohorts.items())
    for table, rows in first.items():
        assert rows == second[table] == third[table], table


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("is_patient", [True, False])
def test_sales_of_one_card_wait_together_for_a_moment_else_go_one_by_one(app, make, monkeypatch, is_patient):
    if is_patient:
        monkeypatch.setattr(selling, "QUEUE_PATIENCE_SECONDS", 3)
    make.club()
    till = make.till()
    ana = make.shopper(till)
    with ThreadPoolExecutor(1) as pool, app.app_context():
        with somebody_else_at_work(app):
            told = pool.submit(till.batch, ana.sale("10.00"), ana.sale("20.00"))
            until_somebody_waits()
            if not is_patient:
                time.sleep(10 * selling.QUEUE_PATIENCE_SECONDS)
            assert not told.done()
        assert [one["status"] for one in told.result()] == ["created", "created"]
        with db.engine.connect() as connection:
            transactions = connection.execute(text("SELECT count(DISTINCT xmin::text) FROM sale")).scalar()
    assert transactions == (1 if is_patient else 2)
    assert ana.figures()[0] == 30
