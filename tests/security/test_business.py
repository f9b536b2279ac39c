"""What tills and those who serve at them withstand; each test's first words name the threat."""

from datetime import timedelta

import pytest

from tests.makers import wire

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LIMITS = {
    "earn": {"transaction": 1000, "member_day": 1500, "member_day_times": 3, "terminal_day": 2000},
    "spend": {"transaction": 500, "member_day": 600, "terminal_day": 700},
    "return": {"transaction": 500, "member_day": 600, "terminal_day": 700},
    "manual": {"transaction": 100, "member_day": 150, "terminal_day": 200},
    "offline": {"days": 15, "sales_per_terminal_day": 3, "points_per_terminal_day": 900},
}
KINDS = ("transaction", "member_day", "terminal_day")


@pytest.fixture
def rich(make, clock):
    """Two members with points from before any ceiling was set."""
    make.club()
    shoppers = make.shopper(), make.shopper()
    bought = [one.buy("5000.00") for one in shoppers]
    clock.move(DAY)
    make.club(clock.now() + MINUTE, limits=LIMITS)
    clock.move(2 * MINUTE)
    return [(one, purchase) for one, purchase in zip(shoppers, bought, strict=True)]


def act(name, one, purchase, points, expect):
    if name == "spend":
        return one.redeem(points, expect=expect)
    if name == "return":
        return one.give_back(purchase, amount=f"{points}.00", expect=expect)
    return one.adjust(points, expect=expect)


@pytest.mark.parametrize(
    ("name", "fits", "rest"), [("spend", 500, 100), ("return", 500, 100), ("manual", 100, 50)]
)
def test_spending_returns_and_corrections_above_a_ceiling_are_refused(make, rich, name, fits, rest):
    """Business limits: ceilings per transaction, member's day and terminal's day."""
    (ana, bought), (bea, other) = rich
    heard = [act(name, ana, bought, fits + 1, 422)]
    act(name, ana, bought, fits, 201)
    heard.append(act(name, ana, bought, rest + 1, 422))
    act(name, ana, bought, rest, 201)
    heard.append(act(name, bea, other, 101, 422) if name != "manual" else act(name, bea, other, 51, 422))
    assert {answer["code"] for answer in heard} == {"ceiling_exceeded"}
    assert [answer["ceiling"] for answer in heard] == [f"{name}.{kind}" for kind in KINDS]
    make.run("ledger", "verify")


def test_sales_above_a_ceiling_are_held_for_review(make, rich):
    """Business limits: a sale above a ceiling earns nothing until a person has looked."""
    (ana, _), (bea, _) = rich
    before = ana.figures()[0] + bea.figures()[0]
    held = [ana.buy("1001.00", expect=202)]
    ana.buy("1000.00")
    held.append(ana.buy("501.00", expect=202))
    ana.buy("1.00")
    ana.buy("1.00")
    held.append(ana.buy("1.00", expect=202))
    held.append(bea.buy("999.00", expect=202))
    assert [told["reason"] for told in held] == [
        "earn.transaction", "earn.member_day", "earn.member_day_times", "earn.terminal_day"
    ]  # fmt: skip
    assert ana.figures()[0] + bea.figures()[0] == before + 1002
    make.run("ledger", "verify")


def test_odd_lines_of_an_offline_till_are_quarantined(make, clock):
    """Offline abuse: age, stamps ahead of the clock, caps per terminal."""
    make.club(limits=LIMITS)
    ana, now = make.shopper(), clock.now()
    told = ana.till.batch(
        ana.sale("10.00", sold_at=wire(now - 15 * DAY - MINUTE)),
        ana.sale("10.00", sold_at=wire(now + 11 * MINUTE)),
        ana.sale("901.00"),
        ana.sale("10.00"),
        ana.sale("10.00", sold_at=wire(now - 15 * DAY)),
        ana.sale("10.00"),
        ana.sale("10.00"),
        ana.sale("10.00"),
    )
    assert [one.get("reason", one["status"]) for one in told] == [
        "offline.days", "offline.ahead", "offline.points_per_terminal_day",
        "created", "created", "created", "created", "offline.sales_per_terminal_day",
    ]  # fmt: skip
    assert ana.figures()[0] == 40
    assert len(ana.till.get("/reviews?state=open").json["items"]) == 4


def test_a_till_that_is_offline_only_earns(make):
    """Offline abuse: nothing is spent."""
    make.club(**{"unit.reward.worth": {"points": 100, "money": "1.00", "step": 100, "max_share": "1"}})
    ana = make.shopper()
    ana.buy("1000.00")
    tenders = [{"kind": "points", "points": 500, "amount": "5.00"}]
    told = ana.till.batch(ana.sale("5.00", tenders=tenders))
    assert (told[0]["status"], told[0]["code"]) == ("refused", "invalid_request")
    assert ana.figures()[0] == 1000


@pytest.mark.parametrize(("mode", "status"), [("flag", 201), ("deny", 422)])
def test_a_linked_card_at_its_own_till_is_flagged_or_denied(make, mode, status):
    """Cashier's own card: flagged or denied, as the club says."""
    make.club(**{"club.own_card": mode})
    ana = make.shopper()
    make.run("staff-cards", "link", "--store", "S1", "--cashier", "c7", "--member", ana.member_id)
    told = ana.buy("10.00", cashier="c7", expect=status)
    assert told["code" if mode == "deny" else "flags"] == ("own_card" if mode == "deny" else ["own_card"])
    assert ana.figures()[0] == (0 if mode == "deny" else 10)


def test_how_often_a_card_is_used_and_what_was_given_without_a_sale_is_seen(make):
    """Cashier's own card: velocity per card, and the report of points without a sale."""
    make.club(limits={"earn": {"member_day_times": 2}})
    ana = make.shopper()
    for _ in range(2):
        ana.buy("1.00")
    assert ana.buy("1.00", expect=202)["reason"] == "earn.member_day_times"
    ana.adjust(50)
    shown = make.run("ledger", "without-sale", "--from", "2026-01-05", "--to", "2026-01-05").stdout
    assert shown == "T1  adjust  goodwill  reward  1 time  50 points\n"


def test_goods_returned_after_their_points_were_spent_leave_a_debt(make):
    """Refund after spending: nothing is spent until the debt is paid (P7, P8)."""
    make.club()
    ana = make.shopper()
    bought = ana.buy("100.00")
    ana.redeem(80)
    assert ana.give_back(bought, amount="100.00")["debt"] == {"reward": 80}
    assert ana.redeem(1, expect=422)["code"] == "in_debt"
    assert ana.hold(1, expect=422)["code"] == "in_debt"
    ana.buy("80.00")
    assert ana.figures() == (0, 0, 0, 0)
    make.run("ledger", "verify")


def test_points_may_wait_for_the_end_of_the_return_window(make, clock):
    """Refund after spending: what is pending until then cannot be spent (P11)."""
    rate = {"code": "points", "on": "purchase", "unit": "reward", "earn": {"points": 1, "per": "1.00"}}
    make.club(**{"rule[0]": rate | {"from": {"days": 14}}})
    ana = make.shopper()
    bought = ana.buy("100.00")
    assert ana.redeem(1, expect=422)["code"] == "not_enough_points"
    clock.move(13 * DAY)
    assert ana.give_back(bought, amount="100.00")["debt"] == {}
    clock.move(2 * DAY)
    assert ana.figures() == (0, 0, 0, 0)
