from datetime import UTC, datetime, timedelta

import pytest

from loyalty import ids

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SHORT = {"unit.reward.expiry": {"days": 10}}


@pytest.fixture
def ana(make):
    make.club()
    ana = make.shopper()
    ana.buy("100.00")
    return ana


def shown(ana, held):
    return ana.till.get(f"/holds/{held['hold_id']}").json


def test_p6_a_hold_sets_points_aside_and_a_capture_spends_them(ana):
    held = ana.hold(60)
    assert (held["state"], held["points"], held["captured"], held["redemption_id"]) == ("open", 60, 0, None)
    assert held["balance"]["reward"] == {"available": 40, "held": 60, "pending": 0, "debt": 0}
    assert ana.redeem(41, expect=422)["available"] == 40
    told = ana.capture(held)
    assert (told["state"], told["captured"]) == ("captured", 60)
    assert ana.figures() == (40, 0, 0, 0)
    redemption = ana.till.get(f"/redemptions/{told['redemption_id']}").json
    assert (redemption["points"], redemption["reversed"]) == (60, 0)


def test_p6_what_is_not_captured_is_released(ana):
    told = ana.capture(ana.hold(60), 25)
    assert (told["captured"], told["points"]) == (25, 60)
    assert ana.figures() == (75, 0, 0, 0)


def test_p6_a_void_lets_go_of_everything_and_writes_no_entry(ana):
    before = ana.look("/entries")
    told = ana.void(ana.hold(60))
    assert (told["state"], told["captured"], told["redemption_id"]) == ("voided", 0, None)
    assert ana.figures() == (100, 0, 0, 0)
    assert ana.look("/entries") == before


@pytest.mark.parametrize(
    ("seconds", "lasts"),
    [
        pytest.param(None, timedelta(minutes=15), id="a quarter of an hour when nothing is said"),
        pytest.param(1, SECOND, id="one second"),
        pytest.param(30 * 24 * 3600, 30 * DAY, id="at most thirty days"),
    ],
)
def test_p6_a_hold_ends_by_itself(ana, clock, seconds, lasts):
    held = ana.hold(60, **({"ends_in_seconds": seconds} if seconds else {}))
    ends_at = clock.now() + lasts
    clock.move(ends_at - timedelta(microseconds=1))
    assert (ana.figures()[:2], shown(ana, held)["state"]) == ((40, 60), "open")
    clock.move(ends_at)
    assert (ana.figures()[:2], shown(ana, held)["state"]) == ((100, 0), "ended")
    assert ana.capture(held, expect=422)["code"] == "hold_closed"
    ana.redeem(100)  # N7: the hold ends first, then comes the new fact
    assert shown(ana, held)["state"] == "ended"


@pytest.mark.parametrize("seconds", [0, -1, 30 * 24 * 3600 + 1, "60", 1.5, True])
def test_p6_a_hold_lasts_a_second_to_thirty_days(ana, seconds):
    assert ana.hold(10, expect=422, ends_in_seconds=seconds)["fields"].keys() == {"ends_in_seconds"}


@pytest.mark.parametrize("first", ["capture", "void"])
@pytest.mark.parametrize("second", ["capture", "void"])
def test_p6_a_hold_leaves_open_exactly_once(ana, first, second):
    held = ana.hold(60)
    getattr(ana, first)(held, key="1")
    after = ana.figures()
    told = getattr(ana, second)(held, expect=422, key="2")
    assert (told["code"], told["state"]) == ("hold_closed", "captured" if first == "capture" else "voided")
    assert ana.figures() == after


def test_p2_without_a_header_the_hold_itself_is_the_key_of_its_closing(ana):
    held = ana.hold(60)
    first = ana.capture(held, 25)
    again = ana.capture(held, 25)
    assert (again["replayed"], again | {"replayed": False}) == (True, first)
    assert ana.capture(held, 26, expect=422)["code"] == "key_reused"
    assert ana.void(held, expect=422)["code"] == "hold_closed"


def test_p10_nobody_captures_more_than_is_held(ana):
    held = ana.hold(60)
    told = ana.capture(held, 61, expect=422)
    assert (told["code"], told["held"]) == ("capture_exceeds_hold", 60)
    assert ana.capture(held, 60)["captured"] == 60


def test_p6_a_capture_never_fails_because_the_lot_died(make, clock):
    make.club(**SHORT)
    ana = make.shopper()
    ana.buy("100.00")
    held = ana.hold(60, ends_in_seconds=20 * 24 * 3600)
    clock.move(15 * DAY)
    assert ana.figures() == (0, 60, 0, 0)  # the 40 that were free are dead
    assert ana.capture(held)["captured"] == 60
    assert ana.figures() == (0, 0, 0, 0)


def test_p6_what_is_released_of_a_dead_lot_expires_at_once_even_in_debt(make, clock):
    make.club(**SHORT)
    ana = make.shopper()
    sold = ana.buy("100.00")
    held = ana.hold(100, ends_in_seconds=20 * 24 * 3600)
    clock.move(15 * DAY)
    assert ana.give_back(sold, amount="30.00")["debt"] == {"reward": 30}
    told = ana.capture(held, 10)
    assert told["balance"]["reward"] == {"available": 0, "held": 0, "pending": 0, "debt": 30}
    lines = [(line["kind"], line["contra"], line["points"]) for line in ana.look("/entries")["items"][:2]]
    assert sorted(lines) == [("capture", "expired", -90), ("capture", "redeemed", -10)]


def test_p6_what_is_released_alive_pays_the_debt(ana):
    held = ana.hold(100)
    ana.adjust(5)
    bought = ana.buy("10.00")
    ana.redeem(15)
    ana.give_back(bought, amount="10.00")
    assert ana.figures() == (0, 100, 0, 10)
    ana.void(held)
    assert ana.figures() == (90, 0, 0, 0)


def test_p6_a_capture_never_fails_because_of_debt(ana):
    held = ana.hold(60)
    ana.redeem(40)
    sold = ana.buy("10.00")
    ana.redeem(10)
    ana.give_back(sold, amount="10.00")
    assert ana.capture(held)["balance"]["reward"] == {"available": 0, "held": 0, "pending": 0, "debt": 10}


def test_n7_a_hold_that_ends_at_the_midnight_its_lot_dies_pays_debt_before_the_rest_dies(make, clock):
    make.club(**SHORT)
    ana = make.shopper()
    sold = ana.buy("100.00")
    midnight = datetime(2026, 1, 16, tzinfo=UTC)
    ana.hold(100, ends_in_seconds=int((midnight - clock.now()).total_seconds()))
    ana.give_back(sold, amount="30.00")
    clock.move(midnight - SECOND)
    assert ana.figures() == (0, 100, 0, 30)
    clock.move(midnight)
    assert ana.figures() == (0, 0, 0, 0)
    ana.buy("1.00")  # a writer books it
    lines = [(line["contra"], line["points"], line["kind"]) for line in ana.look("/entries")["items"]]
    assert lines[1:4] == [("expired", -70, "expire"), ("debt", 30, "release"), ("debt", -30, "release")]


def test_p4_p6_a_hold_pins_the_lots_that_expire_first(make, clock):
    make.club(**SHORT)
    ana = make.shopper()
    ana.buy("50.00")
    clock.move(5 * DAY)
    ana.buy("50.00")
    ana.hold(60, ends_in_seconds=10 * 24 * 3600)
    lots = ana.look("/balance")["units"]["reward"]["expiring"]
    assert [(lot["points"], lot["last_day"]) for lot in lots] == [(40, "2026-01-20")]


def test_p13_a_capture_keeps_the_edition_of_its_hold(make, ana, clock):
    held = ana.hold(60, ends_in_seconds=2 * 24 * 3600)
    make.club(in_force_from=clock.now() + DAY, **{"unit.reward.give_back_days": 5})
    clock.move(DAY + SECOND)
    assert ana.capture(held, 30)["edition"] == 1
    assert ana.redeem(1)["edition"] == 2


def test_m2_a_card_blocked_since_cannot_take_but_can_finish(ana):
    held = ana.hold(60)
    ana.tell(f"/members/{ana.member_id}/block", None, 200, key="b")
    assert ana.hold(1, expect=422)["code"] == "card_blocked"
    assert ana.capture(held, 10)["captured"] == 10


def test_p2_a_hold_is_taken_once_for_its_reference(ana):
    first = ana.hold(60, reference="till 1/7")
    again = ana.hold(60, reference="till 1/7")
    assert (again["replayed"], again["hold_id"]) == (True, first["hold_id"])
    assert ana.hold(61, reference="till 1/7", expect=422)["code"] == "key_reused"
    assert ana.figures() == (40, 60, 0, 0)
    assert ana.till.get("/holds?reference=till%201/7").json == shown(ana, first)
    assert ana.till.get("/holds?reference=other").status_code == 404


@pytest.mark.parametrize("points", [0, -5, 1.5, "5", True, None, 10**12 + 1])
def test_n1_points_to_hold_are_a_whole_number(ana, points):
    assert ana.hold(points, expect=422)["code"] == "invalid_request"


def test_a3_ids_of_other_kinds_or_members_are_not_found(make, ana):
    ben = make.shopper(ana.till)
    held, sold, spent = ana.hold(10), ana.buy("1.00"), ana.redeem(1)
    op_id = ids.pair_from_text(held["hold_id"])[1]
    foreign = ids.pair_to_text(ids.from_text(ben.member_id), op_id)
    for name in (foreign, sold["purchase_id"], spent["redemption_id"], "0-0", "nonsense"):
        for answer in (
            ana.capture({"hold_id": name}, expect=404),
            ana.void({"hold_id": name}, expect=404),
            ana.till.get(f"/holds/{name}").json,
        ):
            assert answer["code"] == "not_found"
    for other in (held["hold_id"], sold["purchase_id"], foreign):
        assert ana.till.get(f"/redemptions/{other}").status_code == 404
        assert ana.reverse({"redemption_id": other}, expect=404)["code"] == "not_found"
    assert shown(ana, held)["state"] == "open"
