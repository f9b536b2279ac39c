"""When the books were last proven, and what was found."""

from sqlalchemy.orm import Session

from loyalty import calendar, work
from loyalty.decide.programme import Editions
from loyalty.reads.months import Months
from loyalty.reads.report import Cell, Report
from loyalty.reads.verified import CHANGES, WHOLE


def proofs(session: Session, editions: Editions, months: Months) -> Report:
    """The last proof of everything, and of what had changed: for which instant, and how many faults it found.

    Without a row it was never done.
    """
    rows: list[tuple[Cell, ...]] = []
    for kind in (WHOLE, CHANGES):
        if (done := work.last_finished(session, kind, months.at)) is not None:
            faults: dict[str, int] = (done.result or {}).get("faults", {})
            told = ", ".join(f"{law}: {count}" for law, count in faults.items())
            rows.append((kind, calendar.instant_text(done.as_of), sum(faults.values()), told))
    return Report(("proof", "as_of", "faults", "laws"), tuple(rows))
