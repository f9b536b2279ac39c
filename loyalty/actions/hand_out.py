"""A report leaves the club as a file: who took which is a line in the chain of acts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from loyalty import acts
from loyalty.decide.programme import Editions
from loyalty.reads.months import Months
from loyalty.reads.report import Report
from loyalty.reads.reports import handed


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report, of which unit where it tells points, and in which form of file."""

    name: str
    unit: str
    form: str


def hand_out(
    session: Session, editions: Editions, asked: Wanted, months: Months, by: str, now: datetime
) -> Report:
    """The report that is wanted; `by` is who takes it."""
    found = handed(asked.name, session, editions, months).only(asked.unit)
    content = {
        "unit": asked.unit, "months": len(months.firsts), "as_of": months.day.isoformat(), "form": asked.form,
    }  # fmt: skip
    acts.record(session, now, actor=by, kind="report.taken", subject=asked.name, content=content)
    return found
