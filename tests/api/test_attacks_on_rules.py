"""Attacks on rules, ageing and transfers: what falls with its own spending, what pauses, what is counted."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from loyalty.db import db
from tests.api.test_attacks_on_batches import POSTGRESQL, together
from tests.api.test_transfers import pass_on
from tests.makers import wire

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CLIMB = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}
PASSED_ON = {"unit.reward.transfer": {"member_day": 5000}}
FALLS = PASSED_ON | {
    "unit.reward.expiry": {"days": 30},
    "terms.measure": {"balance": "reward"},
    "terms.when": "at_once",
    "tier[1].attain": 2000,
    "tier[1].retain": 1900,
}
PARTS = {
    "code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 10},
    "parts": [{"share": "0.3", "days": 3}, {"share": "0.3", "event": "called", "at_latest_days": 20},
              {"share": "0.4", "event": "called"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def books_balance(make):
    """Whatever a test here does, the books keep every law."""
    yield
    make.run("ledger", "verify")


def passing(giver, receiver, points):
    return {"from": giver.member_id, "to": receiver.member_id, "unit": "reward", "points": points}


def called(shopper, reference, expect=201):
    body = {"kind": "called", "reference": reference, "happened_at": wire(shopper.clock.now())}
    return shopper.tell("/facts", body | {"card": shopper.card, "attributes": {}}, expect)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda ana, ben: ana.redeem(500), id="a redemption"),
        pytest.param(lambda ana, ben: ana.adjust(-500), id="a correction"),
        pytest.param(lambda ana, ben: ana.capture(ana.hold(500)), id="a capture"),
        pytest.param(lambda ana, ben: pass_on(ben, ana, 20) and ana.redeem(500), id="a lot from another"),
    ],
)
def test_t5_spending_that_ends_the_tier_is_spent_while_it_was_held(make, clock, act):
    """Law 8: what gold kept alive may be spent, also where that very spending ends gold."""
    make.club(**FALLS, **{"unit.reward.paused_while_tier": ["gold"]})
    ana, ben = make.shopper(), make.shopper()
    ana.buy("2000.00")
    clock.move(60 * DAY)
    ben.buy("20.00")
    act(ana, ben)
    assert ana.look("/tier")["tier"] == "silver"
    assert sum(ana.figures()) <= 20


def test_t5_a_tier_held_for_no_time_lets_die_what_the_one_before_kept(make, clock):
    """Law 8: silver pauses; a lift to gold lets the old points die, and without them gold falls at once."""
    make.club(**FALLS, **{"unit.reward.paused_while_tier": ["silver"]})
    ana = make.shopper()
    ana.buy("1500.00")
    clock.move(60 * DAY)
    assert ana.buy("600.00")["balance"]["reward"]["available"] == 600
    assert ana.look("/tier")["tier"] == "silver"


def test_p12_points_passed_on_do_not_die_on_the_way(make, clock):
    """What only the giver's tier keeps alive is not passed on to somebody with whom it would be dead."""
    paused = {"unit.reward.expiry": {"days": 30}, "unit.reward.paused_while_tier": ["gold"]}
    make.club(**PASSED_ON, **paused, **{"rule[2]": CLIMB})
    ana, ben = make.shopper(), make.shopper()
    ana.buy("2000.00")
    clock.move(60 * DAY)
    ana.till.post("/transfers", passing(ana, ben, 500) | {"reference": "t-1"})
    assert ana.figures()[0] + ben.figures()[0] == 2000


def test_m9_an_heir_gets_only_what_lives_on_with_them(make, clock):
    """What the tier of the dead kept alive is forfeited with the estate, and dies in nobody's account."""
    paused = {"unit.reward.expiry": {"days": 30}, "unit.reward.paused_while_tier": ["gold"]}
    make.club(**paused, **{"rule[2]": CLIMB})
    ana, ben = make.shopper(), make.shopper()
    ana.buy("2000.00")
    clock.move(60 * DAY)
    ana.adjust(100)
    turns = (ana.member_id, "--reason", "asked", "--reference")
    make.run("members", "report-death", *turns, "d1")
    make.run("members", "settle-estate", *turns, "d2", "--heir", ben.member_id)
    assert (ana.figures()[0], ben.figures()[0]) == (0, 100)
    kinds = [one["kind"] for one in ana.look("/entries")["items"]]
    assert kinds[:2] == ["forfeit", "transfer_out"]


@pytest.mark.parametrize("rules", [1, 3])
def test_p15_counters_are_read_and_counted_together(make, app, rules):
    """A sale asks for its counters once, however many rules are limited (no N+1)."""
    limited = {"on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 5},
               "limit": {"times": 2, "per": "day"}, "budget": {"points": 100, "per": "day"}}  # fmt: skip
    ceilings = {"member_day": 10**6, "member_day_times": 50, "terminal_day": 10**6}
    named = {f"rule[{2 + no}]": limited | {"code": f"r{no}"} for no in range(rules)}
    make.club(limits={"earn": ceilings}, **named)
    ana, statements = make.shopper(), []
    ana.buy("1.00")

    def note(connection, cursor, statement, *more):
        statements.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        ana.buy("1.00")
        event.remove(db.engine, "before_cursor_execute", note)
    assert sum("usage" in statement for statement in statements) <= 4


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        pytest.param("America/Santiago", datetime(2026, 9, 5, 16, tzinfo=UTC), id="a day without midnight"),
        pytest.param("America/Havana", datetime(2026, 10, 31, 16, tzinfo=UTC), id="midnight twice"),
        pytest.param("Pacific/Apia", datetime(2011, 12, 29, 22, tzinfo=UTC), id="a day that never was"),
        pytest.param("Europe/Lisbon", datetime(2028, 2, 28, 12, tzinfo=UTC), id="29 February"),
    ],
)
def test_n5_what_is_foretold_is_what_comes_around_odd_midnights(make, clock, zone, day):
    clock.move(day - DAY)
    make.club(**{"club.time_zone": zone, "unit.reward.expiry": {"days": 1}, "rule[2]": PARTS})
    ana = make.shopper()
    ana.buy("10.00")
    instants = [clock.now() + 8 * no * HOUR for no in range(16)]
    foretold = [ana.figures(at) for at in instants]
    for at, expected in zip(instants, foretold, strict=True):
        clock.move(at)
        assert ana.figures() == expected
        make.run("jobs", "nightly")
        assert ana.figures() == expected
    assert [ana.figures(at) for at in instants] == foretold


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("expiry", [{"inactive_months": 1}, {"days": 25}], ids=["idle", "dated"])
def test_p5_the_past_and_the_future_are_what_they_were_and_will_be(make, clock, seed, expiry):
    chance = random.Random(seed)
    make.club(**PASSED_ON, **{
        "unit.reward.expiry": expiry, "unit.reward.paused_while_tier": ["gold"],
        "unit.reward.order": "oldest_first", "rule[2]": PARTS, "rule[3]": CLIMB,
        "terms.measure": {"earned": "status", "window": {"days": 20}}, "terms.length": {"months": 1},
        "tier[1].attain": 100, "tier[1].retain": 50,
    })  # fmt: skip
    ana, ben = make.shopper(), make.shopper()
    acts = [
        lambda no: ana.buy(chance.choice(["40.00", "120.00"]), sold_at=wire(clock.now() - no % 3 * DAY)),
        lambda no: called(ana, f"f-{no}"),
        lambda no: ana.figures()[0] and ana.redeem(1),
        lambda no: ana.till.post("/transfers", {**passing(ana, ben, 9), "reference": f"t-{no}"}),
        lambda no: ana.figures()[0] and ana.hold(1, ends_in_seconds=9 * 86_400),
        lambda no: make.run("jobs", "nightly"),
    ]
    seen = {}
    for no in range(10):
        chance.choice(acts)(no)
        seen[clock.now()] = (ana.figures(), ben.figures(), ana.look("/tier")["tier"])
        after = clock.now() + chance.choice([DAY, 6 * DAY, 20 * DAY])
        foretold = (ana.figures(after), ben.figures(after), ana.look("/tier", after)["tier"])
        clock.move(after)
        assert (ana.figures(), ben.figures(), ana.look("/tier")["tier"]) == foretold
    for at, was in seen.items():
        assert (ana.figures(at), ben.figures(at), ana.look("/tier", at)["tier"]) == was


@POSTGRESQL
def test_p11_facts_at_once_open_each_part_once_within_the_budget(make):
    act = {"code": "act", "on": "activity", "unit": "reward", "earn": {"fixed": 5}}
    limits = {"limit": {"times": 2, "per": "day"}, "budget": {"points": 12, "per": "day"}}
    make.club(**{"rule[2]": PARTS, "rule[3]": act | limits})
    members = [make.shopper(), make.shopper()]
    for one in members:
        one.buy("101.00")
    told = together([lambda no=no: called(members[no % 2], f"f-{no}") for no in range(6)])
    assert sum(len(answer["opened"]) for answer in told) == 4
    assert sum(one.figures()[0] for one in members) == 2 * (101 + 7) + 12


@POSTGRESQL
def test_p12_transfers_in_a_ring_while_points_are_spent_and_earned(make):
    make.club(**PASSED_ON)
    till = make.till()
    ring = [make.shopper(till) for _ in range(3)]
    for one in ring:
        one.buy("500.00")
    spent = {"points": 3}
    spree = [
        [
            ("/purchases", one.sale("3.00")),
            ("/redemptions", spent | {"card": one.card, "reference": f"r-{no}"}),
        ]
        for no, one in enumerate(ring * 3)
    ]

    def turn(no):
        giver, receiver = ring[no % 3], ring[(no + 1 + no % 2) % 3]
        pass_on(giver, receiver, 5, reference=f"t-{no}")
        return [till.post(path, body).status_code for path, body in spree[no]]

    assert together([lambda no=no: turn(no) for no in range(9)]) == [[201, 201]] * 9
    assert sum(one.figures()[0] for one in ring) == 1500
