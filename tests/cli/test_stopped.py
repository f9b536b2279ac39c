"""Operators see who is stopped, and let them go on once their books are sound."""

import pytest

from tests.breaks import break_total, mend_total

WORDS = ["--by", "Rui", "--reason", "the total was changed by hand"]


@pytest.fixture
def ana(app, make):
    """A member who is stopped."""
    make.club()
    ana = make.shopper()
    ana.buy("100.00")
    break_total(app, ana)
    ana.buy(expect=423)
    return ana


def test_stopped_shows_who_since_when_and_why(make, ana):
    [line] = make.run("ledger", "stopped").stdout.splitlines()
    assert line == (
        f"{ana.member_id}  2026-01-05T02:00:00Z  law 1: reward: available, held, pending, lowering"
        " are (107, 0, 0, 0), their rows come to (100, 0, 0, 0)"
    )


def test_nobody_is_released_while_a_law_of_theirs_is_broken(make, ana):
    told = make.run("ledger", "release", ana.member_id, *WORDS, exit_code=1).stdout
    assert "law 1 is broken at account" in told
    assert f"{ana.member_id} stays stopped" in told
    ana.buy(expect=423)


def test_whoever_is_sound_again_is_released_and_the_act_is_kept(app, make, ana):
    mend_total(app, ana)
    assert f"{ana.member_id} is released" in make.run("ledger", "release", ana.member_id, *WORDS).stdout
    assert make.run("ledger", "stopped").stdout == ""
    ana.buy("10.00")
    assert ana.figures() == (110, 0, 0, 0)
    shown = make.run("audit", "show").stdout
    assert "account.released" in shown
    assert "Rui" in shown
    make.run("ledger", "verify")
    make.run("audit", "verify")


def test_a_member_can_be_stopped_again(app, make, clock, ana):
    mend_total(app, ana)
    make.run("ledger", "release", ana.member_id, *WORDS)
    break_total(app, ana)
    ana.buy(expect=423)
    assert len(make.run("ledger", "stopped").stdout.splitlines()) == 1


@pytest.mark.parametrize("member", ["0", "nobody!"])
def test_somebody_who_is_not_stopped_is_not_released(make, ana, member):
    make.run("ledger", "release", member, *WORDS, exit_code=1)


def test_verify_looks_at_one_member_or_at_those_of_whom_something_was_booked(app, make, clock, ana):
    ben = make.shopper(ana.till)
    assert "looked at 1 member" in make.run("ledger", "verify", "--member", ben.member_id).stdout
    make.run("ledger", "verify", "--member", ana.member_id, exit_code=1)
    clock.move(clock.now().replace(day=20))
    quiet = make.run("ledger", "verify", "--since", "2026-01-19", exit_code=1).stdout
    assert "looked at 1 member" in quiet  # the stopped one, until she is mended
    mend_total(app, ana)
    make.run("ledger", "release", ana.member_id, *WORDS)
    assert "looked at 1 member" in make.run("ledger", "verify", "--since", "2026-01-19").stdout
    ben.buy("5.00")
    assert "looked at 2 members" in make.run("ledger", "verify", "--since", "2026-01-20T00:00:00Z").stdout
    break_total(app, ben)
    make.run("ledger", "verify", "--since", "2026-01-20T00:00:00Z", exit_code=1)


def test_a_break_that_nothing_was_booked_about_is_for_the_whole_look_to_find(app, make, clock, ana):
    mend_total(app, ana)
    make.run("ledger", "release", ana.member_id, *WORDS)
    clock.move(clock.now().replace(day=20))
    break_total(app, ana)
    make.run("ledger", "verify", "--since", "2026-01-19")
    make.run("ledger", "verify", exit_code=1)


@pytest.mark.parametrize("since", ["yesterday", "2026-01-32", "2026-01-20T00:00:00"])
def test_a_day_or_an_instant_with_its_offset_says_since_when(make, ana, since):
    make.run("ledger", "verify", "--since", since, exit_code=1)


def test_one_way_of_narrowing_at_a_time(make, ana):
    make.run("ledger", "verify", "--since", "2026-01-20", "--member", ana.member_id, exit_code=2)
