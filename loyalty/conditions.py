"""Conditions in CEL behind a narrow adapter: checked when saved, harmless when run. Pure.

Attributes have dotted names (`line.category`), each declared with its type, so that a misspelt name is
found when the programme is saved and not at the till.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

from cel_expr_python import cel

from loyalty.document import Section

_LOG = logging.getLogger(__name__)
_TOLD = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)  #: free attributes: text, whole numbers, true and false
_MEMBER = {
    "member.tier": cel.Type.STRING,
    "member.age": cel.Type.INT,
    "member.enrolled_days": cel.Type.INT,
    "member.attributes": _TOLD,
    "member.points": cel.Type.Map(cel.Type.STRING, cel.Type.INT),  #: held now, by unit, in smallest steps
}
_PURCHASE = {
    "purchase.store": cel.Type.STRING,
    "purchase.terminal": cel.Type.STRING,
    "purchase.amount_minor": cel.Type.INT,
    "purchase.sold_at": cel.Type.TIMESTAMP,
    "purchase.attributes": _TOLD,
}
_LINE = {
    "line.sku": cel.Type.STRING,
    "line.category": cel.Type.STRING,
    "line.amount_minor": cel.Type.INT,
}
_ACTIVITY = {
    "activity.kind": cel.Type.STRING,
    "activity.attributes": _TOLD,
}
_POLICY = {
    "policy.status": cel.Type.STRING,
    "policy.group": cel.Type.BOOL,
    "policy.channel": cel.Type.STRING,
    "policy.holder_is_agent": cel.Type.BOOL,
    "policy.years_paid": cel.Type.INT,
    "policy.attributes": cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
}
_COVERAGE = {
    "coverage.product": cel.Type.STRING,
    "coverage.main": cel.Type.BOOL,
    "coverage.pay_mode": cel.Type.STRING,
    "coverage.pay_years": cel.Type.INT,
    "coverage.cover_years": cel.Type.INT,
    "coverage.premium_minor": cel.Type.INT,
    "coverage.annual_premium_minor": cel.Type.INT,
}
_PREMIUM = {"premium.amount_minor": cel.Type.INT, "premium.year": cel.Type.INT}
_VISIT = {
    "visit.place": cel.Type.STRING,
    "visit.provider": cel.Type.STRING,
    "visit.at": cel.Type.TIMESTAMP,
    "visit.guests": cel.Type.INT,
    "visit.amount_minor": cel.Type.INT,
    "visit.attributes": _TOLD,
}
_DECLARED = {
    "purchase": (_MEMBER | _PURCHASE, _LINE),
    "activity": (_MEMBER | _ACTIVITY, {}),
    "enrolment": (_MEMBER, {}),
    "birthday": (_MEMBER, {}),
    "anniversary": (_MEMBER, {}),
    "policy": (_POLICY, _COVERAGE),  # nothing of the member: a position follows from the policy alone (I2)
    "premium": (_MEMBER | _POLICY | _PREMIUM, {}),
    "reward": (_MEMBER, {}),  # that a member would buy
    "visit": (_MEMBER | _VISIT, {}),  # of a place that gives a benefit
}
ON = frozenset(_DECLARED)  #: the kinds of fact that conditions are about
LONGEST = 2_000  #: characters of one
MOST_ANSWERS = 1_000  #: that a condition remembers
_MAPS = {
    name
    for of_fact in _DECLARED.values()
    for declared in of_fact
    for name, kind in declared.items()
    if kind.name().startswith("MAP")
}  #: attributes whose values are no keys
_NO_LINE: Mapping[str, object] = {}
_UNTOLD = object()
_WHERE = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")


def attributes_of(on: str) -> set[str]:
    """What a fact of that kind, or a line of it, can be asked for."""
    whole, lines = _DECLARED[on]
    return {*whole, *lines}


class ConditionFaulty(Exception):
    """The text is no condition over the attributes of that kind of fact; the message says why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. Two are equal when their texts are, over the same kind of fact."""

    text: str
    on: str
    per_line: bool  #: it mentions a line, so it is asked once for each
    asks: tuple[str, ...] = field(repr=False, compare=False)  #: all attributes it mentions, perhaps more
    _compiled: cel.Expression = field(repr=False, compare=False)
    _answers: dict[Any, bool] | None = field(repr=False, compare=False)
    #: by values it met before; None: it asks for attributes whose values are no keys

    @classmethod
    def compile(cls, text: str, on: str) -> Self:
        """Checked against the attributes a fact of kind `on` has. Raises ConditionFaulty."""
        compiled = _compile(text, on, with_lines=True)
        # A name is written out word by word, blanks or not: where its last word is missing, so is the name.
        asks = tuple(name for name in attributes_of(on) if name.rpartition(".")[2] in text)
        answers: dict[Any, bool] | None = None if _MAPS.intersection(asks) else {}
        try:
            _compile(text, on, with_lines=False)
        except ConditionFaulty:
            return cls(text, on, True, asks, compiled, answers)
        return cls(text, on, False, asks, compiled, answers)

    def holds(self, attributes: Mapping[str, object], of_line: Mapping[str, object] = _NO_LINE) -> bool:
        """Whether the condition is true of these attributes, those of a line first; instants must be aware.

        A condition that fails while it runs does not hold, and is logged.
        """
        met = tuple(
            [of_line[name] if name in of_line else attributes.get(name, _UNTOLD) for name in self.asks]
        )
        answers = self._answers
        if answers is not None and (known := answers.get(met)) is not None:
            return known
        answer = self._answer(met)
        if answers is not None and answer is not None:
            if len(answers) >= MOST_ANSWERS:
                answers.clear()
            answers[met] = answer
        return answer is True

    def _answer(self, met: tuple[object, ...]) -> bool | None:
        """What it says of the values of what it asks for; None, and a warning, where it fails."""
        asked = {name: value for name, value in zip(self.asks, met, strict=True) if value is not _UNTOLD}
        try:
            answer = self._compiled.eval(data=asked).value()
        except RuntimeError as failure:  # the budget of iterations is raised, all else is returned
            answer = failure
        if isinstance(answer, bool):
            return answer
        _LOG.warning("condition %r failed: %s", self.text, answer)  # an error is a value too
        return None


def when(section: Section, on: str) -> Condition | None:
    """The key `when` of a section about facts of kind `on`; None: always."""
    if not section.has("when"):
        return None
    text = section.text("when", most=LONGEST, spread=True)
    if section.sound("when", "on"):
        try:
            return Condition.compile(text, on)
        except ConditionFaulty as faulty:
            section.note("when", str(faulty))
    return None


@cache
def _environment(on: str, with_lines: bool) -> cel.Env:
    whole, lines = _DECLARED[on]
    return cel.NewEnv(variables=whole | lines if with_lines else whole)


def _compile(text: str, on: str, *, with_lines: bool) -> cel.Expression:
    try:
        compiled = _environment(on, with_lines).compile(text)
    except RuntimeError as failure:
        found = _WHERE.search(str(failure))
        where = f"line {found[1]}, column {found[2]}: {found[3]}" if found else str(failure)
        raise ConditionFaulty(where) from None
    if compiled.return_type() != cel.Type.BOOL:
        raise ConditionFaulty(f"must be true or false, not {compiled.return_type().name()}")
    return compiled
