"""Whatever a programme's check can say has words of its own, in both languages."""

import ast
import re

from loyalty.pages.forms.fault_words import in_words, is_known
from tests.house.sources import ROOT

READERS = [
    *(ROOT / "loyalty" / one for one in ("expiry.py", "money.py", "decide/club.py", "decide/programme.py")),
    *(ROOT / "loyalty").glob("document/*.py"),
    *(ROOT / "loyalty").glob("*/terms.py"),
    *(ROOT / "loyalty").glob("tiers/*.py"),
    *(ROOT / "loyalty").glob("rules/*.py"),
    *(ROOT / "loyalty").glob("decide/example*.py"),
]
ASKED_OTHERWISE = {"must be {0}", "a share is from 0 to 1, not {0}"}  #: lists of choices; of no document


def messages():
    """What is noted as a fault, or raised as one, with a number for each hole."""
    for file in READERS:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("note", "ValueError", "MoneyFaulty"):
                for text in node.args[-1:]:
                    yield from _texts(text)


def _name(func):
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _texts(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else "{0}" for one in node.values]
        yield "".join(parts)


def test_every_fault_has_words():
    told = set(messages())
    assert len(told) > 100
    filled = {re.sub(r"\{0\}", "7", text) for text in told - ASKED_OTHERWISE}
    assert sorted(text for text in filled if not is_known(text) and not text.startswith("must be ")) == []


def test_faults_are_read_in_the_readers_language(app):
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert in_words("must be from 1 to 3") == "必须在 1 到 3 之间"
        assert in_words('must be "a" or "b"') == '必须是 "a" or "b"'
        assert in_words("nobody said this") == "nobody said this"
