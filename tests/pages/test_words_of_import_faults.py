"""Whatever the reader of a file can say of it has words of its own, in both languages."""

import ast
import re

from loyalty.pages.staff.import_faults import in_words, is_known
from tests.house.sources import ROOT, tree

FOLDER = ROOT / "loyalty/jobs/importing"
READERS = [
    *(FOLDER / f"{name}.py" for name in ("archive", "cells", "checks", "corrections", "csv_file", "current")),
    *(FOLDER / f"{name}.py" for name in ("kinds", "members", "opening", "policies", "purchases", "workbook")),
    FOLDER / "table.py",
    ROOT / "loyalty/policies/facts.py",
]
SAYS = {"note": 1, "Fault": 2, "FileUnreadable": 0, "LayoutFaulty": 0}  #: which argument of a call it is

#: Told in parts that are put together, and so as wholes.
COMPOSED = {
    "7 is 7": ("amount is told twice", "amnt is no field"),
    "column 7 7": ("column amnt is not among amount", "column amount is there twice"),
    "mixes encodings: 7": (
        "mixes encodings: line 3 is written in UTF-8, others are not; --encoding names one",
    ),
    "line 7 is written in UTF-8, others are not; --encoding names one": (),
    "holds 7: save it as XLSX, with values alone": (
        "holds macros: save it as XLSX, with values alone",
        "holds links to other files: save it as XLSX, with values alone",
    ),
    "7: 7": ("P1, version 2: the member's books are already written until 2026-01-31",),
}


def messages():
    """What is noted as a fault, raised as one, returned as what is wrong, or told of a policy's state."""
    for file in READERS:
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and _name(node.func) in SAYS:
                yield from _texts(node.args[SAYS[_name(node.func)]])
            elif isinstance(node, ast.FunctionDef) and node.name in ("_wrong", "_unfit"):
                for inside in ast.walk(node):
                    if isinstance(inside, ast.Return) and inside.value is not None:
                        yield from _texts(inside.value)
            elif isinstance(node, ast.Assign) and _name(node.targets[0]) in ("says", "wrong", "faults"):
                yield from _texts(node.value)


def _name(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _texts(node):
    if isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(one.value if isinstance(one, ast.Constant) else "7" for one in node.values)


def test_every_fault_of_a_file_has_words():
    told = set(messages())
    assert len(told) > 50
    told = (told - COMPOSED.keys()).union(*COMPOSED.values())
    assert sorted(text for text in told if not is_known(text)) == []


def test_they_are_read_in_the_readers_language(app):
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert in_words("'Q9' is no member") == "没有会员 'Q9'"
        assert in_words("not_enough_points: available 5").startswith("积分")
        assert in_words("nobody said this") == "nobody said this"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert re.match("Is on line 3 too", in_words("is on line 3 too"))
