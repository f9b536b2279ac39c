"""The reports of the books and of the club, by the names that pages, files and commands call them."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from loyalty.decide.programme import Editions
from loyalty.reads.books import balance, expiring, flows
from loyalty.reads.club import movements, orders, tiers, visits
from loyalty.reads.cohorts import cohorts
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
