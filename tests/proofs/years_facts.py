"""What each kind of fact does to a member, in the second computation. Nothing of `loyalty` is imported."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.proofs.diary import DAY, day_of, months_later, over
from tests.proofs.years_book import NEVER, Book, Fact, Promise, Rules, Sale

GRACE_DAYS = 30
LATER_PER_HUNDRED = 50
Said = Mapping[str, Any]
Steps = list[tuple[datetime, int]]  #: from then on a policy gives so much


def _joined(book: Book, at: datetime, _: Said) -> None:
    book.begin("bronze", at, "joined")


def _born(book: Book, at: datetime, said: Said) -> None:
    rules, day = book.rules(at), day_of(at, book.zone)
    book.put("reward", months_later(day, rules.reward_months), rules.birthday, day)
    book.pay()


def _bought(book: Book, at: datetime, said: Said) -> None:
    rules, lines, day = book.rules(said["sold_at"]), said["lines"], day_of(said["sold_at"], book.zone)
    fresh, later = ([no for no, line in lines.items() if line[0] == of] for of in ("fresh", "later"))

    def rated(per_hundred: int, counted: list[int]) -> int:
        return sum(lines[no][1] for no in counted) * per_hundred // 10_000

    points, extra = rated(rules.per_hundred, list(lines)), rated(rules.fresh_per_hundred, fresh)
    status, promised = rated(100, list(lines)), rated(LATER_PER_HUNDRED, later)
    parts = [("reward", points, list(lines)), ("reward", extra, fresh), ("reward", promised, later),
             ("status", status, list(lines))]  # fmt: skip
    sale = book.sales[said["sale"]] = Sale(
        lines, [part for part in parts if part[1]], {"reward": [], "status": []}
    )
    last = months_later(day, rules.reward_months)
    for unit, given, until in (("reward", points + extra, last), ("status", status, NEVER)):
        if given:
            book.put(unit, until, given, day)
            sale.given[unit].append((until, given, day))
    if promised:
        opens_at = over(day + (rules.later_days - 1) * DAY, book.zone)
        book.promises.append(Promise(opens_at, "reward", promised, rules.reward_months, said["sale"]))
    book.pay()
    if status:
        book.lift(at)


def _returned(book: Book, at: datetime, said: Said) -> None:
    """From what is still promised, then from what was given last."""
    sale = book.sales[said["sale"]]
    before = sale.kept()
    sale.back.update(said["lines"])
    due = before - sale.kept()
    for promise in [one for one in book.promises if one.source == said["sale"]]:
        part = min(due["reward"], promise.points)
        promise.points -= part
        due["reward"] -= part
    book.promises = [promise for promise in book.promises if promise.points]
    for unit, given in sale.given.items():
        skip = sale.taken[unit]
        for last, points, counts_on in reversed(given):
            passed = min(skip, points)
            skip -= passed
            part = min(points - passed, due[unit])
            due[unit] -= part
            sale.taken[unit] += part
            book.take(unit, part, [last], counts_on)


def _redeemed(book: Book, at: datetime, said: Said) -> None:
    book.spent[said["key"]] = book.choose(said["points"])


def _reversed(book: Book, at: datetime, said: Said) -> None:
    """What was taken last comes back first, under its own day or, where that is over, with some grace."""
    pots, points, today = book.spent[said["key"]], said["points"], day_of(at, book.zone)
    while points:
        day, taken = pots.pop()
        part = min(points, taken)
        points -= part
        if taken > part:
            pots.append((day, taken - part))
        book.free["reward"][day if day >= today else today + GRACE_DAYS * DAY] += part
    book.pay()


def _held(book: Book, at: datetime, said: Said) -> None:
    book.holds[said["key"]] = (said["ends_at"], book.choose(said["points"]))


def _closed(book: Book, at: datetime, said: Said) -> None:
    captured, left = said["points"], []
    for day, points in book.holds.pop(said["key"])[1]:
        part = min(captured, points)
        captured -= part
        left.append((day, points - part))
    book.release(left, day_of(at, book.zone))
    book.pay()


def _adjusted(book: Book, at: datetime, said: Said) -> None:
    unit, points, day = said["unit"], said["points"], day_of(at, book.zone)
    if points < 0:
        book.take(unit, -points, [], day)
        return
    last = months_later(day, book.rules(at).reward_months) if unit == "reward" else NEVER
    book.put(unit, last, points, day)
    book.pay()
    if unit != "reward":
        book.lift(at)


def _told(book: Book, at: datetime, said: Said) -> None:
    """A policy gives what its latest version says: the difference now, further ones by the clock."""
    number = said["policy"]
    states = book.states.setdefault(number, [])
    before = _steps(states, book.zone)
    states.append(said)
    after = _steps(states, book.zone)
    if _from(before, at) == _from(after, at):
        return
    book.promises = [promise for promise in book.promises if promise.source != number]
    (given, coming), had = _from(after, at), _from(before, at)[0]
    changed_at = max((since for since, _ in after if since <= at), default=min(said["effective_at"], at))
    day = day_of(changed_at, book.zone)
    if given > had:
        book.put("cover", NEVER, given - had, day)
    elif given < had:
        book.take("cover", had - given, [], day)
    for since, points in coming:
        book.promises.append(Promise(since, "cover", points - given, None, number))
        given = points
    book.pay()
    if _from(after, at)[0] > had:
        book.lift(at)


def _steps(states: list[Said], zone: ZoneInfo) -> Steps:
    """From when on a policy gives how much: nothing before its cooling-off is over."""
    turns = {state["effective_at"] for state in states} | {over(state["cooling"], zone) for state in states}
    steps: Steps = []
    for turn in sorted(turns):
        held = [state for state in states if state["effective_at"] <= turn]
        last = max(held, key=lambda state: state["version"], default=None)
        points = last["points"] if last and over(last["cooling"], zone) <= turn else 0
        if points != (steps[-1][1] if steps else 0):
            steps.append((turn, points))
    return steps


def _from(steps: Steps, at: datetime) -> tuple[int, Steps]:
    """What is given at an instant, and the steps after it."""
    return next((n for since, n in reversed(steps) if since <= at), 0), [one for one in steps if one[0] > at]


DOES: Mapping[str, Callable[[Book, datetime, Said], None]] = {
    "joined": _joined,
    "born": _born,
    "bought": _bought,
    "returned": _returned,
    "redeemed": _redeemed,
    "reversed": _reversed,
    "held": _held,
    "closed": _closed,
    "adjusted": _adjusted,
    "told": _told,
}


def lived(zone: ZoneInfo, editions: Sequence[Rules], facts: Iterable[Fact], until: datetime) -> Book:
    """A member by an instant: all that was told, in its order, and what the clock did between and since."""
    book = Book(zone, editions)
    for fact in facts:
        if fact.at <= until:
            book.pass_to(fact.at)
            DOES[fact.kind](book, fact.at, fact.said)
            book.pass_to(fact.at)
    book.pass_to(until)
    return book
