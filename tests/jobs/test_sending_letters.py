"""Letters on their way: once each, over retries, two workers and nights; what is no news any more stays."""

import io
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from loyalty.channels import Email
from loyalty.jobs.letters import write_and_send
from loyalty.letters import MOST_TRIES, forget_letters_of
from loyalty.rooms import rooms
from tests.guarding import Page, patch
from tests.letterbox import LISBON, NOON, letters_kept

DAY = timedelta(days=1)


def test_a_wish_counts_until_the_letter_goes(app, clock, box, ana, send):
    box.answers = {"DATA": ["451 later"]}
    ana.redeem(10)
    assert send() == 0
    Page(app, clock, ana).want()
    clock.move(DAY)
    assert (send(), letters_kept(app, "state, fault")) == (0, [("dropped", "not wanted any more")])


def test_points_that_expire_soon_are_told_of_once_and_each_day_by_itself(make, clock, box, by_mail):
    clock.move(NOON)
    soon = {"unit.reward.expiry": {"days": 20}, "club.letters": {"expiring_days": 10}}
    make.club(**LISBON, **soon)
    ana = make.shopper(email="ana@example.org", locale="zh-CN")
    ana.adjust(120)
    heard = {}
    for day in range(1, 20):
        clock.move(NOON + timedelta(days=day))
        if day == 3:
            ana.adjust(1500)
        make.run("jobs", "nightly")
        make.run("jobs", "letters")
        heard[day] = len(box.taken)
    assert [day for day in heard if heard[day] != heard.get(day - 1, 0)] == [10, 13]
    assert box.taken[0][1]["Subject"] == "积分即将到期"
    first, second = box.texts
    assert "您的积分：120 可用到2026年1月25日（含当天）。其余的照常保留。" in first
    assert "1,500 可用到2026年1月28日（含当天）" in second


def test_who_does_not_want_it_is_not_told_of_expiry(app, make, clock, box, by_mail):
    clock.move(NOON)
    make.club(**LISBON, **{"unit.reward.expiry": {"days": 20}})
    ana = make.shopper(email="ana@example.org")
    ana.adjust(120)
    Page(app, clock, ana).want("spent")
    clock.move(NOON + DAY)
    make.run("jobs", "nightly")
    make.run("jobs", "letters")
    assert (box.taken, letters_kept(app)) == ([], [])


def test_what_is_older_than_two_days_is_not_written_about(app, ana, send, clock):
    ana.redeem(10)
    clock.move(2 * DAY)
    ana.redeem(20)
    assert (send(), len(letters_kept(app))) == (1, 1)


def test_where_there_is_no_way_to_write_nothing_waits_for_one(app, ana, send):
    ana.redeem(10)
    with app.app_context():
        assert write_and_send(rooms(), {}) == 0
    assert (send(), letters_kept(app)) == (0, [])


def test_a_failure_rests_longer_each_time_and_is_given_up_at_last(app, box, ana, send, clock):
    box.answers = {"DATA": ["451 ana@example.org later"] * MOST_TRIES}
    ana.redeem(10)
    for _ in range(MOST_TRIES):
        assert send() == 0
        assert send() == 0, "it rests"
        clock.move(timedelta(hours=6))
    assert letters_kept(app, "state, tries, fault") == [("given_up", MOST_TRIES, "SMTPDataError: 451")]


def test_a_recipient_who_is_refused_for_good_is_given_up_at_once(app, box, ana, send):
    box.answers = {"RCPT": ["550 no such ana@example.org"]}
    ana.redeem(10)
    assert send() == 0
    assert letters_kept(app, "state, fault") == [("given_up", "the recipient was refused: 550")]


def test_metrics_tell_how_many_letters_wait(app, box, ana, send):
    box.answers = {"DATA": ["451 later"]}
    ana.redeem(10)
    send()
    assert "loyalty_letters_waiting 1.0" in app.test_client().get("/metrics").text


def test_no_address_stands_in_the_log(app, club, send, box, sms):
    heard = io.StringIO()
    listener = logging.StreamHandler(heard)
    logging.getLogger().addHandler(listener)
    try:
        ana = club.shopper(email="ana@example.org", phone="+351912345678")
        patch(ana, email="thief@example.org")
        box.answers, sms.answers = {"RCPT": ["550 no ana@example.org"]}, [500]
        assert send() == 0
    finally:
        logging.getLogger().removeHandler(listener)
    assert heard.getvalue().count("letter_failed") == 2
    assert not [part for part in ("example.org", "912345678", "5678") if part in heard.getvalue()]


def test_two_workers_send_each_letter_once(app, box, ana, send):
    for _ in range(8):
        ana.redeem(1)
    both = Barrier(2)

    def work(_):
        both.wait()
        return send()

    with ThreadPoolExecutor() as pool:
        assert sum(pool.map(work, range(2))) == 8
    assert len({message["Message-ID"] for _, message in box.taken}) == len(box.taken) == 8


def test_a_worker_that_died_leaves_its_letter_to_the_next_under_the_same_name(app, box, ana, send, clock):
    ana.redeem(1)

    class Dies:
        def deliver(self, to, words, message_id, now):
            Email(box.url, "club@example.org").deliver(to, words, message_id, now)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(email=Dies())
    assert send() == 0, "it is another's for ten minutes"
    clock.move(timedelta(minutes=10))
    assert send() == 1
    first, second = (message["Message-ID"] for _, message in box.taken)
    assert first == second


def test_old_letters_are_forgotten(app, club, ana, send, clock):
    ana.redeem(10)
    send()
    clock.move(101 * DAY)
    club.run("jobs", "nightly")
    assert letters_kept(app) == []


def test_what_nobody_could_send_for_a_week_keeps_no_address(app, club, ana, clock):
    patch(ana, email="thief@example.org")
    clock.move(7 * DAY)
    club.run("jobs", "nightly")
    assert letters_kept(app, "state") == [("waiting",)]
    clock.move(DAY)
    club.run("jobs", "nightly")
    assert letters_kept(app, "state, to_address") == [("dropped", None)]


def test_a_forgotten_member_leaves_no_letter(app, clock, ana):
    patch(ana, email="new@example.org")
    Page(app, clock, ana).do(lambda session, member_id, _: forget_letters_of(session, member_id))
    assert letters_kept(app) == []


def test_flask_jobs_letters_sends_what_is_due(club, ana):
    ana.redeem(1)
    assert "letters sent: 0" in club.run("jobs", "letters").stderr
