"""Law 5, of what members had and bought: the claims on it were taken when it happened (P2, B5)."""

import json

from tests.proofs.judging.claims import act_of, is_business
from tests.proofs.judging.court import Court
from tests.proofs.judging.days import pair
from tests.proofs.judging.life import Life, Row

CLOSES = {"benefit_used": "used", "benefit_cancelled": "cancelled", "benefit_no_show": "no_show"}
ENDS = {"reward_send": "sent", "voucher_use": "used"}


def judge(court: Court, life: Life) -> None:
    """Each claim names what it led to, and each visit that somebody told has one."""
    told = {(use.client, use.reference): use for use in life.benefit_use}
    uses = {pair(life.member_id, use.use_id): use for use in life.benefit_use}
    orders = {pair(life.member_id, order.op_id): order for order in life.reward_order}
    claimed = set()
    for claim in life.claim:
        act, client = act_of(claim)
        answer = (claim.outcome or {}).get("answer") or {}
        if not is_business(claim):
            continue
        [name] = json.loads(claim.key)[:1] or [None]
        if act == "benefit_use":
            claimed.add((client, name))
            _taken(court, "B5", claim, told.get((client, name)), "booked_at")
        elif act in CLOSES:
            _taken(court, "B5", claim, uses.get(name), "closed_at", CLOSES[act])
        elif act in ENDS:
            _taken(court, "B9", claim, orders.get(answer.get("order_id")), "closed_at", ENDS[act])
    by_post = {one.use_id for one in life.mailing}
    for key, use in told.items():
        if use.use_id not in by_post:
            court.holds("5", use, key in claimed, "nobody has a claim on this visit")


def _taken(court: Court, law: str, claim: Row, row: Row | None, clock: str, state: str | None = None) -> None:
    """A claim was taken at the instant that what it led to says."""
    if court.holds("5", claim, row is not None, "there is nothing that it led to") and row is not None:
        court.same("5", claim, "taken_at", claim.taken_at, getattr(row, clock))
        if state is not None:
            court.same(law, row, "state, beside its claim", row.state, state)
