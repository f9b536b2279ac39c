"""The books and the club in a real browser: charts are drawn from their tables, and files are taken."""

import pytest

from tests.pages.colleagues import administrator, cookie_of
from tests.pages.conftest import check
from tests.pasts import live

DRAWN = "[...document.querySelectorAll('canvas')].every(one => Chart.getChart(one).data.datasets.length)"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("phone", "zh-CN", "light"), ("desktop", "en-GB", "dark")]
)
def test_figures_are_drawn_and_taken(open_page, app, make, width, language, scheme):
    live(make)
    make.run("jobs", "nightly")
    cookie = cookie_of(administrator(app))
    for path in ("/staff/books?months=24", "/staff/club?months=24&as_of=2026-12-31"):
        page = open_page(path, width, language, cookie, color_scheme=scheme)
        assert page.locator("canvas").count() >= 3
        assert page.evaluate(DRAWN)
        page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        check(page)
        page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
        assert page.evaluate(DRAWN)
        check(page)
    with page.expect_download() as taken:
        page.locator("button[value=xlsx]").first.click()
    assert taken.value.suggested_filename == "tiers-2026-12-31.xlsx"
