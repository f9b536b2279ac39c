"""The club: who stands where, comes, rises and falls; what is earned, spent, used and ordered."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from loyalty.decide.programme import Editions
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import ask, show
from loyalty.pages.staff.figures import (
    MONTHS,
    Chart,
    Looked,
    cell_text,
    chart,
    looked,
    pivoted,
    summed,
    total,
    unit_names,
)
from loyalty.pages.words import named
from loyalty.reads.books import flows
from loyalty.reads.report import Cell, Report
from loyalty.reads.reports import CLUB

SOON = 3  #: months, the running one included, of which the head tells what is due


@allowed("club:see")
def club_page() -> Any:
    """The club by month."""

    def question(rows: Session, editions: Editions, now: datetime) -> tuple[Looked, dict[str, Report]]:
        seen = looked(editions, now)
        told = {name: find(rows, editions, seen.months) for name, find in CLUB.items()}
        return seen, told | {"flows": flows(rows, editions, seen.months).of(seen.unit)}

    seen, reports = ask(question)
    return show(
        "figures/club",
        looked=seen,
        choices=MONTHS,
        units=unit_names(seen.programme),
        figures=_figures(reports),
        charts=_charts(seen, reports),
        cell_text=cell_text,
    )


def _figures(reports: dict[str, Report]) -> list[tuple[str, Cell]]:
    """What matters, at the head."""
    tiers, moves = (reports[name] for name in ("tiers", "movements"))
    now = dict(zip(tiers.columns, tiers.rows[-1], strict=True))
    this_month = dict(zip(moves.columns, moves.rows[-1], strict=True))
    due = summed(reports["reviews"], ("due", "fall"))
    told = [
        (gettext("Members"), now["members"]),
        (gettext("Joined this month"), this_month["joined"]),
        (gettext("Rose this month"), this_month["rose"]),
        (gettext("Fell this month"), this_month["fell"]),
        (gettext("Reviews within three months"), total(due.column("due")[:SOON])),
    ]
    if (fall := total(due.column("fall")[:SOON])) is not None:
        told.append((gettext("Of them would fall today"), fall))
    return told


def _charts(seen: Looked, reports: dict[str, Report]) -> list[Chart]:
    tiers, visits, orders = reports["tiers"], reports["visits"], reports["orders"]
    steps = [step.code for step in seen.programme.ladder.tiers]
    unit = named(seen.programme.units[seen.unit].name)
    earned = gettext("%(unit)s earned and spent", unit=unit)
    judged = gettext("Terms that end in the next twelve months, judged as if each were reviewed today.")
    used, ordered = pivoted(visits, "benefit", "used"), pivoted(orders, "reward", "ordered")
    reviews, courses = summed(reports["reviews"], ("due", "rise", "keep", "fall")), ("rise", "keep", "fall")
    foretold = courses if seen.months.is_now else ("due",)
    moves, flow = ("joined", "rose", "fell"), ("issued", "redeemed", "expired")
    return [
        chart(seen, "tiers", gettext("Members by tier"), tiers, ("below", *steps)),
        chart(seen, "movements", gettext("Comings and goings"), reports["movements"], moves, way="beside"),
        chart(seen, "reviews", gettext("Reviews to come"), reviews, foretold, help=judged),
        chart(seen, "flows", earned, reports["flows"], flow, way="beside"),
        chart(seen, "visits", gettext("Benefits used"), used, used.columns[1:]),
        chart(seen, "orders", gettext("Rewards ordered"), ordered, ordered.columns[1:]),
    ]


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (("/club", "GET", "club", club_page),)
