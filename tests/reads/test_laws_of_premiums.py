"""Premiums, the operations that awarded them, and the claims on their references: broken on purpose."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from tests.policies import Core, insurer
from tests.reads.unguarded import audited, lived, spoilt

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAID = {"code": "paid", "on": "premium", "unit": "status", "earn": {"points": 1, "per": "10.00"}}


def live(make):
    """Two premiums were paid; the second never was."""
    make.document(insurer(rule=[PAID]))
    core = Core(make.till())
    make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    for reference in ("F-1", "F-2"):
        told = {
            "policy_no": "P1", "due_on": "2025-12-01", "paid_at": "2026-01-05T10:00:00+08:00",
            "amount": "10000.00", "reference": reference,
        }  # fmt: skip
        assert core.till.post("/premiums", told).status_code == 201
    assert core.till.post("/premiums/F-2/reverse").status_code == 200


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def past(request):
    with lived(request.getfixturevalue(f"{request.param}_databases"), live) as engine:
        yield engine


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("UPDATE premium SET reversed_at = NULL", "reversed: 0 is stored, 1 is counted"),
        ("UPDATE premium SET reversed_at = paid_at", "reversed: 1 is stored, 0 is counted"),
        ("UPDATE premium SET award = '[]'", "status awarded: 0 is stored, 1000 is counted"),
        ("DELETE FROM premium WHERE reversed_at IS NULL", "claims: 0 is stored, 1 is counted"),
        ("DELETE FROM premium WHERE reversed_at IS NOT NULL", "cancelled: 0 is stored, 1 is counted"),
        (
            "UPDATE operation SET kind = 'adjust' WHERE op_id IN (SELECT op_id FROM premium)",
            "it is awarded by an operation of kind adjust",
        ),
    ],
)
def test_law_5_premiums_and_their_operations_know_each_other(past, spoil, said):
    with spoilt(past) as books:
        assert list(audited(books, SHANGHAI)) == []
        assert books.execute(text(spoil)).rowcount
        assert any(said in detail for detail in [fault.detail for fault in audited(books, SHANGHAI)])
