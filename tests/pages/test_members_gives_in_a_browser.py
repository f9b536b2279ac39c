"""A member's walk in a real browser: a benefit booked, seen and cancelled, an event joined."""

import pytest

from tests.pages.conftest import WIDTHS, check
from tests.pages.gives import announce, goes, open_club
from tests.pages.reader import cookie_of

WORDS = {
    "zh-CN": {
        "check": "年度体检", "book": "预约", "place": "市第一医院体检中心", "day": "日期", "time": "时间",
        "spouse": "配偶", "booked": "预约好了。", "cancel": "取消预约", "cancelled": "已取消。",
        "register": "报名", "registered": "报名成功。", "lounge": "机场贵宾厅",
    },
    "en-GB": {
        "check": "Health check", "book": "Book", "place": "First Hospital", "day": "Day", "time": "Time",
        "spouse": "Husband or wife", "booked": "Booked.", "cancel": "Cancel the booking",
        "cancelled": "Cancelled.", "register": "Register", "registered": "You are registered.",
        "lounge": "Airport lounge",
    },
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
def test_b5_a_benefit_is_booked_and_an_event_joined(app, open_page, make, clock, width, language, scheme):
    house, words = open_club(make, clock), WORDS[language]
    ana = house.shopper(birth_date="1968-05-06", address={"lines": ["人民路 88 号"], "city": "杭州"})
    goes(ana, "lounge", "l1", place="t3")
    event = announce(house)
    page = open_page("/me/benefits", width, language, cookie_of(app, ana), color_scheme=scheme)
    check(page)

    def press(name, role="button"):
        with page.expect_navigation():
            page.get_by_role(role, name=words[name], exact=role == "button").first.click()
        check(page)

    press("lounge", "link")
    page.go_back()
    press("check", "link")
    with page.expect_navigation():
        page.locator("main .button").first.click()
    check(page)
    press("book")
    assert page.get_by_role("alert").is_visible()
    page.get_by_text(words["place"]).check()
    page.get_by_label(words["day"], exact=True).fill("2026-04-08")
    page.get_by_label(words["time"], exact=True).fill("10:30")
    page.get_by_text(words["spouse"], exact=True).check()
    page.locator("#consent").check()
    press("book")
    assert page.get_by_text(words["booked"]).is_visible()
    press("cancel")
    assert page.get_by_text(words["cancelled"]).is_visible()
    for path in ("/me/bookings", "/me/benefits/birthday-card", "/me/events", "/me/benefits/check?size=large"):
        page.goto(path)
        check(page)
    page.goto(f"/me/events/{event}")
    press("register")
    assert page.get_by_text(words["registered"]).is_visible()
    page.set_viewport_size({"width": 320, "height": 700})
    for path in ("/me/benefits", "/me/bookings", "/me/benefits/check/book"):
        page.goto(path)
        check(page)
