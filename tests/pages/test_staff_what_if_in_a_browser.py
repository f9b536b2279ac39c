"""A draft tried on real history in a real browser: asked for, stopped, gone on with, and read."""

import pytest

from loyalty.actions.draft import begin_draft
from tests.pages.colleagues import administrator, cookie_of
from tests.pages.conftest import check
from tests.pages.test_staff_what_if import MORE, PAGE, carried, document, save

WORDS = {
    "en-GB": {"try": "Try it", "stop": "Stop", "go on": "Go on", "came": "What each rule gives"},
    "zh-CN": {"try": "开始推演", "stop": "停止", "go on": "继续", "came": "各规则发放"},
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("desktop", "en-GB", "dark"), ("phone", "zh-CN", "light")]
)
def test_a_draft_is_tried(app, make, open_page, width, language, scheme):
    """The page looks again by itself, and shows the whole once the worker is done."""
    words = WORDS[language]
    make.document(document())
    ana = make.shopper()
    ana.buy("40.00")
    carried(app, lambda rows, now: begin_draft(rows, "bo", now))
    save(app, document(**MORE))
    ada = administrator(app, language=language[:2])
    page = open_page(PAGE, width, language, cookie_of(ada), color_scheme=scheme)
    check(page)

    def press(name):
        with page.expect_navigation():
            page.get_by_role("button", name=words[name], exact=True).click()
        check(page)

    for name in ("try", "stop", "go on"):
        press(name)
    make.run("jobs", "what-if")
    page.get_by_role("heading", name=words["came"]).wait_for()
    page.locator("canvas").first.wait_for()
    check(page)
    page.locator("details:not([open]) summary").first.click()
    check(page)
    page.goto(PAGE)
    check(page)
    page.goto("/staff/programme/publish")
    check(page)
