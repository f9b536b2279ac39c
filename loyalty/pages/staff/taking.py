"""A table that leaves the club as a file, a piece at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from flask import Response, request
from sqlalchemy.orm import Session

from loyalty.decide.programme import Editions
from loyalty.errors import NotFound
from loyalty.pages.staff.blueprint import ask
from loyalty.sheets import MEDIA_TYPES, Form, write_sheet

Rows = Callable[[Session, Editions], Any]
_PIECE = 65_536  #: bytes that are sent at once
_IN_MEMORY = 4_000_000  #: bytes of a file, before it goes to a disk


def form_wanted() -> Form:
    """Which kind of file a form asks for. Raises NotFound."""
    form = request.form.get("form", "")
    if form not in MEDIA_TYPES:
        raise NotFound.at("form")
    return cast(Form, form)


def file_of(name: str, form: Form, columns: Sequence[str], rows: Rows) -> Response:
    """The rows of one consistent look as a file of this name, without its ending."""
    return ask(lambda session, editions, _: list_of(name, form, columns, rows(session, editions)))


def list_of(name: str, form: Form, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """These rows as a file of this name, without its ending; no cell is worked out."""
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - who is sent the last piece closes it
    write_sheet(cast(Any, file), form, columns, rows)
    file.seek(0)
    answer = Response(_pieces(file), content_type=MEDIA_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _pieces(file: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
