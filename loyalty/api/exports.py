"""What the club has about a member, for the person themselves."""

from typing import Any

from flask import Response

from loyalty.api.auth import needs
from loyalty.api.carrying import look
from loyalty.api.resource import Resource
from loyalty.api.schemas.members import ExportIn
from loyalty.members import current
from loyalty.reads.personal_print import FILES, Form, chunks, personal_file

exports = Resource("exports", "/members", "What the club has about a member.")
_TEXT = {"type": "string"}
_DOCUMENT = {
    "type": "object",
    "required": ["member_id", "exported_at"],
    "properties": {"member_id": _TEXT, "exported_at": _TEXT},
    "additionalProperties": {"type": "array"},
}


@exports.route("/<opaque:member_id>/export", methods=["GET"])
@needs("members:read")
@exports.arguments(ExportIn, location="query")
@exports.response(200, _DOCUMENT)
def export(asked: dict[str, Any], member_id: int) -> Response:
    """Everything about a member, table by table: one JSON document, or a zip of CSV files.

    In the CSV a text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    form: Form = asked["format"]
    file = look(
        lambda session, _, asking: personal_file(session, current(session, member_id), form, asking.now)
    )
    kind, name = FILES[form]
    answer = Response(chunks(file), mimetype=kind)
    answer.call_on_close(file.close)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
