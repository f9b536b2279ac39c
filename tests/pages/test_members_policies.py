"""What the club knows of a member's policies, in an insurer's club (I6, I7)."""

from datetime import timedelta

import pytest

from tests.ladders import noon
from tests.pages.desk import text_of
from tests.pages.reader import Reader
from tests.pages.shop import asked
from tests.policies import Core, coverage, insurer


@pytest.fixture
def core(make, clock):
    clock.move(noon("2026-03-18"))
    make.document(insurer())
    return Core(make.till())


@pytest.fixture
def ana(make, core):
    return make.shopper(references=["C-1"])


def told(app, who, language="en"):
    return text_of(Reader(app, who, language).open("/me/policies"))


def test_i7_each_policy_says_what_it_gives_and_why(app, core, ana):
    insured = [{"reference": "C-1", "relation": "self"}, {"reference": "C-9", "relation": "spouse"}]
    core.tells("POL-774821", "C-1", coverages=[coverage("100000.00", product="Long Joy")], insured=insured)
    core.tells(
        "POL-770937", "C-1", coverages=[coverage("20000.00", product="Safe Step"),
        coverage("10.00", 2, product="Small rider", cover_years=1)],
    )  # fmt: skip
    text = told(app, ana)
    for words in (
        "Your policies give you 120,000 Status today.", "Long Joy", "Number ends in 4821",
        "since 1 December 2025", "insured: you, your spouse", "Counts now 100,000 Status",
        "100,000 Status by the rule “regular” of edition 1", "“Small rider” is a part of the policy",
        "In force",
    ):  # fmt: skip
        assert words in text
    assert text.index("Long Joy") < text.index("Safe Step")
    assert "C-9" not in text
    assert "POL-77" not in text
    assert "My policies" in text_of(Reader(app, ana).open("/me/profile"))


def test_i4_what_comes_and_what_waits_is_said(app, core, ana):
    core.tells("P-1", "C-1", cooling_off_ends_on="2026-04-01")
    assert "From 2 April 2026 on it gives 100,000 Status more." in told(app, ana)
    core.tells("P-1", "C-1", version=2, cooling_off_ends_on=None)
    text = told(app, ana)
    assert "100,000 Status more are kept for you." in text
    assert "Your policies give no points today." in text


@pytest.mark.parametrize("status", ["surrendered", "claim_terminated", "lapsed", "cancelled", "rescinded"])
def test_i7_a_sad_event_is_told_in_general_words(app, core, ana, status):
    core.tells("P-1", "C-1")
    core.tells("P-1", "C-1", version=2, status=status, effective_at="2026-03-10T10:00:00+08:00")
    text = told(app, ana)
    assert "A change to the policy" in text
    assert "Since 10 March 2026 there is a change to this policy." in text
    assert "Its 100,000 Status do not count any more." in text
    assert status not in text.lower()


@pytest.mark.parametrize(
    ("status", "words"),
    [("grace", "days of grace"), ("paid_up", "fully paid"), ("premium_waived", "nothing more to pay"),
     ("matured", "Matured"), ("expired", "Run to its end"), ("proposed", "Being set up")],
)  # fmt: skip
def test_i7_states_have_kind_words(app, core, ana, status, words):
    core.tells("P-1", "C-1", status=status)
    assert words in told(app, ana)


def test_i5_of_a_policy_that_passed_on_nothing_new_is_shown(app, make, core, ana):
    bea = make.shopper(references=["C-2"])
    core.tells("P-1", "C-1", coverages=[coverage(product="Long Joy")])
    core.tells(
        "P-1", "C-2", version=2, effective_at="2026-03-10T10:00:00+08:00", status="in_force",
        coverages=[coverage("300000.00", product="Other Name")],
    )  # fmt: skip
    text = told(app, ana)
    assert "Since 10 March 2026 it is no longer kept under your name." in text
    assert "Other Name" not in text
    assert "Other Name" in told(app, bea)
    assert "300,000" in told(app, bea)


def test_i8_a_policy_told_before_its_holder_joined_is_theirs_once_it_is_told_again(app, make, clock):
    clock.move(noon("2026-03-18"))
    make.document(insurer())
    core, ana = Core(make.till()), make.shopper(references=["C-1"])
    assert "The club knows of no policy in your name" in told(app, ana)
    core.tells("P-1", "C-1")
    assert "100,000" in told(app, ana)


def test_policies_in_chinese(app, core, ana):
    core.tells("P-1", "C-1")
    core.tells("P-1", "C-1", version=2, status="surrendered", effective_at="2026-03-10T10:00:00+08:00")
    text = told(app, ana, "zh")
    for words in ("保单状态变更", "2026年3月10日", "100,000 成长值"):
        assert words in text


def test_where_nothing_is_given_for_policies_there_is_no_such_page(app, make):
    make.club()
    assert Reader(app, make.shopper()).open("/me/policies").status_code == 404


def test_the_page_asks_eight_times_at_most_for_thirty_policies(app, core, ana, clock, statements):
    for first, last in ((0, 1), (1, 30)):
        for number in range(first, last):
            core.tells(f"P-{number}", "C-1", coverages=[coverage("1000.00")])
            core.tells(f"P-{number}", "C-1", version=2, coverages=[coverage("2000.00")])
        page = Reader(app, ana)
        page.open("/me/")
        clock.move(timedelta(seconds=3))
        statements.clear()
        assert page.open("/me/policies").status_code == 200
        assert len(asked(statements)) <= 8, statements
