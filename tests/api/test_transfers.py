from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, update

from loyalty import ids
from loyalty.db import carry_out, db
from loyalty.members import Member
from tests.clocks import START

DAY = timedelta(days=1)
PASSED_ON = {"unit.reward.transfer": {"member_day": 1000, "least": 10}}


@pytest.fixture
def pair(make):
    make.club(**PASSED_ON)
    till = make.till()
    ana, ben = make.shopper(till), make.shopper(till)
    ana.buy("600.00")
    return ana, ben


@pytest.fixture(autouse=True)
def books_balance(request, make):
    """Whatever a test here does, the books keep every law."""
    yield
    make.run("ledger", "verify")


def pass_on(giver, receiver, points, expect=201, reference="t-1", **more):
    body = {"from": giver.member_id, "to": receiver.member_id, "unit": "reward", "points": points}
    return giver.tell("/transfers", body | {"reference": reference} | more, expect)


def lots(shopper):
    shown = shopper.look("/balance")["units"]["reward"]["expiring"]
    return [(lot["points"], lot["last_day"]) for lot in shown]


def test_p12_a_transfer_is_one_operation_on_two_members(pair):
    ana, ben = pair
    told = pass_on(ana, ben, 250)
    assert (told["from"], told["to"], told["points"]) == (ana.member_id, ben.member_id, 250)
    assert (told["balance"]["reward"]["available"], told["print"][-1]) == (350, "Points: 350")
    assert (ana.figures()[0], ben.figures()[0]) == (350, 250)
    out, into = ana.look("/entries")["items"][0], ben.look("/entries")["items"][0]
    assert (out["kind"], out["contra"], out["points"]) == ("transfer_out", "transferred", -250)
    assert (into["kind"], into["contra"], into["points"]) == ("transfer_in", "transferred", 250)
    assert (out["reasons"], out["operation"]) == (
        {"with": ben.member_id, "reference": "t-1"},
        told["transfer_id"],
    )
    assert into["reasons"]["with"] == ana.member_id


def test_p12_lots_keep_their_dates(make, clock):
    make.club(**PASSED_ON, **{"unit.reward.expiry": {"days": 10}})
    ana, ben = make.shopper(), make.shopper()
    ana.buy("30.00")
    clock.move(DAY)
    ana.buy("50.00")
    clock.move(DAY)
    ben.buy("5.00")
    pass_on(ana, ben, 40)
    assert lots(ana) == [(40, "2026-01-16")]
    assert lots(ben) == [(30, "2026-01-15"), (10, "2026-01-16"), (5, "2026-01-17")]


def test_p8_what_the_receiver_owes_is_paid_first(pair):
    ana, ben = pair
    sold = ben.buy("80.00")
    ben.redeem(80)
    ben.give_back(sold, amount="80.00")
    pass_on(ana, ben, 100)
    assert ben.figures() == (20, 0, 0, 0)
    assert [line["contra"] for line in ben.look("/entries")["items"][:3]] == ["debt", "debt", "transferred"]


@pytest.mark.parametrize("way", ["giver", "receiver"])
def test_p12_limits_per_day_apply_to_both_sides(pair, make, clock, way):
    ana, ben = pair
    cai = make.shopper(ana.till)
    ana.buy("900.00")
    cai.buy("900.00")
    pass_on(ana, ben, 600)
    other = (ana, cai) if way == "giver" else (cai, ben)
    refused = pass_on(*other, 401, 422, "t-2")
    assert (refused["code"], refused["side"], refused["left"]) == ("transfer_limit", way, 400)
    pass_on(*other, 400, reference="t-3")
    clock.move(datetime(2026, 1, 6, tzinfo=UTC))  # Lisbon's next day
    pass_on(*other, 401, reference="t-4")


def test_p12_a_transfer_moves_at_least_so_many_points(pair):
    ana, ben = pair
    refused = pass_on(ana, ben, 9, 422)
    assert (refused["code"], refused["asked"], refused["least"]) == ("transfer_too_small", 9, 10)
    assert refused["cashier_text"] == "Too few points to pass on."
    pass_on(ana, ben, 10)


def test_p3_a_transfer_that_was_too_small_is_remembered(pair):
    ana, ben = pair
    body = {"from": ana.member_id, "to": ben.member_id, "unit": "reward", "points": 9, "reference": "t-1"}
    first, again = (ana.till.post("/transfers", body, idempotency_key="k1") for _ in range(2))
    assert (first.status_code, again.headers["Idempotency-Replayed"]) == (422, "true")
    assert again.json == first.json


def test_p12_a_unit_that_does_not_say_so_is_not_passed_on(make):
    make.club()
    ana, ben = make.shopper(), make.shopper()
    assert pass_on(ana, ben, 10, 422)["code"] == "not_transferable"
    assert pass_on(ana, ben, 10, 422, unit="status")["code"] == "not_transferable"
    assert pass_on(ana, ben, 10, 422, unit="gems")["code"] == "unit_unknown"


def test_p12_points_pass_to_somebody_else(pair):
    ana, _ = pair
    assert pass_on(ana, ana, 10, 422)["code"] == "same_member"


def test_p12_nobody_passes_on_more_than_they_have_or_while_they_owe(pair):
    ana, ben = pair
    refused = pass_on(ben, ana, 10, 422)
    assert (refused["code"], refused["available"]) == ("not_enough_points", 0)
    ana.hold(500)
    assert pass_on(ana, ben, 101, 422)["code"] == "not_enough_points"
    sold = ben.buy("80.00")
    ben.redeem(80)
    ben.give_back(sold, amount="80.00")
    assert pass_on(ben, ana, 10, 422)["code"] == "in_debt"


@pytest.mark.parametrize("side", [0, 1])
def test_p12_both_must_be_there_and_able_to_act(pair, app, side):
    ana, ben = pair
    there, gone = pair[1 - side].member_id, ids.to_text(ids.new_id(START))
    names = {"from": there, "to": gone} if side else {"from": gone, "to": there}
    refused = pass_on(ana, ben, 10, 404, **names)
    end = "to" if side else "from"
    assert (refused["code"], refused["fields"]) == ("not_found", {end: "is unknown"})
    assert pass_on(ana, ben, 10, 404, **names | {end: "no such"}) == refused
    member_id = ids.from_text(pair[side].member_id)
    with app.app_context():
        carry_out(
            lambda session: session.execute(
                update(Member).where(Member.member_id == member_id).values(state="suspended")
            )
        )
    assert pass_on(ana, ben, 10, 422)["code"] == "card_blocked"
    assert (ana.figures()[0], ben.figures()[0]) == (600, 0)


def test_m4_where_points_are_spent_by_codes_alone_the_giver_shows_one(make):
    make.club(**PASSED_ON, **{"club.spend_needs": "code"})
    ana, ben = make.shopper(), make.shopper()
    ana.buy("100.00")

    def code(shopper, purpose="spend"):
        return shopper.tell(f"/members/{shopper.member_id}/codes", {"purpose": purpose}, 201)["token"]

    assert pass_on(ana, ben, 10, 422)["code"] == "code_needed"
    assert pass_on(ana, ben, 10, 404, token=code(ben))["code"] == "code_unknown"
    assert pass_on(ana, ben, 10, 422, token=code(ana, "earn"))["code"] == "code_purpose"
    shown = code(ana)
    told = pass_on(ana, ben, 10, token=shown)
    assert pass_on(ana, ben, 10, token=shown) == told | {"replayed": True}
    assert pass_on(ana, ben, 10, 404, "t-2", token=shown)["code"] == "code_unknown"


def test_p2_a_transfer_told_twice_is_made_once(pair):
    ana, ben = pair
    first = pass_on(ana, ben, 100)
    again = pass_on(ana, ben, 100)
    assert again == first | {"replayed": True}
    assert pass_on(ana, ben, 101, 422)["code"] == "key_reused"
    assert pass_on(ben, ana, 100, 422)["code"] == "key_reused"
    assert (ana.figures()[0], ben.figures()[0]) == (500, 100)


def test_p3_a_refused_transfer_leaves_its_reference_free(pair):
    ana, ben = pair
    pass_on(ana, ben, 601, 422)
    pass_on(ana, ben, 600)


def test_a_key_that_may_not_spend_passes_nothing_on(pair, make):
    ana, ben = pair
    ana.till = make.till("points:earn")
    assert pass_on(ana, ben, 10, 403)["code"] == "forbidden"


def test_t2_passing_points_on_never_lowers_a_tier_that_measures_what_was_earned(make):
    make.club(
        **{"unit.status.transfer": {"member_day": 5000}, "rule[0].unit": "status", "rule[1].unit": "status"}
    )
    ana, ben = make.shopper(), make.shopper()
    ana.buy("2000.00")
    pass_on(ana, ben, 2000, unit="status")
    assert (ana.look("/tier")["tier"], ana.look("/tier")["measure"]) == ("gold", 2000)
    assert (ben.look("/tier")["tier"], ben.look("/tier")["measure"]) == ("silver", 0)


def test_transfers_that_cross_neither_lock_each_other_nor_lose_a_point(pair):
    ana, ben = pair
    ben.buy("600.00")

    def cross(no):
        giver, receiver = (ana, ben) if no % 2 else (ben, ana)
        return pass_on(giver, receiver, 10, reference=f"x-{no}")["points"]

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(cross, range(40))) == 400
    assert (ana.figures()[0], ben.figures()[0]) == (600, 600)


@pytest.mark.parametrize("gives", [0, 1])
def test_both_sides_are_locked_in_one_order_whoever_gives(app, pair, gives):
    locked = []

    def note(_, __, statement, ___, context, ____):
        if "FROM standing" in statement:
            locked.append(context.compiled_parameters[0]["of_member"])

    with app.app_context():
        engine = db.engine
    pair[1].buy("20.00")
    event.listen(engine, "before_cursor_execute", note)
    pass_on(pair[gives], pair[1 - gives], 10)
    event.remove(engine, "before_cursor_execute", note)
    assert locked == sorted(ids.from_text(one.member_id) for one in pair)


def test_both_sides_hear_of_a_transfer(pair, make):
    ana, ben = pair
    pass_on(ana, ben, 100)
    make.run("jobs", "post")
    events = [
        event for event in ana.till.get("/events?limit=100").json["items"] if "operation" in event["data"]
    ]
    assert [(event["type"], event["member_id"]) for event in events[-2:]] == [
        ("points.passed_on", ana.member_id),
        ("points.received", ben.member_id),
    ]


def test_the_past_and_the_future_know_a_transfer(make, clock):
    make.club(**PASSED_ON, **{"unit.reward.expiry": {"days": 10}})
    ana, ben = make.shopper(), make.shopper()
    ana.buy("100.00")
    clock.move(DAY)
    pass_on(ana, ben, 60)
    clock.move(DAY)
    assert (ana.figures(START)[0], ben.figures(START)[0]) == (100, 0)
    assert (ana.figures(START + DAY)[0], ben.figures(START + DAY)[0]) == (40, 60)
    assert (ana.figures(START + 11 * DAY)[0], ben.figures(START + 11 * DAY)[0]) == (0, 0)
