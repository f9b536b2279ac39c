"""Nobody acts on an account of their own, by whatever number, or on one whose points they spend."""

from itertools import count

import pytest

from tests.pages.colleagues import Colleague
from tests.pages.desk import text_of
from tests.pages.test_households import SHARED

FAMILY = {"what": "add", "document": "yes", "reason": "family"}
KEYS = count(1)
ONE_IS_ENOUGH = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.fixture
def lin(app, make):
    make.club(**SHARED)
    return Colleague(app, "desk", name="Lin")


@pytest.fixture
def own(make, lin):
    """Lin as a member, by the address that she signs in by."""
    return make.shopper(name="Lin Mei", email=lin.email)


def at(member, page=""):
    return f"/staff/members/{member.member_id}{page}"


def asks(colleague, member, page, **told):
    """What somebody hears who opened a member and sends a form about them."""
    colleague.opens(member.member_id)
    return colleague.post(at(member, page), key=f"k{next(KEYS)}", **told)


@pytest.mark.parametrize("goes", ["own", "other"])
def test_a_merged_account_of_ones_own_stays_ones_own(make, lin, own, goes):
    """Self-dealing: whichever of two memberships has the address, neither number leads to an own account."""
    other = make.shopper(name="Lin Mei")
    gone, stays = (own, other) if goes == "own" else (other, own)
    told = {"into": stays.member_id, "reason": "same", "note": "one person", "reference": "m"}
    assert make.till().post(f"/members/{gone.member_id}/merge", told).status_code == 201
    turn = {"act": "suspend", "reason": "own_wish", "note": "for a while"}
    answer = asks(lin, stays, "/state", **turn)
    assert (answer.status_code, "Not on an account of one's own." in text_of(answer)) == (422, True)
    assert asks(lin, gone, "/state", **turn).location == at(gone)
    assert lin.client.get(at(gone)).location == at(stays)
    assert stays.look("")["state"] == "active"


@ONE_IS_ENOUGH
def test_nobody_gives_themselves_the_points_of_a_stranger_by_a_household(app, make, lin, own):
    """Self-dealing: a seat in one's own household is given by somebody else, beside whomever it is asked."""
    friend, stranger = make.shopper(name="Fen Bao"), make.shopper(name="Ben Reis")
    wei = Colleague(app, "desk", name="Wei")
    assert asks(wei, own, "/household", **FAMILY | {"what": "found"}).status_code == 303
    assert asks(wei, own, "/household", **FAMILY | {"card": friend.card}).status_code == 303
    stranger.buy("1000.00")
    for host, told in (
        (friend, {"card": stranger.card}),
        (stranger, {"what": "beside", "card": friend.card}),
        (own, {"card": stranger.card}),
    ):
        assert asks(lin, host, "/household", **FAMILY | told).status_code == 422
    own.redeem(500, pool=True, expect=422)


@ONE_IS_ENOUGH
def test_who_shares_points_with_a_colleague_is_served_by_another(app, make, lin, own):
    """Self-dealing: points given to whoever shares with oneself are one's own to spend."""
    friend = make.shopper(name="Fen Bao")
    wei = Colleague(app, "desk", name="Wei")
    asks(wei, own, "/household", **FAMILY | {"what": "found"})
    asks(wei, own, "/household", **FAMILY | {"card": friend.card})
    gift = {"unit": "reward", "way": "give", "points": "50", "reason": "goodwill", "note": "a present"}
    for colleague, status in ((lin, 422), (wei, 303)):
        assert asks(colleague, friend, "/correct", **gift).status_code == status
    assert friend.figures()[0] == 50
