"""Two colleagues from the set-up token to an edition that they published, and what a member sees of it."""

import re
from datetime import timedelta

import pytest

from tests.documents import GONE
from tests.pages import reader
from tests.pages.conftest import check
from tests.pages.languages import said_in
from tests.pages.test_staff_approvals import LIMITS
from tests.pages.test_staff_in_a_browser import WORDS as AT_THE_DOOR
from tests.pages.test_staff_in_a_browser import Person

LOUNGE = {
    "code": "lounge", "name": {"zh": "贵宾厅", "en": "Airport lounge"}, "kind": "service",
    "tiers": ["silver", "gold"], "quota": {"count": 6, "per": "calendar_year"},
}  # fmt: skip
FILE = "reference,name,birth_date\nM-1,Ana,1970-02-30\n,Bo,\nM-3,Eva,1980-01-31\n"


class Walker(Person):
    """Somebody at a browser who presses what the pages offer, named in English in whatever language it is."""

    def __init__(self, page, language, clock):
        super().__init__(page, AT_THE_DOOR[language], clock)
        self.language = language

    def say(self, english, **told):
        return said_in(self.language, english, **told)

    def goes(self, path):
        self.page.goto(path)
        check(self.page)

    def clicks(self, english, role="button", **told):
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=self.say(english, **told), exact=True).first.click()
        check(self.page)

    def types(self, **told):
        for name, text in told.items():
            self.page.locator(f"[name='{name}']").fill(text)

    def reads(self, english, **told):
        self.page.get_by_text(self.say(english, **told)).first.wait_for()


@pytest.fixture
def walk(make, clock, open_page):
    """Two colleagues of a club with a benefit and a member: whoever set it up, and whoever they let in."""

    def begun(width, language, scheme):
        make.club(benefit=[LOUNGE], approvals={"adjustment": {"reward": LIMITS}}, example=GONE)
        ana = make.shopper(name="Ana Silva", references=["C-1"])
        ana.buy("40.00")
        look = {"width": width, "language": language, "color_scheme": scheme}
        link = re.search(r"/staff/enter/\S+", make.run("staff", "set-up").stdout).group()
        ada = Walker(open_page(link, **look), language, clock)
        ada.fill(name="Ada", email="ada@example.org")
        ada.choose()
        bo = Walker(open_page(_invited(ada), **look), language, clock)
        bo.choose()
        return ada, bo, ana

    return begun


def _invited(ada):
    """The link by which a second colleague comes in."""
    ada.follow("people")
    ada.follow("invite")
    ada.fill(who="Bo", email="bo@example.org")
    for role in ("Service desk", "Configuration"):
        ada.page.get_by_label(ada.say(role)).check()
    ada.press("make")
    shown = ada.page.get_by_label(ada.words["link"]).input_value()
    return re.search("/staff/enter/.*", shown).group()


def _edits(bo, make):
    """A benefit is given less often in the draft, which is tried on real history and asked for."""
    bo.goes("/staff/programme")
    bo.clicks("Begin a draft")
    bo.goes("/staff/programme/draft/benefit/0")
    bo.types(**{"quota.count": "2"})
    bo.clicks("Save")
    bo.goes("/staff/programme/changes")
    assert bo.page.locator(".diff ins").inner_text() == "2"
    bo.goes("/staff/programme/what-if")
    bo.clicks("Try it")
    make.run("jobs", "what-if")
    bo.reads("What this does not tell")
    check(bo.page)
    bo.goes("/staff/programme/publish")
    bo.clicks("Ask for it to be published")
    bo.reads("It waits for a second person now, who sees exactly this draft.")


def _approves(ada, row):
    """The other person opens what waits, and lets it be done."""
    ada.goes("/staff/approvals")
    with ada.page.expect_navigation():
        ada.page.get_by_role("link", name=row).click()
    check(ada.page)
    ada.clicks("Approve: it is done at once")
    ada.reads("Approved, and done.")


def _corrects(bo, ana):
    """A correction above what one person may alone, of a member opened with a reason."""
    bo.goes("/staff/members")
    bo.page.get_by_role("searchbox").fill("C-1")
    bo.clicks("Find")
    bo.page.get_by_label(bo.say("They are at the counter")).check()
    bo.clicks("Open")
    bo.goes(f"/staff/members/{ana.member_id}/correct")
    bo.page.get_by_label(bo.say("Give"), exact=True).check()
    bo.types(points="150", note="two nights at the lake inn")
    bo.page.locator("[name=reason]").select_option("missing")
    bo.clicks("Correct the points")
    assert ana.figures()[0] == 40


def _hands_in(bo, make, folder):
    """A file with faults: each is told by its line, and in the file that is taken away."""
    file = folder / "members.csv"
    file.write_text(FILE)
    bo.goes("/staff/imports")
    bo.page.locator("input[value=members]").check()
    bo.page.locator("#file").set_input_files(file)
    bo.clicks("Hand in and check")
    make.run("jobs", "imports")
    bo.page.locator("#faults").wait_for()
    check(bo.page)
    told = [row.split() for row in bo.page.locator("tbody tr").all_inner_texts()]
    assert [(row[0], row[1]) for row in told] == [("2", "birth_date"), ("3", "reference")]
    with bo.page.expect_download() as taken:
        bo.page.get_by_role("button", name=bo.say("Result file")).click()
    result = taken.value.path().read_text(encoding="utf-8-sig")
    assert "1970-02-30" in result
    assert taken.value.suggested_filename == "members-result.csv"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("phone", "zh-CN", "dark"), ("desktop", "en-GB", "light")]
)
def test_b2_two_colleagues_change_a_benefit_and_a_member_keeps_what_was_promised(
    app, make, clock, open_page, walk, tmp_path, width, language, scheme
):
    ada, bo, ana = walk(width, language, scheme)
    _edits(bo, make)
    _approves(ada, re.compile(ada.say("Publication")))
    bo.goes("/staff/programme")
    bo.reads("in force")
    _corrects(bo, ana)
    _approves(ada, re.compile(r"\+150"))
    assert ana.figures()[0] == 190
    _hands_in(bo, make, tmp_path)

    promised = []
    for _ in range(2):  # once inside the term that had begun before, once in the next
        clock.move(timedelta(days=200))
        cookie = reader.cookie_of(app, ana)
        page = open_page("/me/benefits/lounge", width, language, cookie, color_scheme=scheme)
        check(page)
        promised.append(re.search("[0-9]+", page.locator(".benefit-left").inner_text()).group())
    assert promised == ["6", "2"]
