"""What every table shares: metadata, constraint names, and honest column types."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    MetaData,
    Select,
    String,
    Table,
    column,
    delete,
    literal,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator

from loyalty.ids import DIGITS

CONSTRAINT_NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

Document = JSON().with_variant(JSONB(), "postgresql")  #: a JSON value; JSONB where there is one


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)


def table_of(mapped: type[Base]) -> Table:
    """The plain table of a mapped class: hot statements on it are made once and skip the unit of work."""
    return cast(Table, mapped.__table__)


class Ids(TypeDecorator[Collection[int]]):
    """Many ids as one value: PostgreSQL has arrays, SQLite reads a list out of a text."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """What the database takes."""
        return dialect.type_descriptor(ARRAY(BigInteger) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> Any:
        """A list, or its text."""
        listed = [*value] if value is not None else []
        return listed if dialect.name == "postgresql" else json.dumps(listed)


class AnyOf(GenericFunction[bool]):
    """Whether a number is one of many; see `any_of`."""

    inherit_cache = True
    name = "any_of"
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:
        """As it stands: compared with 1, as SQLite's booleans are, no index would find its rows."""
        return self


@compiles(AnyOf, "sqlite")
def _any_on_sqlite(element: AnyOf, compiler: Any, **words: Any) -> str:
    number, ids = (compiler.process(one, **words) for one in element.clauses)
    return f"{number} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 -- both compiled


@compiles(AnyOf, "postgresql")
def _any_on_postgresql(element: AnyOf, compiler: Any, **words: Any) -> str:
    number, ids = (compiler.process(one, **words) for one in element.clauses)
    return f"{number} = ANY ({ids})"


def any_of(number: Any, ids: Collection[int]) -> AnyOf:
    """Whether a column is one of these ids, which are sent as one value: hundreds of values are dear."""
    return AnyOf(number, literal(ids, Ids))


class IdText(GenericFunction[str]):
    """An id as outsiders see it; see `id_text`."""

    inherit_cache = True
    name = "id_text"
    type = String()


_PAIRS = "".join(first + second for first in DIGITS for second in DIGITS).encode()


@compiles(IdText, "sqlite")
def _id_on_sqlite(element: IdText, compiler: Any, **words: Any) -> str:
    number = compiler.process(element.clauses.clauses[0], **words)
    letters = (f"substr('{DIGITS}', ({number} >> {place} & 31) + 1, 1)" for place in range(60, -1, -5))
    return f"ltrim({' || '.join(letters)}, '0')"


@compiles(IdText, "postgresql")
def _id_on_postgresql(element: IdText, compiler: Any, **words: Any) -> str:
    # Two letters at a time, out of bytes: letters of a text are counted from its beginning each time.
    number, pairs = (compiler.process(one, **words) for one in element.clauses)
    places = (
        f"CAST({number} >> {place} & {31 if place == 60 else 1023} AS INTEGER)"
        for place in range(60, -1, -10)
    )
    letters = " || ".join(f"substring({pairs}, {place} * 2 + 1, 2)" for place in places)
    return f"ltrim(convert_from({letters}, 'UTF8'), '0')"


def id_text(number: Any) -> IdText:
    """How the database spells one of our ids as outsiders see it (see `ids.to_text`)."""
    return IdText(number, literal(_PAIRS))


class AsDocument(GenericFunction[Any]):
    """A text that is JSON, as a value of a column of documents."""

    inherit_cache = True
    name = "as_document"
    type = Document


@compiles(AsDocument, "sqlite")
def _document_on_sqlite(element: AsDocument, compiler: Any, **words: Any) -> str:
    return str(compiler.process(element.clauses, **words))


@compiles(AsDocument, "postgresql")
def _document_on_postgresql(element: AsDocument, compiler: Any, **words: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **words)} AS JSONB)"


def is_document(column: Any) -> bool:
    """Whether a column keeps JSON."""
    return isinstance(column.type, JSON)


def drop_some(session: Session, mapped: type[Base], limit: int, *old: Any) -> int:
    """Remove up to `limit` of the rows that meet these conditions; how many."""
    keys = table_of(mapped).primary_key.columns
    some = select(*keys).where(*old).limit(limit)
    return cast(int, session.execute(delete(mapped).where(tuple_(*keys).in_(some))).rowcount)  # type: ignore[attr-defined]


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The condition of a CHECK: the column holds one of these plain words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


#: Who was merged into whom, for queries of subjects that know no members.
MERGED = table("member", column("member_id", BigInteger), column("merged_into", BigInteger))


def family(member_id: Any) -> Select[tuple[int]]:
    """The ids of a member and of whoever was merged into them: the link that history is read through (M6)."""
    mine = or_(MERGED.c.member_id == member_id, MERGED.c.merged_into == member_id)
    return select(MERGED.c.member_id).where(mine)


class Moment(TypeDecorator[datetime]):
    """An instant in UTC. Naive datetimes are refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """UTC for the database; naive for SQLite, which keeps text and compares it as text."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime refused: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
