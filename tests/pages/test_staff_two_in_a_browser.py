"""A contact that two colleagues change, and a visit written down at the counter, in a real browser."""

import pytest

from tests.pages.colleagues import Colleague, cookie_of
from tests.pages.conftest import WIDTHS, check
from tests.pages.homes import insured
from tests.policies import Core

WORDS = {
    "zh-CN": {
        "contact": "联系方式", "new": "新的手机或邮箱", "why": "原因", "lost": "手机遗失或无法使用",
        "document": "您查验的证件", "passport": "护照", "words": "补充说明",
        "ask": "提请另一位同事审批",
        "asked": "已提交。另一位同事批准之前不作任何更改。",
        "approve": "批准并立即执行", "done": "已批准，并已执行。",
        "visit": "预约或补记到访", "lounge": "机场贵宾厅", "place": "地点", "write": "补记",
        "kept": "到访已补记。",
        "merge": "合并会籍", "card": "另一会籍的卡号", "show": "查看合并结果", "then": "合并后",
    },
    "en-GB": {
        "contact": "Contact", "new": "Phone or e-mail from now on", "why": "Why",
        "lost": "Phone or access lost",
        "document": "Document that you saw", "passport": "Passport", "words": "In your words",
        "ask": "Ask a second colleague",
        "asked": "Asked for. Nothing happens until a second colleague approves it.",
        "approve": "Approve: it is done at once", "done": "Approved, and done.",
        "visit": "Book or write down a visit", "lounge": "Airport lounge", "place": "Place",
        "write": "Write it down",
        "kept": "The visit is written down.", "merge": "Merge", "card": "Card of the other one",
        "show": "Show what would happen", "then": "Afterwards",
    },
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("phone", "en-GB", "light"), ("desktop", "zh-CN", "dark")]
)
def test_two_colleagues_do_for_a_member(open_page, app, make, clock, width, language, scheme):
    assert width in WIDTHS
    lin, words = insured(make, clock), WORDS[language]
    make.shopper(lin.till, references=["C-9"])
    Core(lin.till).tells("P-9", "C-9")
    card = lin.till.post("/members/lookup", {"reference": "C-9"}).json["card"]["number"]
    own = f"/staff/members/{lin.member_id}"
    desk, second = Colleague(app, "desk", name="Bo"), Colleague(app, "desk", name="Wei")
    desk.opens(lin.member_id)
    page = open_page(own, width, language, cookie_of(desk), color_scheme=scheme)

    def press(role, name, on=page):
        with on.expect_navigation():
            on.get_by_role(role, name=name, exact=role == "button").first.click()
        check(on)

    press("link", words["contact"])
    page.get_by_label(words["new"]).fill("+8613900139000")
    page.get_by_label(words["why"], exact=True).select_option(words["lost"])
    page.get_by_label(words["document"]).select_option(words["passport"])
    page.get_by_label(words["words"]).fill("at the counter")
    press("button", words["ask"])
    assert page.get_by_text(words["asked"]).is_visible()
    press("link", words["visit"])
    press("link", words["lounge"])
    page.get_by_label(words["place"]).select_option("t2")
    press("button", words["write"])
    assert page.get_by_text(words["kept"]).is_visible()
    press("link", words["merge"])
    page.get_by_label(words["card"]).fill(card)
    press("button", words["show"])
    assert page.get_by_text(words["then"], exact=True).first.is_visible()
    for name in ("unmerge", "unfreeze", "visits"):
        page.goto(f"{own}/{name}")
        check(page)
    checker = open_page("/staff/approvals", width, language, cookie_of(second), color_scheme=scheme)
    with checker.expect_navigation():
        checker.locator("table a").first.click()
    check(checker)
    press("button", words["approve"], checker)
    assert checker.get_by_text(words["done"]).is_visible()
    assert lin.look("")["phone"] == "+8613900139000"
