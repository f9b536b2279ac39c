"""The story of a lounge's counter in a real browser: sign in, look, record, a booking kept, sign out."""

import pytest

from tests.pages.conftest import WIDTHS, check
from tests.pages.places import books_shower, key_of, open_house

WORDS = {
    "zh-CN": {
        "key": "本地点的密钥", "who": "扫会员码，或输入卡号", "yes": "可以",
        "record": "记录使用", "recorded": "已记录，还可用 1 次。", "came": "已到", "out": "退出登录",
    },
    "en-GB": {
        "key": "Key of this place", "who": "Scan the member's code, or type the card number",
        "yes": "Yes", "record": "Record",
        "recorded": "Recorded. 1 is left.", "came": "Came", "out": "Sign out",
    },
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
def test_b6_a_lounges_counter(open_page, make, clock, width, language, scheme):
    house, words = open_house(make, clock), WORDS[language]
    ana, key = house.shopper(), key_of(house, "t3")
    page = open_page("/partner", width, language, color_scheme=scheme)
    check(page)

    def enter(label, text):
        page.get_by_label(words[label]).fill(text)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        check(page)

    def press(name):
        with page.expect_navigation():
            page.get_by_role("button", name=words[name]).first.click()

    enter("key", "lk_wrong_key")
    enter("key", key)
    enter("who", "7000000000000000")
    enter("who", ana.card)
    assert page.get_by_role("heading", name=words["yes"], exact=True).is_visible()
    page.get_by_role("radio", name="1").check()
    press("record")
    assert page.get_by_text(words["recorded"]).is_visible()
    books_shower(house, ana)
    enter("who", ana.card)
    press("came")
    check(page)
    for path in ("/partner?day=2026-03-19", "/partner/nothing"):
        page.goto(path)
        check(page)
    page.goto("/partner")
    press("out")
    assert page.get_by_label(words["key"]).is_visible()
