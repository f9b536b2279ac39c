"""What a card gives, as a programme declares it (B1–B10)."""

from fractions import Fraction

import pytest

from loyalty.benefits import Booking, Discount, Quota, parse
from loyalty.document import Faults, Section

CHECK = {
    "code": "check", "name": {"zh": "体检", "en": "Check"}, "kind": "service", "tiers": ["gold"],
    "quota": {"count": 1, "per": "calendar_year", "subject": "person", "cap": 1},
    "booking": {"lead_days": 3, "cancel_days": 1, "no_show": "used"},
    "needs_consent": "clinic", "transferable_to": ["spouse"], "on_upgrade": "difference", "cost": "480.00",
}  # fmt: skip
RATE = {"code": "rate", "name": {"zh": "价", "en": "Rate"}, "kind": "discount", "tiers": ["gold"],
        "discount": {"percent": "20"}}  # fmt: skip
CARD = {"code": "card", "name": {"zh": "卡", "en": "Card"}, "kind": "mailing", "tiers": ["gold"],
        "days_ahead": 10}  # fmt: skip


def benefits(*sections: dict[str, object]):
    faults = Faults()
    return parse(Section({"benefit": list(sections)}, faults), ("silver", "gold"), "CNY"), faults.all()


def test_b2_b7_a_benefit_says_who_may_use_it_how_often_and_how():
    (check, rate, card), faults = benefits(CHECK, RATE, CARD)
    assert not faults
    assert (check.quota, check.booking) == (Quota(1, "calendar_year", "person", 1), Booking(3, 1, "used"))
    assert (check.needs_consent, check.transferable_to, check.cost_minor) == ("clinic", ("spouse",), 48_000)
    assert (rate.discount, rate.quota, rate.booking) == (Discount(Fraction(20), None), None, None)
    assert (card.days_ahead, card.guests, card.on_upgrade, card.cost_minor) == (10, 0, "full", None)
    amount = benefits(RATE | {"discount": {"amount": "50.00"}})[0][0]
    assert amount.discount == Discount(None, 5_000)
    (given,), faults = benefits(CHECK | {"providers": ["clinic"], "when": "visit.guests < 1"})
    assert (given.providers, given.when.on, faults) == (("clinic",), "visit", [])
    assert benefits(CARD | {"quota": {"count": 1, "per": "calendar_year"}})[1] == []
    assert benefits(CARD)[0][0].occasion == "birthday"
    rolling = benefits(CHECK | {"quota": {"count": 2, "per": {"months": 12}}})[0][0]
    assert rolling.quota == Quota(2, 12, "member", None)


def test_b4_a_card_may_give_more_of_it_than_another():
    """How often is a number, or a table with every tier that has it."""
    both = CHECK | {"tiers": ["silver", "gold"]}
    (check,), faults = benefits(both | {"quota": {"count": {"silver": 1, "gold": 3}, "per": "term"}})
    assert faults == []
    assert [check.given_by(tier).quota.count for tier in ("silver", "gold")] == [1, 3]
    assert check.given_by("standard") is None
    for counts, path in (({"gold": 3}, "silver"), ({"silver": 1, "gold": 3, "jade": 5}, "jade")):
        told = benefits(both | {"quota": {"count": counts, "per": "term"}})[1]
        assert [place for place, _ in told] == [f"benefit[0].quota.count.{path}"]


@pytest.mark.parametrize(
    ("section", "path", "message"),
    [
        (CHECK | {"kind": "toy"}, "benefit[0].kind", "must be"),
        (CHECK | {"tiers": ["pearl"]}, "benefit[0].tiers", "no tier"),
        (CHECK | {"tiers": []}, "benefit[0].tiers", "must be a list"),
        (CHECK | {"tiers": ["Gold"]}, "benefit[0].tiers", "must be a code"),
        (CHECK | {"quota": 1}, "benefit[0].quota", "must be a table"),
        (CHECK | {"quota": {"count": 0, "per": "term"}}, "benefit[0].quota.count", "from 1"),
        (CHECK | {"quota": {"count": 1, "per": "week"}}, "benefit[0].quota.per", "must be"),
        (CHECK | {"quota": {"count": 1, "per": {"days": 3}}}, "benefit[0].quota.per.months", "is missing"),
        (CHECK | {"booking": 3}, "benefit[0].booking", "must be a table"),
        (CHECK | {"discount": {"percent": "5"}}, "benefit[0].discount", "of the kind discount"),
        (CHECK | {"days_ahead": 3}, "benefit[0].days_ahead", "kind mailing"),
        (CARD | {"booking": {}}, "benefit[0].booking", "service, event"),
        (CARD | {"quota": {"count": 2, "per": "calendar_year"}}, "benefit[0].quota", "one each"),
        (CHECK | {"quota": {"count": 1, "per": "policy_year"}}, "benefit[0].quota.per", "is the policy"),
        (
            CHECK | {"quota": {"count": 1, "per": "term", "subject": "policy"}},
            "benefit[0].quota.per",
            "is the",
        ),
        (CHECK | {"when": "member.size > 3"}, "benefit[0].when", "member.size"),
        (CHECK | {"when": "member.age"}, "benefit[0].when", "must be true or false"),
        (CHECK | {"when": 3}, "benefit[0].when", "must be a text"),
        (RATE | {"discount": {}}, "benefit[0].discount", "a percent or an amount"),
        (RATE | {"discount": 5}, "benefit[0].discount", "must be a table"),
        (RATE | {"discount": {"percent": "101"}}, "benefit[0].discount.percent", "at most 100"),
        (CHECK | {"cost": "1"} | {"guests": -1}, "benefit[0].guests", "from 0"),
    ],
)
def test_a_fault_is_told_with_its_path(section, path, message):
    _, faults = benefits(section)
    assert [told for where, told in faults if where == path and message in told], faults


def test_each_benefit_has_a_code_of_its_own():
    _, faults = benefits(CHECK, CHECK)
    assert faults == [("benefit[1].code", "is taken by an earlier benefit")]
