"""Rules that give once, when what facts told comes to a mark: the sum is a counter. Pure."""

from collections.abc import Mapping
from hashlib import sha256

from loyalty import ids
from loyalty.decide.course import Course
from loyalty.rules.about import RulesAbout
from loyalty.rules.marks import MOST_REACHED
from loyalty.rules.occasions import Occasion, added
from loyalty.rules.terms import Milestone, Rule
from loyalty.usage.terms import UsageKey

Sums = tuple[tuple[str, int, int], ...]  #: counter, times its mark was reached, what was added


def keys(rules: RulesAbout, member_id: int, told: Mapping[str, object]) -> set[UsageKey]:
    """The counters that a fact which tells these attributes may touch."""
    found = ((rule, rule.milestone) for rule in rules.marked)
    return {_key(_name(rule, mark, told), member_id) for rule, mark in found if mark is not None}


def reached(course: Course, rules: RulesAbout, occasion: Occasion) -> tuple[RulesAbout, Sums]:
    """The rules about such a fact without those whose mark it does not reach, and what it adds to which sum.

    A mark is reached once: a sum that falls again, by a number below zero, gives nothing a second time.
    """
    if not rules.marked:
        return rules, ()
    due, sums = list[Rule](), list[tuple[str, int, int]]()
    for rule in rules.all:
        if rule.milestone is None:
            due.append(rule)
            continue
        name = _name(rule, rule.milestone, occasion.tells)
        key = _key(name, course.start.member_id)
        used = course.used(key)
        more = max(added(rule, rule.milestone.of, occasion), -used.amount)
        more = min(more, MOST_REACHED - used.amount)  # a counter of the database holds it
        now = not used.times and more > 0 and used.amount + more >= rule.milestone.reaches
        if more:
            course.use(key, int(now), more)
            sums.append((name, int(now), more))
        if now:
            due.append(rule)
    return RulesAbout(due), tuple(sums)


def keys_of(sums: Sums, member_id: int) -> set[UsageKey]:
    """The counters that a fact in the books added to."""
    return {_key(name, member_id) for name, _, _ in sums}


def count_back(course: Course, sums: Sums) -> None:
    """What a void fact added counts no longer; a mark that it reached can be reached again."""
    for name, times, amount in sums:
        key = _key(name, course.start.member_id)
        used = course.used(key)
        course.use(key, -min(times, used.times), -min(amount, used.amount))


def _key(name: str, member_id: int) -> UsageKey:
    return UsageKey(name, ids.to_text(member_id), "")


def _name(rule: Rule, mark: Milestone, told: Mapping[str, object]) -> str:
    """The counter's name; whose sum it is stands in it as a digest, however long it was told."""
    name = f"rule:{rule.code}:milestone"
    if mark.each is None:
        return name
    whose = repr(told.get(mark.each.removeprefix("attributes.")))
    return f"{name}:{sha256(whose.encode()).hexdigest()[:32]}"
