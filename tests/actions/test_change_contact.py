"""What a member's page does once a new contact was proven."""

from datetime import timedelta

import pytest

from loyalty.actions.change_contact import change_contact
from loyalty.errors import Invalid, NotFound
from loyalty.rooms import rooms
from tests.guarding import Page, patch


@pytest.fixture
def ana(make):
    make.club()
    ana = make.shopper(email="ana@example.org")
    ana.adjust(100)
    return ana


@pytest.fixture
def change(app, clock, ana):
    """Give her a new contact."""
    page = Page(app, clock, ana)

    def run(kind, value):
        def work(session, member_id, now):
            return change_contact(session, rooms().shelf.editions(session, now), member_id, kind, value, now)

        return page.do(work)

    return run


def test_a_proven_contact_takes_the_place_of_the_old_one_and_pauses(make, ana, change):
    before = ana.look("")["version"]
    assert change("email", "new@example.org")
    shown = ana.look("")
    assert (shown["email"], shown["version"]) == ("new@example.org", before + 1)
    assert ana.redeem(1, 422)["code"] == "spend_locked"
    make.run("jobs", "post")
    [told] = [one for one in ana.till.get("/events").json["items"] if one["type"].startswith("member.")]
    assert (told["type"], told["data"]) == ("member.contact_changed", {"contacts": ["email"]})
    make.run("ledger", "verify")


def test_the_same_contact_changes_nothing(ana, change):
    assert not change("email", "ana@example.org")
    ana.redeem(1)


def test_a_further_change_pauses_anew_and_never_for_less(ana, change, clock):
    change("email", "new@example.org")
    clock.move(timedelta(hours=20))
    patch(ana, phone="+351912345678")
    clock.move(timedelta(hours=23))
    assert "until" in ana.redeem(1, 422)
    clock.move(timedelta(hours=1))
    ana.redeem(1)


def test_a_phone_that_cannot_be_one_changes_nothing(ana, change):
    with pytest.raises(Invalid):
        change("phone", "none")
    ana.redeem(1)


def test_nobody_is_nobody(app, clock, ana, change):
    ana.member_id = "zz"
    page = Page(app, clock, ana)
    for act in (page.lock, page.unlock, page.freeze, page.want):
        with pytest.raises(NotFound):
            act()
