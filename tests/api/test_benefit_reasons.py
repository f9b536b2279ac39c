"""Why a member may not have a benefit, and what to do about it: words and facts (B6)."""

from datetime import timedelta

import pytest

from tests.api.test_benefits import Desk, benefit
from tests.ladders import midnight, noon
from tests.makers import wire
from tests.policies import Core, coverage, insurer

LOUNGE = benefit("lounge", quota={"count": 1, "per": "calendar_year"})
SPA = benefit("spa", quota={"count": 1, "per": "term"})
CHECK = benefit("check", quota={"count": 1, "per": "calendar_year", "cap": 1})
LIFE = benefit("life", quota={"count": 1, "per": "lifetime"})
ROLLS = benefit("rolls", quota={"count": 2, "per": {"months": 6}})
WALK = benefit("walk", booking={"lead_days": 3})
SUITE = benefit("suite", guests=1)
CLINIC = benefit("clinic", providers=["clinic"])
DATA = benefit("data", needs_consent="data")
RATE = benefit("rate", kind="discount", discount={"percent": "10"}, when="visit.amount_minor >= 100")
NEWS = benefit("news", kind="feed")
VAULT = benefit("vault", tiers=("gold",))
EACH = benefit("each", quota={"count": 1, "per": "policy_year", "subject": "policy"})

BENEFITS = [LOUNGE, SPA, CHECK, LIFE, ROLLS, WALK, SUITE, CLINIC, DATA, RATE, NEWS, VAULT, EACH]
STANDARD = {"type", "title", "status", "detail", "cashier_text", "action"}  #: of a refusal, besides its facts


@pytest.fixture
def club(make, clock):
    clock.move(noon("2026-03-02"))
    make.document(insurer(benefit=BENEFITS))
    return make


@pytest.fixture
def core(club):
    return Core(club.till())


@pytest.fixture
def ana(club, core):
    ana = club.shopper(core.till, references=["C-1"])
    core.tells("P1", "C-1")  # 100,000: silver until the end of 1 March 2027
    ana.card = ana.till.post("/members/lookup", {"reference": "C-1"}).json["card"]["number"]
    return ana


@pytest.fixture
def desk(club):
    return Desk(club)


def reasons(desk, who, code, **more):
    told = desk.check(who, code, **more)
    assert not told["allowed"]
    return told["reasons"]


def test_b6_a_reason_has_a_code_words_and_facts(club, ana, desk):
    desk.use(ana, "lounge", "v1")
    used_up = {"benefit": "lounge", "granted": 1, "again_from": "2027-01-01"}
    assert desk.check(ana, "lounge") == {
        "allowed": False, "remaining": 0,
        "reasons": [{"code": "quota_used", "title": "This benefit is used up."} | used_up],
    }  # fmt: skip
    chinese = club.till("benefits:use", terminal="P2", language="zh")
    told = chinese.post("/benefits/lounge/check", {"card": ana.card}).json["reasons"]
    assert told == [{"code": "quota_used", "title": "该权益次数已用完"} | used_up]


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("life", {}),
        ("walk", {}),
        ("news", {}),
        ("suite", {"party": 3}),
        ("suite", {"for": "spouse"}),
        ("clinic", {}),
        ("rate", {}),
        ("data", {}),
        ("vault", {}),
        ("each", {"policy_no": "P9"}),
    ],
)
def test_b6_a_use_is_refused_with_the_words_and_facts_that_a_check_tells(ana, desk, code, more):
    desk.use(ana, "life", "v1")
    [told] = reasons(desk, ana, code, **more)
    refused = desk.use(ana, code, "v2", 422, **more)
    assert {"title": refused["cashier_text"]} | {
        name: value for name, value in refused.items() if name not in STANDARD
    } == told


@pytest.mark.parametrize(
    ("code", "again_from"),
    [
        pytest.param("lounge", "2027-01-01", id="with the year"),
        pytest.param("spa", "2027-03-02", id="with the next term, as the review will keep the card"),
        pytest.param("check", "2027-03-02", id="with the next term, whose cap is its own"),
        pytest.param("life", None, id="never"),
    ],
)
def test_b6_b7_what_is_used_up_says_when_it_comes_again(ana, desk, code, again_from):
    desk.use(ana, code, "v1")
    [reason] = reasons(desk, ana, code)
    assert (reason["code"], reason["again_from"]) == ("quota_used", again_from)
    if again_from is not None:
        day = midnight(again_from)
        before, then = (desk.check(ana, code, at=wire(at)) for at in (day - timedelta(seconds=1), day))
        assert (before["remaining"], then["remaining"]) == (0, 1)


def test_b6_b7_a_span_that_rolls_frees_a_visit_when_its_first_one_ceases_to_count(ana, desk, clock):
    desk.use(ana, "rolls", "v1")  # on 2 March: counts until 1 September
    clock.move(noon("2026-05-10"))
    desk.use(ana, "rolls", "v2")
    assert reasons(desk, ana, "rolls")[0]["again_from"] == "2026-09-02"
    clock.move(midnight("2026-09-02"))
    desk.use(ana, "rolls", "v3")
    assert reasons(desk, ana, "rolls")[0]["again_from"] == "2026-11-10"


def test_b6_nothing_comes_again_with_a_card_that_the_review_will_not_keep(ana, desk, core):
    desk.use(ana, "spa", "v1")
    core.tells("P1", "C-1", version=2, coverages=[coverage("20000.00")])
    assert reasons(desk, ana, "spa")[0]["again_from"] is None


def test_b6_a_visit_after_the_cards_end_hears_its_last_day(ana, desk, core):
    core.tells("P1", "C-1", version=2, coverages=[coverage("20000.00")])
    [reason] = reasons(desk, ana, "lounge", at=wire(noon("2027-03-02")))
    assert (reason["code"], reason["last_day"]) == ("benefit_not_given", "2027-03-01")


def test_b6_whoever_never_had_the_card_hears_of_no_last_day(club, desk):
    ben = club.shopper()
    told = desk.till.post("/benefits/lounge/check", {"member_id": ben.member_id}).json["reasons"]
    assert [(one["code"], one["last_day"]) for one in told] == [("benefit_not_given", None)]


def test_b6_what_has_to_be_booked_says_for_which_day_at_the_earliest(ana, desk):
    [needed] = reasons(desk, ana, "walk")
    assert (needed["code"], needed["first_day"]) == ("booking_needed", "2026-03-05")
    [late] = reasons(desk, ana, "walk", at=wire(noon("2026-03-04")))
    assert (late["code"], late["first_day"]) == ("booking_too_late", "2026-03-05")


def test_b6_b7_each_policy_has_years_of_its_own(ana, desk):
    desk.use(ana, "each", "e1", policy_no="P1")
    [reason] = reasons(desk, ana, "each", policy_no="P1")
    assert (reason["code"], reason["again_from"]) == ("quota_used", "2026-12-01")  # issued on 1 December
    [foreign] = reasons(desk, ana, "each", policy_no="P9")
    assert (foreign["code"], foreign["policy_no"]) == ("policy_foreign", "P9")
