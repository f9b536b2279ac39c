"""The documents say what the code does."""

from pathlib import Path

from loyalty import problems

API = Path(__file__).parents[2] / "docs/api.md"


def test_every_code_a_caller_may_hear_stands_in_the_api_document():
    codes = {kind.code for kind in problems.PROBLEMS} | {code for code, _ in problems.PROTOCOL.values()}
    text = API.read_text("utf-8")
    assert sorted(code for code in codes if f"| `{code}` |" not in text) == []
