"""Units with a cap and a floor, flags among them, and rules that take (0028)."""

from datetime import timedelta

import pytest

from tests.api.test_facts import tell
from tests.makers import wire

DAY = timedelta(days=1)
BOOST = {"name": {"zh": "加成", "en": "Boost"}, "spendable": False, "cap": 100, "floor": 10}
FLAG = {"name": {"zh": "徽章", "en": "Badge"}, "spendable": False, "cap": 1}
YEARS = {"B": -20, "S": -5, "G": 10, "P": 20}


def a_year(level, points):
    """The rule of one level: so much a policy year, up or down."""
    phase = "base" if points > 0 else "take"
    when = f"activity.kind == 'policy_year' && activity.attributes['level'] == '{level}'"
    return {"code": f"level-{level.lower()}", "on": "activity", "unit": "boost", "phase": phase, "when": when,
            "earn": {"fixed": abs(points)}}  # fmt: skip


PAID = {
    "code": "paid",
    "on": "activity",
    "unit": "boost",
    "phase": "take",
    "when": "activity.kind == 'boost_paid'",
    "earn": {"all": True},
}
LOYALTY_BOOST = [*(a_year(level, points) for level, points in YEARS.items()), PAID]


@pytest.fixture
def ana(make):
    make.club(rule=LOYALTY_BOOST, **{"unit.boost": BOOST})
    return make.shopper()


def year(one, level, reference):
    return tell(one, "policy_year", reference, attributes={"level": level})


def lives(one, levels):
    """The balance after each year."""
    return [(year(one, level, f"y{no}"), one.figures(unit="boost")[0])[1] for no, level in enumerate(levels)]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("GGGPP", [10, 20, 30, 50, 70]),
        ("PPPPPP", [20, 40, 60, 80, 100, 100]),
        ("GB", [10, 10]),
        ("PSB", [20, 15, 10]),
        ("BSG", [0, 0, 10]),
        ("GGSS", [10, 20, 15, 10]),
    ],
)
def test_a_balance_goes_up_and_down_between_its_floor_and_its_cap(make, ana, levels, expected):
    assert lives(ana, levels) == expected
    make.run("ledger", "verify")


def test_what_is_paid_out_is_gone_and_the_floor_with_it(make, ana, clock):
    assert lives(ana, "GGGPP")[-1] == 70
    before = clock.now()
    clock.move(DAY)
    told = tell(ana, "boost_paid", "out")
    assert told["award"]["units"]["boost"] == -70
    assert told["award"]["because"] == [{"rule": "paid", "unit": "boost", "points": -70}]
    assert ana.figures(unit="boost") == (0, 0, 0, 0)
    assert year(ana, "B", "y6")["award"]["because"][0]["points"] == -20
    assert ana.figures(unit="boost") == (0, 0, 0, 0)
    assert year(ana, "G", "y7")["balance"]["boost"]["available"] == 10
    clock.move(DAY)
    assert ana.figures(before, "boost")[0] == 70
    make.run("ledger", "verify")


def test_what_floor_and_cap_leave_is_said(make, ana):
    year(ana, "G", "1")
    assert year(ana, "B", "2")["award"] == {
        "units": {"boost": 0, "reward": 0, "status": 0},
        "because": [
            {"rule": "level-b", "unit": "boost", "points": -20},
            {"rule": "level-b:floor", "unit": "boost", "points": 20},
        ],
        "pending": [],
    }
    for no in range(4):
        year(ana, "P", f"p{no}")
    assert year(ana, "P", "last")["award"]["because"] == [
        {"rule": "level-p", "unit": "boost", "points": 20},
        {"rule": "unit:cap", "unit": "boost", "points": -10},
    ]
    assert year(ana, "P", "more")["award"]["units"]["boost"] == 0
    assert ana.figures(unit="boost")[0] == 100


def test_p1_what_a_rule_takes_is_an_entry_of_its_own_that_names_the_fact(make, ana):
    year(ana, "P", "1")
    told = year(ana, "S", "2")
    newest = ana.look("/entries?unit=boost")["items"][0]
    assert {name: newest[name] for name in ("kind", "contra", "points", "balance_after")} == {
        "kind": "adjust", "contra": "adjusted", "points": -5, "balance_after": 15,
    }  # fmt: skip
    assert newest["refers_to"] == told["fact_id"]
    assert newest["reasons"] == {"because": [["level-s", "boost", -5]]}
    make.run("ledger", "verify")


def test_p2_told_again_takes_nothing_again(ana, clock):
    year(ana, "P", "1")
    body = {"attributes": {"level": "S"}, "happened_at": wire(clock.now())}
    first = tell(ana, "policy_year", "2", **body)
    assert tell(ana, "policy_year", "2", **body) == first | {"replayed": True}
    assert ana.figures(unit="boost")[0] == 15


def test_a_fact_takes_from_what_was_there_before_it_gives(make):
    """A yearly reset beside the new year's gift: the old points go, the gift stays."""
    reset = {"code": "reset", "on": "activity", "unit": "boost", "phase": "take", "earn": {"all": True}}
    gift = {"code": "gift", "on": "activity", "unit": "boost", "earn": {"fixed": 95}}
    make.club(rule=[gift, reset], **{"unit.boost": BOOST})
    ana = make.shopper()
    for no in range(2):
        told = tell(ana, "new_year", str(no))
    assert told["award"]["units"]["boost"] == 0
    assert ana.figures(unit="boost") == (95, 0, 0, 0)
    make.run("ledger", "verify")


def test_a_reset_at_an_anniversary(make, clock):
    reset = {"code": "reset", "on": "anniversary", "unit": "status", "phase": "take", "earn": {"all": True}}
    climb = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}
    make.club(rule=[climb, reset], **{"terms.measure": {"balance": "status"}})
    ana = make.shopper()
    assert ana.buy("2500.00")["tier"] == "gold"
    clock.move(365 * DAY)
    make.run("jobs", "nightly")
    assert ana.figures(unit="status")[0] == 0
    make.run("ledger", "verify")


def test_what_a_fact_takes_and_gives_moves_the_tier_once(make):
    rules = [
        {"code": "reset", "on": "activity", "unit": "status", "phase": "take", "earn": {"all": True}},
        {"code": "give", "on": "activity", "unit": "status", "earn": {"fixed": 2_500}},
    ]
    make.club(rule=rules, **{"terms.measure": {"balance": "status"}, "terms.when": "at_once"})
    ana = make.shopper()
    assert tell(ana, "a", "1")["tier_change"]["after"] == "gold"
    assert tell(ana, "a", "2")["tier_change"] is None
    make.run("ledger", "verify")


def test_a_number_told_may_be_taken(make):
    take = {"code": "take", "on": "activity", "unit": "reward", "phase": "take", "round": "up",
            "earn": {"points": 1, "per_count": 10, "of": "attributes.n"}}  # fmt: skip
    make.club(rule=[take])
    ana = make.shopper()
    ana.adjust(10)
    held = ana.hold(4)
    assert tell(ana, "a", "1", attributes={"n": 21})["award"]["units"]["reward"] == -3
    assert tell(ana, "a", "2", attributes={"n": 900})["award"]["units"]["reward"] == -3  # what is held stays
    ana.capture(held)
    assert ana.figures() == (0, 0, 0, 0)
    make.run("ledger", "verify")


def test_nothing_is_taken_of_somebody_in_debt(make):
    take = {"code": "take", "on": "activity", "unit": "reward", "phase": "take", "earn": {"all": True}}
    make.club(**{"rule[2]": take})
    ana = make.shopper()
    sold = ana.buy("10.00")
    ana.redeem(10)
    ana.give_back(sold, (1, "10.00"))
    assert tell(ana, "a", "1")["award"] == {"units": {"reward": 0, "status": 0}, "because": [], "pending": []}
    assert ana.figures() == (0, 0, 0, 10)


def test_a_flag_is_there_or_not_and_makes_a_tier(make):
    verified = {"code": "verified", "on": "activity", "unit": "badge", "earn": {"fixed": 1},
                "when": "activity.kind == 'verified'"}  # fmt: skip
    measure = {"any": [{"code": "spend", "earned": "status", "window": "calendar_year"},
                       {"code": "badge", "balance": "badge"}]}  # fmt: skip
    bars = {"tier[0].attain": {"spend": 0}, "tier[1].attain": {"badge": 1}, "tier[1].retain": {"badge": 1}}
    make.club(rule=[verified], **{"unit.badge": FLAG, "terms.measure": measure}, **bars)
    ana = make.shopper()
    assert tell(ana, "verified", "1")["tier"] == "gold"
    assert tell(ana, "verified", "2")["award"]["units"]["badge"] == 0
    assert ana.figures(unit="badge") == (1, 0, 0, 0)
    make.run("ledger", "verify")


def test_what_is_pending_counts_towards_the_cap(make, clock):
    later = {"code": "later", "on": "purchase", "unit": "boost", "earn": {"points": 1, "per": "1.00"},
             "from": {"days": 14}}  # fmt: skip
    make.club(rule=[later], **{"unit.boost": BOOST})
    ana = make.shopper()
    ana.buy("70.00")
    sold = ana.buy("70.00")
    assert sold["award"]["units"]["boost"] == 30
    assert ana.figures(unit="boost") == (0, 0, 100, 0)
    clock.move(15 * DAY)
    assert ana.figures(unit="boost") == (100, 0, 0, 0)
    ana.give_back(sold, (1, "35.00"))
    assert ana.figures(unit="boost") == (85, 0, 0, 0)
    make.run("ledger", "verify")


def test_m7_what_a_rule_took_of_somebody_who_is_forgotten_stays_as_it_was(make, ana):
    year(ana, "P", "1")
    year(ana, "S", "2")
    version = ana.till.get(f"/members/{ana.member_id}").headers["ETag"]
    gone = ana.till.send("DELETE", f"/members/{ana.member_id}", if_match=version)
    assert gone.status_code == 204, gone.json
    make.run("ledger", "verify")
