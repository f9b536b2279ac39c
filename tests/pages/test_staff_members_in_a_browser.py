"""A member found, opened, corrected and noted at the counter, in a real browser."""

import pytest

from tests.pages.colleagues import Colleague, cookie_of
from tests.pages.conftest import WIDTHS, check
from tests.pages.homes import insured

WORDS = {
    "zh-CN": {
        "find": "查找", "why": "会员来电", "open": "打开", "correct": "更正积分", "give": "补给",
        "many": "数量",
        "reason": "原因", "missing": "漏记积分", "words": "补充说明", "done": "已更正：+120 服务积分。",
    },
    "en-GB": {
        "find": "Find", "why": "They are on the phone", "open": "Open", "correct": "Correct points",
        "give": "Give", "many": "How many", "reason": "Why", "missing": "Points are missing",
        "words": "In your words", "done": "Corrected: +120 Service points.",
    },
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("phone", "zh-CN", "light"), ("desktop", "en-GB", "dark")]
)
def test_the_counter_finds_opens_and_corrects(open_page, app, make, clock, width, language, scheme):
    assert width in WIDTHS
    insured(make, clock, longer=True)
    desk, words = Colleague(app, "desk"), WORDS[language]
    page = open_page("/staff/members", width, language, cookie_of(desk), color_scheme=scheme)

    def press(name):
        with page.expect_navigation():
            page.get_by_role("button", name=name, exact=True).click()
        check(page)

    check(page)
    page.get_by_role("searchbox").fill("林淑")
    press(words["find"])
    assert not page.get_by_text("林淑华").count()
    page.get_by_label(words["why"]).check()
    press(words["open"])
    own = page.url
    with page.expect_navigation():
        page.get_by_role("link", name=words["correct"], exact=True).click()
    check(page)
    page.get_by_label(words["give"], exact=True).check()
    page.get_by_label(words["many"]).fill("120")
    page.get_by_label(words["reason"]).select_option(words["missing"])
    page.get_by_label(words["words"]).fill("a call")
    press(words["correct"] if language == "zh-CN" else "Correct the points")
    assert page.get_by_text(words["done"]).is_visible()
    for name in ("points", "visits", "orders", "notes", "card", "tier", "state", "notes/new"):
        page.goto(f"{own}/{name}")
        check(page)
