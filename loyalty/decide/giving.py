"""Giving points: as of when a fact is judged, what rules may ask of a member, an award booked. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from loyalty import calendar, ids
from loyalty.decide import standing
from loyalty.decide.course import Course
from loyalty.decide.programme import Edition, Editions
from loyalty.ledger.lots import Account, Change, Pending, awake, credit, lot_for
from loyalty.ledger.operations import Operation, Part, is_act
from loyalty.rules.evaluation import Award, Awarded, Left, Occasion, evaluate
from loyalty.rules.rounding import split
from loyalty.rules.terms import Rule
from loyalty.usage.terms import UsageKey, period_of

When = tuple[int | None, str | None]  #: whole days until points open, the event they wait for


def in_time(editions: Editions, happened_at: datetime, now: datetime) -> bool:
    """Whether a fact told at `now` is still judged as of when it happened (P14)."""
    late = timedelta(days=editions.at(happened_at).programme.club.late_days)
    return now - happened_at <= late


def judged_at(editions: Editions, happened_at: datetime, now: datetime) -> datetime:
    """The instant whose edition, tier and limits a fact is judged by (P14)."""
    return happened_at if in_time(editions, happened_at, now) else now


def limit_keys(
    editions: Editions, on: str, at: datetime, member_id: int, quoted: int | None = None
) -> set[UsageKey]:
    """The counters that a fact of kind `on`, judged at an instant, may touch (P15).

    `quoted` is the edition that a quote fixed (P13).
    """
    edition = editions.at(at) if quoted is None else editions.number(quoted)
    day = calendar.local_day(at, editions.zone)
    rules = [rule for rule in edition.programme.rules if rule.on == on]
    return {key for rule in rules for key in _keys(rule, member_id, day).values()}


def award_for(course: Course, edition: Edition, occasion: Occasion, at: datetime) -> Award:
    """What the rules give within their limits and budgets, which count it; judged at an instant (P15)."""
    rules, day = edition.programme.rules, course.day(at)
    keys = {rule.code: _keys(rule, course.start.member_id, day) for rule in rules}
    left = {rule.code: _left(course, rule, keys[rule.code]) for rule in rules if keys[rule.code]}
    award = evaluate(rules, occasion, left)
    for part in award.parts:
        for key in keys[part.rule].values():
            course.use(key, 1, part.points)
    return award


def count_back(course: Course, edition: Edition, parts: Iterable[Awarded], at: datetime) -> None:
    """What a void fact gave counts against no limit and no budget any more (P15, P18)."""
    rules, day = {rule.code: rule for rule in edition.programme.rules}, course.day(at)
    for part in parts:
        for key in _keys(rules[part.rule], course.start.member_id, day).values():
            used = course.used(key)
            course.use(key, -min(1, used.times), -min(part.points, used.amount))


def give(
    course: Course,
    edition: Edition,
    award: Award,
    happened_at: datetime,
    now: datetime,
    kind: str = "earn",
    reasons: Mapping[str, object] | None = None,
) -> Operation:
    """Book an award as one operation: points at once and points pending.

    `reasons` say what it is for, if not for a sale: what is given `on` a birthday is no act of the member.
    """
    said = {**(reasons or {}), "because": [[r.rule, r.unit, r.points] for r in award.because]}
    by = _Giving(
        edition, award, course.new_id(), course.day(happened_at), course.day(now), is_act(kind, said)
    )
    parts, accounts = [], {}
    for unit in sorted(award.units):
        part, account = _give_unit(course, by, unit)
        parts.append(part)
        accounts[unit] = account
    operation = Operation(by.op_id, kind, edition.number, happened_at, tuple(parts), reasons=said)
    standing.book(course, operation, accounts, now)
    return operation


def member_attributes(course: Course, at: datetime) -> dict[str, object]:
    """What rule conditions may ask of the member at an instant."""
    day, start = course.day(at), course.start
    tier = next((term.tier for term in reversed(course.terms) if term.from_at <= at), course.terms[0].tier)
    return {
        "member.tier": tier or "",
        "member.age": calendar.whole_years(start.birth_date, day) if start.birth_date else -1,
        "member.enrolled_days": (day - course.day(start.enrolled_at)).days,
    }


def _keys(rule: Rule, member_id: int, day: date) -> dict[str, UsageKey]:
    """The counters of a rule's limit and budget in the periods that a day lies in."""
    keys = {}
    if rule.limit is not None:
        period = period_of(rule.limit.per, day)
        keys["limit"] = UsageKey(f"rule:{rule.code}:limit", ids.to_text(member_id), period)
    if rule.budget is not None:
        keys["budget"] = UsageKey(f"rule:{rule.code}:budget", "", period_of(rule.budget.per, day))
    return keys


def _left(course: Course, rule: Rule, keys: Mapping[str, UsageKey]) -> Left:
    """What limit and budget leave of a rule."""
    limit = budget = None
    if rule.limit is not None:
        used = course.used(keys["limit"])
        if rule.limit.points is not None:
            limit = max(rule.limit.points - used.amount, 0)
        if rule.limit.times is not None and used.times >= rule.limit.times:
            limit = 0
    if rule.budget is not None:
        budget = max(rule.budget.points - course.used(keys["budget"]).amount, 0)
    return Left(limit, budget)


@dataclass(frozen=True, slots=True)
class _Giving:
    """An award on its way into the accounts."""

    edition: Edition
    award: Award
    op_id: int
    day: date  #: on which the fact happened
    today: date
    is_act: bool  #: the member did something for it


def _give_unit(course: Course, by: _Giving, unit: str) -> tuple[Part, Account]:
    terms, number = by.edition.programme.units[unit], by.edition.number
    shares = _shares(by.edition, by.award, unit)
    at_once = shares.pop((None, None), 0)
    promised = tuple(
        Pending(by.op_id, no, points, _opening(course, by.day, days), terms.expiry, number, event)
        for no, ((days, event), points) in enumerate(sorted(shares.items(), key=_turn), start=1)
    )
    change = Change(course.account(unit))
    if at_once:
        lot = lot_for(terms, by.day)
        lot = lot if by.is_act else awake(change.account, lot, by.today)
        change = credit(change.account, lot, at_once, "issued", by.day, by.today)
    account = replace(change.account, pending=(*change.account.pending, *promised))
    return Part(unit, by.award.units[unit], change.moves, promised), account


def _shares(edition: Edition, award: Award, unit: str) -> dict[When, int]:
    """Points of a unit by when they become usable (P11)."""
    opens = {rule.code: rule.opens for rule in edition.programme.rules}
    shares: dict[When, int] = {}
    for given in award.parts:
        if given.unit == unit:
            for promise, points in split(given.points, opens[given.rule]):
                when = (promise.after_days, promise.event)
                shares[when] = shares.get(when, 0) + points
    return shares


def _turn(share: tuple[When, int]) -> tuple[bool, int, str]:
    """What the clock opens comes first; what waits for an event alone comes last."""
    (days, event), _ = share
    return days is None, days or 0, event or ""


def _opening(course: Course, day: date, days: int | None) -> datetime | None:
    if days is None:
        return None
    return calendar.day_start(day + timedelta(days=days), course.editions.zone)
