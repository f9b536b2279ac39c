"""What a member changes of themselves, walked in a real browser."""

import re

import pytest

from tests.pages.conftest import WIDTHS, check
from tests.pages.own import developing
from tests.pages.places import LOUNGE
from tests.pages.reader import Reader, cookie_of
from tests.pages.test_members_door import MEMBERSHIP

WORDS = {
    "zh-CN": {
        "new": "新手机号", "send": "发送验证码", "code": "验证码", "it": "确认修改",
        "changed": "已修改", "street": "街道和门牌号", "save": "保存", "lock": "锁定积分", "locked": "已锁定",
        "allow": "同意", "allowed": "已同意，谢谢您。", "others": "让其他设备全部退出登录", "sure": "注销",
        "erase": "确认注销", "bye": "再见，感谢您",
    },
    "en-GB": {
        "new": "New phone number", "send": "Send the code", "code": "Code",
        "it": "Change it",
        "changed": "Changed. Other devices",
        "street": "Street and number", "save": "Save",
        "lock": "Lock my points", "locked": "Locked", "allow": "Allow it", "allowed": "Allowed. Thank you.",
        "others": "Sign all others out", "sure": "ERASE", "erase": "Erase my data and leave",
        "bye": "Farewell, and thank you",
    },
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
def test_m5_m7_a_member_looks_after_their_own_data(app, make, open_page, width, language, scheme):
    words = WORDS[language]
    developing(app)
    make.club(consent=[MEMBERSHIP], benefit=[{**LOUNGE, "needs_consent": "membership"}])
    ana = make.shopper(name="林淑华 Ana", phone="+8613800138000", email="ana@example.org")
    ana.adjust(1500)
    page = open_page("/me/profile", width, language, cookie=cookie_of(app, ana), color_scheme=scheme)
    check(page)

    def press(name):
        with page.expect_navigation():
            page.get_by_role("button", name=words[name], exact=True).first.click()
        check(page)

    page.locator("a[href$='contact/phone']").click()
    check(page)
    page.get_by_label(words["new"]).fill("12")
    press("send")
    page.get_by_label(words["new"]).fill("+8613900139000")
    press("send")
    code = re.search("[0-9]{6}", page.locator(".notice[data-kind=soon]").inner_text()).group()
    page.get_by_label(words["code"], exact=True).fill(code)
    press("it")
    assert page.get_by_text(words["changed"]).is_visible()
    page.goto("/me/profile/address")
    press("save")
    page.goto("/me/profile/address")
    page.get_by_label(words["street"]).fill("五四路 128 号\n3 楼")
    press("save")
    page.goto("/me/profile/messages")
    page.get_by_role("checkbox").first.uncheck()
    check(page)
    press("save")
    page.goto("/me/profile/consents")
    check(page)
    press("allow")
    assert page.get_by_text(words["allowed"]).is_visible()
    other = Reader(app, ana)
    page.goto("/me/profile/devices")
    check(page)
    press("others")
    assert other.open("/me/profile").request.path == "/me/sign-in"
    for path in ("data", "erase", "lock"):
        page.goto(f"/me/profile/{path}")
        check(page)
    press("lock")
    assert page.get_by_role("heading", name=words["locked"], exact=True).is_visible()
    page.goto("/me/prove?next=erase")
    check(page)


@pytest.mark.slow
def test_m7_a_member_is_forgotten_by_a_word_typed(app, make, open_page):
    developing(app)
    make.club()
    ana, words = make.shopper(email="ana@example.org"), WORDS["zh-CN"]
    page = open_page("/me/profile/erase", "phone", "zh-CN", cookie=cookie_of(app, ana))
    page.get_by_role("textbox").fill(words["sure"])
    with page.expect_navigation():
        page.get_by_role("button", name=words["erase"]).click()
    assert page.get_by_role("heading", name=words["bye"]).is_visible()
    check(page)
