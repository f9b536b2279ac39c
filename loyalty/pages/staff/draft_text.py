"""The whole draft as text: read, typed, taken home as a file, and brought back."""

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext

from loyalty.pages.forms.fault_words import in_words
from loyalty.pages.staff.allowing import allowed
from loyalty.pages.staff.drafting import save_change, show_draft, the_draft, told_faults
from loyalty.programme import from_toml, to_toml

LARGEST_FILE = 1_000_000  #: bytes


@allowed("programme:see")
def text_page() -> Any:
    """The text, and every fault by its place."""
    return _text_page()


@allowed("programme:edit")
def save_text() -> Any:
    """Save what was typed, or the file that was chosen."""
    file = request.files.get("file")
    typed = request.form.get("text", "")
    if file is not None and file.filename:
        read = file.stream.read(LARGEST_FILE + 1)
        if len(read) > LARGEST_FILE:
            return _text_page(fault=gettext("The file is too large for a programme.")), 422
        try:
            typed = read.decode("utf-8-sig")
        except UnicodeDecodeError:
            return _text_page(fault=gettext("The file is no text in UTF-8.")), 422
    typed = typed.replace("\r\n", "\n")
    try:
        document = from_toml(typed)
    except ValueError as fault:
        return _text_page(typed, in_words(str(fault))), 422
    if not document:
        return _text_page(fault=in_words("must not be empty")), 422
    return save_change(lambda _: document, lambda _: url_for("staff.draft_text"))


@allowed("programme:see")
def download() -> Any:
    """The text as a file."""
    draft, _ = the_draft()
    answer = Response(to_toml(draft.document), mimetype="application/toml")
    name = f"draft-{draft.draft_no}-{draft.revision}.toml"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _text_page(typed: str | None = None, fault: str = "") -> str:
    draft, names = the_draft()
    text = typed if typed is not None else to_toml(draft.document)
    faults = told_faults(draft.faults, draft.document)
    return show_draft("text", draft, names, text=text, fault=fault, faults=faults)


VIEWS: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("/programme/text", "GET", "draft_text", text_page),
    ("/programme/text", "POST", "save_text", save_text),
    ("/programme/text/download", "GET", "download_draft", download),
)
