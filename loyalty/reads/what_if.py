"""A draft over the history in the books: what a chunk of members comes to, and who changes, as a table."""

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from loyalty import work
from loyalty.decide.figures import Figures
from loyalty.decide.programme import Editions
from loyalty.decide.what_if import DRAFT, REALLY, compared
from loyalty.reads.lives import History, lives
from loyalty.reads.report import Points

KIND = "what-if"  #: of work


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


def differing(
    session: Session, task_id: int, decimals: Mapping[str, int]
) -> tuple[list[str], Iterator[list[object]]]:
    """The columns of a table of members whose tier or points differ, and its rows.

    Points of each unit are told with so many decimals, in the order of `decimals`. Rows are read as they are
    asked for.
    """
    sides = (REALLY, DRAFT)
    tiers, points = (
        [f"tier_{side}" for side in sides],
        [f"{unit}_{side}" for unit in decimals for side in sides],
    )
    return ["member", *tiers, *points], _rows(session, task_id, decimals)


def _rows(session: Session, task_id: int, decimals: Mapping[str, int]) -> Iterator[list[object]]:
    units = Points(decimals)
    for content in work.parts(session, task_id):
        for member, before, after, held in content["rows"]:
            points = [units.tell(unit, steps) for unit in decimals for steps in held.get(unit, [0, 0])]
            yield [member, before, after, *points]
