"""Every page of members, by links, and of staff, by its address: nothing complains, axe finds nothing."""

import re

import pytest

from tests.pages import colleagues
from tests.pages.at_work import at_work
from tests.pages.conftest import WIDTHS, check, fits
from tests.pages.languages import chinese
from tests.pages.pictures import found, member
from tests.pages.reader import cookie_of
from tests.pages.staff_addresses import addresses_of

#: how pages of staff are looked at: each at either width, in turn in one look or the other; axe runs once
LOOKS = {
    "phone": (("en-GB", "light"), ("zh-CN", "dark")),
    "desktop": (("zh-CN", "light"), ("en-GB", "dark")),
}
#: what a page says, but for what is meant to be in another language, or for machines
SAID = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), said = [];
  while (walker.nextNode()) {
    const from = walker.currentNode.parentElement;
    if (from.closest("[lang=en], script, textarea, .rule-text, .value")) continue;
    said.push(walker.currentNode.data.trim());
  }
  return said;
}"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("who", "width", "language", "scheme"),
    [
        *(("diamond", width, *look) for width in WIDTHS for look in (("zh-CN", "dark"), ("en-GB", "light"))),
        ("shopper", "phone", "en-GB", "dark"),
        ("shopper", "desktop", "zh-CN", "light"),
        ("newcomer", "phone", "zh-CN", "light"),
    ],
)
def test_every_page_that_links_lead_to_is_sound(app, make, clock, open_page, who, width, language, scheme):
    cookie = cookie_of(app, member(who, make, clock))
    page = open_page("/me/", width, language, cookie, color_scheme=scheme)
    checked = [check(page) for _ in found(page, app)]
    assert len(checked) > 15


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_every_page_of_staff_is_sound(app, make, clock, open_page):
    club = at_work(app, make, clock)
    addresses, cookie = addresses_of(club), colleagues.cookie_of(club.ada)
    english = {text for text, other in chinese().items() if text != other}
    assert len(addresses) > 100
    for place, (width, looks) in enumerate(LOOKS.items()):
        pages = [
            open_page("/staff", width, language, cookie, color_scheme=scheme) for language, scheme in looks
        ]
        for turn, address in enumerate(addresses):
            page = pages[turn % 2]
            page.goto(address)
            judge = check if turn // 2 % 2 == place else fits
            judge(page)
            if looks[turn % 2][0] == "zh-CN":
                said = page.evaluate(SAID)
                left = [one for one in said if one in english or re.search("[a-z]+ [a-z]+ [a-z]", one)]
                assert left == [], f"{address}: these are not in Chinese"
