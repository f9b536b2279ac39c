"""Names in paths: `<opaque:member_id>` is a number inside, `<pair:hold_id>` two (the first a member).

What others named, as `<policy_no>`, stays as it is.
"""

import re
from typing import Any

from werkzeug.routing import BaseConverter, UnicodeConverter

from loyalty import ids

NOBODY = 0  #: no row has this id: a text we never gave out is heard as an unknown object (A3)
NAMELESS = ""  #: nor has anything this name
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


class OpaqueId(BaseConverter):
    """The number behind an opaque id."""

    def to_python(self, value: str) -> int:
        """Never refuses: a refusal here would come before the caller's key was looked at."""
        return ids.from_text(value) or NOBODY

    def to_url(self, value: int) -> str:
        """The opaque form."""
        return ids.to_text(value)


class PairId(BaseConverter):
    """The two numbers behind an id that carries its member."""

    def to_python(self, value: str) -> tuple[int, int]:
        """As for a single id: both numbers, or nobody's."""
        return ids.pair_from_text(value) or (NOBODY, NOBODY)

    def to_url(self, value: tuple[int, int]) -> str:
        """The opaque form."""
        return ids.pair_to_text(*value)


class GivenName(UnicodeConverter):
    """A name that others gave; what no name can hold is heard as that of nothing."""

    def to_python(self, value: str) -> str:
        """Never refuses, as for an id of ours. PostgreSQL would not even look for a NUL."""
        return NAMELESS if _UNPRINTABLE.search(value) else value


def documented(converter: BaseConverter) -> dict[str, Any]:
    """How the OpenAPI document describes such a part of a path."""
    return {"type": "string"}


CONVERTERS: dict[str, type[BaseConverter]] = {  #: as paths name them; the default has no name there
    "default": GivenName,
    "opaque": OpaqueId,
    "pair": PairId,
}
