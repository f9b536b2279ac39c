"""One life as it was and under a draft: what differs, and whether the first is what the books keep. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from loyalty import calendar, ids
from loyalty.benefits.quota import Visit, entitlement
from loyalty.decide import entitled, rating
from loyalty.decide.figures import Figures
from loyalty.decide.lived import Lived
from loyalty.decide.memory import Memory
from loyalty.decide.programme import Edition, Editions, Programme
from loyalty.decide.replay import replayed
from loyalty.tiers.evaluation import Term

REALLY, DRAFT = "really", "draft"
#: Kinds of operation that the clock books at their own instant, whenever somebody looks.
_OF_THE_CLOCK = frozenset({"open", "expire", "release", "forfeit", "tier_price"})
_MOST_RULES = 5  #: of which a sample tells


def with_draft(editions: Editions, draft: Programme, since: datetime | None) -> Editions:
    """The editions with a draft in force from an instant on, or (None) ever; under the next number."""
    before = () if since is None else tuple(one for one in editions.items if one.in_force_from < since)
    number = editions.items[-1].number + 1
    return Editions((*before, Edition(number, since or calendar.BEGINNING, draft)))


def compared(life: Lived, really: Editions, draft: Editions, as_of: datetime) -> Figures:
    """What one life comes to, under the editions as they were and with a draft in their place.

    Who was ever merged, or took somebody in, is counted and left out.
    """
    figures = Figures()
    figures.counts["members",] = 1
    if life.merged:
        figures.counts["merged",] = 1
        return figures
    was, would = replayed(really, life), replayed(draft, life)
    was.advance(life.kept.last_at)
    _prove(figures, was)
    was.advance(as_of)
    would.advance(as_of)
    for side, memory in ((REALLY, was), (DRAFT, would)):
        _count(figures.counts, side, memory, as_of)
    _tell_changes(figures, was, would)
    return figures


def _prove(figures: Figures, was: Memory) -> None:
    """Tell where a life carried out again under the same editions is not what the books keep of it."""
    kept = was.life.kept
    entries = Counter[tuple[Any, ...]]()
    for _, operation in was.booked:
        for part in operation.parts:
            for move in part.moves:
                entries[part.unit, move.lot.last_day, move.lot.kind, move.contra] += move.points
    found = {key: points for key, points in entries.items() if points}
    terms = [(one.tier, one.from_at, one.until_at, one.reason) for one in was.snapshot.terms]
    unlike = []
    for key in sorted(found.keys() | kept.entries.keys()):
        if found.get(key, 0) != kept.entries.get(key, 0):
            unlike.append(f"{_text(key)}: {kept.entries.get(key, 0)} booked, {found.get(key, 0)} again")
    if terms != list(kept.terms):
        booked = [_text(one) for one in kept.terms]
        unlike.append(f"terms: booked {booked}, again {[_text(one) for one in terms]}")
    if unlike:
        figures.counts["unlike",] = 1
        figures.show(("unlike",), [was.life.member_id], {"member": _name(was), "differs": unlike[:5]})


def _count(counts: Counter[tuple[str, ...]], side: str, memory: Memory, as_of: datetime) -> None:
    zone = memory.editions.zone
    counts["tier", side, memory.snapshot.terms[-1].tier or ""] = 1
    for now, operation in memory.booked:
        at = operation.happened_at if operation.kind in _OF_THE_CLOCK else now
        month = calendar.local_day(at, zone).isoformat()[:7]
        for part in operation.parts:
            for move in part.moves:
                counts["points", side, part.unit, month, move.contra] += move.points
    for unit, account in memory.snapshot.accounts.items():
        if coming := account.promised - account.lowering:
            counts["pending", side, unit] = coming
    for (rule, unit), points in _by_rule(memory, as_of).items():
        counts["rule", side, rule, unit] = points
    for (rule, unit), times in memory.times.items():
        counts["times", side, rule, unit] = times
    for (fact, code), times in memory.refused.items():
        counts["refused", side, fact, code] = times
    for key, used in memory.snapshot.used.items():
        if key.subject == "" and key.name.endswith(":budget"):
            counts["budget", side, key.name.split(":")[1], key.period] = used.amount
    for order in memory.orders.values():
        counts["reward", side, order.reward, "orders"] += 1
        counts["reward", side, order.reward, "points"] += order.points
        counts["reward", side, order.reward, "cost_minor"] += order.cost_minor or 0
    _count_benefits(counts, side, memory, as_of)


def _by_rule(memory: Memory, as_of: datetime) -> Counter[tuple[str, str]]:
    """What each rule gave, less what it took; of policies, what it gives at the instant."""
    points = Counter(memory.awards)
    for known in memory.policies.values():
        state = known.told.at(as_of)
        if state is not None and state.holder == memory.life.member_id:
            for one in rating.rate(memory.editions, known.told, as_of).because:
                if one.opens_at is not None and one.opens_at <= as_of:
                    points[one.rule, one.unit] += one.points
    return points


def _count_benefits(counts: Counter[tuple[str, ...]], side: str, memory: Memory, as_of: datetime) -> None:
    """Which benefits the card gives, and which of the visits that were made it gives, at what cost.

    Consents, places and parties are as they were.
    """
    editions, terms = memory.editions, memory.snapshot.terms
    edition = editions.number(entitled.edition_of(editions, terms, as_of))
    for benefit in edition.programme.benefits:
        if benefit.given_by(terms[-1].tier) is not None:
            counts["benefit", side, benefit.code, "members"] = 1
    had: dict[tuple[str, str], list[Visit]] = {}
    for one in memory.life.visits:
        visits = had.setdefault((one.benefit, one.subject), [])
        promised = entitled.stretches(editions, terms, one.benefit)
        given = entitlement(promised, visits, one.at, editions.zone, one.anchor)
        if given is None or given.remaining == 0:
            counts["benefit", side, one.benefit, "refused"] += 1
            continue
        visits.append(Visit(one.at))
        counts["benefit", side, one.benefit, "uses"] += 1
        counts["benefit", side, one.benefit, "cost_minor"] += given.terms.cost_minor or 0


def _tell_changes(figures: Figures, was: Memory, would: Memory) -> None:
    """Count how the member moves; keep a row where tier or points differ, and samples."""
    name, number = _name(was), was.life.member_id
    before, after = was.snapshot.terms[-1].tier or "", would.snapshot.terms[-1].tier or ""
    points = {unit: (_balance(was, unit), _balance(would, unit)) for unit in _units(was, would)}
    figures.counts["move", before, after] = 1
    if before != after:
        rank = [sha256(name.encode()).hexdigest()]
        figures.show(("move", before, after), rank, _why(was, would, {"member": name}))
    for unit, (held, would_hold) in points.items():
        if more := would_hold - held:
            shown = {"member": name, REALLY: held, DRAFT: would_hold}
            figures.show(("winner" if more > 0 else "loser", unit), [-abs(more), number], shown)
    if before != after or any(held != would_hold for held, would_hold in points.values()):
        figures.counts["changed",] = 1
        figures.rows.append([name, before, after, {unit: list(both) for unit, both in points.items()}])


def _why(was: Memory, would: Memory, shown: dict[str, Any]) -> dict[str, Any]:
    """Both terms with the measure that made them, and the rules that make most of the difference."""
    tiers = {was.snapshot.terms[-1].tier, would.snapshot.terms[-1].tier}
    for side, memory in ((REALLY, was), (DRAFT, would)):
        shown[side] = _term(memory.snapshot.terms[-1], tiers)
    more = [
        {"rule": key[0], "unit": key[1], REALLY: was.awards[key], DRAFT: would.awards[key]}
        for key in sorted(was.awards.keys() | would.awards.keys())
        if was.awards[key] != would.awards[key]
    ]
    more.sort(key=lambda one: -abs(cast(int, one[DRAFT]) - cast(int, one[REALLY])))
    return shown | {"rules": more[:_MOST_RULES]}


def _term(term: Term, tiers: set[str | None]) -> dict[str, Any]:
    bars = cast("Mapping[str, Any]", term.evidence.get("bars", {}))
    return {
        "tier": term.tier,
        "from": calendar.instant_text(term.from_at),
        "until": calendar.instant_text(term.until_at) if term.until_at else None,
        "reason": term.reason,
        "measure": term.evidence.get("measure", {}),
        "attain": {tier: bars[tier]["attain"] for tier in sorted(filter(None, tiers)) if tier in bars},
    }


def _units(was: Memory, would: Memory) -> list[str]:
    return sorted(was.snapshot.accounts.keys() | would.snapshot.accounts.keys())


def _balance(memory: Memory, unit: str) -> int:
    account = memory.snapshot.accounts.get(unit)
    return account.balance if account is not None else 0


def _name(memory: Memory) -> str:
    return ids.to_text(memory.life.member_id)


def _text(values: tuple[Any, ...]) -> str:
    return " ".join("-" if value is None else str(value) for value in values)
