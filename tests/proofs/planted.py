"""Bugs that somebody may well write one day, each as one replacement in the code.

What is replaced must be found exactly once: a replacement that no longer fits is put right with the change
that moved it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug: its file in `loyalty`, what it replaces by what, and where it is most likely caught."""

    name: str
    file: str
    old: str
    new: str
    likely: tuple[str, ...]


BUGS: tuple[Bug, ...] = (
    Bug(
        "the member's lock is forgotten",
        "tiers/store.py",
        "session.execute(_STAND_LOCKED if locked else _STAND,",
        "session.execute(_STAND,",
        ("tests/api/test_attacks_on_sales_in_threads.py", "tests/api/test_transfers.py"),
    ),
    Bug(
        "a lot is dead on its last usable day",
        "ledger/lots.py",
        "self.last_day_of(lot) < day",
        "self.last_day_of(lot) <= day",
        ("tests/subjects/test_settling.py", "tests/subjects/test_lots.py"),
    ),
    Bug(
        "a half is rounded to the even number",
        "rules/rounding.py",
        "(2 * numerator + denominator) // (2 * denominator)",
        "round(Fraction(numerator, denominator))",
        ("tests/subjects/test_rules.py", "tests/subjects/test_rules_properties.py"),
    ),
    Bug(
        "goods come back twice",
        "sales/facts.py",
        "if over_quantity or returned.amount[no]",
        "if over_quantity and returned.amount[no]",
        ("tests/subjects/test_sales_facts.py", "tests/api/test_returns.py"),
    ),
    Bug(
        "the lot that lives longest pays first",
        "ledger/lots.py",
        "lots = sorted(account.lots.items())",
        "lots = sorted(account.lots.items(), reverse=True)",
        ("tests/subjects/test_lots.py",),
    ),
    Bug(
        "what is pending opens when somebody looks, not at its instant",
        "ledger/settling.py",
        "*ends, *openings, *lapses]",
        "*ends, *lapses]",
        ("tests/subjects/test_settling.py", "tests/decide/test_ageing.py", "tests/api/test_pending.py"),
    ),
    Bug(
        "what opens does not pay the debt",
        "ledger/settling.py",
        "paid = pay_debt(account)",
        "paid = Change(account)",
        ("tests/subjects/test_settling.py", "tests/api/test_debts.py"),
    ),
    Bug(
        "the content of a key is not compared",
        "actions/once.py",
        "if earlier.request_hash != digest and not cancelled:",
        "if earlier.request_hash != digest and cancelled:",
        ("tests/actions/test_once.py", "tests/api/test_purchases.py"),
    ),
    Bug(
        "a refusal is not kept for its retry",
        "actions/once.py",
        "if header is not None and refusal.judged:",
        "if header is None and refusal.judged:",
        ("tests/actions/test_once.py", "tests/api/test_redemptions.py"),
    ),
    Bug(
        "a hold's end is no due instant",
        "ledger/settling.py",
        "*ends, *openings, *lapses]",
        "*openings, *lapses]",
        ("tests/subjects/test_settling.py", "tests/api/test_holds.py"),
    ),
    Bug(
        "more is captured than was held",
        "decide/spend.py",
        "if points > taken.points:",
        "if points > taken.points + account.available:",
        ("tests/api/test_holds.py", "tests/decide/test_spend.py"),
    ),
    Bug(
        "a late sale counts on the day it was told",
        "decide/crediting.py",
        'points, "issued", by.day, by.today)',
        'points, "issued", by.today, by.today)',
        ("tests/api/test_late_sales.py", "tests/decide/test_purchase.py"),
    ),
    Bug(
        "a threshold must be passed, not reached",
        "tiers/evaluation.py",
        "readings.get(code, 0) >= bar",
        "readings.get(code, 0) > bar",
        ("tests/subjects/test_tier_evaluation.py", "tests/api/test_tier.py"),
    ),
    Bug(
        "a term ends a day late",
        "tiers/evaluation.py",
        "length.last_day(calendar.local_day(from_at, zone))",
        "length.last_day(calendar.local_day(calendar.day_after(from_at.date(), zone), zone))",
        ("tests/subjects/test_tier_evaluation.py", "tests/decide/test_standing.py"),
    ),
    Bug(
        "a review judges by the edition that the term began under",
        "decide/standing.py",
        "    edition = course.editions.at(at)\n"
        "    shown = _shown_before(course, edition, at, for_review=True, of=ended)",
        "    edition = course.editions.number(ended.edition)\n"
        "    shown = _shown_before(course, edition, at, for_review=True, of=ended)",
        ("tests/decide/test_editions.py", "tests/decide/test_standing_reviews.py"),
    ),
    Bug(
        "a transfer locks the giver first",
        "actions/transfer.py",
        "for one in sorted(ends)}",
        "for one in ends}",
        ("tests/api/test_transfers.py",),
    ),
    Bug(
        "the core system brings back whom the club forgot",
        "members/erasure_store.py",
        "        raise PersonErased",
        "        return",
        ("tests/api/test_erase.py",),
    ),
    Bug(
        "nobody hears of a new card",
        "actions/book.py",
        'yield Event("card.issued", {})',
        "yield from ()",
        ("tests/jobs/test_post.py", "tests/api/test_events.py"),
    ),
    Bug(
        "an event has its place in the line before it is committed",
        "outbox/store.py",
        "place = None if is_news else -event_id",
        "place = event_id if is_news else -event_id",
        ("tests/api/test_events.py", "tests/jobs/test_post.py"),
    ),
    Bug(
        "a key is taken after the work",
        "actions/once.py",
        "        earlier = ledger.claims.take(session, *business, digest, now) if business else None\n"
        "        told = do() if earlier is None else told_before(earlier, digest)\n",
        "        earlier = ledger.claims.find(session, *business) if business else None\n"
        "        told = do() if earlier is None else told_before(earlier, digest)\n"
        "        if business and earlier is None:\n"
        "            ledger.claims.take(session, *business, digest, now)\n",
        ("tests/actions/test_once.py", "tests/api/test_attacks_on_sales_in_threads.py"),
    ),
    Bug(
        "what was done before a refusal is kept",
        "db.py",
        "            outcome = work(session)\n            session.commit()\n",
        "            try:\n                outcome = work(session)\n"
        "            finally:\n                session.commit()\n",
        ("tests/actions/test_once.py", "tests/api/test_purchases.py", "tests/api/test_tenders.py"),
    ),
    Bug(
        "a budget of all is not locked",
        "actions/book.py",
        "usage.used(session, keys - own, locked=True)",
        "usage.used(session, keys - own)",
        ("tests/api/test_limits.py", "tests/api/test_attacks_on_sales_limits.py"),
    ),
    Bug(
        "a batch ends at the first line that is refused",
        "api/ndjson.py",
        "        done += len(outcomes)\n",
        "        done += len(outcomes)\n"
        '        if any(outcome["status"] == "refused" for outcome in outcomes):\n'
        "            return\n",
        ("tests/api/test_batches.py",),
    ),
    Bug(
        "tills correct points by hand",
        "api/points.py",
        '@needs("members:write")\n@takes_key(required=False)',
        '@needs("members:write", "points:earn")\n@takes_key(required=False)',
        ("tests/house/test_documents.py", "tests/security", "tests/api/test_adjustments.py"),
    ),
    Bug(
        "a nonce is accepted twice",
        "access/store.py",
        "return session.execute(kept.returning(Nonce.key_id)).first() is not None",
        "session.execute(kept)\n    return True",
        ("tests/api/test_signing.py", "tests/security/test_attacks_on_keys.py"),
    ),
    Bug(
        "a line of the acts is not chained to the one before",
        "acts/store.py",
        "link = chained(before, line)",
        'link = chained("", line)',
        ("tests/cli/test_audit.py", "tests/reads/test_audit.py"),
    ),
    Bug(
        "a page's end swallows a line",
        "api/paging.py",
        "to_cursor(place(shown[-1]))",
        "to_cursor(place(rows[-1]))",
        ("tests/api/test_headers.py", "tests/api/test_reviews.py"),
    ),
    Bug(
        "a reduced premium takes the oldest layer first",
        "policies/position.py",
        "in stack:\n        if layer.coverage == coverage:\n            layer = replace",
        "in reversed(stack):\n        if layer.coverage == coverage:\n            layer = replace",
        ("tests/subjects/test_policy_positions.py",),
    ),
    Bug(
        "an unknown cooling-off is none",
        "policies/position.py",
        "elif state.receipt_signed_on is not None and terms.cooling_off_days is not None:\n"
        "            last = state.receipt_signed_on + timedelta(days=terms.cooling_off_days)",
        "elif state.receipt_signed_on is not None:\n"
        "            last = state.receipt_signed_on + timedelta(days=terms.cooling_off_days or 0)",
        ("tests/subjects/test_policy_positions.py", "tests/api/test_policies.py"),
    ),
    Bug(
        "a day has 24 hours",
        "calendar.py",
        "return day_start(day + timedelta(days=1), zone)",
        "return day_start(day, zone) + timedelta(days=1)",
        ("tests/subjects/test_expiry.py", "tests/subjects/test_settling.py"),
    ),
    Bug(
        "a card passes for a payment card",
        "members/cards.py",
        "if not passes_luhn(number) and not is_for_rehearsals(number):",
        "if not is_for_rehearsals(number):",
        ("tests/subjects/test_cards.py",),
    ),
    Bug(
        "what is booked is not counted before it is used",
        "benefits/quota.py",
        "else len(mine)",
        "else len(mine) - reserved",
        ("tests/subjects/test_quota.py", "tests/api/test_benefits.py"),
    ),
    Bug(
        "a better card forgets what was used",
        "benefits/quota.py",
        "told if period.holds(visit.at)]",
        "told if period.holds(visit.at) and running.from_at <= visit.at]",
        ("tests/subjects/test_quota.py", "tests/jobs/test_grants.py"),
    ),
    Bug(
        "a cancelled booking stays counted",
        "decide/entitled.py",
        'return state == "used" or',
        'return state != "no_show" or',
        ("tests/api/test_benefits.py", "tests/api/test_club_events.py"),
    ),
    Bug(
        "a booking outlives the card that it was made under",
        "decide/lowered.py",
        "return ladder.rank(term.tier) < ladder.rank(before.tier)",
        "return ladder.rank(term.tier) > ladder.rank(before.tier)",
        ("tests/api/test_lower_cards.py", "tests/api/test_benefits.py"),
    ),
    Bug(
        "a party takes one place of an event",
        "benefits/events.py",
        "values(taken=_EVENT.c.taken + places)",
        "values(taken=_EVENT.c.taken + 1)",
        ("tests/api/test_club_events.py",),
    ),
    Bug(
        "a cancelled order does not come back to the stock",
        "actions/buy_reward.py",
        "rewards.put_back(session, was.reward)",
        "rewards.sold(session)",
        ("tests/api/test_rewards.py",),
    ),
    Bug(
        "a voucher is taken again after it was burned",
        "actions/buy_reward.py",
        "        raise OrderClosed(state=was.state)\n    member =",
        "        return Told(order_view(editions, was), member_id)\n    member =",
        ("tests/api/test_rewards.py",),
    ),
)
