"""A member's first page: the card, the code that rotates, what there is and what can be done now."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from loyalty import ids
from loyalty.actions.lock_spending import freeze_spending, lock_spending
from loyalty.db import carry_out
from loyalty.members import Member, locked, pause_spending
from tests.api.test_benefits import benefit
from tests.ladders import noon
from tests.pages.desk import text_of
from tests.pages.homes import asked, customer, insured
from tests.pages.reader import Reader
from tests.policies import Core, insurer

DIGITS = re.compile(r"71\d\d(?: \d{4}){4}")
DINNER = benefit("dinner", kind="event", tiers=("silver",), guests=1)


def digits_of(answer):
    """The code that a page shows, as a scanner types it."""
    return DIGITS.search(text_of(answer)).group().replace(" ", "")


def in_fours(number):
    return " ".join(re.findall("....", number))


def change(app, clock, who, work):
    """Change a member as another page or the counter does."""
    member_id = ids.from_text(who.member_id)
    with app.app_context():
        carry_out(lambda rows: work(rows, member_id, clock.now()))


def pause(rows, member_id, now):
    pause_spending(locked(rows, member_id), now)


def suspend(rows, member_id, _):
    rows.execute(update(Member).where(Member.member_id == member_id).values(state="suspended"))


@pytest.fixture
def ana(make):
    make.club()
    ana = make.shopper()
    ana.adjust(100)
    return ana


def test_m3_a_page_shows_the_card_in_its_tiers_look_until_its_last_day(app, make, clock):
    lin = insured(make, clock)
    page = Reader(app, lin).open("/me/")
    assert 'class="card" data-tier="diamond"' in page.text
    assert f'aria-label="Bar code of card {in_fours(lin.card)}"' in page.text
    text = text_of(page)
    assert in_fours(lin.card) in text
    assert "your Diamond card and all its 9 benefits stay with you until 1 June 2026." in text
    zh = text_of(Reader(app, lin, "zh").open("/me/"))
    assert "林淑华，您的钻石卡和全部 9 项权益保留到 2026年6月1日。" in zh


def test_b1_tiles_say_what_is_left_until_when_and_by_whom(app, make, clock):
    lin = insured(make, clock)
    text = text_of(Reader(app, lin).open("/me/"))
    assert "Airport lounge 2 left until 31 Dec 2026 How to use it" in text
    assert "Yearly health check 1 left until 31 Dec 2026" in text
    assert "Rooms at appointed hotels 20% off until 1 Jun 2026" in text
    assert "Dedicated service manager 周敏 looks after you" in text
    assert "机场贵宾厅 还可用 2 次 至 2026年12月31日" in text_of(Reader(app, lin, "zh").open("/me/"))


def test_b6_what_is_used_up_says_when_it_can_be_used_again(app, make, clock):
    lounge = benefit("lounge", tiers=("silver",), quota={"count": 1, "per": {"months": 1}})
    make.club(benefit=[lounge])
    ana = make.shopper()
    ana.tell("/benefit-uses", {"benefit": "lounge", "card": ana.card, "reference": "l1"}, 201)
    page = Reader(app, ana).open("/me/")
    assert 'data-state="used"' in page.text
    assert "All used more from 5 Feb 2026" in text_of(page)


def test_n5_what_expires_next_says_how_many_days_are_left_only_when_they_are_few(app, make, clock):
    make.club(**{"unit.reward.expiry": {"months": 3}})
    ana = make.shopper()
    ana.adjust(480)  # to 5 April 2026

    def page():
        return Reader(app, ana).open("/me/")

    assert "Expires next 480 5 Apr 2026 Used first" in text_of(page())
    clock.move(noon("2026-02-21"))
    assert "Expires next 480 5 Apr 2026, in 43 days" in text_of(page())
    assert page().text.count('data-kind="soon"') == 1
    clock.move(noon("2026-04-05"))
    assert "Last usable today" in text_of(page())
    clock.move(noon("2026-04-06"))
    assert "Expires next" not in text_of(page())


def test_p8_a_debt_and_points_set_aside_are_said_beside_the_balance(app, make, ana):
    ana.hold(30)
    text = text_of(Reader(app, ana).open("/me/"))
    assert "70 30 are set aside" in text
    bia = make.shopper(name="Bia")
    bought = bia.buy("100.00")
    bia.redeem(100)
    bia.give_back(bought, (1, "100.00"))
    assert "100 are owed for goods that came back" in text_of(Reader(app, bia).open("/me/"))


def test_m4_a_till_spends_by_the_code_that_the_page_shows_and_the_balance_is_lower(app, ana):
    reader = Reader(app, ana)
    assert "Points to spend 100" in text_of(reader.open("/me/?to=spend"))
    code = digits_of(reader.send("Show a code to spend"))
    assert 'aria-label="Member code to spend"' in reader.last.text
    spent = ana.till.post("/redemptions", {"token": code, "points": 40, "reference": "r1"})
    assert spent.status_code == 201, spent.json
    assert "Points to spend 60" in text_of(reader.open("/me/"))
    again = ana.till.post("/redemptions", {"token": code, "points": 40, "reference": "r2"})
    assert again.json["code"] == "code_unknown"


def test_m4_a_till_earns_by_the_code_that_the_page_shows_and_cannot_spend_by_it(app, ana):
    reader = Reader(app, ana)
    reader.open("/me/")
    code = digits_of(reader.send("Show a code to earn"))
    refused = ana.till.post("/redemptions", {"token": code, "points": 40, "reference": "r1"})
    assert refused.json["code"] == "code_purpose"
    sale = ana.sale("25.00")
    del sale["card"]
    assert ana.till.post("/purchases", sale | {"token": code}).status_code == 201
    assert "Points to spend 125" in text_of(reader.open("/me/"))


def test_m4_a_script_gets_the_part_of_the_page_alone_and_looking_makes_no_code(app, ana):
    reader = Reader(app, ana)
    token = re.search(r'name="csrf_token" value="([^"]+)"', reader.open("/me/").text).group(1)
    part = reader.client.post("/me/code/earn", data={"csrf_token": token}, headers={"X-Part": "code"})
    assert part.text.lstrip().startswith("<form")
    assert 'data-left="60"' in part.text
    assert "Show a code to spend" in text_of(reader.open("/me/code/spend?language=en"))
    assert DIGITS.search(text_of(reader.last)) is None
    assert reader.client.post("/me/code/earn").status_code == 400
    assert reader.client.post("/me/code/other", data={"csrf_token": token}).status_code == 404


def test_m9_who_is_suspended_sees_what_is_kept_and_shows_no_code(app, clock, ana):
    reader = Reader(app, ana)
    reader.open("/me/")
    change(app, clock, ana, suspend)
    assert reader.send("Show a code to earn").status_code == 422
    text = text_of(reader.open("/me/"))
    assert "Your membership is paused" in text
    assert "This card cannot be scanned now." in text
    assert "Bar code of card" not in reader.last.text
    assert "Points to spend 100" in text


def test_m2_a_blocked_card_says_what_to_do_and_shows_no_code(app, ana):
    blocked = ana.till.post(f"/members/{ana.member_id}/block", idempotency_key="b1")
    assert blocked.status_code == 200, blocked.json
    reader = Reader(app, ana, "zh")
    text = text_of(reader.open("/me/"))
    assert "这张卡已停用" in text
    assert "请到服务台换一张新卡" in text
    assert 'id="code"' not in reader.last.text


def lock(rows, member_id, now):
    lock_spending(rows, member_id, now)


def freeze(rows, member_id, now):
    freeze_spending(rows, member_id, now, now)


@pytest.mark.parametrize(
    ("work", "said"),
    [
        pytest.param(lock, "You locked your points", id="locked"),
        pytest.param(freeze, "Your points are frozen", id="frozen"),
        pytest.param(pause, "Points can be spent again from 6 January 2026, 02:00", id="paused"),
    ],
)
def test_points_that_are_kept_in_say_why_and_the_code_to_earn_still_comes(app, clock, ana, work, said):
    change(app, clock, ana, work)
    reader = Reader(app, ana)
    assert said in text_of(reader.open("/me/?to=spend"))
    assert "Points stay where they are for now" in text_of(reader.last)
    token = re.search(r'name="csrf_token" value="([^"]+)"', reader.last.text).group(1)
    refused = reader.client.post("/me/code/spend", data={"csrf_token": token}, headers={"X-Part": "code"})
    assert (refused.status_code, DIGITS.search(text_of(refused))) == (422, None)
    reader.open("/me/")
    assert digits_of(reader.send("Show a code to earn"))


def test_i4_without_a_card_the_page_says_when_the_first_one_may_come(app, make, clock):
    clock.move(noon("2026-01-10"))
    make.document(insurer())
    core = Core(make.till())
    lin = make.shopper(core.till, name="林淑华", references=["C-1"])
    reader = Reader(app, lin)
    assert "It appears here by itself as soon as it is yours." in text_of(reader.open("/me/"))
    core.tells("P1", "C-1", cooling_off_ends_on=None)
    assert "once the cooling-off of your policy is known to be over" in text_of(reader.open("/me/"))
    core.tells("P1", "C-1", version=2, cooling_off_ends_on="2026-01-20")
    page = reader.open("/me/")
    assert "Your Silver card comes on 21 January 2026, by itself." in text_of(page)
    assert 'class="card"' not in page.text
    assert "Your Silver card comes on 21 January 2026, by itself." in text_of(reader.open("/me/why"))
    assert 'id="code"' in page.text  # points can be earned and spent before there is a card


def test_b8_the_next_event_is_one_that_the_card_opens(app, make, clock):
    clock.move(noon("2026-03-18"))
    make.club(benefit=[DINNER, benefit("ball", kind="event", tiers=("gold",))])
    ana = make.shopper()
    reader = Reader(app, ana)
    assert 'hx-get="/me/next-event"' in reader.open("/me/").text
    assert "No event is planned" in text_of(reader.open("/me/next-event"))
    for code, day in (("ball", "2026-03-20"), ("dinner", "2026-03-28")):
        words = ("--benefit", code, "--starts", noon(day).isoformat(), "--capacity", "12")
        make.run("club-events", "announce", *words, "--zh", "晚餐", "--en", f"A {code}")
    text = text_of(reader.open("/me/next-event"))
    assert "Mar 28 Sat A dinner 04:00 · up to 1 guest 12 places are left" in text
    assert "A ball" not in text


@pytest.mark.parametrize("who", [insured, customer])
@pytest.mark.parametrize("longer", [False, True])
def test_a_page_asks_the_database_little_however_long_the_history_is(
    app, make, clock, statements, who, longer
):
    member = who(make, clock, longer=longer)
    member.hold(20)
    reader = Reader(app, member)
    for path in ("/me/", "/me/next-event", "/me/why"):
        reader.open(path)
        clock.move(timedelta(seconds=3))  # the editions are looked for again
        statements.clear()
        assert reader.open(path).status_code == 200
        assert len(asked(statements)) <= 8, statements
