"""Attributes of facts: what rules may ask beyond what is declared."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from loyalty.api.fields import Text

MOST_ATTRIBUTES = 20
LONGEST_VALUE = 200
LARGEST_NUMBER = 10**15


class Value(fields.Field[Any]):
    """Text, a whole number, or true or false; what is not exact is text."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str | int | bool:
        short = isinstance(value, str) and len(value) <= LONGEST_VALUE
        exact = isinstance(value, int) and abs(value) <= LARGEST_NUMBER
        if not (short or exact):
            raise ValidationError("must be a text, a whole number, or true or false")
        return value  # type: ignore[no-any-return]


def few(attributes: dict[str, Any]) -> None:
    """Refuse more than a rule could want."""
    if len(attributes) > MOST_ATTRIBUTES:
        raise ValidationError(f"at most {MOST_ATTRIBUTES}")


def attributes_of_fact() -> fields.Dict:
    """Free attributes of a fact, by short names; none when left out."""
    return fields.Dict(
        keys=Text(max=40, pattern="[a-z][a-z0-9_]*"),
        values=Value(),
        validate=few,
        load_default=dict,
        metadata={"description": "What the rules may ask of it; nothing personal."},
    )
