"""Two members who are one person (M6)."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty import ids
from loyalty.db import carry_out, db
from tests.actions.test_once import at_once
from tests.api.test_pending import CALLED, called
from tests.makers import wire
from tests.merging import LADDER, merge, part
from tests.proofs.judge import judge

DAY = timedelta(days=1)
WAITS = {
    "code": "later",
    "on": "purchase",
    "unit": "reward",
    "earn": {"points": 1, "per": "1.00"},
    "from": {"days": 14},
}


@pytest.fixture(autouse=True)
def books_balance(app, make):
    """Whatever a test here does, the books keep every law, and the judge agrees."""
    yield
    make.run("ledger", "verify")
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    assert judge(url) == []


def two(make, **changes):
    make.club(**changes)
    till = make.till()
    return make.shopper(till), make.shopper(till)


def test_m6_points_move_and_ids_cards_and_codes_lead_to_the_survivor(make, clock):
    ana, ben = two(make)
    before = clock.now()
    ana.buy("100.00")
    ben.buy("50.00")
    clock.move(DAY)
    told = merge(ben, ana)
    assert (told["member_id"], told["survivor_id"]) == (ben.member_id, ana.member_id)
    assert told["balance"]["reward"] == {"available": 150, "held": 0, "pending": 0, "debt": 0}
    assert merge(ben, ana)["merge_id"] == told["merge_id"]
    assert ana.figures() == ben.figures() == (150, 0, 0, 0)
    assert ben.figures(before)[0] == 50
    assert ben.look("")["member_id"] == ana.member_id
    assert ana.look("")["merged"] == [ben.member_id]
    ben.buy("10.00")
    ben.redeem(155)
    ben.adjust(5)
    assert ana.figures() == (10, 0, 0, 0)
    out, into = ben.look("/entries")["items"][0], ana.look("/entries")["items"][-2]
    assert (out["kind"], out["contra"], out["points"]) == ("merge_out", "merged", -50)
    assert (into["kind"], into["points"], into["reasons"]["with"]) == ("merge_in", 50, ben.member_id)
    found = ana.till.post("/members/lookup", {"card": ben.card}).json
    assert found["member_id"] == ana.member_id
    make.run("jobs", "post")
    kinds = [event["type"] for event in ana.till.get("/events").json["items"]]
    assert kinds.count("member.merged") == 2


def test_m6_lots_keep_their_dates_and_debts_are_paid(make, clock):
    ana, ben = two(make, **{"unit.reward.expiry": {"days": 10}})
    sold = ana.buy("30.00")
    ana.redeem(30)
    ana.give_back(sold, amount="30.00")
    ben.buy("100.00")
    last_day = ben.look("/balance")["units"]["reward"]["expiring"][0]["last_day"]
    clock.move(3 * DAY)
    assert merge(ben, ana)["balance"]["reward"] == {"available": 70, "held": 0, "pending": 0, "debt": 0}
    assert [
        (lot["points"], lot["last_day"]) for lot in ana.look("/balance")["units"]["reward"]["expiring"]
    ] == [(70, last_day)]
    clock.move(20 * DAY)
    part(ben, 422)
    assert ana.figures() == (0, 0, 0, 0)


def test_m6_an_open_hold_is_made_again_and_its_old_id_leads_there(make, clock):
    ana, ben = two(make)
    ben.buy("100.00")
    first, second, third = ben.hold(60), ben.hold(10), "third"
    ben.hold(5, reference=third)
    merge(ben, ana)
    assert ana.figures() == (25, 75, 0, 0)
    assert ben.till.get(f"/holds/{first['hold_id']}").json["state"] == "open"
    captured = ben.capture(first, 50)
    assert (captured["hold_id"], captured["state"]) == (first["hold_id"], "captured")
    assert ana.figures() == (35, 15, 0, 0)
    ben.void(second)
    assert ana.till.post("/holds/cancel", {"reference": third}).json["was"] == "open"
    assert ana.figures() == (50, 0, 0, 0)
    ana.reverse(captured)
    assert ana.figures() == (100, 0, 0, 0)


@pytest.mark.parametrize("verb", ["capture", "void"])
def test_m6_only_a_hold_of_whoever_was_merged_leads_to_the_survivor(make, verb):
    ana, ben = two(make)
    ana.buy("100.00")
    number = ana.hold(10)["hold_id"].partition("-")[2]
    merge(ben, ana)
    foreign = f"{ben.member_id}-{number}"
    assert ben.till.get(f"/holds/{foreign}").status_code == 404
    assert ben.till.post(f"/holds/{foreign}/{verb}", {}).status_code == 404
    assert ana.figures() == (90, 10, 0, 0)


def test_p6_a_hold_of_points_that_died_meanwhile_is_captured_after_a_merge(make, clock):
    ana, ben = two(make, **{"unit.reward.expiry": {"days": 1}})
    ben.buy("100.00")
    held = ben.hold(60, ends_in_seconds=10 * 24 * 3600)
    clock.move(4 * DAY)
    merge(ben, ana)
    assert ana.figures() == (0, 60, 0, 0)
    ben.capture(held)
    assert ana.figures() == (0, 0, 0, 0)


def test_m6_later_returns_take_the_survivors_points(make, clock):
    """Of what was pending first, then its own lot, then as debt (P7)."""
    ana, ben = two(make, rule=[*LADDER["rule"], WAITS], **{"terms.on_reversal": "resume"})
    sold, redeemed = ben.buy("100.00"), ben.redeem(30)
    merge(ben, ana)
    assert ana.figures() == (70, 0, 100, 0)
    back = ben.give_back(sold, amount="20.00")
    assert (back["taken_back"], back["balance"]["reward"]["available"]) == ({"reward": 40, "status": 20}, 70)
    assert ana.figures() == (70, 0, 60, 0)
    ben.reverse(redeemed, 10)
    assert ana.figures() == (80, 0, 60, 0)
    clock.move(15 * DAY)
    assert ana.figures() == (140, 0, 0, 0)
    ana.redeem(140)
    assert ben.give_back(sold, amount="80.00")["debt"] == {"reward": 160}
    assert ana.figures() == (0, 0, 0, 160)
    assert ana.figures(unit="status")[0] == 0


def test_p18_a_sale_of_the_merged_one_is_cancelled_by_its_receipt(make):
    ana, ben = two(make)
    sale = ben.sale("40.00")
    ben.tell("/purchases", sale, 201)
    merge(ben, ana)
    receipt = {name: sale[name] for name in ("store", "terminal", "business_date", "receipt")}
    ana.tell("/purchases/cancel", receipt | {"cancel_ref": "c-1"}, 200)
    assert ana.figures() == (0, 0, 0, 0)


def test_p11_what_waits_for_an_event_is_promised_by_the_survivor(make):
    ana, ben = two(make, rule=[CALLED])
    sold, other = ben.buy("10.00"), ben.buy("5.00")
    merge(ben, ana)
    assert called(ben, about=other["purchase_id"])["opened"][0]["points"] == 5
    assert ana.figures() == (5, 0, 10, 0)
    part(ben)
    assert (ana.figures(), ben.figures()) == ((0, 0, 0, 0), (5, 0, 10, 0))
    called(ben, "f-2", about=sold["purchase_id"])
    assert ben.figures() == (15, 0, 0, 0)
    assert ben.give_back(sold, amount="10.00")["balance"]["reward"]["available"] == 5


def test_m6_the_higher_term_stays_and_tallies_add_by_day(make, clock):
    ana, ben = two(make, **LADDER)
    ben.buy("600.00")
    until = ben.look("/tier")["until"]
    ana.buy("100.00")
    clock.move(10 * DAY)
    assert merge(ben, ana)["tier"] == "silver"
    shown = ana.look("/tier")
    assert (shown["tier"], shown["until"], shown["measure"]) == ("silver", until, 700)
    ben.buy("1300.00")
    assert ana.look("/tier")["tier"] == "gold"
    part(ben)
    assert ana.look("/tier")["tier"] == "silver"
    assert ana.look("/tier")["measure"] == 1400
    assert (ben.look("/tier")["tier"], ben.look("/tier")["until"]) == ("silver", until)


def test_m6_an_unmerge_gives_everything_back_while_nothing_is_spent(make, clock):
    ana, ben = two(make, rule=[*LADDER["rule"], WAITS])
    sold = ben.buy("100.00")
    ana.buy("40.00")
    held = ben.hold(30, ends_in_seconds=10 * 24 * 3600)
    merge(ben, ana)
    clock.move(DAY)
    ben.give_back(sold, amount="10.00")
    ana.hold(5)  # her own stays
    told = part(ben)
    assert told["balance"]["reward"] == {"available": 70, "held": 30, "pending": 80, "debt": 0}
    assert (ben.figures(), ana.figures()) == ((70, 30, 80, 0), (35, 5, 40, 0))
    ben.capture(held)
    ben.give_back(sold, amount="90.00")
    assert ben.figures() == (0, 0, 0, 30)
    part(ben, 422, "u-2")
    merge(ben, ana, reference="m-2")
    assert ana.figures() == (5, 5, 40, 0)
    part(ben, reference="u-3")
    merge(ben, ana, reference="m-3")
    ana.redeem(1)
    assert part(ben, 422, "u-4")["code"] == "not_as_before"


def test_m6_no_circles_and_nobody_is_merged_with_themselves(app, make):
    ana, ben = two(make)
    carl = make.shopper(ana.till)
    assert merge(ana, ana, 422)["code"] == "same_member"
    merge(ben, ana)
    for gone, stays in ((ana, ben), (ana, carl), (carl, ben), (ben, carl)):
        assert merge(gone, stays, 422, "m-2")["code"] == "already_merged"
    assert part(carl, 422)["code"] == "not_merged"
    assert (
        ben.till.post(f"/members/{ben.member_id}/cards", {"reason": "lost"}, idempotency_key="c").json["code"]
        == "already_merged"
    )
    words = "UPDATE member SET merged_into = :into, merged_at = enrolled_at WHERE member_id = :gone"
    for gone, stays in ((ana, carl), (carl, ben), (carl, carl)):
        row = {"gone": ids.from_text(gone.member_id), "into": ids.from_text(stays.member_id)}
        with app.app_context(), pytest.raises(DBAPIError, match=r"merged already|merged_into_another"):
            carry_out(lambda session, row=row: session.execute(text(words), row))


def test_m7_erasing_the_survivor_erases_the_merged_ones_person(app, make):
    ana, ben = two(make)
    ben.buy("10.00")
    merge(ben, ana)
    version = ben.till.get(f"/members/{ben.member_id}").headers["ETag"]
    answer = ben.till.send("DELETE", f"/members/{ben.member_id}", if_match=version)
    assert answer.status_code == 204, answer.json
    with app.app_context():
        assert carry_out(lambda session: session.scalar(text("SELECT count(*) FROM person"))) == 0
    assert ana.till.get(f"/members/{ana.member_id}").status_code == 404
    assert ana.till.get(f"/members/{ben.member_id}").status_code == 404


def test_m6_two_merges_at_once_never_make_a_circle(make):
    ana, ben = two(make)
    ana.buy("10.00")
    ben.buy("5.00")
    pairs = [(ana, ben), (ben, ana)] * 2

    def ask(number):
        gone, stays = pairs[number]
        body = {"into": stays.member_id, "reason": "same", "note": "n", "reference": f"m-{number}"}
        return gone.till.post(f"/members/{gone.member_id}/merge", body).status_code

    assert sorted(at_once(4, ask)) == [201, 422, 422, 422]
    assert ana.figures() == ben.figures() == (15, 0, 0, 0)


def test_m6_a_sale_and_a_return_that_race_with_a_merge_reach_the_survivor(make):
    ana, ben = two(make)
    sold = ben.buy("100.00")
    body = {"into": ana.member_id, "reason": "same", "note": "n", "reference": "m-1"}
    back = {
        "store": "S1",
        "terminal": "T1",
        "business_date": "2026-01-05",
        "return_ref": "B-1",
        "amount": "40.00",
    }
    asks = [
        (f"/members/{ben.member_id}/merge", body),
        ("/purchases", ben.sale("7.00")),
        (f"/purchases/{sold['purchase_id']}/returns", back | {"returned_at": wire(ben.clock.now())}),
        ("/redemptions", {"card": ben.card, "points": 2, "reference": "r-1"}),
    ]

    def ask(number):
        path, told = asks[number]
        answer = ben.till.post(path, told)
        while answer.status_code == 503:
            answer = ben.till.post(path, told)
        return answer.status_code

    assert at_once(4, ask) == [201] * 4
    assert ana.figures() == ben.figures() == (65, 0, 0, 0)
