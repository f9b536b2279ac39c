"""Values as cells of a table that leaves the club."""

import json
from datetime import UTC, date, datetime

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  #: how a cell begins that a spreadsheet would work out


def as_text(value: object) -> str:
    """A value as an outsider reads it: instants in RFC 3339 UTC, days in ISO, lists and tables as JSON.

    >>> as_text(None), as_text(True), as_text(-5), as_text({"b": [1], "a": "点"})
    ('', 'true', '-5', '{"a":"点","b":[1]}')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return str(value)


def safe_cell(value: object) -> str:
    """A value as a cell of a CSV file that no spreadsheet takes for a formula; numbers stay what they are.

    >>> safe_cell("=1+1"), safe_cell(-5), safe_cell("-5"), safe_cell(None)
    ("'=1+1", '-5', "'-5", '')
    """
    text = as_text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULAS) else text
