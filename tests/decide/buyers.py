"""Somebody whose sales are cancelled and come back; a life in memory."""

from datetime import datetime

from loyalty.decide.cancel import cancel, is_void
from loyalty.decide.outcome import Outcome
from loyalty.decide.resuming import Gone, added_by
from loyalty.decide.take_back import Sold, give_back_goods, issues_of, taken_by
from loyalty.sales.facts import Line, Receipt, Return
from tests.ladders import OF_STATUS, club, noon
from tests.lives import Someone

TWELVE_MONTHS = OF_STATUS | {"window": {"months": 12}}


class Buyer(Someone):
    """Somebody whose sales are cancelled and come back."""

    def __init__(self, document: dict[str, object] | None = None, joined: str = "2026-01-05") -> None:
        super().__init__(document or club(measure=TWELVE_MONTHS), joined)
        self.void: set[int] = set()
        self.back: dict[int, tuple[Return, ...]] = {}

    def cancels(self, bought: Outcome, day: str, now: datetime | None = None) -> Outcome:
        """The sale is void, or, on a later day than its own, returned."""
        now, op_id = now or noon(day), bought.booked("earn").op_id
        void = is_void(self.editions, bought.booked("earn").happened_at, now)
        gone = None
        if void:
            self.void.add(op_id)
            gone = self._lost(self.void)
        outcome = cancel(
            self.editions, self._found(bought), self._alive(), now, self.ids, void=void, gone=gone
        )
        return self._live(outcome)

    def loses(self, bought: Outcome, now: datetime) -> Outcome:
        """The sale turns out never to have been, whatever its day."""
        self.void.add(bought.booked("earn").op_id)
        gone, sold = self._lost(self.void), self._found(bought)
        return self._live(cancel(self.editions, sold, self._alive(), now, self.ids, void=True, gone=gone))

    def gives_back(self, bought: Outcome, day: str, euros: int) -> Outcome:
        op_id = bought.booked("earn").op_id
        fact = Return(Receipt("S", "T", noon(day).date(), "B"), noon(day), (), euros * 100)
        resumes = self.programme.ladder.terms.on_reversal == "resume"
        gone = self._lost({op_id, *self.back}) if resumes else None
        outcome = give_back_goods(
            self.editions, self._found(bought), fact, self._alive(), noon(day), self.ids, gone
        )
        self.back[op_id] = (*self.back.get(op_id, ()), fact)
        return self._live(outcome)

    def _found(self, bought: Outcome) -> Sold:
        earned, award = bought.booked("earn"), bought.award
        euros = earned.parts[0].points
        given, taken = issues_of(self.operations, earned.op_id), taken_by(self.operations, earned.op_id)
        lines, parts = (Line(1, "", "", 1000, euros * 100),), award.parts if award else ()
        back = self.back.get(earned.op_id, ())
        return Sold(earned.op_id, earned.edition, lines, parts, back, given, taken)

    def _lost(self, sales: set[int]) -> Gone:
        return Gone(frozenset(sales), tuple(added_by(self.operations, frozenset(sales), {})))
