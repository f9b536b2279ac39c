"""A member's life as the counter turns it: suspended, left, deceased, and back (M9)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from loyalty import ids
from loyalty.access import begin_session
from loyalty.db import carry_out, reading
from tests.breaks import break_total, mend_total
from tests.cli.counter import SHOPS, Counter, burn, events, order, verify
from tests.guarding import patch

DAY = timedelta(days=1)


@pytest.fixture
def club(make):
    make.club(**SHOPS)
    return make


@pytest.fixture
def ana(club):
    ana = club.shopper(phone="+8613800138000")
    ana.adjust(1_000)
    return ana


@pytest.fixture
def counter(club, ana):
    return Counter(club, ana)


def test_m9_who_is_suspended_may_do_nothing_until_they_are_resumed(club, ana, counter):
    held, bought = ana.hold(100), order(ana)
    assert counter.turns_to("suspend", "--note", "three cards at one till", key="s1").startswith(
        "suspended: "
    )
    assert counter.turns_to("suspend", "--note", "three cards at one till", key="s1").startswith(
        "suspended before: "
    )
    assert "key_reused" in counter.turns_to("suspend", "--note", "other words", key="s1", exit_code=1)
    assert counter.state == "suspended"
    for refused in (ana.buy(expect=422), ana.redeem(1, 422), ana.hold(1, 422), order(ana, "tea", 422)):
        assert refused["code"] == "card_blocked"
    assert burn(ana, bought, 422)["code"] == "card_blocked"
    ana.capture(held)
    ana.adjust(-1)
    assert "state_forbids" in counter.turns_to("suspend", exit_code=1)
    assert counter.turns_to("resume").startswith("resumed: ")
    assert counter.state == "active"
    ana.redeem(1)
    club.run("jobs", "post")
    assert events(ana) == ["member.suspended", "member.resumed"]
    shown = club.run("audit", "show").output
    assert "member.suspended" in shown
    assert "three cards" not in shown
    assert "three cards at one till" in club.run("members", "notes", ana.member_id).output
    verify(club)


def test_m9_who_leaves_comes_back_within_the_time_to_all_they_had(club, ana, counter, clock):
    counter.turns_to("suspend")
    counter.turns_to("leave")
    assert counter.state == "left"
    assert ana.figures()[0] == 1_000
    assert ana.buy(expect=422)["code"] == "card_blocked"
    for command in ("leave", "suspend", "resume", "take-death-back", "settle-estate"):
        assert "state_forbids" in counter.turns_to(command, exit_code=1)
    clock.move(30 * DAY)
    club.run("jobs", "nightly")
    assert ana.figures()[0] == 1_000
    counter.turns_to("come-back")
    assert counter.state == "suspended", "as they left"
    counter.turns_to("resume")
    clock.move(30 * DAY)
    club.run("jobs", "nightly")
    assert ana.redeem(1_000)["balance"]["reward"]["available"] == 0
    verify(club)


def test_m9_after_the_time_the_points_are_forfeited_and_who_comes_back_finds_none(club, ana, counter, clock):
    counter.turns_to("leave")
    clock.move(31 * DAY)
    assert re.search(r"left\D*1\b", club.run("jobs", "nightly").output)
    assert ana.figures() == (0, 0, 0, 0)
    [last] = ana.look("/entries")["items"][:1]
    assert (last["kind"], last["points"]) == ("forfeit", -1_000)
    counter.turns_to("come-back")
    ana.buy("100.00")
    verify(club)


def test_m9_whoever_comes_back_too_late_before_the_night_finds_none_either(club, ana, counter, clock):
    counter.turns_to("leave")
    clock.move(31 * DAY)
    counter.turns_to("come-back")
    assert ana.figures()[0] == 0
    verify(club)


@pytest.mark.parametrize(
    ("leaving", "left"),
    [({"points": "forfeit", "after_days": 0}, 0), ({"points": "keep"}, 1_000)],
    ids=["at once", "kept"],
)
def test_m9_the_programme_says_what_becomes_of_the_points(make, clock, leaving, left):
    make.club(**SHOPS, **{"club.leaving": leaving})
    ana = make.shopper()
    ana.adjust(1_000)
    ana.adjust(500, unit="status")
    counter = Counter(make, ana)
    held = ana.hold(10)
    assert "hold_open" in counter.turns_to("leave", exit_code=1)
    ana.void(held)
    counter.turns_to("leave")
    assert ana.figures()[0] == left
    assert ana.figures(unit="status")[0] == 500, "what decides the tier is worth nothing by itself"
    clock.move(100 * DAY)
    make.run("jobs", "nightly")
    assert ana.figures()[0] == left
    verify(make)


def test_m9_who_owes_points_owes_them_after_coming_back(make, clock):
    make.club(**SHOPS, **{"club.leaving": {"after_days": 0}})
    ana = make.shopper()
    bought = ana.buy("100.00")
    ana.redeem(ana.figures()[0])
    ana.give_back(bought, amount="100.00")
    owed = ana.figures()[3]
    assert owed > 0
    counter = Counter(make, ana)
    counter.turns_to("leave")
    counter.turns_to("come-back")
    assert ana.figures()[3] == owed
    verify(make)


def test_m9_death_stops_all_at_once_and_an_error_is_taken_back(app, club, ana, counter, clock):
    bought = order(ana)
    patch(ana, phone="+8613900139000")
    with app.app_context():
        carry_out(lambda rows: begin_session(rows, ids.from_text(ana.member_id), "phone", clock.now()))
    counter.turns_to("report-death", "--note", "the widow called")
    assert counter.state == "deceased"
    assert ana.buy(expect=422)["code"] == "card_blocked"
    with app.app_context(), reading() as rows:
        waits = rows.execute(text("SELECT count(*) FROM letter WHERE state = 'waiting'")).scalar_one()
        last = rows.execute(text("SELECT count(*) FROM member_session WHERE ended_at IS NULL")).scalar_one()
    assert (waits, last) == (0, 0)
    assert ana.figures()[0] == 700, "the estate is kept"
    assert burn(ana, bought, 422)["code"] == "card_blocked"
    for command in ("report-death", "leave", "come-back", "suspend", "resume"):
        assert "state_forbids" in counter.turns_to(command, exit_code=1)
    counter.turns_to("take-death-back")
    assert counter.state == "active"
    assert burn(ana, bought, 422)["code"] == "spend_locked", "a contact changed, and that is all"
    club.run("jobs", "post")
    assert events(ana)[-2:] == ["member.deceased", "member.restored"]
    verify(club)


def test_m9_who_left_can_die_and_is_as_before_when_that_was_an_error(club, ana, counter, clock):
    counter.turns_to("leave")
    counter.turns_to("report-death")
    clock.move(40 * DAY)
    club.run("jobs", "nightly")
    assert ana.figures()[0] == 1_000, "an estate waits for staff"
    counter.turns_to("take-death-back")
    assert counter.state == "left"
    club.run("jobs", "nightly")
    assert ana.figures()[0] == 0
    verify(club)


def test_m9_a_stopped_account_is_suspended_all_the_same_and_forfeited_once_it_is_sound(
    app, club, ana, counter, clock
):
    break_total(app, ana)
    ana.buy("5.00", expect=423)
    counter.turns_to("suspend")
    assert "account_stopped" in counter.turns_to("leave", exit_code=1)
    counter.turns_to("resume")
    mend_total(app, ana)
    released = ("ledger", "release", ana.member_id, "--by", "ops", "--reason", "mended")
    club.run(*released)
    counter.turns_to("leave")
    break_total(app, ana)
    clock.move(31 * DAY)
    club.run("jobs", "nightly", exit_code=1)
    mend_total(app, ana)
    club.run(*released)
    assert ana.figures()[0] == 1_000
    club.run("jobs", "nightly")
    assert ana.figures()[0] == 0
