"""What the draft changes, and its revisions: who saved them, what they said, and one of them again."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from loyalty import staff
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import look_up
from loyalty.pages.staff.drafting import as_number, save_change, show_draft, the_draft, worded
from loyalty.programme import differences, to_toml
from loyalty.reads.draft import SavedRevision, document_at, draft_view, saved_revisions


@allowed("programme:see")
def changes_page() -> Any:
    """Every change against the edition the draft began from, and the revisions."""
    draft, names = the_draft()

    def question(rows: Session, _now: datetime) -> tuple[Sequence[SavedRevision], Any]:
        found = saved_revisions(rows)
        return found, staff.names_of(rows, {one.saved_by for one in found})

    revisions, people = look_up(question)
    changes = worded(draft.changes, draft.document)
    return show_draft("changes", draft, names, changes=changes, revisions=revisions, people=people)


@allowed("programme:see")
def revision_page(revision: str) -> Any:
    """The draft as it was saved then, and what differs from the last one."""
    number = as_number(revision)
    draft, names = the_draft()
    earlier, people = look_up(lambda rows, _: _at(rows, number))
    changes = worded(differences(draft.document, earlier.document), earlier.document, draft.document)
    text = to_toml(earlier.document)
    return show_draft("revision", draft, names, earlier=earlier, people=people, changes=changes, text=text)


@allowed("programme:edit")
def restore(revision: str) -> Any:
    """Save what an earlier revision said as the next one."""
    number = as_number(revision)
    earlier = look_up(lambda rows, _: document_at(rows, number))
    return save_change(lambda _: earlier, lambda _: url_for("staff.draft_changes"))


def _at(rows: Session, number: int) -> Any:
    found = draft_view(rows, number)
    return found, staff.names_of(rows, {found.saved_by})


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/programme/changes", "GET", "draft_changes", changes_page),
    ("/programme/revisions/<revision>", "GET", "draft_revision", revision_page),
    ("/programme/revisions/<revision>/restore", "POST", "restore_revision", restore),
)
