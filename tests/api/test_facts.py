"""Activities: what members do beside buying, and what waits for it (P11)."""

from datetime import timedelta

import pytest

from tests.makers import wire

DAY = timedelta(days=1)
PROFILE = {
    "code": "profile",
    "on": "activity",
    "unit": "reward",
    "when": "activity.kind == 'profile_completed'",
    "earn": {"fixed": 200},
    "limit": {"times": 1, "per": "lifetime"},
}
EVENT = {
    "code": "evening",
    "on": "activity",
    "unit": "reward",
    "when": "activity.kind == 'evening' && has(activity.attributes.guests) && activity.attributes.guests > 1",
    "earn": {"fixed": 10},
}


@pytest.fixture
def ana(make):
    make.club(rule=[PROFILE, EVENT])
    return make.shopper()


def tell(one, kind="profile_completed", reference="f-1", expect=201, **more):
    body = {"card": one.card, "kind": kind, "reference": reference, "happened_at": wire(one.clock.now())}
    return one.tell("/facts", body | more, expect)


def points(answer):
    return answer["award"]["units"]["reward"]


def test_an_activity_earns_by_its_rules(ana, make):
    told = tell(ana)
    assert told["award"] == {
        "units": {"reward": 200, "status": 0},
        "because": [{"rule": "profile", "unit": "reward", "points": 200}],
        "pending": [],
    }
    assert told["balance"]["reward"] == {"available": 200, "held": 0, "pending": 0, "debt": 0}
    assert (told["opened"], told["edition"], told["late"], told["clock_ahead"]) == ([], 1, False, False)
    assert (told["print"], told["replayed"]) == (["Silver", "Points: 200"], False)
    [line] = ana.look("/entries")["items"]
    assert (line["operation"], line["points"]) == (told["fact_id"], 200)
    assert line["reasons"]["kind"] == "profile_completed"
    make.run("ledger", "verify")


def test_an_activity_that_no_rule_knows_is_kept_and_gives_nothing(ana, make):
    assert points(tell(ana, "sneezed")) == 0
    assert ana.figures() == (0, 0, 0, 0)
    make.run("ledger", "verify")


@pytest.mark.parametrize(
    ("attributes", "given"),
    [
        ({"guests": 2}, 10),
        ({"guests": 1}, 0),
        ({}, 0),
        ({"guests": "many"}, 0),
        ({"guests": True}, 0),
        ({"guests": 3, "place": "Lisboa", "paid": False}, 10),
    ],
)
def test_rules_may_ask_what_an_activity_tells(ana, attributes, given):
    assert points(tell(ana, "evening", attributes=attributes)) == given


def test_p2_the_reference_is_the_key(ana):
    first = tell(ana)
    ana.clock.move(DAY)
    again = {"happened_at": wire(ana.clock.now() - DAY)}
    assert tell(ana, **again) == first | {"replayed": True}
    assert tell(ana, expect=422)["code"] == "key_reused"  # another instant is another fact
    assert tell(ana, "evening", expect=422, **again)["code"] == "key_reused"
    assert tell(ana, attributes={"a": 1}, expect=422, **again)["code"] == "key_reused"
    assert ana.figures() == (200, 0, 0, 0)
    other = points(tell(ana, reference="f-2"))
    assert other == 0  # once a lifetime


def test_another_client_has_references_of_its_own(make, ana):
    tell(ana, "evening", attributes={"guests": 2})
    body = {"member_id": ana.member_id, "kind": "evening", "reference": "f-1", "attributes": {"guests": 2}}
    other = make.till("points:earn", terminal="T2")
    answer = other.post("/facts", body | {"happened_at": wire(ana.clock.now())})
    assert (answer.status_code, answer.json["replayed"]) == (201, False)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "Profile"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"kind": None}, "kind"),
        ({"reference": ""}, "reference"),
        ({"reference": "a\nb"}, "reference"),
        ({"happened_at": "2026-01-05"}, "happened_at"),
        ({"attributes": []}, "attributes"),
        ({"attributes": {"a": 1.5}}, "attributes.a.value"),
        ({"attributes": {"a": None}}, "attributes.a.value"),
        ({"attributes": {"a": {"b": 1}}}, "attributes.a.value"),
        ({"attributes": {"a": "x" * 201}}, "attributes.a.value"),
        ({"attributes": {"a": 10**15 + 1}}, "attributes.a.value"),
        ({"attributes": {"A b": 1}}, "attributes.A b.key"),
        ({"attributes": {f"a{no}": 1 for no in range(21)}}, "attributes"),
        ({"about": 5}, "about"),
        ({"member_id": "0"}, "card"),
        ({"more": 1}, "more"),
    ],
)
def test_a2_what_cannot_be_is_refused_at_its_field(ana, wrong, field):
    told = tell(ana, expect=422, **wrong)
    assert (told["code"], list(told["fields"])) == ("invalid_request", [field])


@pytest.mark.parametrize("value", ["x" * 200, "", 10**15, -(10**15), True])
def test_edges_of_what_an_activity_may_tell(ana, value):
    assert points(tell(ana, "evening", attributes={"guests": 2, "note": value})) == 10


def test_who_may_tell(make, ana):
    body = {"card": ana.card, "kind": "evening", "reference": "1", "happened_at": wire(ana.clock.now())}
    assert make.till("points:spend").post("/facts", body).status_code == 403
    assert tell(ana, card="7000000000000000", expect=404)["code"] == "card_unknown"
    ana.till.post(f"/members/{ana.member_id}/cards", {"reason": "lost"}, idempotency_key="lost")
    ana.clock.move(DAY)
    assert tell(ana, expect=422)["code"] == "card_blocked"


def test_p14_the_future_is_refused_and_the_past_is_late(ana, clock):
    ahead = timedelta(minutes=10)
    told = tell(ana, expect=422, happened_at=wire(clock.now() + ahead + timedelta(seconds=1)))
    assert told["code"] == "sold_in_future"
    assert tell(ana, happened_at=wire(clock.now() + ahead))["clock_ahead"] is True
    clock.move(31 * DAY)
    late = tell(ana, "evening", "old", attributes={"guests": 2}, happened_at=wire(clock.now() - 31 * DAY))
    assert (late["late"], points(late)) == (True, 10)


def test_an_activity_lifts(make):
    make.club(rule=[PROFILE | {"unit": "status", "earn": {"fixed": 2000}}])
    ana = make.shopper()
    told = tell(ana)
    assert (told["tier"], told["tier_change"]["after"]) == ("gold", "gold")
    make.run("ledger", "verify")


def test_activities_are_under_the_club_s_ceilings(make):
    make.club(rule=[PROFILE | {"limit": {"times": 9, "per": "day"}}], limits={"earn": {"member_day": 300}})
    ana = make.shopper()
    tell(ana)
    told = tell(ana, reference="f-2", expect=422)
    assert (told["code"], told["ceiling"], told["most"]) == ("ceiling_exceeded", "earn.member_day", 300)
    assert points(tell(ana, "sneezed", "f-3")) == 0
    assert ana.figures() == (200, 0, 0, 0)
