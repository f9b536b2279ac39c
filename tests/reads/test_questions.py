"""What a wish asks is found by indexes, however many members there are, and as it is spelt."""

import sqlite3

import pytest

from loyalty import ledger, members, tiers
from loyalty.db import carry_out
from loyalty.questions import ask
from loyalty.reads.snapshot import ASKED
from tests.clocks import START

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


def test_what_is_asked_for_is_found_as_it_is_spelt(app):
    keys = ['a"b', "a\\b", "a,b", "{a}", "", "NULL", "ä\n'%(b)s", "a b "]

    def found(session):
        for key in keys:
            ledger.claims.take(session, "purchase", key, "", START)
        (rows,) = ask(session, [ledger.claims.TAKEN], claim_scopes=["purchase", "s"], claim_keys=[*keys, "b"])
        return [key for _, key, *_ in rows]

    with app.app_context():
        assert sorted(carry_out(found)) == sorted(keys)
