"""The kinds of imports: which fields each one has, and how it is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from loyalty.jobs.importing import corrections, members, policies, purchases
from loyalty.jobs.importing.files import of_corrections, of_members, of_policies, of_purchases
from loyalty.jobs.importing.run import Import
from loyalty.jobs.importing.table import Fault, Layout, LayoutFaulty, Table
from loyalty.rooms import Rooms

Needed = Sequence[Sequence[str]]  #: fields, of each of which one must be told


class Reading(Protocol):
    """Reading a file whole, and holding it against the books. Raises FileUnreadable, NoProgramme."""

    def __call__(
        self, room: Rooms, table: Table, layout: Layout, *, historic: bool, faults: list[Fault]
    ) -> Import:
        """All that it asks for; what is wrong is noted among the faults."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file."""

    is_field: Callable[[str], bool]
    needed: Needed
    read: Reading
    one: str  #: what is counted


KINDS: Mapping[str, Kind] = {
    "members": Kind(members.is_field, members.NEEDED, of_members, "member"),
    "purchases": Kind(purchases.FIELDS.__contains__, purchases.NEEDED, of_purchases, "purchase"),
    "policies": Kind(policies.FIELDS.__contains__, policies.NEEDED, of_policies, "state"),
    "corrections": Kind(corrections.FIELDS.__contains__, corrections.NEEDED, of_corrections, "correction"),
}


def layout_of(
    header: Sequence[str],
    columns: Mapping[str, str],
    constants: Mapping[str, str],
    is_field: Callable[[str], bool],
    needed: Needed,
) -> Layout:
    """Where the fields are: as told, or else in the column of their name. Raises LayoutFaulty."""
    told = {*columns, *columns.values(), *constants}
    by_name = {name: name for name in header if is_field(name) and name not in told}
    layout = Layout({**columns, **by_name}, constants)
    named = [*layout.columns, *layout.constants]
    for name in named:
        if not is_field(name) or named.count(name) > 1:
            raise LayoutFaulty(f"{name} is {'told twice' if is_field(name) else 'no field'}")
    for one_of in needed:
        if not set(one_of) & set(named):
            raise LayoutFaulty(f"{' or '.join(one_of)} is needed", one_of[0])
    return layout
