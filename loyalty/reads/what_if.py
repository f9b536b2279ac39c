"""A draft over the history in the books: what a chunk of members comes to, and who changes, as a table."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from loyalty import work
from loyalty.decide.figures import Figures
from loyalty.decide.programme import Editions
from loyalty.decide.what_if import DRAFT, REALLY, compared
from loyalty.reads.lives import History, lives
from loyalty.sheets import safe_cell


def figures_of(
    session: Session, history: History, draft: Editions, after_id: int, limit: int
) -> tuple[Figures, int]:
    """What up to `limit` members above `after_id` come to; the last of their ids, or `after_id` itself.

    Nothing is written, and nobody is locked.
    """
    lived, last_id = lives(session, history, after_id, limit)
    figures = Figures()
    for life in lived:
        one = compared(life, history.editions, draft, history.as_of)
        figures.add(one)
        figures.rows += one.rows
    return figures, last_id


def sum_of(session: Session, task_id: int) -> Figures:
    """What all parts of a what-if come to."""
    figures = Figures()
    for content in work.parts(session, task_id):
        figures.add(Figures.of_json(content))
    return figures


def table(session: Session, task_id: int, units: Iterable[str]) -> Iterator[str]:
    """A line of CSV for each member whose tier or points differ, after one that names the columns.

    Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    codes, sides = list(units), (REALLY, DRAFT)
    tiers, points = [f"tier_{side}" for side in sides], [f"{unit}_{side}" for unit in codes for side in sides]
    yield _line(["member", *tiers, *points])
    for content in work.parts(session, task_id):
        for member, before, after, held in content["rows"]:
            yield _line([member, before, after, *(number for unit in codes for number in _both(held, unit))])


def _both(held: Mapping[str, list[int]], unit: str) -> list[int]:
    return held.get(unit, [0, 0])


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()
