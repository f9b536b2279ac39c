"""A law of the books as the auditor knows it: what it says, whose rows it looks at, how a breach is found."""

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BindParameter,
    Integer,
    RowMapping,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, with_loader_criteria
from sqlalchemy.sql.functions import GenericFunction

from loyalty.fingerprint import Figure, count, fingerprint, work_out
from loyalty.tables import Base

Finding = tuple[str, str, int | None]  #: where (table and key), what is wrong there, and with whom
STREAMED = {"yield_per": 1000}  #: rows are fetched as they are walked, so that memory stays constant


@dataclass(frozen=True)
class Look:
    """One look at the books: of all members, or of some; days begin at midnight in `zone`."""

    session: Session
    zone: ZoneInfo
    members: Sequence[int] | None = None  #: whose rows alone are seen; None: everybody's
    kept: dict[Any, Any] = field(default_factory=dict)  #: what probes work out once, however often they look
    counts: dict[type[Base], int] = field(default_factory=dict)  #: rows of each table, of these members

    def of(self, members: Sequence[int] | None) -> "Look":
        """The same look, at these members alone."""
        return replace(self, members=members, counts={})

    def rows(self, query: Select[Any]) -> Iterator[RowMapping]:
        """What a query finds, a few rows at a time in memory; who stops early leaves no cursor open.

        Every mapped table in it that has a member shows the rows of these members alone, in subqueries too;
        only a plain table (`table_of`) shows all.
        """
        result = self.session.execute(*self._narrowed(query), execution_options=STREAMED)
        try:
            yield from result.mappings()
        finally:
            result.close()

    def figure(self, wanted: Figure) -> int | None:
        """What a figure comes to in the whole books on PostgreSQL; None: nobody knows, so rows must tell."""
        if self.members is not None or self.session.get_bind().dialect.name != "postgresql":
            return None
        return work_out(self.session, self.kept, wanted)

    def count(self, table: type[Base]) -> int:
        """How many rows a table has."""
        if table not in self.counts:
            query = select(func.count()).select_from(table)
            self.counts[table] = self.session.execute(*self._narrowed(query)).scalar_one()
        return self.counts[table]

    def _narrowed(self, query: Select[Any]) -> tuple[Select[Any], dict[str, Any]]:
        """What is to be executed, with its parameters."""
        return (query, {}) if self.members is None else (_of_members(query), {"members": self.members})


@lru_cache(maxsize=512)  # a statement that stays the same object is compiled once
def _of_members(query: Select[Any]) -> Select[Any]:
    """The query, of the rows of `members` alone."""
    mine: BindParameter[int] = bindparam("members", expanding=True)
    tables = [one.class_ for one in Base.registry.mappers if "member_id" in one.columns]
    return query.options(
        *(with_loader_criteria(table, table.member_id.in_(mine), include_aliases=True) for table in tables)
    )


#: What one transaction of PostgreSQL is given that looks at all rows: hashes and sorts that stay in memory,
#: and plans for all that a query finds, not for the first few rows.
_EASE = ("SET LOCAL work_mem = '128MB'", "SET LOCAL cursor_tuple_fraction = 1")


def at_ease(session: Session) -> None:
    """Let the queries of this transaction have what looking at whole books takes."""
    if session.get_bind().dialect.name == "postgresql":
        for setting in _EASE:
            session.execute(text(setting))


Probe = Callable[[Look], Iterable[Finding]]
Proof = Callable[[Look], bool]  #: whether a look at the whole knows that a probe would find nothing


@dataclass(frozen=True, slots=True)
class Fault:
    """One row, or one sum of rows, that breaks a law; with its member, where it is somebody's."""

    law: str
    where: str
    detail: str
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """Something that must always hold, with the probes that would find a breach."""

    code: str
    says: str
    tables: tuple[type[Base], ...]
    probes: tuple[Probe, ...]

    def faults(self, look: Look) -> Iterator[Fault]:
        """Every breach that a look finds."""
        for probe in self.probes:
            for where, detail, member_id in probe(look):
                yield Fault(self.code, where, detail, member_id)

    def rows(self, look: Look) -> int:
        """How many rows it speaks about."""
        return sum(look.count(table) for table in self.tables)


def none_of(table: type[Base], query: Select[Any], detail: str) -> Probe:
    """A probe by a query that must find nothing; `detail` may use the names of its columns."""
    return where_not(none(query), each_of(table, query, detail))


def where_not(proven: Proof, probe: Probe) -> Probe:
    """A probe that is spared where it is proven that there is nothing to find."""
    return lambda look: () if proven(look) else probe(look)


def each_of(table: type[Base], query: Select[Any], detail: str) -> Probe:
    """A probe by a query that is sent whatever figures say (see `none_of`)."""

    def probe(look: Look) -> Iterator[Finding]:
        for row in look.rows(query):
            yield found(table, row, detail.format(**row))

    return probe


def alike(table: type[Base], what: str, stored: Select[Any], counted: Select[Any]) -> Probe:
    """A probe that two queries agree, key by key (see `unequal`)."""
    told = f"{what}: {{stored}} is stored, {{counted}} is counted"
    return where_not(agree(stored, counted), each_of(table, unequal(stored, counted), told))


def none(query: Select[Any]) -> Proof:
    """Whether it is known that a query finds nothing."""
    rows = count(query)
    return lambda look: look.figure(rows) == 0


def nil(query: Select[Any]) -> Proof:
    """Whether what a query finds is proven to come to nil for each key; amounts are its last column."""
    sums = fingerprint(query)
    return lambda look: look.figure(sums) == 0


def agree(stored: Select[Any], counted: Select[Any]) -> Proof:
    """Whether two queries are proven to agree, key by key: of keys and an amount last, in the same order."""
    return equal(fingerprint(stored), fingerprint(counted))


def equal(one: Figure, other: Figure) -> Proof:
    """Whether two figures are known, and the same."""
    return lambda look: look.figure(one) is not None and look.figure(one) == look.figure(other)


def of_all(probe: Probe) -> Probe:
    """A probe of what holds for all members together, and need not for some: it looks only at the whole."""
    return lambda look: probe(look) if look.members is None else ()


def found(table: type[Base], row: Any, detail: str) -> Finding:
    """What is wrong with a row of a table: as much of its key as the row names, and its member."""
    keys = [column.name for column in table.__table__.primary_key if column.name in row]
    where = " ".join([table.__tablename__, *(f"{key}={row[key]}" for key in keys)])
    return where, detail, row.get("member_id")


def unequal(
    stored: Select[Any], counted: Select[Any], broken: Callable[[Any, Any], Any] = operator.ne
) -> Select[Any]:
    """Keys whose sums differ between two queries: keys first, an amount last; a missing row counts nil.

    The result's columns are the keys as `stored` names them, then `stored` and `counted`. Rows of nil, which
    no sum needs, are left out before they are sorted to their keys; `broken` must not hold of two nils.
    """
    left, right = stored.subquery(), counted.subquery()
    names = [column.name for column in left.columns][:-1]
    *keys, amount = left.columns
    *others, other = right.columns
    both = union_all(
        select(*keys, amount.label("stored"), literal(0).label("counted")).where(amount != 0),
        select(*others, literal(0), other).where(other != 0),
    ).subquery()
    by = [both.c[name] for name in names]
    sums = func.sum(both.c.stored), func.sum(both.c.counted)
    labelled = sums[0].label("stored"), sums[1].label("counted")
    return select(*by, *labelled).group_by(*by).having(broken(*sums)).order_by(*by)


class JsonItems(GenericFunction[Any]):
    """The items of a JSON list as rows with a column `value`; join it beside the row that has the list."""

    inherit_cache = True
    name = "json_items"


class JsonLength(GenericFunction[int]):
    """How many items a JSON list has."""

    inherit_cache = True
    name = "json_length"
    type = Integer()


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


@compiles(JsonLength, "sqlite")
def _length_on_sqlite(element: JsonLength, compiler: Any, **words: Any) -> str:
    return f"json_array_length({compiler.process(element.clauses, **words)})"


@compiles(JsonLength, "postgresql")
def _length_on_postgresql(element: JsonLength, compiler: Any, **words: Any) -> str:
    return f"jsonb_array_length({compiler.process(element.clauses, **words)})"


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


def length_of(column: Any) -> JsonLength:
    """How many items a JSON list column has."""
    return JsonLength(column)


def cell_of(item: Any, at: int, kind: Any = String) -> Any:
    """The cell at a place of a joined item, cast to a column type."""
    return cast(JsonCell(item.c.value, at), kind)
