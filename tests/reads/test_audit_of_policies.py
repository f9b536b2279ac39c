"""The auditor looks at what policies give as well: each law about it is broken, and must be seen to be."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from tests.makers import Maker
from tests.policies import Core, coverage, insurer
from tests.reads.unguarded import audited, lived, spoilt

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATER = "2026-12-01T00:00:00+08:00"


def live(make: Maker) -> None:
    """A policy that rises, one whose end is known, one that waits for the end of cooling-off."""
    make.document(insurer())
    core = Core(make.till())
    make.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")
    core.tells("P1", "C-1", version=2, coverages=[coverage("120000.00")])
    core.tells("P2", "C-1")
    core.tells("P2", "C-1", version=2, effective_at=LATER, status="matured")
    core.tells("P3", "C-1", cooling_off_ends_on="2026-02-01")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def past(request):
    with lived(request.getfixturevalue(f"{request.param}_databases"), live) as engine:
        yield engine


@pytest.fixture
def books(past):
    with spoilt(past) as session:
        yield session


def test_the_books_keep_every_law(books):
    assert list(audited(books, SHANGHAI)) == []


OF_P1 = "(SELECT op_id FROM policy_share WHERE policy_no = 'P1')"
OF_P2 = "(SELECT op_id FROM policy_share WHERE policy_no = 'P2')"


@pytest.mark.parametrize(
    ("law", "words"),
    [
        ("positions", "UPDATE policy_share SET steps = '[]' WHERE policy_no = 'P1'"),
        ("positions", f"UPDATE entry SET points = points + 1 WHERE op_id = {OF_P1}"),
        ("positions", f"UPDATE entry SET contra = 'adjusted' WHERE op_id = {OF_P1}"),
        ("positions", f"UPDATE pending SET points = points - 1 WHERE op_id = {OF_P2}"),
        ("positions", f"UPDATE pending SET state = 'superseded' WHERE op_id = {OF_P2}"),
        ("positions", "DELETE FROM policy_share WHERE policy_no = 'P1'"),
        ("positions", f"UPDATE pending SET contra = 'issued' WHERE op_id = {OF_P2}"),
        ("1", "UPDATE account SET lowering = 0 WHERE unit = 'status'"),
        ("1", "UPDATE account SET pending = 0 WHERE unit = 'status'"),
        ("parts", f"UPDATE operation_part SET points = points + 1 WHERE op_id = {OF_P1}"),
        ("parts", f"UPDATE operation SET kind = 'earn' WHERE op_id = {OF_P1}"),
    ],
)
def test_a_broken_law_is_found(books, law, words):
    books.execute(text(words))
    assert law in {fault.law for fault in audited(books, SHANGHAI, law)}
