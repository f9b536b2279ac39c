from typing import Any

import pytest

from loyalty.decide.programme import compile_programme
from loyalty.errors import ProgrammeFaulty
from tests.documents import ANY_OF, GONE, small

CAP = {"code": "cap", "on": "purchase", "unit": "reward", "phase": "cap", "earn": {"at_most": 5}}
HELD = {"terms.measure": {"balance": "status"}}
TWO_HELD = ANY_OF | {"terms.measure.any[0]": {"code": "spend", "balance": "status"}}
YEARS = ANY_OF | {
    "terms.measure.any[1]": {"code": "years", "terms_held": "silver"},
    "tier[0].attain": {"spend": 100},
    "tier[1].attain": {"spend": 300, "years": 3},
}
GIFT = {
    "code": "gift", "name": {"zh": "礼品", "en": "Gift"}, "price": {"unit": "status", "points": 5},
}  # fmt: skip
PAID_OUT = GIFT | {"price": {"unit": "reward", "points": 5}, "nature": "cash"}
BIRTHDAY = {"code": "b", "on": "birthday", "unit": "reward", "earn": {"fixed": 5}}


def faults_of(**changes: object) -> list[tuple[str, str]]:
    with pytest.raises(ProgrammeFaulty) as faulty:
        compile_programme(small(**changes))
    return faulty.value.facts["faults"]  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        # sections
        ({"club": GONE}, "club", "is missing"),
        ({"terms": GONE}, "terms", "is missing"),
        ({"tier": GONE}, "tier", "is missing"),
        ({"tier": []}, "tier", "must hold 1 to 50"),
        ({"unit": {}}, "unit", "must hold 1 to 50"),
        ({"unit": 5}, "unit", "must be a table"),
        ({"unit.X": {"name": {"zh": "a", "en": "a"}, "spendable": True}}, "unit.X", "must be a code"),
        ({"rule": 5}, "rule", "must be a list of tables"),
        ({"lottery": []}, "lottery", "is not supported"),
        ({"club.nmae": 1}, "club.nmae", "is not known here"),
        # club
        ({"club.name": {"zh": "a"}}, "club.name.en", "is missing"),
        ({"club.name.zh": " "}, "club.name.zh", "must not be empty"),
        ({"club.name.zh": "x" * 121}, "club.name.zh", "at most 120"),
        ({"club.name.zh": "a\x00"}, "club.name.zh", "invisible"),
        ({"club.name.zh": "a\nb"}, "club.name.zh", "invisible"),
        ({"club.name.zh": "\ud800"}, "club.name.zh", "invisible"),
        ({"rule[1].when": "true\r"}, "rule[1].when", "invisible"),
        ({"club.name.zh": 5}, "club.name.zh", "must be a text"),
        ({"club.time_zone": "Europe/Lisboa"}, "club.time_zone", "IANA"),
        ({"club.time_zone": "localtime"}, "club.time_zone", "IANA"),
        ({"club.time_zone": "../etc/passwd"}, "club.time_zone", "IANA"),
        ({"club.currency": "DEM"}, "club.currency", "ISO 4217"),
        ({"club.card_prefix": "62"}, "club.card_prefix", "payment"),
        ({"club.card_prefix": "81"}, "club.card_prefix", "payment"),
        ({"club.card_prefix": "90"}, "club.card_prefix", "payment"),
        ({"club.card_prefix": 70}, "club.card_prefix", "two digits"),
        ({"club.enrolment": "x"}, "club.enrolment", "on_request"),
        ({"club.late_days": -1}, "club.late_days", "must be from 0"),
        ({"club.late_days": True}, "club.late_days", "whole number"),
        ({"club.letters": {"expiring_days": 91}}, "club.letters.expiring_days", "from 1 to 90"),
        ({"club.motto": {"zh": "x" * 41, "en": "a"}}, "club.motto.zh", "at most 40"),
        ({"club.letters": {"days": 1}}, "club.letters.days", "is not known here"),
        ({"club.leaving": {"points": "sell"}}, "club.leaving.points", '"forfeit" or "keep"'),
        ({"club.leaving": {"after_days": -1}}, "club.leaving.after_days", "from 0 to 3650"),
        ({"club.leaving": {"points": "keep", "after_days": 9}}, "club.leaving.after_days", "no meaning"),
        ({"club.show_missing": "all"}, "club.show_missing", '"none" or "points"'),
        ({"compliance": {"regime": "insurance"}}, "club.show_missing", "must not urge"),
        ({"compliance": {"regime": "insurance"}, "club.show_missing": "none",
          "unit.reward.worth": {"points": 100, "money": "1.00"}}, "unit.reward.worth", "with an approval"),
        ({"compliance": {"regime": "none", "approval": {"by": "a", "reference": "b", "until": "2027"}}},
         "compliance.approval.until", "must be a day"),
        # unit
        ({"reward": [GIFT | {"about": {"zh": "x" * 501, "en": "a"}}]}, "reward[0].about.zh", "at most 500"),
        ({"reward": [GIFT]}, "reward[0].price.unit", 'points of "status" are not spent'),
        ({"compliance": {"regime": "insurance"}, "club.show_missing": "none", "reward": [PAID_OUT]},
         "reward[0].nature", "cash for points is a rebate"),
        ({"unit.reward.spendable": 1}, "unit.reward.spendable", "true or false"),
        ({"unit.reward.decimals": 7}, "unit.reward.decimals", "from 0 to 6"),
        ({"unit.reward.expiry": "soon"}, "unit.reward.expiry", '"never"'),
        ({"unit.reward.expiry": 5}, "unit.reward.expiry", "must be a table"),
        ({"unit.reward.expiry": {}}, "unit.reward.expiry", "no length"),
        ({"unit.reward.expiry": {"days": 5, "months": 1}}, "unit.reward.expiry", "alone"),
        ({"unit.reward.expiry": {"days": 5, "align": "month_end"}}, "unit.reward.expiry", "alone"),
        ({"unit.reward.expiry": {"months": 5, "plus": 1}}, "unit.reward.expiry", "alignment"),
        ({"unit.reward.expiry": {"months": 1201}}, "unit.reward.expiry.months", "from 0 to 1200"),
        # tiers
        ({"tier[1].attain": 500}, "tier[1].attain", "must rise"),
        ({"tier[1].retain": 2001}, "tier[1].retain", "above attain"),
        ({"tier[1].attain": "2000.5"}, "tier[1].attain", "more digits"),
        ({"tier[1].attain": 2000.5}, "tier[1].attain", "in quotes"),
        ({"tier[1].attain": 10**12 + 1}, "tier[1].attain", "must be from 0"),
        ({"tier[1].attain": 10**14}, "tier[1].attain", "at most 13 digits"),
        ({"tier[1].attain": GONE}, "tier[1].attain", "is missing"),
        ({"tier[1].code": "silver"}, "tier[1].code", "taken"),
        ({"tier[1].code": "Gold"}, "tier[1].code", "must be a code"),
        # terms
        ({"terms.measure": GONE}, "terms.measure", "is missing"),
        ({"terms.measure": {"earned": "status", "balance": "status", "window": "calendar_year"}},
         "terms.measure.balance", "either"),
        ({"terms.measure": {"balance": "gems"}}, "terms.measure.balance", "no unit"),
        ({"terms.measure.window": {}}, "terms.measure.window", "months or of days"),
        ({"terms.measure.window": {"months": 0}}, "terms.measure.window.months", "from 1"),
        ({"terms.measure.window": "year"}, "terms.measure.window", "calendar_year"),
        ({"terms.measure.window": 12}, "terms.measure.window", "calendar_year"),
        ({"terms.when": "at_once"}, "terms.when", "fades"),
        ({"terms.length": {}}, "terms.length", "must say one of"),
        ({"terms.length": {"months": 1, "days": 1}}, "terms.length", "must say one of"),
        ({"terms.length": 5}, "terms.length", "must be a table"),
        ({"terms.length": {"until": "02-30"}}, "terms.length.until", "no such day"),
        ({"terms.length": {"until": "3-1"}}, "terms.length.until", "day of the year"),
        ({"terms.length": {"months": 1, "plus": 1}}, "terms.length.plus", "alignment"),
        ({"terms.length": {"months": 1, "align": "month_end", "less_a_day": True}},
         "terms.length.less_a_day", "alignment"),
        ({"terms.length": {"year_end": 1, "less_a_day": True}}, "terms.length.less_a_day", "not known"),
        ({"terms.review": {"measured_on": "later"}}, "terms.review.measured_on", "day of the year"),
        ({"terms.rollover": "none"}, "terms.rollover", "measure of balances"),
        (HELD | {"terms.rollover": "half"}, "terms.rollover", '"none" or "once"'),
        (HELD | {"terms.rollover": {}}, "terms.rollover", "cap or percent"),
        (HELD | {"terms.rollover": {"cap": 1, "percent": 1}}, "terms.rollover", "cap or percent"),
        (HELD | {"terms.rollover": {"cap": 0}}, "terms.rollover.cap", "from 1"),
        (HELD | {"terms.rollover": {"percent": 100}}, "terms.rollover.percent", "below 100"),
        (HELD | {"terms.rollover": {"percent": 1.5}}, "terms.rollover.percent", "in quotes"),
        (HELD | {"terms.rollover": "none", "terms.when": "at_once"}, "terms.when", "take points"),
        (HELD | {"terms.lift_costs": "attain", "terms.when": "at_once"}, "terms.when", "take points"),
        (HELD | {"terms.lift_costs": "retain"}, "terms.lift_costs", "must be"),
        (HELD | {"terms.measure": {"balance": "reward"}, "terms.lift_costs": "attain"},
         "terms.lift_costs", "not spendable"),
        ({"terms.lift_costs": "attain"}, "terms.lift_costs", "one balance alone"),
        (ANY_OF | {"terms.keep_costs": "retain"}, "terms.keep_costs", "one balance alone"),
        (TWO_HELD | {"terms.rollover": {"cap": 5}}, "terms.rollover.cap", "one unit"),
        ({"terms.void_forfeits": ["gems"]}, "terms.void_forfeits", "no unit"),
        ({"terms.void_forfeits": "reward"}, "terms.void_forfeits", "list of units"),
        ({"terms.starts": "tomorrow"}, "terms.starts", "must be"),
        ({"terms.terms_follow": "year"}, "terms.terms_follow", '"term" or "calendar_year"'),
        ({"terms.length_after_review": {}}, "terms.length_after_review", "must say one of"),
        ({"tier[0].void_below": "x"}, "tier[0].void_below", "must be a number"),
        (HELD | {"tier[0].void_below": 5, "terms.when": "at_once"}, "tier[0].void_below", "term's end"),
        ({"terms.measure.window": {"months": 12, "ends_before": {"months": 1}}},
         "terms.measure.window.ends_before", "whole months"),
        ({"terms.measure.window": {"months": 12, "whole": True, "ends_before": "1 month"}},
         "terms.measure.window.ends_before", "must be a table"),
        ({"terms.measure.window": {"days": 12, "whole": True}}, "terms.measure.window.whole", "not known"),
        (YEARS | {"terms.measure.any[1].terms_held": "diamond"}, "terms.measure", "no tier"),
        (YEARS | {"terms.measure.any[1].balance": "reward"},
         "terms.measure.any[1].terms_held", "of terms or of points"),
        (YEARS | {"terms.measure.any[0]": {"code": "more", "terms_held": "gold"}},
         "terms.measure.any", "a counter of points"),
        (YEARS | {"tier[1].attain": {"spend": 300, "years": 0}}, "tier[1].attain.years", "from 1"),
        (ANY_OF | {"tier[0].attain": {}}, "tier[0].attain", "at least one"),
        (ANY_OF | {"tier[0].attain": 5}, "tier[0].attain", "must be a table"),
        (ANY_OF | {"tier[0].attain": {"gems": 5}}, "tier[0].attain.gems", "not known"),
        (ANY_OF | {"tier[1].retain": {"held": 5}}, "tier[1].retain", 'bar for "held"'),
        (ANY_OF | {"tier[1].attain": {"spend": 100}}, "tier[1].attain", "must rise"),
        (ANY_OF | {"terms.measure.any[1].code": "spend"}, "terms.measure.any[1].code", "taken"),
        (ANY_OF | {"terms.measure.any[1].code": "points"}, "terms.measure.any[1].code", "taken"),
        # rules
        ({"rule[0].on": "weather"}, "rule[0].on", "must be"),
        ({"rule[0].unit": "gems"}, "rule[0].unit", "no unit"),
        ({"rule[1].code": "points"}, "rule[1].code", "taken"),
        ({"rule[0].code": "base"}, "rule[0].code", "all base rules"),
        ({"rule[1].when": "line.amout > 1"}, "rule[1].when", "undeclared"),
        ({"rule[1].when": "1 + 1"}, "rule[1].when", "true or false"),
        ({"rule[1].when": ""}, "rule[1].when", "empty"),
        ({"rule[1].earn": {"times": "0.5"}}, "rule[1].earn.times", "from 1 to 1000"),
        ({"rule[1].earn": {"times": 1.5}}, "rule[1].earn.times", "in quotes"),
        ({"rule[1].earn": {"times": 2, "of": "nothing"}}, "rule[1].earn.of", "no rule"),
        ({"rule[1].earn": {"times": 2, "of": "double"}}, "rule[1].earn.of", "neither"),
        ({"rule[1].earn": {"times": 2, "of": "b"}, "rule[2]": BIRTHDAY}, "rule[1].earn.of", "another kind"),
        ({"rule[1].unit": "status", "rule[1].earn": {"times": 2, "of": "points"}},
         "rule[1].earn.of", "another unit"),
        ({"rule[1].at": "line"}, "rule[1].at", "by line only where"),
        ({"rule[1].at": "line", "rule[1].earn": {"times": 2, "of": "points"}},
         "rule[1].at", "by line only where"),
        ({"rule[1].earn": {"fixed": 2}}, "rule[1].earn", "multiplier rule must say times"),
        ({"rule[0].earn": {"at_most": 2}}, "rule[0].earn", "base rule must say points or fixed"),
        ({"rule[0].earn": {"fixed": 2, "points": 1}}, "rule[0].earn", "must say"),
        ({"rule[0].earn": 5}, "rule[0].earn", "must be a table"),
        ({"rule[0].earn": {"fixed": 0}}, "rule[0].earn.fixed", "must be from 1"),
        ({"rule[0].earn": {"points": 0, "per": "1.00"}}, "rule[0].earn.points", "above 0"),
        ({"rule[0].earn": {"points": 1, "per": "0.00"}}, "rule[0].earn.points", "above 0"),
        ({"rule[0].earn": {"points": 1, "per": "1.000"}}, "rule[0].earn.per", "2 digits"),
        ({"rule[0].earn": {"points": 1, "per": 1.0}}, "rule[0].earn.per", "in quotes"),
        ({"rule[0].earn": {"points": 1, "per": "1", "of": "premium"}}, "rule[0].earn.of", '"amount"'),
        ({"rule[0].from": "cooling_off_end"}, "rule[0].from", "must be a table"),
        ({"rule[0].from": {"days": 0}}, "rule[0].from.days", "from 1"),
        ({"rule[0].from": 5}, "rule[0].from", "must be a table"),
        ({"rule[1].step": True}, "rule[1].step", "not known"),
        ({"rule[0].on": "birthday"}, "rule[0].earn", "need a purchase"),
        ({"rule[2]": BIRTHDAY | {"at": "line"}}, "rule[2].at", "only a purchase"),
        ({"rule[2]": CAP | {"at": "line"}}, "rule[2].at", "whole fact"),
        ({"rule[2]": CAP | {"when": "line.sku == 'A'"}}, "rule[2].when", "whole fact"),
        ({"rule[2]": CAP | {"from": {"days": 1}}}, "rule[2].from", "gives no points"),
        ({"rule[2]": BIRTHDAY | {"when": "purchase.store == 'A'"}}, "rule[2].when", "undeclared"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_path(changes: dict[str, Any], path: str, message: str) -> None:
    found = faults_of(**changes)
    assert [told for where, told in found if where == path and message in told], found


def test_all_faults_are_told_at_once_and_each_once() -> None:
    found = faults_of(
        **{
            "club.currency": "X",
            "tier[1].retain": "x",
            "rule[1].when": "x",
            "rule[0].unit": "gems",
            "lottery": [],
        }
    )
    assert [path for path, _ in found] == [
        "club.currency",
        "tier[1].retain",
        "rule[0].unit",
        "rule[1].when",
        "lottery",
    ]


def test_too_many_rules_are_refused() -> None:
    rules = [BIRTHDAY | {"code": f"r{number}"} for number in range(501)]
    assert faults_of(rule=rules) == [("rule", "must hold 0 to 500 entries")]
