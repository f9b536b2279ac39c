"""The pass in a real browser: a code that comes by itself and is renewed, and what stays without signal."""

import pytest

from tests.pages.conftest import WIDTHS, check
from tests.pages.homes import customer, insured
from tests.pages.reader import cookie_of

WORDS = {
    "zh-CN": {
        "spend": "花积分", "to_spend": "花积分的会员码", "why": "为什么是这张卡",
        "cards": "俱乐部的 4 种卡",
    },
    "en-GB": {
        "spend": "To spend", "to_spend": "Member code to spend", "why": "Why this card",
        "cards": "The 4 cards of the club",
    },
}  # fmt: skip


def digits(page):
    return page.locator(".pass-digits").inner_text()


def is_other(page, before):
    page.wait_for_function(
        "before => document.querySelector('.pass-digits')?.textContent.trim() !== before", arg=before
    )
    return digits(page)


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("language", "scheme", "who"), [("zh-CN", "light", insured), ("en-GB", "dark", customer)]
)
def test_m4_the_pass_renews_its_code_and_keeps_the_number_without_signal(
    app, open_page, make, clock, width, language, scheme, who
):
    words, cookie = WORDS[language], cookie_of(app, who(make, clock))
    page = open_page("/me/", width, language, cookie, color_scheme=scheme)
    page.clock.install()
    page.reload()
    page.wait_for_selector(".pass-digits")
    assert page.locator("#offline").is_hidden()
    assert page.locator(".pass > .pass-code .pass-plain .bars").is_hidden()
    check(page)
    first = digits(page)
    page.clock.run_for(20_000)
    assert 20 < int(page.locator(".ring span").inner_text()) <= 41
    assert digits(page) == first
    page.clock.run_for(31_000)
    second = is_other(page, first)
    page.get_by_role("link", name=words["spend"], exact=True).click()
    third = is_other(page, second)
    assert page.get_by_role("img", name=words["to_spend"], exact=True).is_visible()

    page.context.set_offline(True)
    page.locator('.pass[data-signal="none"]').wait_for()
    assert page.locator("#offline").is_visible()
    assert page.locator("#code").is_hidden()
    assert page.locator(".pass-plain .bars").is_visible()
    check(page)
    page.context.set_offline(False)
    page.locator('.pass[data-signal="good"]').wait_for()
    assert is_other(page, third)
    assert page.locator("#offline").is_hidden()

    page.get_by_role("link", name=words["why"]).click()
    page.get_by_role("heading", name=words["cards"]).wait_for()
    check(page)
    page.goto("/me/why?size=large")
    check(page)
    page.goto("/me/?size=large")
    page.wait_for_selector(".pass-digits")
    check(page)


@pytest.mark.slow
def test_m4_nobody_looking_asks_for_no_code(app, open_page, make, clock):
    page = open_page("/me/", "phone", "en-GB", cookie_of(app, customer(make, clock)), reduced_motion="reduce")
    page.wait_for_selector(".pass-digits")
    first = digits(page)
    page.clock.install()
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.clock.run_for(90_000)
    assert digits(page) == first
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: false, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.clock.run_for(2_000)
    assert is_other(page, first)
