"""Policies in the examples of a programme: states as a core system tells them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from loyalty.decide.example_vocabulary import Vocabulary
from loyalty.document import Section
from loyalty.policies.facts import PAY_MODES, STATUSES, Coverage, PolicyState

MOST_COVERAGES = 50
MOST_YEARS = 120
MOST_VERSIONS = 10_000
HOLDER = 1  #: the member of an example


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """A state of a policy of the member is told."""

    at: datetime
    state: PolicyState


def policy(section: Section, words: Vocabulary) -> PolicyFact:
    """One state: `policy = { no = "P1", version = 1, at = …, status = "in_force", coverages = […] }`.

    It holds from `effective_at` on, the instant it is told unless it says otherwise.
    """
    at = section.instant("at")
    state = PolicyState(
        policy_no=section.text("no"),
        version=section.whole("version", 1, least=1, most=MOST_VERSIONS),
        effective_at=section.instant("effective_at") if section.has("effective_at") else at,
        status=section.choice("status", STATUSES, "in_force"),
        issued_on=section.date("issued_on"),
        currency=words.currency,
        coverages=tuple(
            _coverage(table, no, words.currency)
            for no, table in enumerate(section.tables("coverages", most=MOST_COVERAGES), start=1)
        ),
        holder=HOLDER if section.truth("held", True) else None,
        group=section.truth("group", False),
        channel=section.text("channel", ""),
        holder_is_agent=section.truth("holder_is_agent", False),
        receipt_signed_on=_day(section, "receipt_signed_on"),
        cooling_off_ends_on=_day(section, "cooling_off_ends_on"),
        years_paid=section.whole("years_paid", 0, most=MOST_YEARS),
    )
    return PolicyFact(at, state)


def _day(section: Section, key: str) -> date | None:
    return section.date(key) if section.has(key) else None


def _coverage(section: Section, place: int, currency: str) -> Coverage:
    optional: Mapping[str, int | None] = {
        name: section.whole(name, least=1, most=MOST_YEARS) if section.has(name) else None
        for name in ("pay_years", "cover_years")
    }
    return Coverage(
        no=section.whole("no", place, least=1, most=9_999),
        product=section.text("product", "life"),
        main=section.truth("main", place == 1),
        premium_minor=section.minor("premium", currency),
        pay_mode=section.choice("pay_mode", PAY_MODES, "annual"),
        reduced_premium_minor=section.minor("reduced_premium", currency)
        if section.has("reduced_premium")
        else None,
        pay_years=optional["pay_years"],
        cover_years=optional["cover_years"],
        whole_life=section.truth("whole_life", False),
    )
