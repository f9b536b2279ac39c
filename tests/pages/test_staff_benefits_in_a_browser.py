"""The pages about benefits in a real browser: a place is opened, a day worked through, axe is silent."""

import pytest

from tests.pages.colleagues import administrator, cookie_of
from tests.pages.conftest import check
from tests.pages.places import books_shower, open_house

WORDS = {
    "zh-CN": ("开放地点", "地点已开放。", "已到", "到店已记录。", "取消预约", "预约已取消。"),
    "en-GB": (
        "Open the place", "The place is open.", "They came", "The visit is recorded.", "Cancel the booking",
        "The booking is cancelled.",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("phone", "zh-CN", "dark"), ("desktop", "en-GB", "light")]
)
def test_a_place_is_opened_and_its_day_worked_through(app, make, clock, open_page, width, language, scheme):
    ana = open_house(make, clock).shopper()
    books_shower(make, ana)
    later = books_shower(make, ana, hours=30)["use_id"]
    open_it, is_open, came, recorded, cancel, cancelled = WORDS[language]
    cookie = cookie_of(administrator(app))
    page = open_page("/staff/benefits/places", width, language, cookie, color_scheme=scheme)
    check(page)
    for name, text in (("code", "spa"), ("provider", "hotel"), ("name_zh", "水疗"), ("name_en", "Spa")):
        page.locator(f"#{name}").fill(text)
    page.get_by_role("button", name=open_it, exact=True).click()
    page.get_by_text(is_open).wait_for()
    check(page)
    page.goto("/staff/benefits/bookings")
    check(page)
    page.locator("main table a").first.click()
    check(page)
    page.get_by_role("button", name=came, exact=True).click()
    page.get_by_text(recorded).wait_for()
    page.goto(f"/staff/benefits/visits/{later}")
    check(page)
    page.locator("#reason").select_option("own_wish")
    page.get_by_role("button", name=cancel, exact=True).click()
    page.get_by_text(cancelled).wait_for()
    for address in (
        "",
        "/journal",
        "/journal?place=spa",
        "/managers",
        "/partners",
        "/partners?month=2020-01",
    ):
        page.goto(f"/staff/benefits{address}")
        check(page)
    page.emulate_media(media="print")
    page.goto("/staff/benefits/bookings?place=t3")
    assert page.locator(".rail").is_hidden()
    assert page.locator("main table").bounding_box()["width"] > 300
