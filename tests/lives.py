"""One member's life in memory, told late or on time, under one edition or several."""

from datetime import datetime

from loyalty.calendar import last_day_before
from loyalty.decide import purchase, standing
from loyalty.decide.course import Course
from loyalty.decide.example_points import AdjustFact
from loyalty.decide.examples import EnrolFact
from loyalty.decide.life import Life
from loyalty.decide.outcome import Outcome
from loyalty.decide.programme import Edition, Editions, compile_programme
from loyalty.sales.facts import Line, Purchase, Receipt
from loyalty.tiers.evaluation import Term
from tests.ladders import SHANGHAI, club, midnight, noon


class Someone(Life):
    """Joined at noon of a day; days are the club's, and things happen at noon."""

    def __init__(self, document: dict[str, object] | None = None, joined: str = "2026-01-05") -> None:
        super().__init__(compile_programme(document or club()))
        self.tell(EnrolFact(noon(joined), None))

    def hears_of(self, document: dict[str, object], day: str) -> None:
        """An edition is published that is in force from the first instant of that day."""
        later = Edition(len(self.editions.items) + 1, midnight(day), compile_programme(document))
        self.editions = Editions((*self.editions.items, later))

    def adjusts(self, day: str, points: int, unit: str = "status") -> None:
        self.tell(AdjustFact(noon(day), unit, points))

    def buys(self, day: str, euros: int, category: str = "home", told: str | None = None) -> Outcome:
        """A purchase of that day, reported at noon of the day `told`."""
        sold_at, now = noon(day), noon(told or day)
        receipt = Receipt("S", "T", sold_at.date(), str(len(self.operations)))
        fact = Purchase(receipt, sold_at, "EUR", (Line(1, "", category, 1000, euros * 100),))
        outcome = purchase.purchase(self.editions, fact, self._alive(), now, self.ids)
        return self._live(outcome)

    def is_given(self, tier: str, day: str, until: datetime, protected: bool = False) -> None:
        course = Course(self.editions, self._alive(), self.ids)
        standing.advance(course, noon(day))
        standing.hand(course, tier, until, "a friend of the house", protected, noon(day))
        self._live(course.outcome())

    def is_settled(self, at: datetime) -> Outcome:
        """What the clock made true is written down, as by a night or by any writer."""
        course = Course(self.editions, self._alive(), self.ids)
        standing.advance(course, at)
        return self._live(course.outcome())

    def term(self, at: datetime) -> Term:
        """The term that runs at an instant."""
        return next(term for term in reversed(self.at(at).terms) if term.from_at <= at)

    def tier(self, at: datetime) -> str | None:
        return self.term(at).tier

    def history(self, at: datetime) -> list[tuple[str | None, str, str, str]]:
        """Tier, reason, first day and last day of every term up to an instant; "" where there is no end."""
        return [
            (
                term.tier,
                term.reason,
                str(term.from_at.astimezone(SHANGHAI).date()),
                str(last_day_before(term.until_at, SHANGHAI)) if term.until_at else "",
            )
            for term in self.at(at).terms
        ]

    def _live(self, outcome: Outcome) -> Outcome:
        self.snapshot = outcome.after
        self.operations.extend(outcome.operations)
        return outcome
