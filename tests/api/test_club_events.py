"""Events of the club: places, companions, and a waiting list that moves up (B5, B8)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from loyalty.actions.stop import stop_account
from loyalty.db import carry_out
from loyalty.ids import from_text
from tests.api.test_benefits import Desk, benefit, left
from tests.clocks import START
from tests.makers import Till, wire

GALA = benefit("gala", kind="event", tiers=("silver",), guests=2, booking={"cancel_days": 2},
               quota={"count": 2, "per": "calendar_year"})  # fmt: skip
DAY = START.replace(month=3, day=20, hour=19)


@pytest.fixture
def club(make):
    make.club(benefit=[GALA, benefit("talk", kind="event", tiers=("silver",), booking={})])
    return make


def invite(club, capacity=3, benefit="gala", starts=DAY, place=None):
    words = ("--benefit", benefit, "--starts", starts.isoformat(), "--capacity", str(capacity))
    words += ("--place", place) if place else ()
    return club.run("club-events", "announce", *words, "--zh", "晚宴", "--en", "Gala").stdout.strip()


@pytest.fixture
def gala(club):
    return invite(club)


@pytest.fixture
def desk(club):
    return Desk(club)


def places(desk):
    return [(one["left"], one["capacity"]) for one in desk.till.get("/club-events").json["items"]]


def states(who):
    return [one["state"] for one in who.look("/benefit-uses")["items"]]


def test_b8_an_event_has_places_for_members_and_companions(club, gala, desk):
    ana, ben = club.shopper(), club.shopper()
    booked = desk.use(ana, "gala", "a1", event=gala, party=2)
    assert (booked["state"], booked["at"], booked["event"]) == ("reserved", wire(DAY), gala)
    assert places(desk) == [(1, 3)]
    assert desk.use(ben, "gala", "b1", 422, event=gala, party=2)["code"] == "event_full"
    assert desk.use(ben, "gala", "b2", 422, event=gala, party=4)["code"] == "party_too_large"
    assert desk.use(ben, "gala", "b3", event=gala)["state"] == "reserved"
    assert (places(desk), left(ben, "gala")) == ([(0, 3)], (2, 1, 0, 1))


def test_b8_who_waits_moves_up_in_the_order_in_which_they_came(club, gala, desk):
    ana, ben, cai, dan = (club.shopper() for _ in range(4))
    full = desk.use(ana, "gala", "a1", event=gala, party=3)
    waits = desk.use(ben, "gala", "b1", event=gala, party=2, wait=True)
    assert (waits["state"], left(ben, "gala")) == ("waiting", (2, 0, 0, 2))
    desk.use(cai, "gala", "c1", event=gala, party=2, wait=True)
    desk.use(dan, "gala", "d1", event=gala, wait=True)
    assert desk.close(waits, "confirm", 422)["code"] == "use_closed"
    desk.close(full, "cancel")
    assert left(ana, "gala") == (2, 0, 0, 2)
    assert [left(one, "gala")[1] for one in (ben, cai, dan)] == [1, 0, 1]  # Cai's two do not fit
    assert places(desk) == [(0, 3)]


def test_b5_the_last_places_go_to_one_of_many(club, gala, desk):
    people = [club.shopper() for _ in range(8)]
    begin = Barrier(8)

    def ask(who):
        begin.wait()
        body = {"card": who.card, "benefit": "gala", "reference": "x" + who.card, "event": gala, "party": 2}
        return Till(club.app, desk.till._key).post("/benefit-uses", body).status_code

    with ThreadPoolExecutor(8) as pool:
        heard = list(pool.map(ask, people))
    assert sorted(heard) == [201] + [422] * 7
    assert places(desk) == [(1, 3)]


def test_an_event_that_is_called_off_lets_everybody_go(club, gala, desk):
    ana, ben = club.shopper(), club.shopper()
    desk.use(ana, "gala", "a1", event=gala, party=3), desk.use(ben, "gala", "b1", event=gala, wait=True)
    assert "bookings ended: 2" in club.run("club-events", "cancel", gala).stdout
    assert "bookings ended: 0" in club.run("club-events", "cancel", gala).stdout
    assert (left(ana, "gala"), left(ben, "gala"), places(desk)) == ((2, 0, 0, 2), (2, 0, 0, 2), [])
    assert desk.use(ana, "gala", "a2", 422, event=gala)["code"] == "event_over"


def test_a_stopped_member_keeps_nobody_else_at_an_event_that_is_called_off(club, desk):
    ben, ana = club.shopper(), club.shopper()
    talk = invite(club, 5, "talk")
    desk.use(ben, "talk", "b1", event=talk), desk.use(ana, "talk", "a1", event=talk)
    with club.app.app_context():
        carry_out(lambda session: stop_account(session, from_text(ben.member_id), "1", "x", club.clock.now()))
    assert "bookings ended: 1" in club.run("club-events", "cancel", talk).stdout
    assert [states(one) for one in (ben, ana)] == [["reserved"], ["cancelled"]]
    club.run("ledger", "release", ben.member_id, "--by", "Rui", "--reason", "mended")
    club.run("jobs", "nightly")
    assert states(ben) == ["cancelled"]


def test_b8_nobody_waits_for_an_event_that_is_called_off_at_the_same_moment(club, desk):
    for turn in range(6):
        event, people = invite(club, 50), [club.shopper() for _ in range(4)]
        begin = Barrier(5)

        def ask(who, event=event, begin=begin):
            begin.wait()
            body = {"card": who.card, "benefit": "gala", "reference": who.card, "event": event, "wait": True}
            return Till(club.app, desk.till._key).post("/benefit-uses", body).status_code

        def call_off(event=event, begin=begin):
            begin.wait()
            return club.run("club-events", "cancel", event)

        with ThreadPoolExecutor(5) as pool:
            asked, off = [pool.submit(ask, one) for one in people], pool.submit(call_off)
            heard = {one.result() for one in asked}
            off.result()
        assert heard <= {201, 422}, turn
        assert {state for one in people for state in states(one)} <= {"cancelled"}, turn


def test_b6_an_event_is_of_its_own_benefit_and_ahead(club, gala, desk, clock):
    ana = club.shopper()
    assert desk.use(ana, "talk", "a1", 422, event=gala)["code"] == "event_foreign"
    assert desk.use(ana, "gala", "a2", 422, at=wire(DAY), reserve=True)["code"] == "event_foreign"
    assert desk.use(ana, "gala", "a3", 404, event="0")["code"] == "not_found"
    clock.move(DAY)
    assert desk.use(ana, "gala", "a4", 422, event=gala)["code"] == "event_over"


@pytest.mark.parametrize(
    ("words", "said", "exit_code"),
    [
        (("--benefit", "lounge", "--starts", DAY.isoformat()), "no benefit of events", 1),
        (("--benefit", "gala", "--starts", "2020-01-01T00:00:00+00:00"), "is over", 1),
        (("--benefit", "gala", "--starts", DAY.isoformat(), "--place", "moon"), "no place", 1),
        (("--benefit", "gala", "--starts", "tomorrow"), "offset", 2),
        (("--benefit", "gala", "--starts", "2099-12-31T23:59:59"), "offset", 2),
        (("--benefit", "gala", "--starts", "9999-12-31T23:59:59-12:00"), "offset", 2),
    ],
)
def test_what_cannot_be_announced_is_refused(club, words, said, exit_code):
    more = ("--capacity", "5", "--zh", "晚宴", "--en", "Gala")
    assert said in club.run("club-events", "announce", *words, *more, exit_code=exit_code).output
