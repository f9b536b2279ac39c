"""What one colleague types does not take a page away from the others, nor end in a fault of ours."""

import pytest

from loyalty.programme.toml import DEEPEST
from tests.pages.colleagues import Colleague
from tests.pages.desk import says

ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
DEEP = {
    "lists": "a = " + "[" * 320 + "]" * 320,
    "tables": "a = " + "{a = " * 320 + "1" + "}" * 320,
    "names": ".".join(["a"] * 400) + " = 1",
    "endless": "a = " + "[" * 5000 + "]" * 5000,
    "just too deep": "a = " + "[" * DEEPEST + "]" * DEEPEST,
    "digits": "a = " + "9" * 5000,
    "large": f"a = {2**63}",
    "hexadecimal": "a = 0x" + "f" * 20_000,
    "nothing": 'a = "\\u0000"',
    "nothing in a name": '"\\u0000" = 1',
}
PAGES = ("", "/text", "/changes", "/publish", "/examples")


@ONE_IS_ENOUGH
def test_no_text_makes_a_draft_that_nobody_can_open(app, make):
    """Denial: what the pages could not show again is not saved, and said to be wrong."""
    make.club()
    lin = Colleague(app, "configuration")
    lin.post("/staff/programme/begin")
    for about, text in DEEP.items():
        for page, told in (("text", {}), ("draft/club", {"as": "text"})):
            answer = lin.post(f"/staff/programme/{page}", text=text, seen="1", **told)
            assert answer.status_code == 422, (about, page)
    for page in PAGES:
        says(lin.open(f"/staff/programme{page}"))
