"""Approvals, audit, keys, held sales and jobs in a real browser: a second person approves, axe is silent."""

import pytest

from tests.pages.colleagues import Colleague, administrator, cookie_of
from tests.pages.conftest import check
from tests.pages.test_staff_approvals import LIMITS, ask_points

WORDS = {
    "zh-CN": ("批准并立即执行", "已批准，并已执行。", "立即校验"),
    "en-GB": ("Approve: it is done at once", "Approved, and done.", "Prove it now"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "language", "scheme"), [("phone", "zh-CN", "dark"), ("desktop", "en-GB", "light")]
)
def test_what_is_asked_is_approved_and_seen_in_the_trail(app, make, open_page, width, language, scheme):
    make.club(approvals={"adjustment": {"reward": LIMITS}}, limits={"earn": {"transaction": 100}})
    ana = make.shopper()
    held = ana.buy("150.00", expect=202)
    path = ask_points(app, Colleague(app, "desk", name="Lin"), ana)
    approve, done, prove = WORDS[language]
    page = open_page(path, width, language, cookie_of(administrator(app)), color_scheme=scheme)
    check(page)
    page.get_by_role("button", name=approve, exact=True).click()
    page.get_by_text(done).wait_for()
    assert ana.figures()[0] == 150
    page.goto("/staff/audit")
    page.get_by_role("button", name=prove, exact=True).click()
    page.get_by_role("status").wait_for()
    shown = ("audit", "approvals?view=all", "keys", "keys/make", "jobs", "held-sales")
    for address in (*shown, f"held-sales/{held['review_id']}"):
        page.goto(f"/staff/{address}")
        check(page)
