"""Giving points: as of when a fact is judged, what rules may ask of a member, an award booked. Pure."""

from collections.abc import Callable, Container, Iterable, Mapping, Set
from datetime import date, datetime, timedelta

from loyalty import calendar, ids
from loyalty.decide import milestones, standing
from loyalty.decide.course import Course
from loyalty.decide.crediting import Giving, give_unit, take_unit
from loyalty.decide.programme import Edition, Editions
from loyalty.ledger.lots import Pending
from loyalty.ledger.operations import Operation, is_act
from loyalty.rules.bounds import Room, within
from loyalty.rules.evaluation import Award, Awarded, Left, evaluate
from loyalty.rules.occasions import Occasion
from loyalty.rules.terms import Rule
from loyalty.usage.terms import UsageKey, period_of

_NOTHING_TOLD: Mapping[str, object] = {}
_NONE: Set[str] = frozenset()
_NO_COUNTERS: Mapping[str, UsageKey] = {}


def in_time(editions: Editions, happened_at: datetime, now: datetime) -> bool:
    """Whether a fact told at `now` is still judged as of when it happened (P14)."""
    late = timedelta(days=editions.at(happened_at).programme.club.late_days)
    return now - happened_at <= late


def judged_at(editions: Editions, happened_at: datetime, now: datetime) -> datetime:
    """The instant whose edition, tier and limits a fact is judged by (P14)."""
    return happened_at if in_time(editions, happened_at, now) else now


def limit_keys(
    editions: Editions,
    on: str,
    at: datetime,
    member_id: int,
    quoted: int | None = None,
    told: Mapping[str, object] = _NOTHING_TOLD,
) -> set[UsageKey]:
    """The counters that a fact of kind `on`, judged at an instant, may touch (P15).

    `quoted` is the edition that a quote fixed (P13); `told` are the fact's attributes.
    """
    edition = editions.at(at) if quoted is None else editions.number(quoted)
    day = calendar.local_day(at, editions.zone)
    rules = edition.programme.rules_about[on]
    limits = {key for rule in rules.counted for key in _keys(rule, member_id, day).values()}
    return limits | milestones.keys(rules, member_id, told)


def award_for(course: Course, edition: Edition, occasion: Occasion, at: datetime) -> Award:
    """What the rules give and take within their limits and budgets, which count it, their milestones, and
    what units may hold; judged at an instant (P15).
    """
    day = course.day(at)
    rules, summed = milestones.reached(course, edition.programme.rules_about[occasion.on], occasion)
    keys = {rule.code: _keys(rule, course.start.member_id, day) for rule in rules.counted}
    left = {rule.code: _left(course, rule, keys[rule.code]) for rule in rules.counted}
    award = evaluate(rules, occasion, left)
    if rules.takings or edition.programme.capped:
        award = within(award, rules, occasion, _rooms(course, edition))
    for part in award.parts:
        for key in keys.get(part.rule, _NO_COUNTERS).values():
            course.use(key, 1, part.points)
    return award._replace(counted=summed) if summed else award


def count_back(course: Course, edition: Edition, parts: Iterable[Awarded], at: datetime) -> None:
    """What a void fact gave counts against no limit and no budget any more (P15, P18)."""
    rules, day = edition.programme.rules_by_code, course.day(at)
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
    dates: tuple[tuple[str, Pending], ...] = (),
) -> Operation:
    """Book an award as one operation: points at once and points pending; what is taken is one before it.

    `reasons` say what it is for, if not for a sale: what is given `on` a birthday is no act of the member.
    `dates` are pending parts that the fact gave their day, which the accounts already show.
    """
    said = {**(reasons or {}), "because": [list(reason) for reason in award.because]}
    if award.counted:
        said["counted"] = [list(counted) for counted in award.counted]
    taken = award.taken
    taking = course.new_id() if taken else None
    by = Giving(edition, award, course.new_id(), course.day(happened_at), course.day(now), is_act(kind, said))
    rose, fell = _take(course, by, taken, taking, now) if taking is not None else (_NONE, _NONE)
    given = {unit: give_unit(course, by, unit, points) for unit, points in sorted(award.given.items())}
    parts = tuple([part for part, _ in given.values()])
    operation = Operation(by.op_id, kind, edition.number, happened_at, parts, reasons=said, dates=dates)
    more = standing.note(course, operation, {unit: after for unit, (_, after) in given.items()}, now)
    running = course.term
    standing.move(course, now, rose | more[0], fell | more[1])
    if course.term is not running:
        standing.advance(course, now)  # where a tier ends, what it kept alive dies
    return operation


def _take(
    course: Course, by: Giving, points: Mapping[str, int], op_id: int, now: datetime
) -> tuple[Set[str], Set[str]]:
    """Note down what rules take, as an operation that refers to the fact; the units that rose, and fell."""
    taken = {unit: take_unit(course, by, unit, points[unit]) for unit in sorted(points)}
    parts = tuple(part for part, _ in taken.values())
    because = {"because": [[r.rule, r.unit, r.points] for r in by.award.because if r.unit in taken]}
    operation = Operation(op_id, "adjust", by.edition.number, now, parts, by.op_id, because)
    return standing.note(course, operation, {unit: left for unit, (_, left) in taken.items()}, now)


def member_attributes(course: Course, at: datetime, asked: Container[str] | None = None) -> dict[str, object]:
    """What rule conditions may ask of the member at an instant; attributes and points are those of now.

    `asked` are the names that will be asked for, where that is known.
    """
    return {name: told(course, at) for name, told in _OF_MEMBER.items() if asked is None or name in asked}


def _tier(course: Course, at: datetime) -> str:
    found = next((term.tier for term in reversed(course.terms) if term.from_at <= at), course.terms[0].tier)
    return found or ""


def _age(course: Course, at: datetime) -> int:
    born = course.start.birth_date
    return calendar.whole_years(born, course.day(at)) if born else -1


def _enrolled_days(course: Course, at: datetime) -> int:
    return (course.day(at) - course.day(course.start.enrolled_at)).days


def _attributes(course: Course, at: datetime) -> dict[str, object]:
    return dict(course.start.attributes)


def _points(course: Course, at: datetime) -> dict[str, int]:
    return {unit: course.account(unit).balance for unit in course.units(at)}


_OF_MEMBER: Mapping[str, Callable[[Course, datetime], object]] = {
    "member.tier": _tier,
    "member.age": _age,
    "member.enrolled_days": _enrolled_days,
    "member.attributes": _attributes,
    "member.points": _points,
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


def _rooms(course: Course, edition: Edition) -> dict[str, Room]:
    """What each unit holds, and may hold more; a floor counts once the balance has reached it.

    What holds have set aside is part of what stays.
    """
    rooms = {}
    for code, unit in edition.programme.units.items():
        account = course.account(code)
        left = None if unit.cap is None else max(unit.cap - account.balance - account.promised, 0)
        floor = max(unit.floor - account.held, 0) if unit.floor and account.balance >= unit.floor else 0
        rooms[code] = Room(account.available, floor, left)
    return rooms


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
