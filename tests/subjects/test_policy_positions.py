"""Which state of a policy holds, and of which layers its premium is made (I1, I2, I3)."""

from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from loyalty.document import Faults, Section
from loyalty.errors import Invalid
from loyalty.policies import terms as sections
from loyalty.policies.facts import UNKNOWN_YEARS, Coverage, Insured, PolicyState, check
from loyalty.policies.position import Layer, cooling_off_end, layers, reduced, timeline
from loyalty.policies.terms import PolicyTerms

ZONE = ZoneInfo("Asia/Shanghai")
TERMS = PolicyTerms()
ENDS = "2026-01-20T16:00:00+00:00"  # midnight in Shanghai
SIGNED = date(2026, 1, 5)
TOLD = date(2026, 1, 20)
LATE = datetime(2030, 1, 1, tzinfo=UTC)
ISSUE = datetime(2025, 12, 31, 16, tzinfo=UTC)  # 1 January in Shanghai


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T02:00:00+00:00")


def cover(premium: int = 100, no: int = 1, **more: object) -> Coverage:
    usual: dict[str, object] = {"pay_mode": "annual", "pay_years": 10, "cover_years": 20}
    return Coverage(no, "life", no == 1, premium, **(usual | more))  # type: ignore[arg-type]


def state(version: int = 1, on: str = "2026-01-05", *coverages: Coverage, **more: object) -> PolicyState:
    usual: dict[str, object] = {
        "policy_no": "P", "version": version, "effective_at": day(on), "status": "in_force",
        "issued_on": date(2026, 1, 1), "currency": "CNY", "coverages": coverages or (cover(),), "holder": 7,
    }  # fmt: skip
    return PolicyState(**(usual | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        pytest.param([(1, "2026-01-05"), (2, "2026-02-01")], [1, 2], id="each in its turn"),
        pytest.param([(2, "2026-02-01"), (1, "2026-01-05")], [1, 2], id="any order of arrival"),
        pytest.param([(1, "2026-01-05"), (3, "2026-01-10"), (2, "2026-02-01")], [1, 3], id="superseded"),
        pytest.param([(1, "2026-01-05"), (2, "2026-01-05")], [2], id="the higher of one instant"),
        pytest.param([(2, "2026-01-05"), (1, "2026-01-05")], [2], id="the higher of one instant, told first"),
        pytest.param([], [], id="nothing told"),
    ],
)  # fmt: skip
def test_i1_the_highest_version_effective_by_then_holds(told, shown):
    assert [one.version for one in timeline(state(*one) for one in told)] == shown


@pytest.mark.parametrize(
    ("states", "stack"),
    [
        pytest.param([state()], [(100, ISSUE)], id="new business is rated at its issue"),
        pytest.param(
            [state(), state(2, "2026-06-01", cover(150))], [(100, ISSUE), (50, day("2026-06-01"))],
            id="an increase is a layer of its own",
        ),
        pytest.param(
            [state(), state(2, "2026-06-01", cover(150)), state(3, "2026-07-01", cover(120))],
            [(100, ISSUE), (20, day("2026-06-01"))], id="a reduction takes the newest layer first",
        ),
        pytest.param(
            [state(), state(2, "2026-06-01", cover(150)), state(3, "2026-07-01", cover(80))], [(80, ISSUE)],
            id="and then the next",
        ),
        pytest.param(
            [state(), state(2, "2026-06-01", cover(), cover(30, 2)), state(3, "2026-07-01", cover(30, 2))],
            [(30, day("2026-06-01"))], id="a rider is an increase; a coverage that is gone is gone",
        ),
        pytest.param(
            [state(status="proposed"), state(2, "2026-02-01")], [(100, ISSUE)],
            id="a proposal is no business yet",
        ),
        pytest.param(
            [state(), state(2, "2026-06-01", cover(0), status="premium_waived")], [(100, ISSUE)],
            id="waived: nothing is due, nothing is lost",
        ),
        pytest.param(
            [state(1, "2026-06-01", cover(70), status="paid_up")], [(70, ISSUE)],
            id="first heard of when it is paid up",
        ),
        pytest.param(
            [state(), state(2, "2026-06-01", status="lapsed"), state(3, "2028-06-01")], [(100, ISSUE)],
            id="reinstated on the last day of two years",
        ),
        pytest.param(
            [state(), state(2, "2026-06-01", status="lapsed"), state(3, "2028-06-02")],
            [(100, day("2028-06-02"))], id="after two years it begins anew",
        ),
        pytest.param(
            [state(), state(2, "2026-06-01", status="lapsed"),
             state(3, "2026-07-01", status="lapse_terminated"), state(4, "2028-06-03")],
            [(100, day("2028-06-03"))], id="the first lapse counts",
        ),
        pytest.param(
            [state(1, "2026-06-01", status="lapsed"), state(2, "2026-07-01")], [(100, ISSUE)],
            id="first heard of when it had lapsed",
        ),
        pytest.param([state(1, "2031-01-01")], [], id="what does not hold yet"),
    ],
)  # fmt: skip
def test_i2_i3_layers(states, stack):
    found = layers(timeline(states), LATE, TERMS, ZONE)
    assert [(layer.yearly_minor, layer.rated_at) for layer in found] == stack


def test_i3_reduced_and_paid_up_is_cut_down_to_what_it_goes_on_with():
    stack = [Layer(1, 100, ISSUE), Layer(1, 50, day("2026-06-01")), Layer(2, 30, ISSUE)]
    told = state(2, "2026-07-01", cover(150, reduced_premium_minor=120), cover(30, 2))
    assert reduced(stack, told) == [Layer(1, 100, ISSUE), Layer(1, 20, day("2026-06-01"))]


@pytest.mark.parametrize(
    ("mode", "yearly"),
    [("annual", 100), ("half_yearly", 200), ("quarterly", 400), ("monthly", 1200), ("single", 100),
     ("flexible", 100)],
)  # fmt: skip
def test_i9_instalments_make_a_year(mode, yearly):
    assert cover(pay_mode=mode).yearly_minor == yearly


@pytest.mark.parametrize(
    ("states", "days", "end"),
    [
        pytest.param([state()], 15, None, id="nobody told"),
        pytest.param([state(cooling_off_ends_on=TOLD)], None, ENDS, id="told"),
        pytest.param([state(receipt_signed_on=SIGNED)], None, None, id="the club names no days"),
        pytest.param([state(receipt_signed_on=SIGNED)], 15, ENDS, id="from the receipt"),
        pytest.param(
            [state(cooling_off_ends_on=TOLD), state(2, "2026-02-01")], 15, ENDS,
            id="a later state is silent",
        ),
        pytest.param([state(1, "2031-01-01", cooling_off_ends_on=TOLD)], 15, None, id="not told by then"),
    ],
)  # fmt: skip
def test_i4_the_end_of_cooling_off(states, days, end):
    found = cooling_off_end(timeline(states), LATE, PolicyTerms(cooling_off_days=days), ZONE)
    assert found == (datetime.fromisoformat(end) if end else None)


@pytest.mark.parametrize(
    ("coverage", "pays", "covers"),
    [
        (cover(), 10, 20),
        (cover(pay_mode="single", pay_years=None), 1, 20),
        (cover(pay_years=None, pay_until_age=60), 25, 20),
        (cover(pay_years=None, pay_until_age=30), 0, 20),
        (cover(pay_years=None), UNKNOWN_YEARS, 20),
        (cover(cover_years=None, cover_until_age=80), 10, 45),
        (cover(cover_years=None, whole_life=True), 10, 999),
    ],
)
def test_lengths_that_end_at_an_age_count_from_the_insured_persons(coverage, pays, covers):
    told = state(insured=(Insured("X", "spouse"), Insured("Y", "self", 35)))
    assert (told.pay_years(coverage), told.cover_years(coverage)) == (pays, covers)
    assert state().pay_years(cover(pay_years=None, pay_until_age=60)) == UNKNOWN_YEARS


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (state(1, "2026-01-05", cover(), cover()), "coverages"),
        (state(1, "2026-01-05", cover(pay_until_age=60)), "coverages.0.pay_years"),
        (state(1, "2026-01-05", cover(whole_life=True)), "coverages.0.cover_years"),
        (state(status="reduced_paid_up"), "coverages.0.reduced_premium"),
    ],
)
def test_a_state_that_contradicts_itself_is_refused(told, field):
    with pytest.raises(Invalid) as refused:
        check(told)
    assert list(refused.value.facts["fields"]) == [field]
    assert check(state()) is None


def terms_of(**document: object) -> tuple[PolicyTerms, list[tuple[str, str]]]:
    faults = Faults()
    return sections.parse(Section(document, faults)), faults.all()


def test_i3_what_is_not_named_counts_nothing():
    told, faults = terms_of(counts={"in_force": "1", "grace": "0.5", "reduced_paid_up": "reduced"})
    assert not faults
    assert told.counts == {"in_force": 1, "grace": Fraction(1, 2), "reduced_paid_up": None}
    assert terms_of()[0] == PolicyTerms()


def test_sections_of_policies():
    told, faults = terms_of(policies={"cooling_off_days": 15, "reinstatement_months": 12})
    assert not faults
    assert (told.cooling_off_days, told.reinstatement_months, told.counts) == (15, 12, PolicyTerms().counts)
    assert terms_of(policies={})[0] == PolicyTerms()
    assert terms_of(counts={"in_force": "2"})[1] == [("counts.in_force", 'must be from 0 to 1, or "reduced"')]
    assert terms_of(counts={"sleeping": "1"})[1] == [("counts.sleeping", "is not known here")]
