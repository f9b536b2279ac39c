"""The judge: a good book passes, and each law that is broken is named with its row."""

import ast
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.ladders import SHANGHAI
from tests.proofs.judge import judge
from tests.proofs.pasts import forgotten, lives, shared, shop, tiers
from tests.proofs.spoiling import unguarded
from tests.reads.unguarded import audited, lived

PROOFS = Path(__file__).parent
JUDGE = PROOFS / "judge.py"
OURS = "tests.proofs.judging"
LISBON = ZoneInfo("Europe/Lisbon")
KNOWN = {"psycopg", OURS.split(".")[0]}  #: beside the standard library


def url_of(engine):
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def book(request):
    """The URL of a good book, past its guards."""
    databases = request.getfixturevalue(f"{request.param}_databases")
    with lived(databases, shop) as engine:
        url = url_of(engine)
        engine.dispose()
        with unguarded(url) as spoiling:
            yield spoiling


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ladder_book(request):
    """The same of a club whose tiers take points."""
    with lived(request.getfixturevalue(f"{request.param}_databases"), tiers) as engine:
        yield url_of(engine)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def forgotten_book(request):
    """The same of a club that forgot somebody."""
    with lived(request.getfixturevalue(f"{request.param}_databases"), forgotten) as engine:
        yield engine


def judged(*words, folder=PROOFS):
    done = subprocess.run(
        [sys.executable, JUDGE, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_a_good_book_passes_wherever_the_judge_is_started(book, tmp_path):
    for folder in (PROOFS.parents[1], tmp_path):
        assert judged(url_of(book.engine), folder=folder) == (0, "a good book\n", "")


def test_m7_a_club_that_forgot_somebody_has_a_good_book(forgotten_book):
    assert judge(url_of(forgotten_book)) == []
    with Session(forgotten_book) as books:
        assert list(audited(books, SHANGHAI)) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        "UPDATE account SET available = 5 WHERE member_id IN ({gone})",
        "UPDATE card SET ended_at = NULL, ended_reason = NULL WHERE member_id IN ({gone})",
        "UPDATE member SET state = 'active' WHERE member_id IN ({gone})",
        "INSERT INTO member_reference (value, member_id) SELECT 'Ana', member_id FROM standing"
        " WHERE erased_at IS NOT NULL",
        "UPDATE policy_version SET holder = (SELECT member_id FROM standing WHERE erased_at IS NOT NULL)"
        " WHERE policy_no = 'P3'",
    ],
)
def test_m7_what_is_left_of_somebody_is_found(forgotten_book, spoilt):
    gone = "SELECT member_id FROM standing WHERE erased_at IS NOT NULL"
    with Session(forgotten_book) as books:
        books.execute(text(spoilt.format(gone=gone)))
        assert list(audited(books, SHANGHAI, "erased"))
        books.rollback()


def test_m9_lives_leave_a_good_book_and_another_state_is_found(sqlite_databases):
    with lived(sqlite_databases, lives) as engine:
        assert judge(url_of(engine)) == []
        with Session(engine) as books:
            assert list(audited(books, LISBON)) == []
        with engine.begin() as books:
            books.execute(text("UPDATE member SET state = 'suspended' WHERE state = 'active'"))
        assert any("M9" in one for one in map(str, judge(url_of(engine))))


@pytest.fixture(scope="module")
def shared_book(request):
    """A good book of a household, past its guards."""
    with lived(request.getfixturevalue("sqlite_databases"), shared) as engine:
        url = url_of(engine)
        engine.dispose()
        with unguarded(url) as spoiling:
            yield spoiling


SHARED = [
    ("M8", "UPDATE operation SET kind = 'redeem' WHERE kind = 'pool_out'"),
    ("M8", "DELETE FROM operation WHERE kind = 'pool_back'"),
    ("M8", "UPDATE operation SET reasons = json_remove(reasons, '$.pool') WHERE kind = 'redeem'"),
    ("M8", "UPDATE operation SET reasons = json_set(reasons, '$.pool[0][1]', 7) WHERE kind = 'redeem'"),
    ("M8", "UPDATE operation SET reasons = json_set(reasons, '$.with', 'x') WHERE kind = 'pool_out'"),
    ("M8", "UPDATE household_seat SET household_id = household_id + member_id"),
    ("M8", "UPDATE household_seat SET agreed_at = NULL, agreed_how = NULL"),
    ("M8", "UPDATE household_seat SET left_at = asked_at, left_how = 'left'"),
    ("M8", "UPDATE edition SET document = json_set(document, '$.household.unit.reward.others_month', 1)"),
    ("P15", "UPDATE usage SET amount = amount - 1 WHERE name = 'pool:reward'"),
]


@pytest.mark.parametrize(("law", "words"), SHARED, ids=[words[:70] for _, words in SHARED])
def test_m8_what_is_wrong_with_a_household_is_found(shared_book, law, words):
    table = words.split()[words.startswith("DELETE") + 1]
    with shared_book.begin() as rows:
        rows.execute(text(f"CREATE TABLE spare AS SELECT * FROM {table}"))
        assert rows.execute(text(words)).rowcount
    try:
        assert any(line.startswith(f"law {law}: ") for line in judge(url_of(shared_book.engine)))
    finally:
        with shared_book.begin() as rows:
            rows.execute(text(f"DELETE FROM {table}"))
            rows.execute(text(f"INSERT INTO {table} SELECT * FROM spare"))
            rows.execute(text("DROP TABLE spare"))


def test_m8_a_household_leaves_a_good_book(shared_book):
    assert judge(url_of(shared_book.engine)) == []
    with Session(shared_book.engine) as books:
        assert list(audited(books, LISBON)) == []


def test_tiers_that_take_points_leave_a_good_book(ladder_book):
    assert judge(ladder_book) == []


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at.all", "mysql://localhost/x", "postgresql://localhost:1/x"]
)
def test_what_cannot_be_read_ends_with_2(url):
    code, out, told = judged(url)
    assert (code, out) == (2, "")
    assert "cannot be read" in told


def test_a_database_without_tables_cannot_be_read(empty_database):
    assert judged(empty_database)[0] == 2


def test_the_judge_knows_nothing_of_the_club():
    for file in (JUDGE, *(PROOFS / "judging").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.split(".")[0] in KNOWN | sys.stdlib_module_names, (file.name, name)
                assert name.startswith(OURS) or name.split(".")[0] != "tests", (file.name, name)


SPOILED = [
    ("1", "account", "UPDATE account SET available = available + 1 WHERE unit = 'bonus'"),
    ("1", "account", "UPDATE account SET pending = pending + 1 WHERE pending > 0"),
    ("2", "lot", "UPDATE lot SET remaining = remaining + 1 WHERE unit = 'reward'"),
    ("2", "entry", "UPDATE entry SET balance_after = balance_after + 1 WHERE seq = 3"),
    ("3", "unit", "UPDATE account SET available = available + 1 WHERE unit = 'bonus'"),
    ("3", "transfer", "UPDATE entry SET op_id = op_id + 1 WHERE contra = 'transferred' AND points < 0"),
    ("4", "account", "UPDATE account SET available = -available - 1"),
    ("5", "operation", "DELETE FROM claim WHERE scope LIKE 'redemption@%'"),
    ("5", "claim", "UPDATE claim SET request_hash = 'x' WHERE scope LIKE 'adjustment@%'"),
    ("5", "claim", "UPDATE claim SET outcome = 'x' WHERE scope LIKE 'adjustment@%'"),
    ("6", "hold", "UPDATE hold SET captured = points + 1"),
    ("6", "hold", "UPDATE hold SET state = 'voided' WHERE state = 'captured'"),
    ("7", "operation_part", "UPDATE operation_part SET undone = undone - 1 WHERE undone > 0"),
    ("7", "sale", "UPDATE sale SET returned_minor = returned_minor + 1 WHERE returned_minor > 0"),
    ("8", "entry", "UPDATE entry SET expires_on = '9998-12-31' WHERE contra = 'expired'"),
    ("9", "account", "UPDATE account SET due_at = NULL WHERE due_at IS NOT NULL"),
    ("12", "tally", "UPDATE tally SET earned = earned + 1"),
    ("12", "term", "UPDATE term SET tier = NULL, until_at = NULL WHERE reason = 'lift'"),
    ("13", "operation", "DELETE FROM outbox_message WHERE kind = 'points.spent'"),
    ("14", "act", "UPDATE act SET actor = 'nobody' WHERE seq = 1"),
    ("14", "edition", "UPDATE edition SET published_by = 'nobody'"),
    ("15", "operation", "UPDATE entry SET points = points + 100 WHERE contra = 'adjusted'"),
    ("15", "operation", "DELETE FROM approval_request WHERE state = 'approved'"),
    ("15", "approval_request", "UPDATE approval_request SET checker = maker WHERE state = 'approved'"),
    ("15", "approval_request", "UPDATE approval_request SET void_at = decided_at WHERE state = 'approved'"),
    ("I2", "policy_share", "UPDATE policy_share SET steps = '[]' WHERE policy_no = 'P1'"),
    ("M2", "member", "UPDATE card SET ended_at = NULL, ended_reason = NULL"),
    ("P15", "usage", "UPDATE usage SET amount = amount + 1"),
    ("P18", "review", "UPDATE review SET op_id = NULL WHERE state = 'released'"),
    ("T3", "term", "DELETE FROM term WHERE term_no = 1"),
]


@pytest.mark.parametrize(
    ("law", "table", "words"), SPOILED, ids=[f"law {law}: {words[:60]}" for law, _, words in SPOILED]
)
def test_a_broken_law_is_named_with_its_row(book, law, table, words):
    tables = words.split()[words.startswith("DELETE") + 1]
    with book.begin() as rows:
        rows.execute(text(f"CREATE TABLE spare AS SELECT * FROM {tables}"))
        assert rows.execute(text(words)).rowcount
    try:
        found = judge(url_of(book.engine))
        assert any(line.startswith(f"law {law}: {table} ") for line in found), found
    finally:
        with book.begin() as rows:
            rows.execute(text(f"DELETE FROM {tables}"))
            rows.execute(text(f"INSERT INTO {tables} SELECT * FROM spare"))
            rows.execute(text("DROP TABLE spare"))
