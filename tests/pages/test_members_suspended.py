"""Who is suspended looks and locks; nothing of theirs moves, whatever their pages are asked (M9)."""

import pytest
from sqlalchemy import text

from loyalty.db import reading
from tests.pages.desk import text_of
from tests.pages.own import code_on, developing
from tests.pages.reader import Reader
from tests.pages.shop import thing


@pytest.fixture
def ana(app, make):
    developing(app)
    make.club(reward=[thing("massage", "按摩", "Massage", 300)])
    ana = make.shopper(phone="+8613800138000")
    ana.adjust(500)
    return ana


def test_m9_who_is_suspended_sees_and_locks_and_moves_nothing(app, make, ana):
    body = {"card": ana.card, "reward": "massage", "reference": "o1"}
    order = ana.tell("/reward-orders", body, 201)
    reader, forms = Reader(app, ana), {}
    for name, path in (
        ("voucher", f"/me/vouchers/{order['order_id']}"),
        ("address", "/me/profile/address"),
        ("phone", "/me/profile/contact/phone"),
        ("erase", "/me/profile/erase"),
    ):
        forms[name] = reader.open(path)
    reader.last = forms["phone"]
    forms["code"] = reader.send("Send the code", contact="+8613900139000")
    make.run("members", "suspend", ana.member_id, "--reason", "fraud", "--reference", "s1")
    for name, button, told in (
        ("voucher", "Give it back", {}),
        ("address", "Save", {"lines": "1 Other Street"}),
        ("code", "Change it", {"code": code_on(forms["code"])}),
        ("erase", "Erase my data", {"word": "ERASE"}),
    ):
        reader.last = forms[name]
        refused = reader.send(button, **told)
        assert (refused.status_code, "Your membership does not allow this now." in text_of(refused)) == (
            422,
            True,
        ), name
    shown = text_of(reader.open(f"/me/vouchers/{order['order_id']}"))
    assert "Massage" in shown
    assert "Give it back" not in shown
    assert "The code of your voucher" not in shown
    assert "The club's desk can erase your data" in text_of(reader.open("/me/profile/erase"))
    profile = reader.open("/me/profile").text
    assert "/me/profile/address" not in profile
    assert "Other Street" not in profile
    reader.open("/me/profile/lock")
    assert "Locked." in text_of(reader.send("Lock my points"))
    with app.app_context(), reading() as rows:
        assert rows.execute(text("SELECT phone FROM person")).scalar_one() == "+8613800138000"
    assert ana.figures()[0] == 200
