"""A draft of the programme in a real browser: begun, a fault made and mended, compared, run, asked for."""

import pytest

from tests.documents import small
from tests.pages.colleagues import Colleague, cookie_of
from tests.pages.conftest import WIDTHS, check
from tests.pages.test_staff_programme import BENEFIT, HOTEL, LOUNGE

WORDS = {
    "en-GB": {
        "begin": "Begin a draft", "save": "Save", "mend": "1 fault to mend here", "read": "It can be read.",
        "holds": "The one example holds.", "waits": "This draft waits for a second person",
        "ask": "Ask for it to be published", "meant": "Do you mean member.tier?",
    },
    "zh-CN": {
        "begin": "开始新草稿", "save": "保存", "mend": "这里有 1 处错误待改", "ask": "请求发布",
        "holds": "1 个示例全部成立。", "waits": "这份草稿正在等另一个人决定", "read": "可以识别。",
        "meant": "您是指 member.tier 吗？",
    },
}  # fmt: skip

PATHS = ("changes", "text", "draft/benefit", "draft/terms", "draft/rule/0", "revisions/1", "editions/1")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("desktop", "en-GB", "dark"), ("phone", "zh-CN", "light")]
)
def test_a_benefit_is_edited_and_its_draft_asked_for(app, make, open_page, width, language, scheme):
    assert width in WIDTHS
    words = WORDS[language]
    make.document(small(benefit=[LOUNGE, HOTEL]))
    lin = Colleague(app, "configuration")
    page = open_page("/staff/programme", width, language, cookie_of(lin), color_scheme=scheme)
    check(page)

    def press(name):
        with page.expect_navigation():
            page.get_by_role("button", name=words[name], exact=True).click()
        check(page)

    press("begin")
    page.goto(BENEFIT)
    check(page)
    page.locator("#kind").select_option("mailing")
    assert page.locator("[name=days_ahead]").is_visible()
    assert not page.locator("[name=guests]").is_visible()
    page.locator("#kind").select_option("service")
    page.locator("#when").fill("member.tierr == 'gold'")
    page.get_by_text(words["meant"]).wait_for()
    page.locator("#when").fill("member.tier == 'gold'")
    page.get_by_text(words["read"]).wait_for()
    page.locator("[name='quota.count']").fill("viele")
    press("save")
    assert page.get_by_text(words["mend"]).is_visible()
    assert page.locator("[id='quota.count-fault']").is_visible()
    page.locator("[name='quota.count']").fill("8")
    press("save")
    assert page.locator("[aria-invalid=true]").count() == 0
    for path in (
        "changes",
        "text",
        "draft/benefit",
        "draft/terms",
        "draft/rule/0",
        "revisions/1",
        "editions/1",
    ):
        page.goto(f"/staff/programme/{path}")
        check(page)
    page.goto("/staff/programme/examples")
    assert page.get_by_text(words["holds"]).is_visible()
    check(page)
    page.goto("/staff/programme/publish")
    check(page)
    press("ask")
    assert page.get_by_text(words["waits"]).is_visible()
