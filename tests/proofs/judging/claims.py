"""Law 5: one effect per claim; whoever asked has one; what was told is what was done (P2, P3, P18)."""

import json
from collections.abc import Iterable
from typing import Any

from tests.proofs.judging import wishes
from tests.proofs.judging.answers import answered
from tests.proofs.judging.court import Court
from tests.proofs.judging.days import name_of, pair
from tests.proofs.judging.life import Life, Row

LEADS_TO = {  #: the act of a claim, and the kinds of operation that it may be on
    "purchase": ("earn",),
    "release": ("earn",),
    "premium": ("earn",),
    "fact": ("earn",),
    "birthday": ("earn",),
    "anniversary": ("earn",),
    "redemption": ("redeem",),
    "reward_order": ("redeem",),
    "reward_cancel": ("reverse",),
    "reversal": ("reverse",),
    "redemption_cancellation": ("reverse",),
    "hold": ("hold",),
    "hold_cancellation": ("void", "reverse"),
    "capture": ("capture",),
    "void": ("void",),
    "return": ("return",),
    "adjustment": ("adjust",),
    "cancellation": ("cancel",),
    "premium_reversal": ("cancel",),
    "transfer": ("transfer_out",),
    "merge": ("merge_out",),
    "unmerge": ("merge_out",),
    "settle": ("transfer_out",),
    "policy": ("policy", "position"),
}
ASKED = (
    *("redeem", "reverse", "hold", "capture", "void", "return", "adjust", "cancel", "transfer_out"),
    "merge_out",
)
KEYED = (
    "redeem",
    "reverse",
    "hold",
    "return",
    "adjust",
    "cancel",
    "transfer_out",
    "merge_out",
)  #: by a business key
REFERRED = ("reversal", "hold", "redemption_cancellation", "hold_cancellation")  #: the answer names the key
OF_NOBODY = ("endpoint_id", "approval_id", "import_id")  #: what answers name that is no member's
BURIED = "*"
PAGES = {"demo", "me"}  #: stories that are told without a key, and the pages of members
OF_SEATS = ("household_asked", "household_agree", "household_leave", "household_removed", "household_order")


def act_of(claim: Row) -> tuple[str, str | None]:
    """The act a claim is on, and the client who asked; None for the whole club."""
    scope = claim.scope.removeprefix("key:")
    act, _, client = scope.partition("@")
    return act, client or None


def is_business(claim: Row) -> bool:
    """Whether it is on the name of the thing itself, not on the header of a request."""
    return not claim.scope.startswith("key:")


def judge(court: Court, life: Life) -> None:
    """Every claim of one member, and every operation that somebody must have asked for."""
    for claim in life.claim:
        judge_one(court, claim)
        if claim.op_id is not None:
            _on(court, life, claim)
    _held_back(court, life)
    _seated(court, life)
    paid = {tender[4] for row in life.sale for tender in row.tenders if tender[4] is not None}
    for row in life.operation:
        claims = life.claims.get(row.op_id, [])
        business = [claim for claim in claims if is_business(claim)]
        court.holds("5", row, len(business) <= 1, f"the effect of {len(business)} business keys")
        by_rule = row.kind == "adjust" and row.refers_to is not None
        of_a_sale = row.op_id in paid or (row.kind == "reverse" and row.refers_to in paid)
        if row.kind in ASKED and not by_rule and not of_a_sale:
            enough = business if row.kind in KEYED else claims
            court.holds("5", row, enough, f"nobody has a claim on this {row.kind}")
        if row.op_id in life.sales or row.op_id in life.premiums:
            court.holds("5", row, business, "nobody has a claim on this fact")
        if row.kind == "earn" and (row.reasons or {}).get("on") in ("activity", "birthday", "anniversary"):
            court.holds("5", row, business, "nobody has a claim on this fact")
        _together(court, claims)


def _seated(court: Court, life: Life) -> None:
    """A seat is asked for, agreed to and given up by wishes of those instants, but where a merge moves it."""
    taken = {(act_of(claim)[0], claim.taken_at) for claim in life.claim if is_business(claim)}
    merged = {row.booked_at for row in life.operation if row.kind in ("merge_in", "merge_out")}
    for seat in life.household_seat:
        acts = set() if seat.asked_at in merged else {("household_asked", seat.asked_at)}
        if seat.agreed_how == "page" and seat.agreed_at not in merged:
            acts.add(("household_agree", seat.agreed_at))
        if seat.left_how in ("left", "declined"):
            acts.add(("household_leave", seat.left_at))
        if seat.left_how == "removed":
            acts.add(("household_removed", seat.left_at))
        court.holds("5", seat, acts <= taken, f"nobody has a claim on {sorted(acts - taken)}")


def _held_back(court: Court, life: Life) -> None:
    """A sale under review has taken its receipt."""
    receipts = {claim.key: claim for claim in life.claim if claim.scope == "purchase"}
    reviews = {name_of(review.review_id): review for review in life.review}
    for review in life.review:
        claim = receipts.get(_receipt_of(review))
        if (
            court.holds("5", review, claim is not None, "nobody has a claim on this receipt")
            and claim is not None
        ):
            court.same("5", claim, "taken_at", claim.taken_at, review.held_at)
            court.same("5", claim, "op_id", claim.op_id, review.op_id)
    for claim in life.claim:
        named = ((claim.outcome or {}).get("answer") or {}).get("review_id")
        if named is not None:
            known = court.holds("5", claim, named in reviews, f"its answer names review {named}")
            if known and claim.scope == "purchase":
                court.same("5", claim, "key", claim.key, _receipt_of(reviews[named]))


def _receipt_of(review: Row) -> str:
    key = [review.store, review.terminal, review.business_date.isoformat(), review.receipt]
    return json.dumps(key, ensure_ascii=False, separators=(",", ":"))


def _together(court: Court, claims: list[Row]) -> None:
    """A header's claim and the business key's hear one answer."""
    for claim in claims:
        for other in claims:
            if act_of(claim)[0] == act_of(other)[0] and claim.key < other.key:
                court.same("5", claim, f"outcome, beside {other.place}", claim.outcome, other.outcome)
                court.same(
                    "5", claim, f"request_hash, beside {other.place}", claim.request_hash, other.request_hash
                )


def judge_one(court: Court, claim: Row) -> None:
    """What any claim must be, whoever it is about."""
    outcome = claim.outcome or {}
    told = [key for key in ("answer", "refusal") if key in outcome]
    parts = {*told, "cut"} if "answer" in outcome else {*told}
    is_one = len(told) == 1 and outcome.keys() <= parts
    court.holds("5", claim, is_one, f"its outcome is {sorted(outcome)}")
    refusal = outcome.get("refusal") or {}
    buried = refusal.get("code") in ("receipt_cancelled", "reference_cancelled") and is_business(claim)
    court.same("P18", claim, "buried", claim.request_hash == BURIED, buried)
    if "refusal" in outcome:
        bound = (claim.member_id if not buried else None, claim.op_id)
        court.same("P3", claim, "what a refusal is bound to", bound, (None, None))
        court.holds("P3", claim, buried or not is_business(claim), "a business key binds on success only")
    act, client = act_of(claim)
    if not is_business(claim):
        court.totals["clients"][client, claim.place] += 1
    named = (outcome.get("answer") or {}).get("member_id")
    if (
        act in ("enrol", "import", "tier", "replace_card", "block_card", "unblock_card", *OF_SEATS)
        and "answer" in outcome
    ):
        mine = None if claim.member_id is None else name_of(claim.member_id)
        court.same("5", claim, "the member of the answer", named, mine)


def _on(court: Court, life: Life, claim: Row) -> None:
    row = life.operations.get(claim.op_id)
    if not court.holds("5", claim, row is not None, f"there is no operation {claim.op_id}"):
        return
    assert row is not None
    act, client = act_of(claim)
    court.holds("5", claim, row.kind in LEADS_TO.get(act, ()), f"claims a {row.kind}")
    review = life.releases.get(row.op_id)
    request = life.approvals.get(row.op_id) if act == "adjustment" else None
    taken = review.held_at if review is not None and act == "purchase" else row.booked_at
    taken = request.asked_at if request is not None else taken
    if is_business(claim) or len(life.claims[row.op_id]) == 1:
        court.same("5", claim, "taken_at", claim.taken_at, taken)
    if is_business(claim):
        due = spelled(life, row, act, client)
        if act in REFERRED:
            due = [((claim.outcome or {}).get("answer") or {}).get("reference")]
        if act == "cancellation" and row.refers_to in life.sales:
            sale = life.sales[row.refers_to]
            due = [sale.store, sale.terminal, sale.business_date.isoformat(), json.loads(claim.key)[3]]
        if due is not None:
            court.same(
                "5", claim, "key", claim.key, json.dumps(due, ensure_ascii=False, separators=(",", ":"))
            )
        if act in ("adjustment", "fact"):
            court.same("5", claim, "client", client, (row.reasons or {}).get("by"))
    wishes.judge(court, life, claim, row, act)
    answer = (claim.outcome or {}).get("answer")
    if answer and review is not None and act == "purchase":
        due = (name_of(review.review_id), "held_for_review", review.reason)
        told = (answer.get("review_id"), answer.get("status"), answer.get("reason"))
        court.same("5", claim, "the answer", told, due)
    elif answer and request is None:  # else it tells of the request
        answered(court, life, claim, row, answer if act != "release" else answer.get("purchase", {}))


def spelled(life: Life, row: Row, act: str, client: str | None) -> list[Any] | None:
    """The business key of what was done, as a claim on it spells it."""
    reasons = row.reasons or {}
    sale = life.sales.get(row.op_id)
    if act in ("redemption", "capture") and client is None:
        sale = next((one for one in life.sale if row.op_id in [tender[4] for tender in one.tenders]), None)
        if sale is None:
            if life.kind(row.refers_to) == "hold_in":
                return None
            return [pair(life.member_id, row.refers_to)] if act == "capture" else []
    if sale is not None:
        return [sale.store, sale.terminal, sale.business_date.isoformat(), sale.receipt]
    if act == "void" and life.kind(row.refers_to) != "hold_in":  # asked for by its old name, it may be
        return [pair(life.member_id, row.refers_to)]
    if act == "return":
        back = life.returns.get(row.op_id)
        return [back.store, back.terminal, back.business_date.isoformat(), back.return_ref] if back else []
    if act == "reward_cancel":
        return [pair(life.member_id, row.refers_to)]
    if act in ("redemption", "reward_order", "adjustment", "transfer", "settle", "fact", "merge", "unmerge"):
        return [reasons.get("reference")]
    if act == "premium":
        return [premium.reference for premium in life.premium if premium.op_id == row.op_id]
    if act == "premium_reversal":
        return [premium.reference for premium in life.premium if premium.op_id == row.refers_to]
    if act == "policy":
        return [reasons.get("policy"), str(reasons.get("version"))]
    return None


def judge_clients(court: Court, keys: Iterable[Row], staff: Iterable[Row]) -> None:
    """Whoever sends a header has, or had, a key; a form comes from a colleague, or from a member's page."""
    known = {key.client for key in keys} | {f"staff:{name_of(one.account_id)}" for one in staff} | PAGES
    for client, place in court.totals["clients"]:
        court.holds("P2", place, client in known, f"nobody has a key as {client}")


def judge_strays(court: Court, claims: list[Row]) -> None:
    """Claims that are on nobody."""
    for claim in claims:
        judge_one(court, claim)
        court.same("5", claim, "op_id of a claim on nobody", claim.op_id, None)
        answer = (claim.outcome or {}).get("answer") or {}
        ids = [key for key in answer if key.endswith("_id") and key not in OF_NOBODY]
        names = [key for key in ids if answer[key] is not None]
        act, _ = act_of(claim)
        cancels = act.endswith(("cancellation", "reversal"))
        court.holds("5", claim, cancels or not names, f"its answer names {names}, and it is on nobody")
