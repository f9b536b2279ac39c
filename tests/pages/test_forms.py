"""Fields over a document, as arithmetic: what is shown, and what is made of what was typed."""

import pytest
from werkzeug.datastructures import MultiDict

from loyalty.pages.forms.controls import give_ids, place_faults
from loyalty.pages.forms.fields import Choice, Line, Many, Only, Rows, Tick
from loyalty.pages.forms.groups import Form, Forms, Group, controls, filled

KIND = Choice("kind", "Kind", [("a", "A"), ("b", "B")])
LENGTH = Forms(
    "length",
    "Length",
    [
        Form("", "none"),
        Form("never", "for ever", constant="never"),
        Form("count", "a number", value=Line("", "How many", "whole")),
        Form("days", "days", fields=[Line("days", "Days", "whole")], marks=("days",)),
    ],
    text_label="as text",
)


def made(fields, before, **told):
    return filled(fields, "", MultiDict({name.replace("__", "."): one for name, one in told.items()}), before)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("whole", "1,000", 1000),
        ("whole", "1，000", 1000),
        ("whole", "many", "many"),
        ("whole", " ", None),
        ("decimal", "0.5", "0.5"),
        ("decimal", "2", 2),
        ("money", "1,200.50", "1200.50"),
        ("money", "12", "12"),
        ("codes", "gold，silver  diamond", ["gold", "silver", "diamond"]),
        ("long", "one\r\ntwo", "one\ntwo"),
    ],
)
def test_what_is_typed_becomes_a_value(kind, typed, value):
    assert made([Line("x", "X", kind)], {}, x=typed).get("x") == value


@pytest.mark.parametrize("value", [12_000, "7", ["a", "b"], {"odd": [1]}, True, "0.50"])
def test_what_stands_as_it_was_shown_stays_word_for_word(value):
    line = Line("x", "X", "codes" if isinstance(value, list) else "decimal")
    shown = line.control("", {"x": value}).value
    assert made([line], {"x": value, "other": 1}, x=shown) == {"x": value, "other": 1}


def test_a_field_for_another_choice_goes_and_unknown_keys_stay():
    fields = [
        KIND,
        Group("", "More", [Line("x", "X"), Many("y", "Y", [("p", "P")])], only=Only("kind", ("a",))),
    ]
    before = {"kind": "a", "x": "1", "y": ["p"], "z": {"deep": 1}}
    assert made(fields, before, kind="b", x="2") == {"kind": "b", "z": {"deep": 1}}
    assert made(fields, before, kind="a", x="2", y="p") == before | {"x": "2"}


@pytest.mark.parametrize(
    ("before", "told", "value"),
    [
        (None, {"length:form": "never"}, "never"),
        ("never", {"length:form": "days", "length__days": "3"}, {"days": 3}),
        ({"days": 3, "less": True}, {"length:form": "days", "length__days": "4"}, {"days": 4, "less": True}),
        ({"days": 3}, {"length:form": "days", "length__days": ""}, {"days": ""}),
        ({"days": 3}, {"length:form": "count", "length": "5"}, 5),
        ({"days": 3}, {"length:form": ""}, None),
        ({"odd": 1}, {"length:form": "as-text", "length:text": "length = { odd = 2 }"}, {"odd": 2}),
        ({"odd": 1}, {"length:form": "as-text", "length:text": "{ odd"}, "{ odd"),
        ({"odd": 1}, {"length:form": "as-text", "length:text": "length = { odd = 1 }"}, {"odd": 1}),
    ],
)
def test_a_value_is_said_in_the_form_that_is_chosen(before, told, value):
    assert made([LENGTH], {"length": before} if before else {}, **told).get("length") == value


def test_rows_are_changed_added_and_removed():
    rows = Rows("Rows", "Up to", "Factor", ("by",))
    told = MultiDict([("rows.key", "3"), ("rows.value", "0.3"), ("rows.key", ""), ("rows.value", "1")])
    told.update([("rows.key", "9"), ("rows.value", "2")])
    assert filled([rows], "", told, {"by": "x", "3": "0.3", "5": "0.5"}) == {"by": "x", "3": "0.3", "9": 2}


def test_a_tick_that_must_be_said_says_no_too():
    assert made([Tick("x", "X", must_be_said=True)], {}) == {"x": False}
    assert made([Tick("x", "X")], {"x": True}) == {}
    assert made([Tick("x", "X")], {"x": False}) == {"x": False}
    assert made([Tick("x", "X")], {}, x="1") == {"x": True}


def test_what_is_none_of_the_choices_is_one_more():
    assert [one.value for one in KIND.control("", {"kind": "odd"}).options if one.is_chosen] == ["odd"]
    many = Many("y", "Y", [("p", "P")]).control("", {"y": ["q"]})
    assert [(one.value, one.is_chosen) for one in many.options] == [("p", False), ("q", True)]


def test_faults_stand_beside_the_nearest_field_that_is_shown():
    shown = controls([KIND, LENGTH], "", {"kind": "a", "length": {"days": -1}})
    homeless = place_faults(
        shown, [("length.days", "one"), ("length.odd", "two"), ("", "three"), ("z", "four")]
    )
    give_ids(shown)
    told = {one.id: one.faults for control in shown for one in control.all() if one.faults}
    assert told == {"length.days": ["one"], "length:form": ["two"]}
    assert homeless == [("", "three"), ("z", "four")]
