"""A member looks at points in a real browser: lines opened, narrowed, what expires, a line's own page."""

from datetime import timedelta

import pytest

from tests.pages.conftest import WIDTHS, check
from tests.pages.histories import NAMED
from tests.pages.reader import cookie_of

DAY = timedelta(days=1)
WORDS = {
    "zh-CN": {
        "other": "成长值", "first": "退货", "fold": "搜索和筛选",
        "search": "搜索", "show": "筛选", "all": "显示全部",
        "none": "没有符合条件的记录", "days": "看全部日期", "older": "更早的记录", "save": "下载 PDF",
    },
    "en-GB": {
        "other": "Status", "first": "Return", "fold": "Search and filter",
        "search": "Search", "show": "Show", "all": "Show everything",
        "none": "Nothing here fits", "days": "All days", "older": "Older", "save": "Download PDF",
    },
}  # fmt: skip


def customer(make, clock):
    make.club(**NAMED)
    ana = make.shopper()
    for turn in range(22):
        sold = ana.buy(f"{20 + turn}.00")
        clock.move(2 * DAY)
    ana.redeem(30)
    ana.give_back(sold, amount="10.00")
    ana.hold(20)
    return ana


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("language", "scheme", "size"),
    [("zh-CN", "light", "large"), ("zh-CN", "dark", "normal"), ("en-GB", "light", "normal")],
)
def test_a_member_reads_every_point(app, open_page, make, clock, width, language, scheme, size):
    words, ana = WORDS[language], customer(make, clock)
    page = open_page(f"/me/points?size={size}", width, language, cookie_of(app, ana), color_scheme=scheme)
    check(page)
    page.locator("summary", has_text=words["first"]).click()
    assert page.locator("details[open] dl").is_visible()
    check(page)
    page.get_by_text(words["fold"]).click()
    page.get_by_label(words["search"]).fill("zzz")
    page.get_by_role("button", name=words["show"]).click()
    page.get_by_text(words["none"]).wait_for()
    check(page)
    page.get_by_role("link", name=words["all"]).click()
    page.get_by_role("link", name=words["older"]).click()
    page.locator("details.entry summary").first.click()
    check(page)
    page.locator("details[open] a.num").click()
    page.locator("p.figure").first.wait_for()
    check(page)
    page.goto("/me/points?from=2026-02&to=2026-01")
    check(page)
    page.goto("/me/points")
    page.get_by_role("link", name=words["days"]).first.click()
    page.locator("details.entry summary").first.click()
    check(page)
    page.get_by_role("link", name=words["other"]).click()
    check(page)
    page.goto("/me/points")
    with page.expect_download() as saving:
        page.get_by_role("button", name=words["save"]).click()
    assert saving.value.suggested_filename == "statement-2026-02.pdf"
