"""Free attributes in a programme's examples: of a member, a purchase or an activity. Pure."""

from collections.abc import Mapping

from loyalty.document import Section
from loyalty.errors import MOST_POINTS

Attributes = Mapping[str, str | int | bool]


def parse(section: Section) -> Attributes:
    """The table `attributes` of a fact: text, whole numbers, true and false; none when left out."""
    table = section.table("attributes") if section.has("attributes") else None
    return {name: _value(table, name) for name in table.keys()} if table else {}  # noqa: SIM118 -- no mapping


def _value(attributes: Section, name: str) -> str | int | bool:
    value = attributes.peek(name)
    if isinstance(value, str):
        return attributes.text(name, most=200)
    return (
        attributes.truth(name)
        if isinstance(value, bool)
        else attributes.whole(name, least=-MOST_POINTS, most=MOST_POINTS)
    )
