"""Two members live alike but for what must not matter: how a return is split, a void sale (N4, P18)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.test_attacks_on_sales import ACTS, CHECKS, CLUB, CLUBS, LINES, LONG, PHASES, Life
from tests.documents import GONE
from tests.makers import receipt, wire
from tests.receipts import money

PARTS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 10**6), st.integers(0, 1000)), min_size=2, max_size=6
)
IDS = ["debt", "clamp", "pending_only", "inactivity"]
HARMLESS = st.lists(
    st.tuples(st.sampled_from(["buy", "buy", "back", "void"]), LINES, st.integers(0, 10**6)), max_size=5
)


def pieces(lines, parts):
    """What comes back, piece by piece, as (line or 0, minor units): never more than was bought."""
    room = dict(enumerate(lines, start=1))
    left, told = sum(lines), []
    for no, pick, cut in parts:
        most = min(left, room.get(no, left) if no else left)
        if most > 0:
            part = most if pick % 4 == 0 else pick % most + 1
            left -= part
            if no in room:
                room[no] -= part
            told.append((no if no in room else 0, part, part * cut // 1000))
    return told


def give_back(life, sale, piece):
    """One piece comes back; the till's answer."""
    no, minor = piece
    body = receipt(f"p-{next(life.turns)}-{life.who.member_id}", "return_ref") | {
        "returned_at": wire(life.clock.now())
    }
    told = (
        {"lines": [{"line": no, "quantity": "0", "amount": money(minor)}]} if no else {"amount": money(minor)}
    )
    answer = life.tell(f"/purchases/{sale.answer['purchase_id']}/returns", body | told)
    life._undone(sale, answer)


@pytest.mark.parametrize("changes", CLUBS, ids=IDS)
@pytest.mark.parametrize("examples", [3, pytest.param(300, marks=LONG)])
def test_n4_p9_any_split_and_order_of_a_return_ends_the_same(make, clock, changes, examples):
    """But for what a clamp forgave on the way (P16): each piece takes what is there when it comes."""
    make.club(**{k: v for k, v in (CLUB | changes).items() if v is not GONE})
    till = make.till()

    @settings(max_examples=examples, deadline=None, phases=PHASES, suppress_health_check=CHECKS)
    @given(
        LINES,
        PARTS,
        st.integers(0, 3_000),
        st.integers(0, 10**6),
        st.sampled_from([0, 0, 1, 4, 40, 80]),
        st.randoms(use_true_random=False),
    )
    def holds(lines, parts, start, pick, days, random):
        lives = [Life(make, clock, till) for _ in range(2)]
        told = []
        for life in lives:
            if start:
                life.who.adjust(start)
            life.pay(lines, pick)
            if pick % 3 == 0:
                life.redeem(lines, pick // 7)
        clock.move(days * timedelta(days=1) + timedelta(seconds=1))
        for life, whole in zip(lives, (True, False), strict=True):
            sale = life.sales[0]
            back = pieces(sale.lines, parts)
            if whole:
                cuts = [(no, minor) for no, minor, _ in back]
            else:
                cuts = [(no, part) for no, minor, cut in back for part in (cut, minor - cut) if part]
                random.shuffle(cuts)
            for piece in cuts:
                give_back(life, sale, piece)
            told.append((+sale.refunded, sale.points, sale.taken, life.who.look("/tier")["tier"]))
        assert told[0] == told[1]
        whole, split = (life.who.look("/balance")["units"] for life in lives)
        if not any(life.sales[0].forgiven for life in lives):
            assert whole == split
        for unit in whole:
            kept = [
                shown[unit]["available"] - shown[unit]["debt"] - life.sales[0].forgiven[unit]
                for life, shown in zip(lives, (whole, split), strict=True)
            ]
            assert kept[0] == kept[1]

    holds()
    make.run("ledger", "verify")


@pytest.mark.parametrize("changes", CLUBS, ids=IDS)
@pytest.mark.parametrize("examples", [3, pytest.param(300, marks=LONG)])
def test_p18_t10_a_sale_cancelled_on_its_day_is_as_if_it_had_never_been(make, clock, changes, examples):
    make.club(**{k: v for k, v in (CLUB | changes).items() if v is not GONE})
    till = make.till()

    @settings(max_examples=examples, deadline=None, phases=PHASES, suppress_health_check=CHECKS)
    @given(ACTS, HARMLESS, LINES, st.integers(0, 10**6), st.integers(0, 3_000), st.booleans())
    def holds(before, between, lines, pick, start, pays):
        depends = pays or "unit.reward.on_return" in changes  # what a return finds in lots, or is forgiven
        lives = [Life(make, clock, till) for _ in range(2)]
        morning = clock.now()
        for life in lives:
            clock.move(morning)
            if start:
                life.who.adjust(start)
            for act in before:
                life.act(*act)
        clock.move(clock.now().replace(hour=8) + timedelta(days=1))
        assert lives[0].who.look("/balance")["units"] == lives[1].who.look("/balance")["units"]
        for life in lives:
            clock.move(clock.now().replace(minute=0, second=0, microsecond=0))
            life.buy([(100, "home", False)], 0)  # both were there that day
            clock.move(timedelta(seconds=1))
            if life is lives[0]:
                life.pay(lines, pick) if pays else life.buy(lines, pick)
                mine = life.sales.pop()
            clock.move(timedelta(minutes=1))
            for verb, goods_of, chosen in between:
                if verb != "back" or not depends:
                    life.act(verb, goods_of, chosen)
            if life is lives[0]:
                clock.move(timedelta(minutes=1))
                life.sales.append(mine)
                life.cancel(lines, len(life.sales) - 1 + len(life.sales) * 10)
        shown = [
            (
                one.who.look("/balance")["units"],
                one.who.look("/tier")["tier"],
                one.who.look("/tier")["last_day"],
            )
            for one in lives
        ]
        assert shown[0] == shown[1]
        clock.move(timedelta(days=200))
        shown = [(one.who.look("/balance")["units"], one.who.look("/tier")["tier"]) for one in lives]
        assert shown[0] == shown[1]

    holds()
    make.run("ledger", "verify")
