"""A law of the books as the auditor knows it: what it says, whose rows it looks at, how a breach is found."""

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, cast, func, literal, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import GenericFunction

from loyalty.tables import Base

Finding = tuple[str, str]  #: where (table and key), and what is wrong there
Probe = Callable[[Session, ZoneInfo], Iterable[Finding]]
STREAMED = {"yield_per": 1000}  #: rows are fetched as they are walked, so that memory stays constant


@dataclass(frozen=True, slots=True)
class Fault:
    """One row, or one sum of rows, that breaks a law."""

    law: str
    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class Law:
    """Something that must always hold, with the probes that would find a breach."""

    code: str
    says: str
    tables: tuple[type[Base], ...]
    probes: tuple[Probe, ...]

    def faults(self, session: Session, zone: ZoneInfo) -> Iterator[Fault]:
        """Every breach; days begin at midnight in `zone`."""
        for probe in self.probes:
            for where, detail in probe(session, zone):
                yield Fault(self.code, where, detail)

    def rows(self, session: Session) -> int:
        """How many rows it speaks about."""
        counts = [session.scalar(select(func.count()).select_from(table)) for table in self.tables]
        return sum(count or 0 for count in counts)


def none_of(table: type[Base], query: Select[Any], detail: str) -> Probe:
    """A probe by a query that must find nothing; `detail` may use the names of its columns."""

    def probe(session: Session, zone: ZoneInfo) -> Iterator[Finding]:
        for row in session.execute(query, execution_options=STREAMED).mappings():
            yield place(table, row), detail.format(**row)

    return probe


def alike(table: type[Base], what: str, stored: Select[Any], counted: Select[Any]) -> Probe:
    """A probe that two queries agree, key by key (see `unequal`)."""
    return none_of(table, unequal(stored, counted), f"{what}: {{stored}} is stored, {{counted}} is counted")


def place(table: type[Base], row: Any) -> str:
    """The table and as much of its key as the row names."""
    keys = [column.name for column in table.__table__.primary_key if column.name in row]
    return " ".join([table.__tablename__, *(f"{key}={row[key]}" for key in keys)])


def unequal(
    stored: Select[Any], counted: Select[Any], broken: Callable[[Any, Any], Any] = operator.ne
) -> Select[Any]:
    """Keys whose sums differ between two queries: keys first, an amount last; a missing row counts nil.

    The result's columns are the keys as `stored` names them, then `stored` and `counted`.
    """
    left, right = stored.subquery(), counted.subquery()
    names = [column.name for column in left.columns][:-1]
    *keys, amount = left.columns
    *others, other = right.columns
    both = union_all(
        select(*keys, amount.label("stored"), literal(0).label("counted")),
        select(*others, literal(0), other),
    ).subquery()
    by = [both.c[name] for name in names]
    sums = func.sum(both.c.stored), func.sum(both.c.counted)
    labelled = sums[0].label("stored"), sums[1].label("counted")
    return select(*by, *labelled).group_by(*by).having(broken(*sums)).order_by(*by)


class JsonItems(GenericFunction[Any]):
    """The items of a JSON list as rows with a column `value`; join it beside the row that has the list."""

    inherit_cache = True
    name = "json_items"


class JsonCell(GenericFunction[str]):
    """One cell of a JSON list, by its place, as a value SQL can compare and cast."""

    inherit_cache = True
    name = "json_cell"
    type = String()


@compiles(JsonItems, "sqlite")
def _each_on_sqlite(element: JsonItems, compiler: Any, **words: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **words)})"


@compiles(JsonItems, "postgresql")
def _each_on_postgresql(element: JsonItems, compiler: Any, **words: Any) -> str:
    return f"jsonb_array_elements({compiler.process(element.clauses, **words)})"


@compiles(JsonCell, "sqlite")
def _cell_on_sqlite(element: JsonCell, compiler: Any, **words: Any) -> str:
    column, at = element.clauses
    return (
        f"json_extract({compiler.process(column, **words)}, '$[' || {compiler.process(at, **words)} || ']')"
    )


@compiles(JsonCell, "postgresql")
def _cell_on_postgresql(element: JsonCell, compiler: Any, **words: Any) -> str:
    column, at = element.clauses
    return f"({compiler.process(column, **words)} ->> CAST({compiler.process(at, **words)} AS INTEGER))"


def items_of(column: Any, name: str) -> Any:
    """A JSON list column as rows to join; `cell_of` reads them."""
    return JsonItems(column).table_valued("value", name=name)


def cell_of(item: Any, at: int, kind: Any = String) -> Any:
    """The cell at a place of a joined item, cast to a column type."""
    return cast(JsonCell(item.c.value, at), kind)
