from datetime import timedelta

import pytest

from loyalty import db

DAY = timedelta(days=1)
SHORT = {"unit.reward.expiry": {"days": 10}}
GEMS = {"name": {"zh": "宝石", "en": "Gems"}, "spendable": True, "expiry": {"days": 3}}


@pytest.fixture
def ana(make):
    make.club()
    ana = make.shopper()
    ana.buy("100.00")
    return ana


def lots(ana):
    shown = ana.look("/balance")["units"]["reward"]["expiring"]
    return [(lot["points"], lot["last_day"]) for lot in shown]


def test_a_redemption_spends_points(ana):
    told = ana.redeem(30, **{"for": "coffee", "reference": "r-1"})
    assert (told["points"], told["reversed"], told["unit"], told["reference"]) == (30, 0, "reward", "r-1")
    assert told["print"] == ["Silver", "Points: 70"]
    seen = ana.till.get(f"/redemptions/{told['redemption_id']}").json
    assert (seen["points"], seen["reference"], seen["for"]) == (30, "r-1", "coffee")
    assert seen["redeemed_at"] == "2026-01-05T02:00:00Z"
    assert ana.till.get("/redemptions?reference=r-1").json == seen
    assert ana.till.get("/redemptions?reference=r-2").status_code == 404


def test_p4_the_lot_that_expires_first_pays(make, clock):
    make.club(**SHORT)
    ana = make.shopper()
    for amount in ("30.00", "20.00", "50.00"):
        ana.buy(amount)
        clock.move(DAY)
    ana.redeem(40)
    assert lots(ana) == [(10, "2026-01-16"), (50, "2026-01-17")]


def test_p4_points_that_never_expire_pay_last(make, clock):
    make.club(**{"unit.reward.expiry": "never"})
    make.club(in_force_from=clock.now() + DAY, **SHORT)
    ana = make.shopper()
    ana.buy("50.00")
    clock.move(2 * DAY)
    ana.buy("20.00")
    ana.redeem(25)
    assert (lots(ana), ana.figures()) == ([], (45, 0, 0, 0))
    lines = ana.look("/entries")["items"][:2]
    assert [(line["points"], line["last_day"]) for line in lines] == [(-5, None), (-20, "2026-01-17")]


def test_n5_points_can_be_spent_on_their_last_day_and_not_a_moment_later(make, clock):
    make.club(**SHORT)
    ana = make.shopper()
    ana.buy("100.00")
    clock.move(clock.now().replace(day=15, hour=23, minute=59, second=59, microsecond=999_999))
    assert ana.redeem(40)["points"] == 40
    clock.move(timedelta(microseconds=1))
    assert ana.redeem(1, expect=422)["available"] == 0
    assert ana.figures() == (0, 0, 0, 0)


def test_not_enough_is_refused_with_the_figures(ana):
    told = ana.redeem(101, expect=422)
    assert (told["code"], told["asked"], told["available"]) == ("not_enough_points", 101, 100)
    assert ana.figures() == (100, 0, 0, 0)
    ana.redeem(100)


@pytest.mark.parametrize("points", [0, -5, 1.5, "5", True, None, 10**12 + 1])
def test_n1_points_to_spend_are_a_whole_number(ana, points):
    assert ana.redeem(points, expect=422)["code"] == "invalid_request"
    assert ana.redeem(5.0)["points"] == 5  # JSON knows one kind of number


def test_a_unit_must_be_known_spendable_and_named_when_there_are_several(make, ana, clock):
    assert ana.redeem(1, unit="gold", expect=422)["code"] == "unit_unknown"
    assert ana.redeem(1, unit="status", expect=422)["code"] == "not_spendable"
    make.club(in_force_from=clock.now() + DAY, **{"unit.gems": GEMS})
    clock.move(2 * DAY)
    assert ana.redeem(1, expect=422)["fields"] == {"unit": "name one of gems, reward"}
    ana.adjust(7, unit="gems")  # the unit is newer than the member
    assert ana.redeem(3, unit="gems")["balance"]["gems"]["available"] == 4
    assert ana.figures() == (100, 0, 0, 0)


def test_a_club_may_have_nothing_to_spend(make):
    make.club(**{"unit.reward.spendable": False})
    ana = make.shopper()
    ana.buy("10.00")
    assert ana.redeem(1, expect=422)["code"] == "not_spendable"


def test_p9_points_given_back_go_to_their_lots_last_taken_first(make, clock):
    make.club(**SHORT)
    ana = make.shopper()
    ana.buy("30.00")
    clock.move(DAY)
    ana.buy("50.00")
    spent = ana.redeem(60)
    assert lots(ana) == [(20, "2026-01-16")]
    told = ana.reverse(spent, 35)
    assert (told["points"], told["reversed"]) == (35, 35)
    assert lots(ana) == [(5, "2026-01-15"), (50, "2026-01-16")]
    assert ana.reverse(spent)["reversed"] == 60
    assert lots(ana) == [(30, "2026-01-15"), (50, "2026-01-16")]


@pytest.mark.parametrize(
    ("days", "last_day"),
    [
        pytest.param({}, "2026-02-19", id="thirty days when nothing is said"),
        pytest.param({"unit.reward.give_back_days": 5}, "2026-01-25", id="as the unit says"),
        pytest.param({"unit.reward.give_back_days": 0}, "2026-01-20", id="nil: to the end of the day"),
    ],
)
def test_p9_points_of_a_dead_lot_get_days_of_grace_never_a_new_term(make, clock, days, last_day):
    make.club(**SHORT, **days)
    ana = make.shopper()
    ana.buy("30.00")
    clock.move(9 * DAY)
    ana.buy("50.00")
    spent = ana.redeem(60)
    clock.move(6 * DAY)  # the 30 are dead since the 16th
    ana.reverse(spent)
    assert sorted(lots(ana)) == sorted([(30, last_day), (50, "2026-01-24")])


def test_p9_the_grace_is_that_of_the_edition_it_was_spent_under(make, ana, clock):
    make.club(in_force_from=clock.now() + DAY, **{"unit.reward.give_back_days": 5})
    spent = ana.redeem(60)
    clock.move(clock.now().replace(year=2028, month=2))
    ana.reverse(spent)
    assert lots(ana) == [(60, "2028-03-06")]


def test_p9_points_given_back_pay_the_debt_from_there(ana):
    spent = ana.redeem(80)
    sold = ana.buy("10.00")
    ana.redeem(30)
    ana.give_back(sold, amount="10.00")
    assert ana.figures() == (0, 0, 0, 10)
    told = ana.reverse(spent, 15)
    assert told["balance"]["reward"] == {"available": 5, "held": 0, "pending": 0, "debt": 0}


def test_p10_nobody_reverses_more_than_was_redeemed(ana):
    spent = ana.redeem(60)
    assert ana.reverse(spent, 61, expect=422)["left"] == 60
    ana.reverse(spent, 25)
    assert ana.reverse(spent, 36, expect=422)["code"] == "reversal_exceeds_redemption"
    ana.reverse(spent)
    assert ana.reverse(spent, expect=422)["left"] == 0
    assert ana.figures() == (100, 0, 0, 0)


def test_p10_a_reversal_told_twice_gives_back_once(ana):
    spent = ana.redeem(60)
    first = ana.reverse(spent, 10, reference="undo")
    again = ana.reverse(spent, 10, reference="undo")
    assert (again["replayed"], again["reversal_id"]) == (True, first["reversal_id"])
    assert ana.reverse(spent, 11, reference="undo", expect=422)["code"] == "key_reused"
    assert ana.figures() == (50, 0, 0, 0)


def test_p9_a_capture_can_be_reversed_too(ana):
    captured = ana.capture(ana.hold(60), 40)
    told = ana.reverse(captured, 30)
    assert (told["points"], told["reversed"], ana.figures()) == (30, 30, (90, 0, 0, 0))
    assert ana.reverse(captured, 11, expect=422)["left"] == 10


def test_a_reversal_is_no_redemption_to_be_reversed(ana):
    back = ana.reverse(ana.redeem(60))
    assert ana.reverse({"redemption_id": back["reversal_id"]}, expect=404)["code"] == "not_found"


def test_p2_references_belong_to_the_client_that_gave_them(make, ana):
    other = make.till(terminal="T2")
    body = {"card": ana.card, "points": 10, "reference": "1"}
    for till in (ana.till, other):
        assert till.post("/redemptions", body).status_code == 201
        assert till.post("/redemptions", body).json["replayed"]
    assert ana.figures() == (80, 0, 0, 0)
    mine, theirs = (till.get("/redemptions?reference=1").json for till in (ana.till, other))
    assert mine["redemption_id"] != theirs["redemption_id"]


@pytest.mark.parametrize(
    ("told", "heard_late", "left"),
    [(150, (201, None, True), 50), (160, (422, "key_reused", None), 40)],
    ids=["a twin", "another"],
)
def test_p3_who_was_refused_hears_whoever_took_the_key_before_that_was_kept(
    ana, monkeypatch, told, heard_late, left
):
    body = {"card": ana.card, "points": 150, "reference": "r-1"}
    carry, turns, heard = db._carry_out_once, [], []

    def carry_out_once(*wish):
        turns.append(wish)
        if len(turns) == 2:  # the first one's refusal is about to be kept
            ana.adjust(100)
            heard.append(ana.till.post("/redemptions", body | {"points": told}, idempotency_key="k"))
        return carry(*wish)

    monkeypatch.setattr(db, "_carry_out_once", carry_out_once)
    late = ana.till.post("/redemptions", body, idempotency_key="k")
    assert [one.status_code for one in heard] == [201]
    assert (late.status_code, late.json.get("code"), late.json.get("replayed")) == heard_late
    assert ana.figures()[0] == left
