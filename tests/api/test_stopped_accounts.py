"""A broken law stops the account whose law it is, not the club."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from loyalty.app import create_app
from loyalty.db import carry_out, db
from tests.api.test_transfers import pass_on
from tests.breaks import break_total, mend_total, plant
from tests.clocks import START, MovableClock
from tests.databases import settings_for
from tests.makers import Maker, receipt

SOUND = ["--by", "Rui", "--reason", "mended"]


@pytest.fixture
def pair(make):
    make.club(**{"unit.reward.transfer": {"member_day": 1000}})
    till = make.till()
    ana, ben = make.shopper(till), make.shopper(till)
    ana.buy("600.00"), ben.buy("600.00")
    return ana, ben


def stopped_by(make):
    return [line.split("law ")[1].split(":")[0] for line in make.run("ledger", "stopped").stdout.splitlines()]


def told(make, ana, kind):
    """The events of a kind that are told of a member."""
    make.run("jobs", "post")
    events = ana.till.get("/events?limit=100").json["items"]
    return [one["data"] for one in events if (one["type"], one["member_id"]) == (kind, ana.member_id)]


def test_a_till_that_meets_a_broken_law_hears_423_and_the_other_members_go_on(app, make, pair):
    ana, ben = pair
    before = ana.look("/entries?unit=reward")
    break_total(app, ana)
    heard = ana.buy("10.00", expect=423)
    assert (heard["code"], heard["action"]) == ("account_stopped", "sell_without")
    assert ana.redeem(10, expect=423)["code"] == "account_stopped"
    assert ana.look("/entries?unit=reward") == before
    assert ben.buy("10.00")["award"]["units"]["reward"] == 10
    assert stopped_by(make) == ["1"]


def test_whoever_looks_is_still_served_and_sees_the_stop(app, pair):
    ana, ben = pair
    assert not ana.look("")["stopped"]
    break_total(app, ana)
    ana.buy(expect=423)
    assert ana.look("")["stopped"]
    assert not ben.look("")["stopped"]
    assert ana.till.post("/members/lookup", {"card": ana.card}).json["stopped"]
    assert ana.figures() == (600, 0, 0, 0)
    assert ana.look("/tier")["tier"] == "silver"


def test_a_stop_is_told_as_an_event_a_metric_and_a_line_of_acts(app, make, client, clock, pair):
    ana, _ = pair
    assert "loyalty_stopped_accounts 0.0" in client.get("/metrics").text
    break_total(app, ana)
    ana.buy(expect=423), ana.buy(expect=423)
    assert told(make, ana, "account.stopped") == [{"law": "1"}]
    assert "loyalty_stopped_accounts 0.0" in client.get("/metrics").text  # kept for fifteen seconds
    clock.move(timedelta(seconds=15))
    shown = client.get("/metrics").text
    assert "loyalty_stopped_accounts 1.0" in shown
    assert 'loyalty_broken_laws_total{law="1"} 1.0' in shown
    assert "account.stopped" in make.run("audit", "show").stdout
    make.run("audit", "verify")


def test_a_stop_is_a_line_of_the_log_without_anything_personal(database, capsys):
    clock = MovableClock()
    make = Maker(create_app(settings_for(database, log_level="ERROR"), clock), clock)
    make.club()
    ana = make.shopper()
    break_total(make.app, ana)
    capsys.readouterr()
    ana.buy(expect=423)
    [line] = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert line.pop("timestamp")
    assert line == {
        "event": "account_stopped", "level": "error", "logger": "loyalty.stops", "books": "live",
        "request_id": line["request_id"], "member": ana.member_id, "law": "1",
        "fault": "reward: available, held, pending, lowering are (7, 0, 0, 0),"
        " their rows come to (0, 0, 0, 0)",
    }  # fmt: skip
    with make.app.app_context():
        db.engine.dispose()


def test_once_released_the_same_key_is_carried_out(app, make, pair):
    ana, _ = pair
    sale = ana.sale("10.00")
    break_total(app, ana)
    ana.tell("/purchases", sale, 423, key="k-1")
    ana.tell("/purchases", sale, 423, key="k-1")
    mend_total(app, ana)
    make.run("ledger", "release", ana.member_id, *SOUND)
    assert not ana.tell("/purchases", sale, 201, key="k-1")["replayed"]
    assert ana.tell("/purchases", sale, 201, key="k-1")["replayed"]
    assert told(make, ana, "account.released") == [{}]
    make.run("ledger", "verify")


def test_what_was_answered_before_the_stop_is_answered_again(app, pair):
    ana, _ = pair
    sale = ana.sale("10.00")
    first = ana.tell("/purchases", sale, 201)
    break_total(app, ana)
    ana.buy(expect=423)
    assert ana.tell("/purchases", sale, 201) == {**first, "replayed": True}


@pytest.mark.parametrize(
    ("change", "law"),
    [
        pytest.param("held = held + 1", "1", id="a hold that is none"),
        pytest.param("pending = pending + 1", "1", id="a promise that is none"),
        pytest.param("version = version - 1", "database", id="an entry's number is taken"),
    ],
)
def test_each_break_that_the_lock_or_the_database_sees_stops(app, make, pair, change, law):
    ana, _ = pair
    plant(app, ana, change)
    ana.buy(expect=423)
    assert stopped_by(make) == [law]


def test_the_lines_of_a_batch_that_are_not_of_the_stopped_member_are_booked(app, make, pair):
    ana, ben = pair
    break_total(app, ana)
    outcomes = ana.till.batch(ben.sale("1.00"), ana.sale("2.00"), ben.sale("3.00"), ana.sale("4.00"))
    assert [one["status"] for one in outcomes] == ["created", "refused", "created", "refused"]
    assert {one["code"] for one in outcomes if one["status"] == "refused"} == {"account_stopped"}
    assert ben.figures() == (604, 0, 0, 0)
    assert stopped_by(make) == ["1"]


def test_nothing_passes_to_or_from_a_stopped_member_and_the_other_one_is_not_stopped(app, make, pair):
    ana, ben = pair
    break_total(app, ben)
    pass_on(ana, ben, 100, expect=423)
    pass_on(ben, ana, 100, expect=423, reference="t-2")
    assert stopped_by(make) == ["1"]
    assert ana.redeem(600)["balance"]["reward"]["available"] == 0


def test_no_act_on_points_or_tier_passes_a_stop_and_the_card_can_still_be_blocked(app, pair):
    ana, _ = pair
    held, spent, sold = ana.hold(50), ana.redeem(50), ana.buy("10.00", receipt="last")
    break_total(app, ana)
    ana.buy(expect=423)
    ana.capture(held, expect=423), ana.void(held, expect=423), ana.reverse(spent, expect=423)
    ana.hold(10, expect=423), ana.adjust(5, expect=423), ana.give_back(sold, amount="5.00", expect=423)
    ana.tell("/purchases/cancel", receipt("last") | {"cancel_ref": "c"}, 423)
    ana.given("gold", START + timedelta(days=90), expect=423)
    ana.tell(f"/members/{ana.member_id}/block", None, 200, key="b")


def test_a_stop_costs_a_sale_no_statement(app, pair):
    """The lock itself says whether the account is stopped."""
    ana, _ = pair
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        ana.buy("10.00")
        event.remove(db.engine, "before_cursor_execute", note)
    assert [one for one in statements if "stopped_at" in one and "FROM standing" not in one] == []
    assert len([one for one in statements if "FROM standing" in one]) == 1


def test_law_1_a_hold_that_pins_nothing_of_what_lots_have_set_aside_stops_the_account(app, make, pair):
    ana, _ = pair
    ana.hold(20)
    with app.app_context():
        carry_out(lambda session: session.execute(text("UPDATE hold SET pins = '[]'")))
    assert ana.buy("10.00", expect=423)["code"] == "account_stopped"
    assert stopped_by(make) == ["1"]
