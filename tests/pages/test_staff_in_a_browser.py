"""The staff's door in a real browser: the first comes by a link, invites the second, adds a passkey."""

import re

import pytest
from passlib.totp import TOTP

from tests.pages.colleagues import PASSWORD, administrator, cookie_of
from tests.pages.conftest import WIDTHS, check

WORDS = {
    "zh-CN": {
        "name": "您的姓名", "email": "邮箱", "new": "新密码", "again": "再输入一次", "code": "验证码",
        "in": "登录", "kept": "已经保存好", "people": "人员", "invite": "邀请同事", "who": "姓名",
        "desk": "服务台", "make": "生成链接", "link": "链接（只显示这一次）", "out": "退出登录",
        "password": "密码", "on": "继续",
    },
    "en-GB": {
        "name": "Your name", "email": "E-mail", "new": "New password", "again": "The same again",
        "code": "Code", "in": "Sign in", "kept": "I have kept them", "people": "People",
        "invite": "Invite somebody", "who": "Name", "desk": "Service desk", "make": "Make the link",
        "link": "The link, shown this once", "out": "Sign out", "password": "Password", "on": "Go on",
    },
}  # fmt: skip
BEHIND = ("people", "account", "nowhere", "account/password", "account/app")


class Person:
    """Somebody at a browser, whose app for codes is set up by the page."""

    def __init__(self, page, words, clock):
        self.page, self.words, self.clock, self.app = page, words, clock, None

    def fill(self, **told):
        for label, text in told.items():
            self.page.get_by_label(self.words[label], exact=True).fill(text)

    def press(self, name):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=self.words[name], exact=True).click()
        check(self.page)

    def follow(self, name):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=self.words[name], exact=True).first.click()
        check(self.page)

    def scan(self):
        key = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b", self.page.locator(".app-key").inner_text())
        self.app = TOTP(key.group().replace(" ", ""))

    def code(self):
        return self.app.generate(time=self.clock.now()).token

    def choose(self):
        self.scan()
        self.fill(new=PASSWORD, again=PASSWORD, code=self.code())
        self.press("in")
        self.follow("kept")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
def test_the_first_comes_in_and_lets_the_second_in(open_page, make, clock, width, language, scheme):
    make.club()
    words = WORDS[language]
    link = re.search(r"/staff/enter/\S+", make.run("staff", "set-up").stdout).group()
    ada = Person(open_page(link, width, language, color_scheme=scheme), words, clock)
    check(ada.page)
    ada.fill(name="Ada", email="ada@example.org")
    ada.choose()
    ada.follow("people")
    ada.follow("invite")
    ada.fill(who="Bo", email="bo@example.org")
    ada.press("make")  # without a role, which is said beside the field
    ada.page.get_by_label(words["desk"]).check()
    ada.press("make")
    link = re.search("/staff/enter/.*", ada.page.get_by_label(words["link"]).input_value()).group()
    bo = Person(open_page(link, width, language, color_scheme=scheme), words, clock)
    check(bo.page)
    bo.choose()
    assert bo.page.get_by_text(words["desk"], exact=True).is_visible()
    bo.press("out")
    bo.fill(email="bo@example.org", password=PASSWORD)
    bo.press("on")
    clock.move(clock.now().replace(minute=5))
    bo.fill(code=bo.code())
    bo.press("in")
    for path in BEHIND:
        bo.page.goto(f"/staff/{path}")
        check(bo.page)
    ada.follow("people")
    with ada.page.expect_navigation():
        ada.page.get_by_role("link", name="Bo", exact=True).click()
    check(ada.page)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_passkey_signs_in_and_proves_again(open_page, app, make, clock, server):
    """An authenticator makes a passkey, which lets in without password and code; removed, no more."""
    local = server.replace("127.0.0.1", "localhost")
    ada = administrator(app)
    cookie = {**cookie_of(ada), "url": local}
    page = open_page(f"{local}/look/tokens.css", "desktop", "en-GB")
    page.context.add_cookies([cookie])
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    able = ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation")
    options = {"protocol": "ctap2", "transport": "internal", **dict.fromkeys(able, True)}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{local}/staff/account")
    page.get_by_role("button", name="Add a passkey on this device").click()
    page.get_by_text("The passkey is kept.").wait_for()
    check(page)
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("Good day, Ada").wait_for()
    clock.move(clock.now().replace(minute=12))
    page.goto(f"{local}/staff/people/invite")
    page.get_by_role("button", name="Show a passkey").click()
    page.get_by_role("button", name="Make the link").wait_for()
    page.goto(f"{local}/staff/account")
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("The passkey is removed.").wait_for()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("This passkey is not known here.").wait_for()
