"""Examples that a programme carries of benefits: visits, bookings, and what remains (B1-B7, B10)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from loyalty.benefits.facts import Place, Wanted
from loyalty.decide.example_benefits import ClosingFact, VisitFact
from loyalty.decide.programme import compile_programme
from loyalty.decide.proving import failing_examples
from tests.decide.test_programme_faults import faults_of
from tests.documents import small
from tests.policies import coverage, insurer

NAMES = {"zh": "权益", "en": "Benefit"}


def benefit(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": NAMES, "kind": "service", "tiers": ["silver"]} | more


BENEFITS = [
    benefit("check", quota={"count": 1, "per": "calendar_year", "subject": "person", "cap": 1},
            booking={"lead_days": 3, "cancel_days": 1}, providers=["clinic"], needs_consent="clinic",
            transferable_to=["spouse"], cost="480.00"),
    benefit("walk", booking={"no_show": "free"}, quota={"count": 1, "per": "term"}),
    benefit("lounge", quota={"count": 2, "per": "calendar_year"}, providers=["airport"], guests=1,
            cost="100.00"),
    benefit("counter"),
    benefit("rate", kind="discount", discount={"percent": "20"},
            when="visit.amount_minor >= 10000 && visit.place == 'inn' && visit.attributes.nights > 1"),
    benefit("jade", tiers=["gold"]),
    benefit("of-card", quota={"count": 1, "per": "term", "subject": "card"}),
]  # fmt: skip
AIRPORT = {"provider": "airport"}
CLINIC = {"provider": "clinic"}
INN = {"provider": "hotel", "place": "inn", "amount": "100.00", "attributes": {"nights": 2}}
CHEAP = INN | {"amount": "99.99"}


def at(day: str) -> str:
    return f"2026-{day}T10:00:00Z"


ENROL = {"enrol": {"at": at("03-01"), "consents": ["clinic"]}}


def use(day: str, code: str, **more: Any) -> dict[str, Any]:
    return {"use": {"at": at(day), "benefit": code} | more}


def book(day: str, code: str, visit: str, name: str = "1", **more: Any) -> dict[str, Any]:
    return {"book": {"at": at(day), "benefit": code, "booking": name, "visit": at(visit)} | more}


def ends(day: str, how: str, name: str = "1") -> dict[str, Any]:
    return {how: {"at": at(day), "booking": name}}


def moved(day: str, points: int) -> dict[str, Any]:
    return {"adjust": {"at": at(day), "unit": "status", "points": points}}


def club(facts: list[dict[str, Any]], expect: dict[str, Any], day: str, **changes: Any) -> dict[str, Any]:
    """Cards by joining, and these facts of whoever has one."""
    told = {
        "say": "as it is",
        "at": day if "T" in day else at(day),
        "facts": [ENROL, *facts],
        "expect": expect,
    }
    cards = {"tier[0].attain": 0, "terms.measure": {"balance": "status"}}
    return small(**(cards | {"benefit": BENEFITS, "example[0]": told} | changes))


def faults(facts: list[dict[str, Any]], expect: dict[str, Any], day: str = "12-31", **changes: Any) -> Any:
    return failing_examples(compile_programme(club(facts, expect, day, **changes)))


def with_guests(guests: int) -> dict[str, Any]:
    return use("03-02", "lounge", guests=guests, **AIRPORT)


def comes_instead(relation: str) -> dict[str, Any]:
    return book("03-10", "check", "04-01", relation=relation, **CLINIC)


LOUNGE = use("03-11", "lounge", **AIRPORT)
WALK = book("03-10", "walk", "04-01")
CHECK = book("03-10", "check", "04-01", **CLINIC)
AHEAD = book("12-20", "check", "12-31", "2", **CLINIC)
AHEAD["book"]["visit"] = "2027-01-10T10:00:00Z"


@pytest.mark.parametrize(
    ("facts", "expect"),
    [
        pytest.param([], {"remaining": {"lounge": 2, "counter": "unlimited"}}, id="B1 what the card gives"),
        pytest.param([LOUNGE], {"remaining": {"lounge": 1}}, id="B5 one is used"),
        pytest.param([LOUNGE] * 2, {"remaining": {"lounge": 0}}, id="B5 both are used"),
        pytest.param([LOUNGE] * 3, {"refusal": "quota_used"}, id="B5 and the last is the last"),
        pytest.param([use("03-02", "lounge")], {"refusal": "place_foreign"}, id="B6 not at its places"),
        pytest.param([with_guests(1)], {"remaining": {"lounge": 1}}, id="B6 in company"),
        pytest.param([with_guests(2)], {"refusal": "party_too_large"}, id="B6 with too many"),
        pytest.param([use("03-02", "jade")], {"refusal": "benefit_not_given"}, id="B1 not of this card"),
        pytest.param([use("03-02", "rate", **INN)], {"remaining": {"rate": "unlimited"}}, id="B6 as it asks"),
        pytest.param([use("03-02", "rate", **CHEAP)], {"refusal": "condition_not_met"}, id="B6 and not"),
        pytest.param([CHECK], {"remaining": {"check": 0}}, id="B5 a booking takes it"),
        pytest.param([CHECK, ends("04-01", "use")], {"remaining": {"check": 0}}, id="B5 and is used"),
        pytest.param([CHECK, ends("03-31", "cancel")], {"remaining": {"check": 1}}, id="B5 or let go"),
        pytest.param([CHECK, ends("04-01", "cancel")], {"refusal": "cancel_too_late"}, id="B5 in time"),
        pytest.param([CHECK, ends("04-01", "no_show")], {"remaining": {"check": 0}}, id="B5 or missed"),
        pytest.param([WALK, ends("04-01", "no_show")], {"remaining": {"walk": 1}}, id="B5 which may be free"),
        pytest.param([CHECK, ends("03-20", "cancel"), ends("03-21", "use")], {"refusal": "use_closed"},
                     id="B5 each once"),
        pytest.param([ends("03-20", "use", "2")], {"refusal": "not_found"}, id="no such booking"),
        pytest.param([CHECK, WALK], {"refusal": "key_reused"}, id="P2 a name is taken once"),
        pytest.param([book("03-10", "check", "03-12", **CLINIC)], {"refusal": "booking_too_late"},
                     id="B5 booked ahead"),
        pytest.param([use("03-10", "check", **CLINIC)], {"refusal": "booking_needed"}, id="B5 booked at all"),
        pytest.param([book("03-10", "counter", "03-12")], {"refusal": "benefit_not_bookable"},
                     id="B5 or none"),
        pytest.param([comes_instead("spouse")], {"remaining": {"check": 0}}, id="B8 for a husband"),
        pytest.param([comes_instead("friend")], {"refusal": "relation_foreign"}, id="B8 for nobody else"),
        pytest.param([AHEAD], {"remaining": {"check": 0}}, id="B7 for the next year, of this term"),
        pytest.param([CHECK, ends("04-01", "use"), AHEAD], {"refusal": "quota_used"},
                     id="B7 a term has one, whatever the year"),
        pytest.param([use("03-02", "of-card")], {"remaining": {"of-card": 0}}, id="B1 of the card"),
        pytest.param([use("03-02", "of-card")] * 2, {"refusal": "quota_used"}, id="B1 the card has one"),
    ],
)  # fmt: skip
def test_an_example_of_benefits_is_lived_through(facts, expect):
    told = [moved("03-02", 1), *facts]
    assert faults(told, expect) == []
    wrong = expect | {"remaining": {"counter": 77}, "refusal": "other"}
    assert [words.partition(" should be ")[0] for _, words in faults(told, wrong)] == [
        "as it is: refusal",
        "as it is: remaining.counter",
    ]


def test_b7_a_new_year_brings_new_ones():
    for day, left in (("2026-12-31T23:59:59Z", 1), ("2027-01-01T00:00:00Z", 2)):
        assert faults([LOUNGE], {"remaining": {"lounge": left}}, day) == []


def test_b7_a_booking_for_the_next_year_takes_from_this_term_where_promises_follow_the_year():
    """What a term has is one, though the promises change in its course (B2)."""
    expect = {"refusal": "quota_used", "remaining": {"check": 0}}
    earlier = book("12-20", "check", "12-30", **CLINIC)
    assert faults([AHEAD, earlier], expect, **{"terms.terms_follow": "calendar_year"}) == []


def test_what_the_card_does_not_give_has_nothing_that_remains():
    [(_, words)] = faults([moved("03-02", 1)], {"remaining": {"jade": 0}})
    assert words.endswith("remaining.jade should be 0, is not given")


def test_m10_without_a_consent_a_benefit_that_needs_one_is_refused():
    alone = {"example[0].facts[0]": {"enrol": {"at": at("03-01")}}}
    assert faults([CHECK], {"refusal": "consent_missing"}, **alone) == []


def test_b3_a_lower_card_lets_go_of_what_it_does_not_give():
    """Gold until 2027-03-01; the booking for the day after is lost, the visit before it is not."""
    more = {
        "tier[0].attain": 100,
        "tier[1].attain": 200,
        "tier[1].retain": 200,
        "terms.length": {"months": 6},
    }
    booked = {"book": {"at": at("08-01"), "benefit": "jade", "booking": "1", "visit": at("09-20")}}
    changes = more | {"benefit[5].booking": {}, "benefit[5].quota": {"count": 1, "per": "calendar_year"}}
    lowered = [moved("03-02", 200), booked, moved("08-02", -100)]
    kept = {"remaining": {"jade": 0}, "tier": "gold"}
    assert faults(lowered, kept, "08-03", **changes) == []
    gone = {"refusal": "use_closed", "tier": "silver"}
    assert faults([*lowered, ends("09-10", "use")], gone, "09-10", **changes) == []


def test_b10_a_year_brings_no_more_than_its_worth():
    """The check costs 480 and a lounge 100: with a cap of 600 a year's second lounge is refused."""
    cap = {"compliance": {"regime": "none", "value_cap_per_year": "600.00"}}
    assert faults([CHECK, LOUNGE], {"remaining": {"lounge": 1}}, **cap) == []
    assert faults([CHECK, LOUNGE, LOUNGE], {"refusal": "value_cap", "remaining": {"lounge": 1}}, **cap) == []
    let_go = ends("03-11", "cancel")
    assert faults([CHECK, let_go, LOUNGE, LOUNGE], {"remaining": {"lounge": 0}}, **cap) == []
    assert faults([LOUNGE, LOUNGE, AHEAD], {"remaining": {"check": 0}}, **cap) == []  # of another year


def test_b1_a_policy_may_have_a_right_of_its_own():
    """Each policy has one in its own year, which began on its day of issue."""
    quota = {"count": 1, "per": "policy_year", "subject": "policy"}
    state = {
        "at": "2026-03-02T10:00:00+08:00", "issued_on": "2025-06-01", "cooling_off_ends_on": "2025-06-20",
        "coverages": [coverage("30000.00")],
    }  # fmt: skip

    def lives(*facts: dict[str, Any], **expect: Any) -> Any:
        policies = [{"policy": state | {"no": number}} for number in ("P1", "P2")]
        told = {"say": "as it is", "at": at("12-31"), "expect": expect, "facts": [ENROL, *policies, *facts]}
        visited = [benefit("visit", quota=quota)]
        return failing_examples(compile_programme(insurer(benefit=visited, example=[told])))

    one, two = use("03-03", "visit", policy="P1"), use("03-03", "visit", policy="P2")
    assert lives(one, two, tier="silver") == []
    assert lives(one, two, one, refusal="quota_used") == []
    assert lives(one, two, use("06-01", "visit", policy="P1"), tier="silver") == []
    assert lives(use("03-03", "visit", policy="P3"), refusal="policy_foreign") == []
    assert lives(use("03-03", "visit"), refusal="policy_foreign") == []


def test_facts_of_benefits_are_typed():
    facts = [use("03-02", "rate", **INN), CHECK, ends("03-11", "cancel")]
    told, booked, let_go = compile_programme(club(facts, {"tier": ""}, "03-12")).examples[0].facts[1:]
    then = datetime(2026, 3, 2, 10, tzinfo=UTC)
    rate = Wanted("rate", then, place=Place("inn", "hotel"), amount_minor=10_000, attributes={"nights": 2})
    check = Wanted("check", datetime(2026, 4, 1, 10, tzinfo=UTC), place=Place("", "clinic"), reserve=True)
    assert told == VisitFact(then, rate, None)
    assert booked == VisitFact(datetime(2026, 3, 10, 10, tzinfo=UTC), check, "1")
    assert let_go == ClosingFact(datetime(2026, 3, 11, 10, tzinfo=UTC), "1", "cancelled")


@pytest.mark.parametrize(
    ("fact", "path", "message"),
    [
        (use("03-02", "spa"), "use.benefit", 'there is no benefit "spa"'),
        (use("03-02", "Spa"), "use.benefit", "must be a code"),
        (use("03-02", "lounge", guests=101), "use.guests", "from 0 to 100"),
        (use("03-02", "lounge", guests=True), "use.guests", "whole number"),
        (use("03-02", "lounge", place="t2"), "use.provider", "is missing"),
        (use("03-02", "lounge", amount=1.5), "use.amount", "quotes"),
        (use("03-02", "lounge", attributes=[]), "use.attributes", "must be a table"),
        (use("03-02", "lounge", relation="My Wife"), "use.relation", "must be a code"),
        (use("03-02", "lounge", event="e1"), "use.event", "not known"),
        (use("03-02", "lounge", booking="1"), "use.benefit", "not known"),
        ({"book": {"at": at("03-02"), "benefit": "walk", "booking": "1"}}, "book.visit", "is missing"),
        (book("03-02", "walk", "03-02"), "book.visit", "must be after"),
        ({"book": {"at": at("03-02"), "benefit": "walk", "visit": at("03-03")}}, "book.booking", "missing"),
        ({"cancel": {"at": at("03-02")}}, "cancel.booking", "is missing"),
        ({"no_show": 5}, "no_show", "must be a table"),
        ({"enrol": {"at": at("03-02"), "consents": "clinic"}}, "enrol.consents", "list of codes"),
    ],
)  # fmt: skip
def test_a_faulty_fact_of_a_benefit_is_told_with_its_path(fact, path, message):
    changes = {"benefit": BENEFITS, "example[0].facts": [ENROL, fact], "example[0].at": at("12-31")}
    found = faults_of(**changes)
    where = f"example[0].facts[1].{path}"
    assert [told for place, told in found if place == where and message in told], found


@pytest.mark.parametrize(
    ("remaining", "path", "message"),
    [
        ({"spa": 1}, "remaining.spa", "not known"),
        ({"lounge": -1}, "remaining.lounge", "from 0"),
        ({"lounge": "none"}, "remaining.lounge", '"unlimited"'),
        ({"lounge": 1.5}, "remaining.lounge", "whole number"),
        (3, "remaining", "must be a table"),
    ],
)
def test_a_faulty_expectation_of_what_remains_is_told_with_its_path(remaining, path, message):
    found = faults_of(**{"benefit": BENEFITS, "example[0].expect": {"remaining": remaining}})
    assert [told for place, told in found if place == f"example[0].expect.{path}" and message in told], found
