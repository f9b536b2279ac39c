"""Words about a person that colleagues wrote are gone with the person, wherever they were written."""

from tests.api.test_erase import dump, erase
from tests.pages.colleagues import Colleague
from tests.pages.test_staff_two_for_members import CASE, asks_merge

WORD = "Zoraya"


def test_m7_why_a_merge_was_asked_for_is_forgotten_with_either(app, make):
    """Erased words: a merge that was never done tells of two persons, and is emptied when either goes."""
    make.club()
    gone, stays = make.shopper(), make.shopper()
    lin = Colleague(app, "desk", name="Lin")
    asks_merge(lin, gone, stays)
    assert WORD in CASE["note"]
    assert any(WORD in row for row in dump(app))
    erase(stays)
    assert [row for row in dump(app) if WORD in row] == []


def test_what_an_auditor_looks_for_in_vain_is_written_nowhere(app, make):
    """Erased words: the chain never forgets, so it is told no name that somebody typed."""
    make.club()
    kim = Colleague(app, "auditor", name="Kim")
    for told in ({"subject": WORD}, {"who": WORD}, {"kind": WORD}):
        assert kim.post("/staff/audit/download", **told).status_code == 200
    assert [row for row in dump(app) if WORD in row] == []
