"""Files to be imported: handed in, and the list of those that were."""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, session, url_for
from flask_babel import gettext

from loyalty import ids
from loyalty.actions.import_file import MOST_BYTES, hand_in_once
from loyalty.actions.once import Asking
from loyalty.errors import Invalid
from loyalty.imports import KINDS, HandedIn
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.blueprint import SECRET, carry, form_key, here, look_up, show, staff
from loyalty.pages.staff.import_words import COLUMNS, ENCODINGS, kind_words, pairs_of, stage_words
from loyalty.reads.imports import imports_view
from loyalty.rooms import rooms

MOST_SHOWN = 25
_FORM_BYTES = 100_000  #: of the fields beside the file


@staff.url_value_preprocessor
def _let_files_in(endpoint: str | None, _: dict[str, Any] | None) -> None:
    """A whole file comes with the form, from whoever has been let in before; the door looks at them next."""
    if endpoint == "staff.hand_in" and SECRET in session:
        request.max_content_length = MOST_BYTES + _FORM_BYTES


@allowed("imports:act")
def imports_page() -> Any:
    """The form for one more, and those of the last days, the last one first."""
    return _page()


@allowed("imports:act")
def hand_in() -> Any:
    """Keep a file for a worker to check."""
    told, faults = _told()
    if faults:
        return _page(faults=faults), 422
    by, key = here().actor, form_key()
    try:
        import_id = carry(lambda rows, now: hand_in_once(rows, told, asking=Asking(by, key, now)))
    except Invalid:
        return _page(faults={"file": _too_large()}), 422
    return redirect(url_for("staff.import_file", import_id=import_id), 303)


def _told() -> tuple[HandedIn, dict[str, str]]:
    """What was sent, and what is wrong with it by field."""
    form, file = request.form, request.files.get("file")
    content = file.read() if file else b""
    columns, wrong_columns = pairs_of(form.get("columns", ""))
    constants, wrong_constants = pairs_of(form.get("constants", ""))
    kind, encoding = form.get("kind", ""), form.get("encoding", "")
    faults = {
        "kind": "" if kind in KINDS else gettext("Please choose what is in the file."),
        "file": "" if content else gettext("Please choose a file that is not empty."),
        "columns": wrong_columns,
        "constants": wrong_constants,
    }
    name = (file.filename if file else None) or "file"
    told = HandedIn(
        kind, name, content, here().actor, columns, constants, encoding if encoding in ENCODINGS else None
    )
    return told, {field: fault for field, fault in faults.items() if fault}


def _too_large() -> str:
    return str(gettext("The file has more than %(num)s MB. Split it.", num=MOST_BYTES // 1_000_000))


def _page(**more: Any) -> str:
    before = ids.from_text(request.args.get("before", ""))
    files = look_up(lambda rows, now: imports_view(rows, before, MOST_SHOWN + 1, now))
    shown = files[:MOST_SHOWN]
    return show(
        "imports/imports",
        files=shown,
        next_before=ids.to_text(shown[-1].import_id) if len(files) > MOST_SHOWN else None,
        kinds=[(kind, kind_words(kind), *COLUMNS[kind]) for kind in KINDS],
        kind_words=kind_words,
        stage_words=stage_words,
        encodings=ENCODINGS,
        kept_days=rooms().settings.keep_files_days,
        most_megabytes=MOST_BYTES // 1_000_000,
        told=request.form,
        **more,
    )


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/imports", "GET", "imports", imports_page),
    ("/imports", "POST", "hand_in", hand_in),
)
