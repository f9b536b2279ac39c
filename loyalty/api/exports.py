"""What the club has about a member, for the person themselves."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Response

from loyalty.api.auth import needs
from loyalty.api.carrying import look
from loyalty.api.resource import Resource
from loyalty.api.schemas.members import ExportIn
from loyalty.reads.personal_print import write_personal

exports = Resource("exports", "/members", "What the club has about a member.")
_IN_MEMORY_BYTES = 1_000_000  #: more of it goes to a temporary file
_CHUNK_BYTES = 64 * 1024
_TYPES = {"json": "application/json", "csv": "application/zip"}


@exports.route("/<opaque:member_id>/export", methods=["GET"])
@needs("members:read")
@exports.arguments(ExportIn, location="query")
@exports.response(200, {"type": "object", "additionalProperties": {"type": "array"}})
def export(asked: dict[str, Any], member_id: int) -> Response:
    """Everything about a member, table by table: one JSON document, or a zip of CSV files.

    In the CSV a text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    form, file = asked["format"], _scratch()
    try:
        look(lambda session, _, asking: write_personal(session, member_id, form, file, asking.now))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    answer = Response(_chunks(file), mimetype=_TYPES[form])
    answer.call_on_close(file.close)
    name = f"member.{'json' if form == 'json' else 'zip'}"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _scratch() -> IO[bytes]:
    return SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
