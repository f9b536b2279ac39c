"""A benefit that each policy has for itself, on its holder's pages (B1, B7)."""

import pytest

from tests.ladders import noon
from tests.pages.desk import text_of
from tests.pages.reader import Reader
from tests.policies import Core, insurer

CHECK = {
    "code": "check", "name": {"zh": "体检", "en": "Check"}, "kind": "service", "tiers": ["silver", "gold"],
    "booking": {"cancel_days": 1}, "quota": {"count": 1, "per": "policy_year", "subject": "policy"},
}  # fmt: skip
WHEN = {"day": "2026-04-08", "time": "09:00"}


@pytest.fixture
def core(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(insurer(benefit=[CHECK]))
    return Core(make.till())


@pytest.fixture
def ana(make, core):
    return make.shopper(core.till, references=["C-1"])


def test_b7_each_policy_is_used_for_itself(app, core, ana):
    core.tells("P1", "C-1")
    core.tells("P2", "C-1")
    reader = Reader(app, ana)
    page = text_of(reader.open("/me/benefits"))
    assert "policy P1" in page
    assert "policy P2" in page
    page = text_of(reader.open("/me/benefits/check"))
    assert "1 time each policy year" in page
    assert "each policy has its own" in page
    reader.open("/me/benefits/check/book")
    answer = reader.send("Book", **WHEN)
    assert "Please choose a policy." in text_of(answer)
    answer = reader.send("Book", **WHEN, policy="P2")
    assert "Booked." in text_of(answer)
    (use,) = ana.look("/benefit-uses")["items"]
    assert use["policy"] == "P2"
    page = text_of(reader.open("/me/benefits/check"))
    assert "1 left" in page
    assert "1 booked" in page


def test_b7_the_only_policy_is_chosen_by_itself(app, core, ana):
    core.tells("P1", "C-1")
    reader = Reader(app, ana)
    reader.open("/me/benefits/check/book")
    assert "Booked." in text_of(reader.send("Book", **WHEN))
    assert ana.look("/benefit-uses")["items"][0]["policy"] == "P1"


def test_what_is_asked_of_the_database_does_not_grow_with_the_policies(app, core, ana, statements):
    reader, counts = Reader(app, ana), []
    for number in range(1, 5):
        core.tells(f"P{number}", "C-1")
        reader.open("/me/benefits/check/book")
        assert "Booked." in text_of(reader.send("Book", **WHEN, policy=f"P{number}"))
        reader.open("/me/benefits")
        statements.clear()
        reader.open("/me/benefits")
        counts.append(len([one for one in statements if not one.startswith(("PRAGMA", "BEGIN"))]))
    assert counts[0] == counts[-1] <= 8
