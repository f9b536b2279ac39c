"""Claims on what is no operation: joining, a tier given by hand, what was cancelled untold (P18, T8)."""

import json
from datetime import datetime

from tests.proofs.judging.books import Books
from tests.proofs.judging.court import Court
from tests.proofs.judging.life import Life, Row
from tests.proofs.judging.wishes import fingerprint

BURIED = "*"
BY = {"hold": "hold_cancellation", "redemption": "redemption_cancellation", "premium": "premium_reversal"}


def judge(court: Court, life: Life) -> None:
    """What one member was asked for that is no operation."""
    for claim in life.claim:
        act = claim.scope.removeprefix("key:").partition("@")[0]
        if act == "enrol" and life.member and not claim.scope.startswith("key:"):
            court.same("5", claim, "taken_at", claim.taken_at, life.member[0].enrolled_at)
    handed = {
        (claim.taken_at, claim.request_hash) for claim in life.claim if claim.scope.startswith("key:tier@")
    }
    for term in life.term:
        if term.reason == "by_hand" and not life.erased_at:  # then the words are gone (M7)
            wish = {"member": life.member_id, "tier": term.tier, "until": term.until_at,
                    "reason": term.evidence.get("note"), "protected": term.protected}  # fmt: skip
            asked = (term.booked_at, fingerprint(wish)) in handed
            court.holds("5", term, asked, "nobody has a claim on giving it as it was given")
    for review in life.review:
        if review.state == "cancelled":
            receipt = [review.store, review.terminal, review.business_date.isoformat(), review.receipt]
            court.totals["cancelled reviews"][fingerprint({"receipt": receipt}), review.closed_at] += 1


def judge_whole(court: Court, books: Books) -> None:
    """Whatever is buried was cancelled, by a claim of its own at that very instant."""
    claims = [claim for claim in books.rows("claim") if not claim.scope.startswith("key:")]
    named: dict[tuple[str, str], datetime] = {}
    cancelled: dict[str, set[datetime]] = {}
    for claim in claims:
        named[claim.scope, claim.key] = claim.taken_at
        if claim.scope.partition("@")[0] == "cancellation":
            cancelled.setdefault(claim.request_hash, set()).add(claim.taken_at)
    reviews = dict(court.totals["cancelled reviews"].keys())
    for claim in claims:
        if claim.request_hash == BURIED:
            _buried(court, claim, named, cancelled)
    for digest, closed_at in reviews.items():
        at = cancelled.get(digest, set())
        court.holds("P18", f"review cancelled at {closed_at}", closed_at in at, "no claim cancelled it then")


def _buried(
    court: Court, claim: Row, named: dict[tuple[str, str], datetime], cancelled: dict[str, set[datetime]]
) -> None:
    act, at, client = claim.scope.partition("@")
    if act == "purchase":
        due = cancelled.get(fingerprint({"receipt": json.loads(claim.key)}), set())
    else:
        found = named.get((f"{BY.get(act, act)}{at}{client}", claim.key))
        due = {found} if found is not None else set()
    if claim.member_id is None:  # else it was held for review before
        court.holds(
            "P18", claim, claim.taken_at in due, f"buried at {claim.taken_at}, cancelled at {sorted(due)}"
        )
    else:
        court.holds("P18", claim, due, "nobody cancelled it")
