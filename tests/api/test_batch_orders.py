"""P16: whatever the order, the split and the repetition, the same balances."""

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.makers import wire

DAY = timedelta(days=1)
MEMBERS, SALES = 2, 7
LATER = {"code": "later", "on": "purchase", "unit": "reward", "phase": "bonus", "earn": {"fixed": 9},
         "from": {"days": 4}}  # fmt: skip
CLIMB = {"code": "climb", "on": "purchase", "unit": "status", "earn": {"points": 1, "per": "1.00"}}

sales = st.tuples(
    st.integers(0, MEMBERS - 1),
    st.integers(0, 12),  # days ago
    st.sampled_from(["fresh", "home"]),
    st.integers(0, 90_000),  # minor units
)
plans = st.tuples(
    st.lists(sales, min_size=1, max_size=SALES),
    st.randoms(use_true_random=False),
    st.integers(0, SALES),  # how many are told twice
    st.integers(1, SALES),  # how many a batch holds
)


@pytest.mark.parametrize("examples", [5, pytest.param(200, marks=pytest.mark.prove)])
def test_p16_any_order_split_and_repetition_ends_in_the_same_balances(make, clock, examples):
    make.club(**{"rule[2]": LATER, "rule[3]": CLIMB, "unit.reward.expiry": {"months": 2}})
    clock.move(20 * DAY)
    till, turns = make.till(), count()

    def tell(plan, shuffled):
        told, random, repeated, size = plan
        members, turn = [make.shopper(till) for _ in range(MEMBERS)], next(turns)
        rows = [
            members[who].sale(
                {"amount": f"{minor / 100:.2f}", "category": category},
                sold_at=wire(clock.now() - ago * DAY),
                receipt=f"{turn}-{no}",
            )
            for no, (who, ago, category, minor) in enumerate(told)
        ]
        if shuffled:
            rows += rows[:repeated]
            random.shuffle(rows)
        batches = [rows[place : place + size] for place in range(0, len(rows), size)] if shuffled else [rows]
        outcomes = [outcome for batch in batches for outcome in till.batch(*batch)]
        assert {outcome["status"] for outcome in outcomes} <= {"created", "replayed"}
        assert sum(outcome["status"] == "created" for outcome in outcomes) == len(told)
        return [(one.look("/balance")["units"], one.look("/tier")["tier"]) for one in members]

    @settings(max_examples=examples, deadline=None)
    @given(plans)
    def holds(plan):
        assert tell(plan, shuffled=False) == tell(plan, shuffled=True)

    holds()
    make.run("ledger", "verify")
