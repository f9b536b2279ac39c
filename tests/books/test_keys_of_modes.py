"""Keys of the three modes are made, changed and counted in the live books."""

from loyalty import access
from loyalty.guesses import SLOW_AFTER
from tests.makers import Till

CARD = {"card": "7000000000000000"}


def made(make, mode):
    return make.keys(terminal="T1", mode=mode)[0]


def test_a_client_may_have_keys_of_every_mode_and_change_each_by_itself(make):
    make.club()
    keys = {mode: made(make, mode) for mode in access.MODES}
    for key in keys.values():
        new = make.run("keys", "rotate", access.split_key(key).prefix).stdout.strip()
        assert Till(make.app, new).post("/members/lookup", CARD).json["code"] == "card_unknown"
    modes = [line.split()[6] for line in make.run("keys", "list").stdout.splitlines()]
    assert modes == [*access.MODES, *access.MODES]


def test_guesses_are_counted_in_training_as_in_life_and_never_in_a_rehearsal(make, clock):
    make.club()
    for mode, slow in (("live", 1), ("training", 1), ("test", 0)):
        till = Till(make.app, made(make, mode))
        clock.slept.clear()
        for _ in range(SLOW_AFTER + 1):
            assert till.post("/members/lookup", CARD).json["code"] == "card_unknown"
        assert len(clock.slept) == slow


def test_a_code_is_shown_in_the_books_of_the_key_that_asks(make):
    make.club()
    trainee = make.shopper(Till(make.app, made(make, "training")))
    told = trainee.till.post(f"/members/{trainee.member_id}/codes", {"purpose": "spend"})
    assert told.status_code == 201
    live = Till(make.app, made(make, "live"))
    assert live.post("/members/lookup", {"token": told.json["token"]}).json["code"] == "code_unknown"
    assert trainee.till.post("/members/lookup", {"token": told.json["token"]}).status_code == 200
