"""Figures that prove many rows at once, asked of PostgreSQL in one walk through each table (ADR 0065).

Two queries agree key by key when their fingerprints are equal: the sum, over all rows, of each amount times a
number that is drawn for its key. These numbers (32 bits, a hash of the key) are others in each look, by its
salt: rows that disagree escape one look of some 2^32, whatever they hold. A fingerprint sorts nothing, joins
nothing and keeps nothing in memory. It names nobody: where two differ, a query finds the rows.
"""

import secrets
from collections import defaultdict
from functools import lru_cache
from operator import and_, eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import (
    BigInteger,
    BinaryExpression,
    BooleanClauseList,
    Column,
    ColumnElement,
    Date,
    FromClause,
    Function,
    Integer,
    Null,
    Select,
    String,
    Table,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session
from sqlalchemy.sql.operators import in_op, is_not

_SALT = "salt"
_BEGINNING = literal_column("date '2000-01-01'", Date())
_BIT: ColumnElement[int] = literal_column("1")  #: so much shorter, two numbers differ by one of 64 bits
_HALF: ColumnElement[int] = literal_column("32")  #: of the bits of a number
#: What a missing part of a key is hashed as.
_NO_NUMBER: ColumnElement[int] = literal_column("-1")
_NO_TEXT: ColumnElement[str] = literal_column("'~'")
_COMPARE = (eq, ne, lt, le, gt, ge, in_op)


class Figure:
    """A sum or a count over what a query finds; those of one table are worked out together."""

    def __init__(self, query: Select[Any], aggregate: Function[Any]) -> None:
        """The aggregate of the query's rows: nil where there are none."""
        self.query, self.aggregate = query, aggregate
        froms = query.get_final_froms()
        self.table = froms[0] if len(froms) == 1 and isinstance(froms[0], Table) else None
        #: How many rows its tables have that it could be of, each by itself: without any, it is nil.
        self.given = _given(query) if self.table is None else ()
        if self.table is not None:
            _OF_TABLE[self.table].append(self)

    @property
    def beside(self) -> tuple["Figure", ...]:
        """All figures that are worked out with this one."""
        return (self,) if self.table is None else tuple(_OF_TABLE[self.table])

    @property
    def within_its_table(self) -> ColumnElement[Any]:
        """The aggregate, of those rows of the whole table that the query finds."""
        where = self.query.whereclause
        return func.coalesce(self.aggregate if where is None else self.aggregate.filter(where), 0)


_OF_TABLE: defaultdict[FromClause, list[Figure]] = defaultdict(list)


def fingerprint(query: Select[Any]) -> Figure:
    """The fingerprint of a query whose columns are keys, and an amount last."""
    rows = _as_rows(query)
    *keys, amount = rows.selected_columns
    if isinstance(amount, Column):  # most rows have nothing held, undone, pending …: no key is drawn for nil
        rows = rows.where(amount != 0)
    weight = key_hash(*keys).op(">>", return_type=BigInteger())(_HALF)
    return Figure(rows, func.sum(cast(amount, BigInteger) * weight))


def steps(query: Select[Any], start: tuple[Any, ...], end: tuple[Any, ...]) -> Figure:
    """The fingerprint of steps, each from a key to a key: of a walk without a gap its two ends are left."""
    come, gone = (key_hash(*keys).op(">>", return_type=BigInteger())(_BIT) for keys in (end, start))
    return Figure(query, func.sum(come - gone))


def count(query: Select[Any]) -> Figure:
    """How many rows a query finds."""
    return Figure(_as_rows(query.order_by(None)), func.count())


def key_hash(*keys: Any) -> ColumnElement[int]:
    """64 bits drawn for a key by the salt of the look; a missing part of it is a part like any other."""
    drawn: ColumnElement[int] = bindparam(_SALT, type_=BigInteger)
    for key in keys:
        drawn = _hash(key, drawn)
    return drawn


def work_out(session: Session, kept: dict[Any, Any], wanted: Figure) -> int | None:
    """What a figure comes to; `kept` holds it, those beside it, and the salt of the look.

    None: some number is beyond what the database can work with.
    """
    if any(work_out(session, kept, one) == 0 for one in wanted.given):
        return 0
    if wanted not in kept:
        salt = kept.setdefault(_SALT, secrets.randbits(62))
        beside = wanted.beside
        values: Any = [None] * len(beside)
        try:
            with session.begin_nested():
                values = session.execute(_statement(beside), {_SALT: salt}).one()
        except DataError:
            pass
        kept.update(zip(beside, values, strict=True))
    found: int | None = kept[wanted]
    return found


@lru_cache(maxsize=512)  # a statement that stays the same object is compiled once
def _statement(figures: tuple[Figure, ...]) -> Select[Any]:
    """All figures of one table in one walk, or the one of a query."""
    first, table = figures[0], figures[0].table
    if table is None:
        shown = func.coalesce(first.aggregate, 0)
        return first.query.order_by(None).with_only_columns(shown, maintain_column_froms=True)
    return select(*(figure.within_its_table for figure in figures)).select_from(table)


def _given(query: Select[Any]) -> tuple[Figure, ...]:
    """Of each table that a query joins, how many rows are as it must have some: it compares their cells.

    A row that an outer join leaves out is none of these: nothing compares with a missing cell.
    """
    where, asked = query.whereclause, defaultdict[Table, list[Any]](list)
    for one in where.clauses if isinstance(where, BooleanClauseList) and where.operator is and_ else [where]:
        if isinstance(one, BinaryExpression) and isinstance(one.left, Column) and _compares(one):
            tables = set(one._from_objects)
            if len(tables) == 1 and isinstance(table := tables.pop(), Table):
                asked[table].append(one)
    return tuple(
        Figure(select(literal_column("1")).select_from(table).where(*conditions), func.count())
        for table, conditions in asked.items()
    )


def _compares(one: BinaryExpression[Any]) -> bool:
    """Whether a condition does not hold of a missing cell."""
    return one.operator in _COMPARE or (one.operator is is_not and isinstance(one.right, Null))


def _as_rows(query: Select[Any]) -> Select[Any]:
    """The query, as rows of something when it is of groups."""
    return select(query.subquery()) if query._group_by_clauses else query


def _hash(key: ColumnElement[Any], seed: ColumnElement[int]) -> ColumnElement[int]:
    """PostgreSQL's own hash of a value, drawn by a number."""
    if isinstance(key.type, Date):
        return func.hashint4extended(func.date_mi(key, _BEGINNING), seed, type_=BigInteger)
    if isinstance(key.type, Integer):
        # PostgreSQL folds the halves of a number into one before it draws: so the upper one is drawn first.
        number = cast(func.coalesce(key, _NO_NUMBER), BigInteger)
        upper = func.hashint8extended(number.op(">>")(_HALF), seed, type_=BigInteger)
        return func.hashint8extended(number, upper, type_=BigInteger)
    spelled = key if isinstance(key.type, String) else cast(key, String)
    return func.hashtextextended(func.coalesce(spelled, _NO_TEXT), seed, type_=BigInteger)
