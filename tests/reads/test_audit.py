"""Each law is broken on purpose, past the database's own guards; the auditor must name it."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from loyalty import ledger
from loyalty.law import Look
from loyalty.reads.audit import LAWS
from tests.pasts import live
from tests.reads.unguarded import audited, lived, spoilt

LISBON = ZoneInfo("Europe/Lisbon")
KIND = "(SELECT min(op_id) FROM operation WHERE kind = '{}')"
FIRST_SALE = "(SELECT min(op_id) FROM sale)"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def past(request):
    """The books of a club with a past; who spoils them takes it back."""
    with lived(request.getfixturevalue(f"{request.param}_databases"), live) as engine:
        yield engine


@pytest.fixture
def books(past):
    with spoilt(past) as session:
        yield session


def test_a_club_with_a_past_keeps_every_law(books):
    assert list(audited(books, LISBON)) == []
    assert list(ledger.audit(books, LISBON)) == []
    assert all(law.rows(Look(books, LISBON)) for law in LAWS)


def test_law_3_the_trial_balance_adds_up(books):
    balances = ledger.trial_balance(books)
    assert [balance.unit for balance in balances] == ["bonus", "quiet", "reward", "status"]
    assert all(sum(balance.moved.values()) == balance.balance for balance in balances)
    assert {"adjusted", "debt", "expired", "issued", "redeemed", "returned"} == balances[2].moved.keys()
    assert balances[2].moved["debt"] == 0
    assert (balances[2].held, balances[2].pending) == (20, 15)


SPOILED = [
    # 1: totals
    ("UPDATE account SET available = available + 1 WHERE available > 0", "1", "account"),
    ("UPDATE account SET held = held + 1 WHERE held > 0", "1", "account"),
    ("UPDATE account SET debt = debt + 1 WHERE debt > 0", "1", "account"),
    ("UPDATE account SET pending = 0 WHERE pending > 0", "1", "account"),
    ("UPDATE lot SET held = held - 1, remaining = remaining + 1 WHERE held > 0", "1", "lot"),
    # 2: lots, numbers, running balances
    ("DELETE FROM lot WHERE held > 0", "2", "lot"),
    ("UPDATE lot SET remaining = remaining + 1", "2", "lot"),
    ("UPDATE lot SET expires_on = '2030-01-01' WHERE unit = 'reward'", "2", "lot"),
    ("DELETE FROM entry WHERE seq = 2", "2", "entry"),
    ("UPDATE entry SET balance_after = balance_after + 1 WHERE seq = 3", "2", "entry"),
    ("UPDATE account SET version = version + 1", "2", "account"),
    ("UPDATE lot SET unit = 'none' WHERE unit = 'reward'", "2", "lot"),
    # 3: books
    ("UPDATE entry SET points = points + 5 WHERE seq = 1 AND unit = 'status'", "3", "account"),
    ("UPDATE entry SET contra = 'issued' WHERE contra = 'debt' AND points > 0", "3", "operation_part"),
    ("UPDATE entry SET contra = 'issued' WHERE contra = 'debt' AND points > 0", "3", "entry"),
    ("UPDATE pending SET points = points + 1 WHERE state = 'opened'", "3", "operation_part"),
    ("UPDATE pending SET state = 'gone', opened_by = NULL WHERE state = 'opened'", "3", "operation_part"),
    # 4: signs
    ("UPDATE account SET available = -1", "4", "account"),
    ("UPDATE account SET held = -1", "4", "account"),
    ("UPDATE account SET debt = -1", "4", "account"),
    ("UPDATE account SET pending = -1", "4", "account"),
    ("UPDATE account SET debt = 5 WHERE available > 0", "4", "account"),
    ("UPDATE lot SET remaining = -1", "4", "lot"),
    ("UPDATE lot SET kind = 'debt'", "4", "lot"),
    ("UPDATE entry SET points = 0 WHERE seq = 2", "4", "entry"),
    ("UPDATE hold SET captured = -1", "4", "hold"),
    ("UPDATE operation_part SET shortfall = -1", "4", "operation_part"),
    # 5: one effect per claim
    (
        "INSERT INTO claim (scope, key, request_hash, member_id, op_id, taken_at) SELECT scope, key || '2',"
        " request_hash, member_id, op_id, taken_at FROM claim WHERE scope LIKE 'redemption@%'",
        "5",
        "operation",
    ),
    ("DELETE FROM claim WHERE scope LIKE 'adjustment@%'", "5", "operation"),
    ("DELETE FROM claim WHERE scope LIKE 'key:capture@%'", "5", "operation"),
    ("UPDATE claim SET scope = 'key:return' WHERE scope = 'return'", "5", "operation"),
    ("UPDATE operation SET refers_to = 1 WHERE kind = 'adjust'", "5", "operation"),
    ("UPDATE pending SET lapses_at = booked_at WHERE state = 'pending'", "9", "account"),
    ("UPDATE claim SET op_id = op_id + 1 WHERE scope LIKE 'hold@%'", "5", "claim"),
    (f"UPDATE claim SET op_id = {KIND.format('reverse')} WHERE scope LIKE 'redemption@%'", "5", "claim"),
    ("UPDATE operation SET kind = 'expire' WHERE kind = 'redeem'", "5", "claim"),
    ("DELETE FROM claim WHERE scope = 'purchase'", "5", "sale"),
    ("UPDATE claim SET key = key || ' ' WHERE scope = 'purchase'", "5", "sale"),
    ("UPDATE sale SET receipt = 'R\"' WHERE returned_minor > 0", "5", "sale"),
    (f"UPDATE operation SET kind = 'adjust' WHERE op_id = {FIRST_SALE}", "5", "sale"),
    ("DELETE FROM claim WHERE scope = 'return'", "5", "sale_return"),
    ("UPDATE sale_return SET return_ref = 'another'", "5", "sale_return"),
    ("UPDATE sale_return SET sale_op_id = sale_op_id + 1", "5", "sale_return"),
    # 6: holds
    ("UPDATE hold SET captured = points + 1 WHERE state = 'captured'", "6", "hold"),
    ("UPDATE hold SET captured = captured - 1 WHERE state = 'captured'", "6", "hold"),
    ("UPDATE hold SET points = points + 1", "6", "hold"),
    ("UPDATE hold SET state = 'open', closed_at = NULL WHERE state = 'voided'", "6", "hold"),
    ("UPDATE hold SET state = 'ended' WHERE state = 'voided'", "6", "hold"),
    ("DELETE FROM hold WHERE state = 'voided'", "6", "hold"),
    (
        "UPDATE entry SET expires_on = '2026-03-06' WHERE contra = 'redeemed' AND op_id IN"
        " (SELECT op_id FROM operation WHERE kind = 'capture')",
        "6",
        "hold",
    ),
    # 7: given and taken back
    ("UPDATE operation_part SET undone = points + 1 WHERE undone > 0", "7", "operation_part"),
    ("UPDATE operation_part SET undone = undone - 1 WHERE undone > 0", "7", "operation_part"),
    ("UPDATE operation SET refers_to = refers_to + 1 WHERE kind = 'reverse'", "7", "operation_part"),
    ("UPDATE pending SET taken_back = taken_back + 1 WHERE state = 'opened'", "7", "operation_part"),
    ("UPDATE pending SET taken_back = points WHERE state = 'pending'", "7", "pending"),
    ("UPDATE pending SET taken_back = points + 1 WHERE state = 'taken_back'", "7", "pending"),
    ("UPDATE pending SET state = 'taken_back' WHERE state = 'pending'", "7", "pending"),
    ("UPDATE sale SET returned_minor = returned_minor + 1", "7", "sale"),
    ("UPDATE sale SET returned_minor = amount_minor + 1", "7", "sale"),
    ("UPDATE sale_return SET lines = '[[1, 0, 99999]]'", "7", "sale"),
    ("UPDATE sale_return SET lines = '[[1, 99999, 0]]'", "7", "sale"),
    ("DELETE FROM sale_return", "7", "sale"),
    # 8: the dead
    (
        "UPDATE entry SET happened_at = '2026-05-01 00:00:00.000000' WHERE contra = 'redeemed' AND points < 0"
        " AND expires_on = '2026-03-05'",
        "8",
        "entry",
    ),
    ("UPDATE entry SET happened_at = '2026-01-06 00:00:00.000000' WHERE contra = 'expired'", "8", "entry"),
    ("UPDATE entry SET expires_on = '9999-12-31' WHERE contra = 'expired'", "8", "entry"),
    ("UPDATE entry SET expires_on = '2020-01-01' WHERE contra = 'redeemed' AND points < -80", "8", "entry"),
    (
        "UPDATE entry SET expires_on = '2029-01-01' WHERE (member_id, unit, seq) IN (SELECT e.member_id,"
        " e.unit, min(e.seq) FROM entry e JOIN operation o ON o.op_id = e.op_id WHERE o.kind = 'redeem'"
        " GROUP BY e.member_id, e.unit, e.op_id HAVING count(*) > 1)",
        "8",
        "entry",
    ),
    # 9: late is on time
    ("UPDATE account SET due_at = NULL", "9", "account"),
    ("UPDATE account SET due_at = '2030-01-01 00:00:00.000000' WHERE debt > 0", "9", "account"),
    # parts
    ("UPDATE operation_part SET seq_to = seq_to + 1", "parts", "operation_part"),
    (
        "UPDATE operation_part SET seq_to = seq_to + 1, seq_from = seq_from + 1",
        "parts",
        "operation_part",
    ),
    ("DELETE FROM operation_part WHERE unit = 'status'", "parts", "operation_part"),
    *(
        (
            f"UPDATE operation_part SET points = points + 1 WHERE op_id IN {KIND.format(kind)}",
            "parts",
            "operation_part",
        )
        for kind in (
            "earn", "open", "hold", "release", "capture", "void", "redeem", "reverse", "return", "adjust",
            "expire",
        )
    ),
    ("UPDATE operation SET kind = 'adjust' WHERE kind = 'redeem'", "parts", "entry"),
    ("UPDATE entry SET contra = 'imported' WHERE contra = 'adjusted'", "parts", "entry"),
    ("UPDATE entry SET booked_at = '2026-01-05 02:00:01.000000'", "parts", "entry"),
    ("UPDATE entry SET kind = 'debt' WHERE contra = 'redeemed'", "parts", "entry"),
    (
        "INSERT INTO operation (member_id, op_id, kind, edition, happened_at, booked_at)"
        " SELECT 7, op_id, 'expire', edition, happened_at, booked_at FROM operation WHERE kind = 'hold'",
        "parts",
        "operation",
    ),
    ("UPDATE sale SET amount_minor = amount_minor + 1", "parts", "sale"),
    ("UPDATE sale SET award = '[]'", "parts", "sale"),
    # 12: tier and tally
    ("UPDATE tally SET earned = earned + 1", "12", "tally"),
    ("DELETE FROM tally WHERE unit = 'bonus'", "12", "tally"),
    ("UPDATE tally SET unit = 'none' WHERE unit = 'bonus'", "12", "tally"),
    ("UPDATE operation_part SET shortfall = shortfall - 1 WHERE shortfall > 0", "parts", "operation_part"),
    ("UPDATE entry SET counts_on = '2026-01-09' WHERE contra = 'returned'", "12", "tally"),
    ("UPDATE standing SET tier = 'silver'", "12", "standing"),
    ("UPDATE standing SET term_no = term_no + 1", "12", "standing"),
    ("UPDATE standing SET until_at = NULL", "12", "standing"),
    ("UPDATE standing SET due_at = NULL", "12", "standing"),
    ("DELETE FROM term WHERE term_no = 1", "12", "term"),
    ("UPDATE term SET ended_at = NULL WHERE term_no = 1", "12", "term"),
    ("UPDATE term SET ended_at = until_at WHERE ended_at IS NULL", "12", "term"),
    ("UPDATE term SET until_at = from_at WHERE term_no = 2", "12", "term"),
    # 13: news
    ("DELETE FROM outbox_message WHERE seq = 2", "13", "outbox_message"),
    ("UPDATE standing SET event_seq = event_seq + 1", "13", "standing"),
    ("UPDATE outbox_message SET kind = 'card.issued' WHERE kind = 'tier.changed'", "13", "standing"),
    ("UPDATE outbox_message SET kind = 'points.opened' WHERE kind = 'points.spent'", "13", "outbox_message"),
    (
        "UPDATE outbox_message SET body ="
        " (SELECT body FROM outbox_message WHERE kind = 'points.given_back' LIMIT 1)"
        " WHERE kind = 'points.adjusted'",
        "13",
        "outbox_message",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "law", "table"),
    [pytest.param(*broken, id=f"law {broken[1]}: {broken[0][:80]}") for broken in SPOILED],
)
def test_each_broken_law_is_found_and_named(books, spoil, law, table):
    assert books.execute(text(spoil)).rowcount
    found = {(fault.law, fault.where.split()[0]) for fault in audited(books, LISBON, law)}
    assert (law, table) in found
