"""The reports of the books and of the club, by the names that pages, files and commands call them."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from loyalty.decide.programme import Editions
from loyalty.reads.books import balance, expiring, flows, moved
from loyalty.reads.club import movements, orders, tiers, visits
from loyalty.reads.cohorts import COLUMNS as COHORT_COLUMNS
from loyalty.reads.cohorts import cohorts, kept_cohorts
from loyalty.reads.months import Months
from loyalty.reads.proofs import proofs
from loyalty.reads.report import Report
from loyalty.reads.reviews_due import reviews_due
from loyalty.reads.value_by_month import value_by_month

Question = Callable[[Session, Editions, Months], Report]

BOOKS: Mapping[str, Question] = {
    "flows": flows,
    "expiring": expiring,
    "cohorts": cohorts,
    "balance": balance,
    "proofs": proofs,
    "value": value_by_month,
}
CLUB: Mapping[str, Question] = {
    "tiers": tiers,
    "movements": movements,
    "reviews": reviews_due,
    "visits": visits,
    "orders": orders,
}
REPORTS: Mapping[str, Question] = {**BOOKS, **CLUB}


def all_of_books(session: Session, editions: Editions, months: Months) -> dict[str, Report]:
    """Every report of the books, in few statements; cohorts as a night kept them, or none."""
    found = moved(session, months)
    told = {
        name: ask(session, editions, months)
        for name, ask in BOOKS.items()
        if name not in {"flows", "balance", "cohorts"}
    }
    return told | {
        "flows": flows(session, editions, months, found),
        "balance": balance(session, editions, months, found),
        "cohorts": handed("cohorts", session, editions, months),
    }


def handed(name: str, session: Session, editions: Editions, months: Months) -> Report:
    """A report for somebody who waits for it: cohorts as a night kept them, without a row where none did."""
    if name != "cohorts":
        return REPORTS[name](session, editions, months)
    kept = kept_cohorts(session, editions, months)
    return kept[0] if kept else Report(COHORT_COLUMNS, ())
