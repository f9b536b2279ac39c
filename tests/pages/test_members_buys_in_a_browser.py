"""Buying in a real browser: look, buy, show the voucher, give it back; and an insurer's policies."""

import pytest

from tests.ladders import noon
from tests.pages.conftest import WIDTHS, check
from tests.pages.reader import cookie_of
from tests.pages.shop import customer, open_shop
from tests.policies import Core, coverage, insurer

WORDS = {
    "zh-CN": {
        "massage": "肩颈按摩", "buy": "用积分兑换", "pay": "确认用 300 分兑换", "yours": "兑换成功。",
        "code": "您的兑换码", "back": "退回", "give": "退回，取回 300 分", "again": "300 分已经还给您。",
        "short": "这件需要 20,000 分，您有 1,000 分。", "changed": "保单状态变更", "why": "为什么是这么多",
    },
    "en-GB": {
        "massage": "Massage", "buy": "Redeem", "pay": "Redeem for 300 points", "yours": "It is yours.",
        "code": "The code of your voucher", "back": "Give it back", "give": "Give it back for 300 points",
        "again": "you have the 300 points again.", "short": "This costs 20,000 points; you have 1,000.",
        "changed": "A change to the policy", "why": "Why so many",
    },
}  # fmt: skip
LOOKS = [("zh-CN", "light"), ("en-GB", "dark")]


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_b9_a_reward_is_bought_and_given_back(open_page, app, make, clock, width, language, scheme):
    ana, words = customer(open_shop(make, clock)), WORDS[language]
    page = open_page("/me/rewards", width, language, cookie_of(app, ana), color_scheme=scheme)
    assert page.get_by_text(words["short"]).is_visible()
    check(page)

    def follow(role, name):
        with page.expect_navigation():
            page.get_by_role(role, name=words[name]).first.click()
        check(page)

    follow("link", "massage")
    follow("link", "buy")
    follow("button", "pay")
    assert page.get_by_text(words["yours"]).is_visible()
    assert page.get_by_role("img", name=words["code"]).count() == 2
    page.get_by_text(words["back"], exact=True).click()
    check(page)
    follow("button", "give")
    assert page.get_by_text(words["again"]).is_visible()
    for path in ("/me/vouchers", "/me/rewards/gold-only", "/me/rewards/tea/buy", "/me/rewards?size=large"):
        page.goto(path)
        check(page)


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_i7_policies_are_read(open_page, app, make, clock, width, language, scheme):
    clock.move(noon("2026-03-18"))
    make.document(insurer())
    ana, core, words = make.shopper(references=["C-1"]), Core(make.till()), WORDS[language]
    core.tells("POL-4821", "C-1", coverages=[coverage(product="岁岁安年金保险")])
    core.tells("POL-0937", "C-1", cooling_off_ends_on="2026-04-01")
    core.tells("POL-5530", "C-1")
    core.tells("POL-5530", "C-1", version=2, status="surrendered")
    page = open_page("/me/policies", width, language, cookie_of(app, ana), color_scheme=scheme)
    assert page.get_by_text(words["changed"]).first.is_visible()
    page.get_by_text(words["why"]).first.click()
    check(page)
    page.goto("/me/policies?size=large")
    check(page)
