"""M8: the desk sets a household up, and its members see it, in a real browser."""

import pytest

from tests.pages.colleagues import Colleague, cookie_of
from tests.pages.conftest import check
from tests.pages.reader import cookie_of as cookie_of_member

SHARED = {"household": {"most": 3, "unit": {"reward": {"others_month": 500}}}}
WORDS = {
    "zh-CN": {"set": "建立", "why": "原因", "family": "是一家人", "agree": "本人当面同意，并已出示证件",
              "card": "对方的卡号", "add": "加入家庭", "yes": "是，共用我的积分", "up": "上移"},
    "en-GB": {"set": "Set it up", "why": "Why", "family": "They are a family",
              "agree": "They agree here, and showed a document", "card": "Their card",
              "add": "Give them a seat", "yes": "Yes, share my points", "up": "One up"},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("phone", "zh-CN", "light"), ("desktop", "en-GB", "dark")]
)
def test_m8_a_household_is_set_up_and_agreed_to(open_page, app, make, width, language, scheme):
    make.club(**SHARED)
    words, desk = WORDS[language], Colleague(app, "desk")
    ana, ben = (make.shopper(name=name, email=f"{name}@example.org") for name in ("ana", "ben"))
    ben.buy("100.00")
    desk.opens(ana.member_id)
    path = f"/staff/members/{ana.member_id}/household"
    page = open_page(path, width, language, cookie_of(desk), color_scheme=scheme)

    def press(name):
        with page.expect_navigation():
            page.get_by_role("button", name=name).first.click()
        check(page)

    check(page)
    page.get_by_label(words["why"]).first.select_option(words["family"])
    page.get_by_label(words["agree"]).first.check()
    press(words["set"])
    page.goto(path)
    check(page)
    page.get_by_label(words["card"]).fill(str(ben.card))
    page.get_by_label(words["why"]).first.select_option(words["family"])
    press(words["add"])
    page.goto(path)
    check(page)
    own = open_page("/me/profile/household", width, language, cookie_of_member(app, ben), color_scheme=scheme)
    check(own)
    for name in ("yes", "up"):
        with own.expect_navigation():
            own.get_by_role("button", name=words[name]).click()
        check(own)
    assert ana.look("/balance")["pool"] == {"reward": 100}
