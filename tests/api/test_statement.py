from datetime import timedelta

import pytest

DAY = timedelta(days=1)
TO_BOTH = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}


@pytest.fixture
def ana(make):
    make.club(**{"rule[2]": TO_BOTH})
    return make.shopper()


def pages(ana, query):
    """All lines, page by page."""
    cursor, lines = "", []
    while cursor is not None:
        answer = ana.till.get(f"/members/{ana.member_id}/entries?{query}{cursor}")
        assert answer.status_code == 200, answer.json
        lines += answer.json["items"]
        more = answer.json["next"]
        cursor = None if more is None else f"&cursor={more}"
    return lines


def test_a_statement_is_newest_first_with_a_running_balance(ana, clock):
    sold = ana.buy("100.00")
    clock.move(DAY)
    ana.redeem(30)
    clock.move(DAY)
    ana.give_back(sold, amount="50.00")
    lines = [line for line in ana.look("/entries")["items"] if line["unit"] == "reward"]
    names = ("seq", "kind", "contra", "points", "balance_after")
    assert [tuple(line[name] for name in names) for line in lines] == [
        (3, "return", "returned", -50, 20),
        (2, "redeem", "redeemed", -30, 70),
        (1, "earn", "issued", 100, 100),
    ]
    back, _, earned = lines
    assert (back["refers_to"], earned["operation"]) == (sold["purchase_id"], sold["purchase_id"])
    assert earned["reasons"] == {"because": [["points", "reward", 100], ["climb", "status", 100]]}
    assert (earned["happened_at"], earned["last_day"]) == ("2026-01-05T02:00:00Z", "2028-01-05")


def test_p1_a_correction_is_another_line(ana):
    ana.adjust(30)
    first = ana.look("/entries")["items"]
    ana.adjust(-30)
    assert ana.look("/entries")["items"][1:] == first


def test_n7_a_line_has_two_clocks(ana, clock):
    sold_at = clock.now()
    clock.move(2 * DAY)
    ana.buy("100.00", sold_at=sold_at.isoformat().replace("+00:00", "Z"))
    line = ana.look("/entries")["items"][0]
    assert (line["happened_at"], line["booked_at"]) == ("2026-01-05T02:00:00Z", "2026-01-07T02:00:00Z")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_show_every_line_once(ana, clock, limit):
    for turn in range(5):
        ana.buy("10.00")
        ana.redeem(3)
        if turn % 2:
            clock.move(DAY)
    lines = pages(ana, f"limit={limit}")
    places = [(line["unit"], line["seq"]) for line in lines]
    assert len(places) == 15
    assert len(set(places)) == 15
    assert [line["booked_at"] for line in lines] == sorted(
        (line["booked_at"] for line in lines), reverse=True
    )
    rewards = pages(ana, f"limit={limit}&unit=reward")
    assert [line["seq"] for line in rewards] == list(range(10, 0, -1))


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_g7_pages_show_every_line_once_also_when_the_clock_was_set_back(ana, clock, limit):
    for step in (60, -30, 15, -40, 90):
        ana.buy("10.00")
        clock.move(timedelta(minutes=step))
    rewards = pages(ana, f"limit={limit}&unit=reward")
    assert [line["seq"] for line in rewards] == [5, 4, 3, 2, 1]
    both = [(line["unit"], line["seq"]) for line in pages(ana, f"limit={limit}")]
    assert sorted(both) == [(unit, seq) for unit in ("reward", "status") for seq in range(1, 6)]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=cmV3YXJkOng", "size=5"]
)
def test_a_page_that_cannot_be_is_refused(ana, query):
    answer = ana.till.get(f"/members/{ana.member_id}/entries?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")


def test_a_unit_without_lines_and_an_unknown_member(ana):
    assert ana.till.get(f"/members/{ana.member_id}/entries?unit=gems").json == {"items": [], "next": None}
    assert ana.till.get("/members/77/entries").status_code == 404


def test_a_till_that_does_not_read_members_sees_no_statement(make, ana):
    till = make.till("points:earn")
    assert till.get(f"/members/{ana.member_id}/entries").status_code == 403
