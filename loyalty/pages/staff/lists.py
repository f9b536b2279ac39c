"""Files of lists that leave the club."""

import io
from collections.abc import Iterable, Sequence
from typing import Any, cast

from flask import Response, request

from loyalty.errors import NotFound
from loyalty.sheets import MEDIA_TYPES, Form, write_sheet


def form_of_list() -> Form:
    """Which kind of file a form asks for. Raises NotFound."""
    form = request.form.get("form", "")
    if form not in MEDIA_TYPES:
        raise NotFound.at("form")
    return cast(Form, form)


def list_file(name: str, form: Form, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A table as a file of this name, without its ending; no cell is worked out."""
    file = io.BytesIO()
    write_sheet(file, form, columns, rows)
    answer = Response(file.getvalue(), mimetype=MEDIA_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer
