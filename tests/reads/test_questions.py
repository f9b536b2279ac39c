"""What a wish asks is found by indexes, however many members there are."""

import sqlite3

import pytest

from loyalty import ledger, members, tiers
from loyalty.reads.snapshot import ASKED

QUESTIONS = (*ASKED, tiers.STANDING, members.CARDS, ledger.claims.TAKEN)
GIVEN = {"members": "[1]", "cards": "[1]", "tally_units": "[1]", "claim_scopes": "[1]", "claim_keys": "[1]"}
OTHERS = {"tally_since": "", "terms_since": ""}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("singles", [frozenset(), frozenset(GIVEN)], ids=["many", "one"])
def test_no_question_walks_through_a_table(database, singles):
    connection = sqlite3.connect(database.removeprefix("sqlite:///"))
    for question in QUESTIONS:
        words = f"EXPLAIN QUERY PLAN {question.alone('sqlite', singles)}"
        plan = [row[3] for row in connection.execute(words, GIVEN | OTHERS)]
        walks = [step for step in plan if step.startswith("SCAN") and "json_each" not in step]
        assert not walks, question.columns
    connection.close()
