"""Sales are booked together, as many as are ordinary: what `earn` does for one, in one trip for all of them.

Whatever is not ordinary is left to `earn`, and what comes after it waits: any number of sales told together
leads to what one after the other leads to (P16).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy.orm import Session

from loyalty import ledger, members, reviews, sales
from loyalty.actions.book import Taken, fresh_ids, used_of
from loyalty.actions.earn import keep_booked
from loyalty.actions.judging import OWN_CARD, Judging, check_sale, judging, sale_answer, wish_of
from loyalty.actions.once import Asking, Told, claims_of, fingerprint, told_before
from loyalty.actions.who import Bearer
from loyalty.actions.write_runs import write_runs
from loyalty.decide import purchase as decide
from loyalty.decide.outcome import Outcome, Snapshot
from loyalty.decide.programme import Editions
from loyalty.errors import Refusal
from loyalty.reads.locked import lock_holders, read_locked
from loyalty.tiers import Stand
from loyalty.usage import NOTHING, UsageKey, Used

Claim = tuple[str, str]
Answer = tuple[dict[str, Any], bool]  #: what a till hears, and whether it was told before


@dataclass(frozen=True, slots=True)
class Report:
    """A sale as it is told; `offline`: after its till was cut off."""

    bearer: Bearer
    fact: sales.Purchase
    asking: Asking
    offline: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """A sale that looks ordinary, before its member was looked at."""

    report: Report
    card: str
    by: Judging
    digest: str
    claims: tuple[Claim, ...]


@dataclass(slots=True)
class _Run:
    """One member, from sale to sale."""

    taken: Taken
    snapshot: Snapshot
    used: dict[UsageKey, Used]  #: of the limits of all who are together
    own_cards: Collection[tuple[str, str]]
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def has_begun_a_term(self) -> bool:
        """Whether the last sale moved the tier: what counted towards it is looked at before the next one."""
        return bool(self.outcomes and self.outcomes[-1].terms)

    def go_on(self, outcome: Outcome) -> None:
        """Live on from there."""
        self.outcomes.append(outcome)
        for key, count in outcome.uses.items():
            self.used[key] = self.used.get(key, NOTHING) + count
        self.snapshot = _with_used(outcome.after, self.used)


@dataclass(frozen=True, slots=True)
class _Booked:
    """A sale that is decided, and what is kept of it."""

    case: _Case
    outcome: Outcome
    flags: tuple[str, ...]
    answer: dict[str, Any]


def earn_together(
    session: Session,
    editions: Editions,
    reports: Sequence[Report],
    now: datetime,
    quote_secrets: Iterable[bytes] = (),
    *,
    waiting: bool = False,
) -> list[Answer] | None:
    """Book the first of these sales, as far as they are ordinary; the answer of each, in order.

    A sale is ordinary that is told by the card of a member who may earn, and whom nobody else holds locked,
    that spends nothing, and that passes every check: or one that was told before. `earn` tells of the next
    one what is to be said of it. None where nothing is known of the first one: its card is nobody's, or its
    member is held by others, for whom a whole group is not to wait, unless it is told to.

    Raises BooksDisturbed, and what the database says where a receipt is told elsewhere at the same time: then
    nothing is booked.
    """
    cases = list(_ordinary(editions, reports, now, list(quote_secrets)))
    stands = lock_holders(session, sorted({case.card for case in cases}), waiting=waiting)
    if cases and cases[0].card not in stands:
        return None
    cases = list(takewhile(lambda case: _is_alive(stands.get(case.card)), cases))
    if not cases:
        return []
    runs, cards, taken_before = _looked_at(session, editions, cases, stands, now)
    answers: list[Answer] = []
    booked: list[_Booked] = []
    for case in cases:
        try:
            if (told := _replayed(case, taken_before)) is not None:
                answers.append((told.answer, True))
                continue
            one = _decided(editions, case, runs[stands[case.card].member_id], cards, now)
        except (Refusal, _Odd):
            break
        booked.append(one)
        answers.append((one.answer, False))
    _write(session, editions, runs.values(), booked, now)
    return answers


class _Odd(Exception):
    """A sale that is not ordinary."""


def _ordinary(
    editions: Editions, reports: Sequence[Report], now: datetime, secrets: Sequence[bytes]
) -> Iterator[_Case]:
    """The first sales, as long as nothing that was told of one keeps it from being ordinary."""
    seen = set[Claim]()
    for report in reports:
        bearer, fact, asking = report.bearer, report.fact, replace(report.asking, now=now)
        if bearer.card is None or bearer.is_of_page or fact.by_points is not None:
            return
        try:
            check_sale(editions, fact, now, offline=report.offline)
            by = judging(editions, fact, asking, secrets, offline=report.offline)
        except Refusal:
            return
        wish = wish_of(bearer, fact, asking)
        claims = claims_of(wish)
        if by.guard.odd is not None or not seen.isdisjoint(claims):
            return
        seen.update(claims)
        yield _Case(report, bearer.card, by, fingerprint(wish.content), tuple(claims))


def _is_alive(stand: Stand | None) -> bool:
    return stand is not None and stand.erased_at is None and stand.stopped_at is None


def _looked_at(
    session: Session, editions: Editions, cases: Sequence[_Case], stands: Mapping[str, Stand], now: datetime
) -> tuple[dict[int, _Run], members.Cards, dict[Claim, ledger.claims.Claimed]]:
    """The members as they are, what is known of their cards, and what was told before."""
    mine = {stands[case.card].member_id: stands[case.card] for case in cases}
    claims = [claim for case in cases for claim in case.claims]
    found, (told, linked) = read_locked(
        session,
        editions,
        [*mine.values()],
        sorted({case.card for case in cases}),
        now,
        min(min(case.report.fact.sold_at, now) for case in cases),
        also=(ledger.claims.TAKEN, reviews.LINKED),
        claim_scopes=sorted({scope for scope, _ in claims}),
        claim_keys=sorted({key for _, key in claims}),
        cashiers=sorted({case.report.fact.cashier for case in cases if case.report.fact.cashier}),
    )
    keys: dict[int, set[UsageKey]] = {member_id: set() for member_id in mine}
    for case in cases:
        member_id = stands[case.card].member_id
        keys[member_id] |= case.by.keys(editions, member_id)
    used, own = used_of(session, keys), reviews.own_cards(linked)
    runs = {
        member_id: _Run(
            Taken(locked.snapshot, locked.stand, locked.known),
            _with_used(locked.snapshot, used),
            used,
            own.get(member_id, ()),
        )
        for member_id, locked in found.items()
    }
    return runs, next(iter(found.values())).cards, ledger.claims.told(told)


def _with_used(snapshot: Snapshot, used: dict[UsageKey, Used]) -> Snapshot:
    """The member with what all who are together used of the limits, where there are any."""
    return replace(snapshot, used=used) if used else snapshot


def _replayed(case: _Case, taken_before: Mapping[Claim, ledger.claims.Claimed]) -> Told | None:
    """What was told of a sale before. Raises _Odd where it is not to be repeated as it is, or a Refusal."""
    earlier = [taken_before.get(claim) for claim in case.claims]
    if earlier[0] is None:
        if any(earlier):
            raise _Odd
        return None
    told = told_before(earlier[0], case.digest)
    if told.cut:
        raise _Odd
    return told


def _decided(editions: Editions, case: _Case, run: _Run, cards: members.Cards, now: datetime) -> _Booked:
    """What a sale leads to, and its member lives on from there. Raises _Odd, a Refusal; then nothing is."""
    fact, known = case.report.fact, run.taken.known
    if run.snapshot.merged_into is not None or run.has_begun_a_term:
        raise _Odd
    members.check_card(cards, case.card, min(fact.sold_at, now))
    members.check(known.state, "earn")
    by = case.by
    if (fact.receipt.store, fact.cashier) in run.own_cards:
        if editions.at(now).programme.club.own_card == "deny":
            raise _Odd
        by = replace(by, flags=(*by.flags, OWN_CARD))
    outcome = decide.purchase(editions, fact, run.snapshot, now, fresh_ids(now), by.quoted)
    if by.guard.breach(outcome) is not None:
        raise _Odd
    outcome = by.guard.counted(outcome)
    run.go_on(outcome)
    return _Booked(case, outcome, by.flags, sale_answer(editions, fact, outcome, by))


def _write(
    session: Session, editions: Editions, runs: Iterable[_Run], booked: Sequence[_Booked], now: datetime
) -> None:
    write_runs(session, editions, [(run.taken, run.outcomes) for run in runs if run.outcomes], now)
    for one in booked:
        member_id, op_id = one.outcome.after.member_id, one.outcome.booked("earn").op_id
        keep_booked(session, one.case.report.fact, one.outcome, one.flags)
        told = {"answer": one.answer}
        ledger.claims.keep(session, one.case.claims, one.case.digest, told, member_id, op_id, now)
