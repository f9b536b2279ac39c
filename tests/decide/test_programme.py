import json
import tomllib
from datetime import date
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from loyalty import programme as documents
from loyalty.decide.programme import compile_programme
from loyalty.expiry import Expiry
from loyalty.rules.terms import AtMost, Fixed, Promise, Rate, Times
from loyalty.tiers.terms import Counter, Length, Window
from tests.documents import ANY_OF, small

PROGRAMMES = sorted(Path("config/programmes").glob("*.toml"))


def test_a_small_programme_compiles_to_plain_data() -> None:
    programme = compile_programme(small())
    assert programme.club.time_zone == ZoneInfo("Europe/Lisbon")
    assert (programme.club.card_prefix, programme.club.late_days, programme.club.show_missing) == (
        "70",
        30,
        "points",
    )
    assert (programme.compliance.regime, programme.compliance.approval) == ("none", None)
    assert programme.units["status"].expiry == Expiry(never=True)
    assert programme.units["reward"].expiry == Expiry(months=24)
    assert programme.units["reward"].on_return == "debt"
    assert [(tier.rank, tier.code) for tier in programme.ladder.tiers] == [(1, "silver"), (2, "gold")]
    assert programme.ladder.tier("silver").retain == {"points": 500}
    assert programme.ladder.tier("gold").retain == {"points": 1500}
    terms = programme.ladder.terms
    assert terms.counters == (Counter("points", "status", Window("months", 12)),)
    assert (terms.measured_on, terms.on_upgrade, terms.downgrade_bars) == (None, "restart", "attain")
    assert programme.rules[0].earn == Rate(Fraction(1), Fraction(100), step=False)
    assert programme.rules[1].earn == Times(Fraction(2), "base")


@pytest.mark.parametrize("file", PROGRAMMES, ids=lambda file: file.stem)
def test_toml_and_json_of_one_document_give_equal_programmes(file: Path) -> None:
    loaded = tomllib.loads(file.read_text(encoding="utf-8"))
    stored = json.loads(documents.canonical(loaded))
    assert compile_programme(stored) == compile_programme(loaded)
    assert documents.sha256_of(stored) == documents.sha256_of(loaded)
    assert tomllib.loads(documents.to_toml(stored)) == stored


@pytest.mark.parametrize("file", PROGRAMMES, ids=lambda file: file.stem)
def test_both_clubs_have_the_four_cards(file: Path) -> None:
    programme = compile_programme(tomllib.loads(file.read_text(encoding="utf-8")))
    assert [tier.code for tier in programme.ladder.tiers] == ["standard", "silver", "gold", "diamond"]
    assert len(programme.examples) >= 5


def test_t2_any_of_has_bars_by_counter() -> None:
    ladder = compile_programme(small(**ANY_OF)).ladder
    assert ladder.terms.counters == (
        Counter("spend", "status", Window("calendar_year")),
        Counter("held", "reward", None),
    )
    assert ladder.tiers[0].retain == {"spend": 100, "held": 50}
    assert ladder.tiers[1].retain == {"spend": 200}


def test_points_of_a_unit_with_decimals_are_counted_in_its_smallest_steps() -> None:
    programme = compile_programme(
        small(
            **{
                "unit.status.decimals": 1,
                "unit.reward.decimals": 2,
                "tier[0].attain": "12.5",
                "tier[1].attain": 20,
                "tier[1].retain": "12.5",
                "rule[0].earn": {"points": "0.125", "per": "1.00", "of": "amount"},
                "rule[1]": {"code": "w", "on": "enrolment", "unit": "reward", "earn": {"fixed": "1.25"}},
                "rule[2]": {
                    "code": "cap", "on": "purchase", "unit": "reward", "phase": "cap", "earn": {"at_most": 7}
                },
                "example[0].expect": {"points": {"reward": "1.25"}},
            }
        )
    )  # fmt: skip
    assert [tier.attain["points"] for tier in programme.ladder.tiers] == [125, 200]
    assert programme.rules[0].earn == Rate(Fraction(25, 2), Fraction(100), step=False)
    assert [rule.earn for rule in programme.rules[1:]] == [Fixed(125), AtMost(700)]
    assert programme.examples[0].expect.points == {"reward": 125}


@pytest.mark.parametrize(
    ("written", "expiry"),
    [
        ("never", Expiry(never=True)),
        ({"days": 365}, Expiry(days=365)),
        ({"months": 24, "align": "month_end"}, Expiry(months=24, align="month_end")),
        ({"align": "year_end", "plus": 1}, Expiry(align="year_end", plus=1)),
        ({"months": 3, "align": "quarter_end"}, Expiry(months=3, align="quarter_end")),
    ],
)
def test_lengths_of_lots(written: object, expiry: Expiry) -> None:
    assert compile_programme(small(**{"unit.reward.expiry": written})).units["reward"].expiry == expiry


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ({"months": 12, "align": "month_end", "plus": 1}, Length(months=12, align="month_end", plus=1)),
        ({"days": 30, "less_a_day": True}, Length(days=30, less_a_day=True)),
        ({"until": "03-31"}, Length(until=(3, 31))),
        ({"year_end": 1}, Length(align="year_end", plus=1)),
        ({"month_end": 13}, Length(align="month_end", plus=13)),
    ],
)
def test_t7_lengths_of_terms(written: object, length: Length) -> None:
    assert compile_programme(small(**{"terms.length": written})).ladder.terms.length == length


@pytest.mark.parametrize(
    ("written", "window"),
    [({"days": 365}, Window("days", 365)), ("membership_year", Window("membership_year"))],
)
def test_t2_windows(written: object, window: Window) -> None:
    ladder = compile_programme(small(**{"terms.measure.window": written})).ladder
    assert ladder.terms.counters[0].window == window


def test_terms_that_are_said_are_kept() -> None:
    said = {
        "terms.measure": {"balance": "status"},
        "terms.review": {"measured_on": "12-31"},
        "terms.on_upgrade": "keep_end",
        "terms.downgrade": "one_step",
        "terms.downgrade_bars": "retain",
        "terms.when": "at_once",
    }
    terms = compile_programme(small(**said)).ladder.terms
    assert (terms.measured_on, terms.on_upgrade, terms.downgrade) == ((12, 31), "keep_end", "one_step")
    assert (terms.downgrade_bars, terms.falls) == ("retain", "at_once")
    review = {"terms.review": {"measured_on": "term_end"}}
    assert compile_programme(small(**review)).ladder.terms.measured_on is None


def test_an_approval_is_read() -> None:
    approval = {"by": "regulator", "reference": "42", "until": "2027-12-31"}
    programme = compile_programme(small(compliance={"regime": "none", "approval": approval}))
    assert programme.compliance.approval is not None
    assert programme.compliance.approval.until == date(2027, 12, 31)


def test_a_condition_may_go_over_several_lines() -> None:
    rule = compile_programme(small(**{"rule[1].when": "line.sku == 'A'\n\t|| line.sku == 'B'"})).rules[1]
    assert rule.when is not None
    assert rule.when.holds({"line.sku": "B"})


def test_a_rule_may_open_its_points_later() -> None:
    said = {"rule[0].from": {"days": 14}, "rule[0].step": True, "rule[0].round": "up", "rule[0].at": "line"}
    rule = compile_programme(small(**said)).rules[0]
    assert (rule.opens, rule.round, rule.at) == ((Promise(Fraction(1), 14),), "up", "line")
    assert isinstance(rule.earn, Rate)
    assert rule.earn.step
