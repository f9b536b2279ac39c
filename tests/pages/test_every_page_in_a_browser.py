"""Every page that a member reaches by links, in a real browser: nothing complains, and axe finds nothing."""

import pytest

from tests.pages.conftest import WIDTHS, check
from tests.pages.pictures import found, member
from tests.pages.reader import cookie_of


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
