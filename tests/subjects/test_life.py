import pytest

from loyalty.errors import CardBlocked, StateForbids
from loyalty.members.life import ALLOWED, MERGED, SETTLED, STATES, check, may, who_may

STANDS = (*STATES, SETTLED, MERGED)
#: What is allowed, a letter a state: enrolled, active, suspended, left, deceased, settled, merged.
TABLE = {
    "earn": "ea.....", "spend": "ea.....", "visit": "ea.....", "show_code": "ea.....",
    "replace_card": "ea.....",
    "look": "eas....", "lock": "eas....", "give_back": "ea.....", "change": "ea.....", "erase": "ea.....",
    "serve": "ea.....", "warn": "eas....", "correct": "easld..",
    "suspend": "ea.....", "resume": "..s....", "leave": "eas....", "come_back": "...l...",
    "die": "easl...", "restore": "....dt.", "settle": "....d..", "merge": "ea.....",
}  # fmt: skip


def test_m9_every_state_allows_what_the_table_says_and_nothing_else():
    assert ALLOWED.keys() == TABLE.keys()
    for act, letters in TABLE.items():
        allowed = [stands for stands, told in zip(STANDS, letters, strict=True) if told != "."]
        assert who_may(act) == set(allowed), act
        assert [stands for stands in STANDS if may(stands, act)] == allowed


@pytest.mark.parametrize("act", ["earn", "spend", "visit", "show_code", "replace_card"])
def test_m2_a_till_learns_no_more_than_that_the_card_is_blocked(act):
    check("active", act)
    with pytest.raises(CardBlocked) as refused:
        check("suspended", act)
    assert refused.value.facts == {}


def test_m9_staff_and_members_hear_which_state_forbids_what():
    with pytest.raises(StateForbids) as refused:
        check("suspended", "give_back")
    assert refused.value.facts == {"state": "suspended", "act": "give_back"}
