from datetime import timedelta

import pytest

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def books_balance(make):
    """Whatever a test here does, the books keep every law."""
    yield
    make.run("ledger", "verify")


def merge(gone, stays, expect=201, reference="m-1", **more):
    body = {"into": stays.member_id, "reason": "same_person", "note": "told at the counter"}
    return gone.tell(f"/members/{gone.member_id}/merge", body | {"reference": reference} | more, expect)


def part(gone, expect=201, reference="u-1"):
    body = {"reason": "two_persons", "note": "was wrong", "reference": reference}
    return gone.tell(f"/members/{gone.member_id}/unmerge", body, expect)


def test_m6_points_move_and_both_cards_speak_for_the_survivor(make):
    make.club()
    till = make.till()
    ana, ben = make.shopper(till), make.shopper(till)
    ana.buy("100.00")
    ben.buy("50.00")
    told = merge(ben, ana)
    assert (told["member_id"], told["survivor_id"]) == (ben.member_id, ana.member_id)
    assert told["balance"]["reward"]["available"] == 150
    assert ana.figures()[0] == ben.figures()[0] == 150
    ben.buy("10.00")
    assert ana.figures()[0] == 160
    ben.redeem(155)
    assert ana.figures()[0] == 5
