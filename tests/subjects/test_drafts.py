"""A document taken apart and put together: places, and what two people made of one draft."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import Conflict, Place, merged, moved, value_at, with_value

CLUB = {
    "club": {"name": {"zh": "甲", "en": "A"}, "late_days": 30},
    "unit": {"reward": {"spendable": True}},
    "benefit": [{"code": "lounge", "tiers": ["gold"]}, {"code": "check", "tiers": ["gold"]}],
    "example": [{"title": "one"}, {"title": "two"}],
}


def changed(section, key=None, value=None):
    return with_value(CLUB, Place(section, key), value)


def test_both_changes_stand_where_each_touched_another_place():
    mine = changed("benefit", 0, {"code": "lounge", "tiers": ["gold", "diamond"]})
    theirs = changed("benefit", 1, {"code": "check", "tiers": []}) | {
        "club": {"name": {"zh": "乙", "en": "A"}}
    }
    made, conflicts = merged(CLUB, mine, theirs)
    assert conflicts == []
    assert made["benefit"] == [
        {"code": "lounge", "tiers": ["gold", "diamond"]},
        {"code": "check", "tiers": []},
    ]
    assert made["club"] == {"name": {"zh": "乙", "en": "A"}}


def test_one_place_changed_otherwise_is_told_with_both():
    mine = changed("club", None, CLUB["club"] | {"late_days": 10})
    theirs = changed("club", None, CLUB["club"] | {"late_days": 20})
    made, conflicts = merged(CLUB, mine, theirs)
    assert conflicts == [Conflict("club.late_days", 30, 10, 20)]
    assert made == theirs


@pytest.mark.parametrize(
    ("mine", "theirs", "conflict"),
    [
        (changed("benefit", 0), changed("benefit", 0, {"code": "lounge", "tiers": []}), "benefit[lounge]"),
        (changed("unit"), changed("unit", "reward", {"spendable": 1}), "unit"),
        (changed("example", 0), changed("example", 1), "example"),
        (changed("club", None, {"late_days": 30}), changed("club", None, 7), "club"),
        (CLUB | {"note": {"a": 1}}, CLUB | {"note": [1]}, "note"),
        (CLUB | {"limit": [{"code": "a", "b": 2}]}, CLUB | {"limit": [{"code": "a", "b": 1}]}, "limit[a].b"),
    ],
)
def test_what_cannot_be_brought_together_is_one_place(mine, theirs, conflict):
    made, conflicts = merged(CLUB, mine, theirs)
    assert [one.path for one in conflicts] == [conflict]
    assert made == theirs


def test_what_both_began_is_brought_together():
    made, conflicts = merged({}, {"club": {"a": 1}}, {"club": {"b": True}})
    assert (made, conflicts) == ({"club": {"b": True, "a": 1}}, [])


def test_what_is_new_and_the_order_of_who_changed_it_stand():
    spa, gym = {"code": "spa"}, {"code": "gym"}
    mine = moved(with_value(CLUB, Place("benefit", 9), spa), "benefit", 2, 0)
    theirs = with_value(CLUB, Place("benefit", 9), gym)
    made, conflicts = merged(CLUB, mine, theirs)
    assert [one["code"] for one in made["benefit"]] == ["spa", "lounge", "check", "gym"]
    assert [one["code"] for one in merged(CLUB, theirs, mine)[0]["benefit"]] == [
        "lounge",
        "check",
        "gym",
        "spa",
    ]
    assert [one["code"] for one in merged(CLUB, CLUB, theirs)[0]["benefit"]] == ["lounge", "check", "gym"]
    assert conflicts == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2),
    lambda inner: (
        st.dictionaries(st.sampled_from("ab"), inner)
        | st.lists(st.fixed_dictionaries({"code": st.sampled_from("xyz")}, optional={"v": inner}), max_size=3)
        | st.lists(inner, max_size=2)
    ),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.sampled_from("abc"), VALUES)


@given(DOCUMENTS, DOCUMENTS)
def test_who_changed_alone_is_followed_whole(before, mine):
    assert merged(before, mine, before) == (mine, [])
    assert merged(before, before, mine) == (mine, [])
    assert merged(before, mine, mine) == (mine, [])


def test_places_are_read_written_and_taken_out():
    assert value_at(CLUB, Place("unit", "reward")) == {"spendable": True}
    assert value_at(CLUB, Place("benefit", 1))["code"] == "check"
    nothing = (Place("unit", "x"), Place("benefit", 2), Place("benefit", -1), Place("club", 0), Place("none"))
    assert [value_at(CLUB, one) for one in nothing] == [None] * 5
    assert with_value({}, Place("unit", "a"), {"b": 1}) == {"unit": {"a": {"b": 1}}}
    assert with_value({}, Place("rule", 0), {"code": "a"}) == {"rule": [{"code": "a"}]}
    assert with_value({"rule": [{"code": "a"}]}, Place("rule", 0), None) == {}
    assert with_value({"unit": {"a": {}}}, Place("unit", "a"), None) == {}
    assert with_value({"club": {}}, Place("club"), None) == {}
