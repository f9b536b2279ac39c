"""The table of files handed in."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.tables import Base, Document, Moment, one_of

KINDS = ("members", "purchases", "policies", "corrections")
WAITING, CHECKED, BEGUN, DONE = "waiting", "checked", "begun", "done"
STATES = (WAITING, CHECKED, BEGUN, DONE)


class ImportFile(Base):
    """A file that staff handed in: it waits to be checked, is begun by its digest, and is gone after a week.

    A worker has it in hand until an instant that it moves on; after that another one may go on with it.
    """

    __tablename__ = "import_file"

    import_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))  #: as whoever handed it in calls the file
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    encoding: Mapped[str | None] = mapped_column(String(40))
    columns: Mapped[dict[str, str]] = mapped_column(Document)  #: field → column, where it is not its own
    constants: Mapped[dict[str, str]] = mapped_column(Document)  #: field → value
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    approved_by: Mapped[str | None] = mapped_column(String(80))
    digest: Mapped[str | None] = mapped_column(String(64))  #: of its rows, once they could be read
    found: Mapped[dict[str, Any] | None] = mapped_column(Document)  #: what the last look at it found
    faults: Mapped[list[Any]] = mapped_column(Document)  #: the first ones: line, field, what is wrong
    fault_count: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  #: what came of each line
    result_form: Mapped[str | None] = mapped_column(String(4))
    in_hand_until: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind_known"),
        CheckConstraint(one_of("state", STATES), name="state_known"),
        CheckConstraint("approved_by <> asked_by", name="approved_by_another"),
        CheckConstraint("state <> 'begun' OR approved_by IS NOT NULL", name="begun_by_two"),
        CheckConstraint("state NOT IN ('begun', 'done') OR digest IS NOT NULL", name="begun_by_digest"),
        CheckConstraint("done >= 0 AND total >= 0 AND fault_count >= 0", name="counts_not_negative"),
        Index("ix_import_file_state_asked_at", "state", "asked_at"),
    )
