"""What one colleague types does not take a page away from the others, nor end in a fault of ours."""

import pytest

from loyalty.actions.ask_what_if import MOST_WAITING
from loyalty.programme.toml import DEEPEST
from tests.pages.colleagues import Colleague, token_in
from tests.pages.desk import Desk, says

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


def test_half_a_letter_and_none_at_all_are_no_fault_of_ours(app, make):
    """Denial: what no database keeps is refused at the door, from strangers and from colleagues."""
    make.club()
    ana, lin = make.shopper(), Colleague(app, "desk", "configuration")
    lin.opens(ana.member_id)
    at = f"/staff/members/{ana.member_id}"
    told = {"key": "k", "kind": "call", "words": "a\0b"}
    assert lin.post(f"{at}/notes/new", **told).status_code == 400
    assert lin.post("/staff/members", q="Ana", **{"\0": "x"}).status_code == 400
    for path in ("/staff/benefits/managers?after=%00", "/staff/benefits/places/%00", "/staff/%00"):
        assert lin.client.get(path).status_code == 400, path
    stranger = Desk(app)
    page = stranger.open("/staff/sign-in")
    token = {"csrf_token": token_in(page)}
    answer = stranger.client.post("/staff/sign-in", data={**token, "email": "a\0@b.c", "password": "x"})
    assert answer.status_code == 400
    headers = {"X-CSRFToken": token["csrf_token"], "Content-Type": "application/json"}
    for name in ("a\\u0000b", "\\ud800"):
        stranger.client.post("/staff/sign-in/passkey/options", headers=headers)
        answer = stranger.client.post("/staff/sign-in/passkey", data=f'{{"id": "{name}"}}', headers=headers)
        assert answer.status_code == 422, name


@ONE_IS_ENOUGH
def test_no_more_drafts_are_tried_than_a_worker_comes_through(app, make):
    """Denial: a run takes a worker through all members, and one for each day there was would never end."""
    make.club()
    lin = Colleague(app, "configuration")
    lin.post("/staff/programme/begin")
    days = range(1, MOST_WAITING + 2)
    told = [{"when": "since", "day": f"2025-01-{day:02}", "key": f"d{day}"} for day in days]
    answers = [lin.post("/staff/programme/what-if", seen="1", **one) for one in told]
    assert [one.status_code for one in answers] == [303] * MOST_WAITING + [422]
    lin.post(f"{answers[0].location}/stop")
    assert lin.post("/staff/programme/what-if", seen="1", **told[-1]).status_code == 303
    assert lin.post(f"{answers[0].location}/go-on").status_code == 422
