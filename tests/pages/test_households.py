"""M8 on pages: the desk gives seats, each member agrees on their own page, sees who spent, and leaves."""

import pytest
from sqlalchemy import event

from loyalty.db import db, reading
from loyalty.reads.draft import draft_view
from tests.pages.colleagues import Colleague
from tests.pages.counter import acts_of
from tests.pages.desk import text_of
from tests.pages.filled import fill
from tests.pages.own import A_WHILE, developing
from tests.pages.reader import Reader

SHARED = {"household": {"most": 3, "unit": {"reward": {"others_month": 500}}}}


@pytest.fixture
def two(app, make):
    """Ana and Ben, each with a hundred points."""
    developing(app)
    make.club(**SHARED)
    people = [
        make.shopper(name=name, email=f"{name[:3].lower()}@example.org") for name in ("Ana Silva", "Ben Reis")
    ]
    for one in people:
        one.buy("100.00")
    return people


@pytest.fixture
def desk(app, two):
    return Colleague(app, "desk")


def at(member, page="/household"):
    return f"/staff/members/{member.member_id}{page}"


def does(desk, member, button, **told):
    """Open a member's household and press a button."""
    desk.opens(member.member_id)
    desk.open(at(member))
    return desk.send(button, **told)


def share(desk, ana, ben, **told):
    """Ana has a household at the desk, and Ben a seat beside her."""
    does(desk, ana, "Set it up", reason="family", document="yes")
    return does(desk, ana, "Give them a seat", card=ben.card, reason="family", **told)


def test_m8_the_desk_sets_a_household_up_and_each_agrees_by_themselves(app, make, two, desk):
    ana, ben = two
    desk.opens(ana.member_id)
    assert "They share points with nobody. " in text_of(desk.open(at(ana, ""))) + " "
    assert "They agree on their own page." in text_of(share(desk, ana, ben))
    assert ana.look("/balance")["pool"] == {"reward": 100}
    shown = text_of(desk.open(at(ana)))
    assert ("B" in shown, "Ben Reis" in shown, "has not agreed yet" in shown) == (True, False, True)
    reader = Reader(app, ben)
    assert "Do you want to share?" in text_of(reader.open("/me/profile/household"))
    assert "You share now" in text_of(reader.send("Yes, share my points"))
    assert "200 Points" in text_of(reader.open("/me/profile/household"))
    assert ana.redeem(150, pool=True)["pooled"] == 50
    seen = text_of(reader.open("/me/points"))
    assert "Spent by Ana Silva" in seen
    assert [(kind, told["reason"], told["agreed"]) for kind, _, told in acts_of(make, "household.asked")] == [
        (f"staff:{acts_of(make, 'household.asked')[0][0].split(':')[1]}", "family", agreed)
        for agreed in (True, False)
    ]


def test_m8_whoever_only_holds_the_phone_agrees_to_nothing(app, two, desk, clock):
    ana, ben = two
    share(desk, ana, ben)
    reader = Reader(app, ben)
    clock.move(clock.now() + A_WHILE)
    reader.open("/me/profile/household")
    assert "Is it you?" in text_of(reader.send("Yes, share my points"))
    assert ana.look("/balance")["pool"] == {"reward": 100}


def test_m8_the_order_is_stated_by_the_household_and_by_the_desk(app, make, two, desk):
    ana, ben = two
    share(desk, ana, ben, document="yes")
    reader = Reader(app, ana)
    names = text_of(reader.open("/me/profile/household"))
    assert names.index("You") < names.index("Ben Reis")
    names = text_of(reader.send("One up"))
    assert "The order is kept." in names
    assert names.index("Ben Reis") < names.index("Share no more")
    ranks = {f"rank-{one.member_id}": str(place) for place, one in enumerate((ana, ben), start=1)}
    assert "The order is kept." in text_of(does(desk, ana, "Keep this order", **ranks))
    assert [told["order"] for _, _, told in acts_of(make, "household.ordered")] == [
        [ana.member_id, ben.member_id]
    ]
    wrong = desk.post(at(ana), what="order", key="w", **{f"rank-{ana.member_id}": "1"})
    assert wrong.status_code == 422


def test_m8_each_leaves_at_once_and_the_desk_ends_a_seat(app, two, desk):
    ana, ben = two
    share(desk, ana, ben, document="yes")
    reader = Reader(app, ben)
    reader.open("/me/profile/household")
    assert "You share with nobody any more" in text_of(reader.send("Leave the household"))
    assert ana.redeem(101, 422, pool=True)["available"] == 100
    assert "You share with nobody" in text_of(reader.open("/me/profile/household"))
    assert "The seat is over" in text_of(does(desk, ana, "End the seat", reason="asked"))
    assert "ended by staff" in text_of(desk.open(at(ana)))


def test_m8_what_is_wrong_is_said_beside_the_field(two, desk):
    ana, ben = two
    assert "Please choose why." in text_of(does(desk, ana, "Set it up", reason=""))
    does(desk, ana, "Set it up", reason="family")
    assert does(desk, ana, "Give them a seat", card="1", reason="family").status_code == 422
    does(desk, ben, "Set it up", reason="family")
    refused = does(desk, ana, "Give them a seat", card=ben.card, reason="family")
    assert (refused.status_code, "There is a household already." in text_of(refused)) == (422, True)


def test_self_dealing_nobody_gives_a_seat_to_themselves_or_beside_themselves(app, make, two, desk):
    """security.md, self-dealing: own and linked accounts."""
    ana, _ = two
    lin = make.shopper(email=desk.email)
    for asked, card in ((lin, ana.card), (ana, lin.card)):
        desk.opens(asked.member_id)
        told = {"what": "beside", "card": card, "reason": "family", "document": "yes"}
        assert desk.post(at(asked), key=f"k-{asked.member_id}", **told).status_code == 422
    does(desk, ana, "Set it up", reason="family", document="yes")
    assert does(desk, ana, "Give them a seat", card=lin.card, reason="family").status_code == 422
    assert lin.look("/balance")["pool"] is None


def test_a_household_page_asks_few_statements(app, two, desk):
    ana, ben = two
    share(desk, ana, ben, document="yes")
    asked = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    desk.open(at(ana))
    reads = [one for one in asked if not one.startswith(("PRAGMA", "BEGIN", "SET "))]
    assert len(reads) <= 30, reads


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_m8_what_a_household_shares_is_a_form_of_the_draft(app, make):
    make.club(**SHARED)
    colleague = Colleague(app, "configuration")
    colleague.open("/staff/programme")
    fill(colleague, "Begin a draft")
    colleague.open("/staff/programme/draft/household")
    fill(colleague, "Save")
    colleague.open("/staff/programme/draft/household")
    assert "Status" not in text_of(colleague.last).split("Points that are shared")[1].split("Save")[0]
    fill(colleague, "Save", {"most": "6", "unit.reward.others_month": "1,500"})
    with app.app_context(), reading() as rows:
        found = draft_view(rows, None)
    assert found.document["household"] == {"most": 6, "unit": {"reward": {"others_month": 1500}}}
    assert found.faults == ()
