"""Events, orders, mailings and news in a real browser: both widths, both languages, axe silent."""

import pytest

from tests.ladders import midnight
from tests.pages.colleagues import administrator, cookie_of
from tests.pages.conftest import check
from tests.pages.shop import TEA, customer
from tests.pages.test_staff_events import ADDRESS, CARD, EVENT, FEED, GALA, Counter

WORDS = {
    "zh-CN": ("发布", "活动已发布，会员立即可见。", "显示地址", "已寄出"),
    "en-GB": (
        "Announce it",
        "The event is announced. Members see it at once.",
        "Show the address",
        "It was sent",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("phone", "zh-CN", "light"), ("desktop", "en-GB", "dark")]
)
def test_an_event_is_announced_and_an_order_sent(app, make, open_page, width, language, scheme):
    make.club(benefit=[GALA, CARD, FEED], reward=[TEA])
    ana = customer(make, 1000, name="林岚", birth_date="1990-01-12", address=ADDRESS)
    ana.tell("/reward-orders", {"card": ana.card, "reward": "tea", "reference": "o-1"}, 201)
    make.clock.move(midnight("2026-01-08"))
    make.run("jobs", "nightly")
    boss, (announce, announced, address, sent) = administrator(app), WORDS[language]
    boss.post("/staff/news", key="n", benefit="feed", title_zh="新茶", title_en="New tea", body_en="Here.")
    page = open_page("/staff/events", width, language, cookie_of(boss), color_scheme=scheme)
    check(page)
    for field, text in EVENT.items():
        if field != "benefit":
            page.locator(f"#{field}").fill(text)
    page.get_by_role("button", name=announce, exact=True).click()
    page.get_by_text(announced).wait_for()
    Counter(make).use(ana, "gala", "a1", event=page.url.split("/")[-1].split("?")[0])
    page.reload()
    check(page)
    page.goto("/staff/orders")
    check(page)
    page.locator("tbody th a").last.click()
    page.get_by_role("button", name=address, exact=True).click()
    page.get_by_text("人民路 1 号").wait_for()
    check(page)
    page.get_by_role("button", name=sent, exact=True).click()
    page.get_by_role("status").wait_for()
    for path in ("mailings", "news", "events?view=over", "orders?view=sent", "jobs?kind=retention"):
        page.goto(f"/staff/{path}")
        check(page)
