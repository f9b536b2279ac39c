"""A programme's examples, lived through in memory. Pure."""

from datetime import datetime

from loyalty import calendar
from loyalty.benefits.quota import Entitlement
from loyalty.decide.examples import UNLIMITED, Example
from loyalty.decide.life import Life
from loyalty.decide.outcome import Snapshot
from loyalty.decide.programme import Programme
from loyalty.document import Fault
from loyalty.errors import Refusal


def failing_examples(programme: Programme) -> list[Fault]:
    """What the examples promise and the programme does not keep; a path and words for each."""
    return [
        (f"example[{place}]", f"{example.say}: {fault}")
        for place, example in enumerate(programme.examples)
        for fault in run_example(programme, example)
    ]


def run_example(programme: Programme, example: Example) -> list[str]:
    """Where a programme does not keep what its example says, in words; nothing where it does."""
    life = Life(programme)
    *facts, last = example.facts
    for fact in facts:
        try:
            life.tell(fact)
        except Refusal as refusal:
            return [f"{type(fact).__name__} at {fact.at.isoformat()} is refused: {refusal.code}"]
    code = None
    try:
        life.tell(last)
    except Refusal as refusal:
        code = refusal.code
    faults = [] if code == example.expect.refusal else [_differs("refusal", example.expect.refusal, code)]
    return faults + _compare(example, life.at(example.at), life)


def _compare(example: Example, snapshot: Snapshot, life: Life) -> list[str]:
    expect, term = example.expect, snapshot.terms[-1]
    shown: list[tuple[str, object, object]] = []
    for unit, account in snapshot.accounts.items():
        for name, wanted, got in (
            ("points", expect.points, account.available),
            ("pending", expect.pending, account.promised),
            ("debt", expect.debt, account.debt),
        ):
            if wanted is not None and unit in wanted:
                shown.append((f"{name}.{unit}", wanted[unit], got))
    for code, left in (expect.remaining or {}).items():
        shown.append((f"remaining.{code}", _bound(left), _remaining(life.entitlement(code, example.at))))
    if expect.tier is not None:
        shown.append(("tier", expect.tier, term.tier or ""))
    if expect.last_day is not None:
        shown.append(("last_day", expect.last_day, _last_day(term.until_at, life)))
    return [_differs(name, wanted, got) for name, wanted, got in shown if wanted != got]


def _last_day(until_at: datetime | None, life: Life) -> object:
    return calendar.last_day_before(until_at, life.editions.zone) if until_at else None


def _differs(name: str, wanted: object, got: object) -> str:
    return f"{name} should be {wanted}, is {got}"


def _remaining(had: Entitlement | None) -> object:
    return "not given" if had is None else _bound(had.remaining)


def _bound(left: int | None) -> object:
    return UNLIMITED if left is None else left
