"""What a member bought: the list, the voucher that is shown, and giving it back (B9, P8, P9)."""

from datetime import timedelta

import pytest

from tests.pages.desk import text_of
from tests.pages.reader import Reader
from tests.pages.shop import asked, customer, lives_long, open_shop


@pytest.fixture
def shop(make, clock):
    return open_shop(make, clock)


@pytest.fixture
def ana(shop):
    return customer(shop)


def order(who, code="massage", reference="o1"):
    return who.tell("/reward-orders", {"card": who.card, "reward": code, "reference": reference}, 201)


def path_of(told):
    return f"/me/vouchers/{told['order_id']}"


def test_b9_a_voucher_shows_its_code_its_day_and_where_it_is_taken(app, ana):
    told, page = order(ana), Reader(app, ana)
    shown = page.open(path_of(told))
    text = text_of(shown)
    assert told["voucher"] in text
    for words in ("good until 18 September 2026", "Clear Spring Spa", "Ready to use"):
        assert words in text
    assert "Tea Bar" not in text
    assert shown.text.count('role="img"') == 2
    assert shown.headers["Cache-Control"] == "no-store"


def test_b9_used_sent_expired_and_any_place_are_said(app, ana, clock, shop):
    page = Reader(app, ana)
    used = order(ana)
    ana.tell(f"/vouchers/{used['voucher']}/use", {"place": "spa-1", "reference": "u1"}, 200)
    text = text_of(page.open(path_of(used)))
    assert "It was used on 18 March 2026" in text
    assert "Used at Clear Spring Spa" in text
    assert used["voucher"] not in text
    sent = order(ana, "tea", "o2")
    assert "sends it to your postal address" in text_of(page.open(path_of(sent)))
    ana.tell(f"/reward-orders/{sent['order_id']}/send", None, 200)
    assert "It was sent to you on 18 March 2026" in text_of(page.open(path_of(sent)))
    once = order(ana, "once", "o3")
    text = text_of(page.open(path_of(once)))
    assert "It has no last day." in text
    assert "At every place of the club." in text
    ana.buy("300.00")
    late = order(ana, "massage", "o4")
    clock.move(timedelta(days=200))
    text = text_of(Reader(app, ana).open(path_of(late)))
    assert "It was good until 18 September 2026" in text
    assert late["voucher"] not in text


def test_p9_an_order_is_given_back_once_and_says_until_when_its_points_can_be_used(app, ana, shop):
    told, page = order(ana), Reader(app, ana)
    text = text_of(page.open(path_of(told)))
    assert "usable until 18 March 2028 +300" in text
    asking = page.last
    text = text_of(page.send("Give it back for 300 points"))
    for words in (
        "Massage is given back, and you have the 300 points again.", "It was given back on 18 March 2026",
        "usable until 18 March 2028 +300",
    ):  # fmt: skip
        assert words in text
    page.last = asking
    assert page.send("Give it back for 300 points").status_code == 200
    assert ana.figures()[0] == 1000
    shop.run("ledger", "verify")


def test_p9_what_is_dead_comes_back_with_days_of_grace_and_pays_what_is_owed(app, ana, clock, shop):
    sold = ana.buy("100.00")
    told = order(ana, "massage", "o1")
    ana.redeem(800)
    ana.give_back(sold, amount="100.00")
    page = Reader(app, ana)
    page.open(path_of(told))
    text = text_of(page.send("Give it back"))
    assert "100 of them paid what was owed." in text
    clock.move(timedelta(days=365))
    again = order(ana, "once", "o2")
    clock.move(timedelta(days=400))
    page = Reader(app, ana)
    text = text_of(page.open(path_of(again)))
    assert "usable until 21 May 2028 +10" in text
    text = text_of(page.send("Give it back"))
    assert "usable until 21 May 2028 +10" in text
    shop.run("ledger", "verify")


def test_b9_what_was_used_meanwhile_is_not_given_back(app, ana):
    told, page = order(ana), Reader(app, ana)
    page.open(path_of(told))
    ana.tell(f"/vouchers/{told['voucher']}/use", {"place": "spa-1", "reference": "u1"}, 200)
    late = page.send("Give it back")
    assert (late.status_code, "used, sent or given back before" in text_of(late)) == (422, True)


def test_anothers_order_is_unknown(app, ana, shop):
    told = order(ana)
    bea = Reader(app, customer(shop))
    assert bea.open(path_of(told)).status_code == 404
    mine = Reader(app, ana)
    mine.open(path_of(told))
    bea.open("/me/rewards/once/buy")
    token = bea.last.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = bea.client.post(path_of(told) + "/cancel", data={"csrf_token": token})
    assert answer.status_code == 404
    for path in ("/me/vouchers/nonsense", "/me/vouchers?before=!", "/me/vouchers/" + told["order_id"][:-1]):
        assert bea.open(path).status_code == 404
    assert ana.look("/reward-orders")["items"][0]["state"] == "open"


def test_the_list_goes_on_to_older_ones(app, ana, clock):
    page = Reader(app, ana)
    assert "No rewards or vouchers yet" in text_of(page.open("/me/vouchers"))
    ana.buy("6000.00")
    for number in range(21):
        order(ana, "massage", f"m{number}")
    shown = page.open("/me/vouchers")
    assert shown.text.count("/me/vouchers/") == 20
    older = shown.text.split('href="/me/vouchers?before=')[1].split('"')[0]
    last = page.open(f"/me/vouchers?before={older}")
    assert last.text.count("/me/vouchers/") == 1
    assert "To the newest" in text_of(last)


def test_pages_ask_eight_times_at_most_however_long_the_history(app, ana, clock, statements):
    told = order(ana)
    for live in (lambda: None, lambda: lives_long(ana, clock)):
        live()
        page = Reader(app, ana)
        page.open("/me/vouchers")
        for path in ("/me/vouchers", path_of(told)):
            clock.move(timedelta(seconds=3))
            statements.clear()
            assert page.open(path).status_code == 200
            assert len(asked(statements)) <= 8, statements
