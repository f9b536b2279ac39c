"""The booked lines of a member's statement, each read with its entries in one statement."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from loyalty import ids
from loyalty.decide.pool import BACK, OUT
from loyalty.decide.programme import Editions
from loyalty.ledger import Entry, OperationPartRow, OperationRow
from loyalty.members import Person
from loyalty.reads.lines import (
    DEBT,
    Line,
    LotPart,
    Place,
    Referred,
    Sought,
    day_or_never,
    rewards_named,
    rules_named,
    rules_told,
)
from loyalty.reads.statement import LineOrder
from loyalty.rewards import RewardOrder
from loyalty.sales import Sale, SaleReturn


def newest(
    session: Session,
    editions: Editions,
    member_id: int,
    unit: str,
    sought: Sought,
    before: Place | None,
    limit: int,
) -> list[Line]:
    """Up to `limit` booked lines of a unit, the newest first, in one statement."""
    op, part = OperationRow, OperationPartRow
    asked = _asked(member_id).where(part.unit == unit, *_conditions(editions, sought))
    if before is not None:
        same = and_(op.happened_at == before.happened_at, part.seq_from < before.seq)
        asked = asked.where(or_(op.happened_at < before.happened_at, same))
    asked = asked.order_by(op.happened_at.desc(), part.seq_from.desc()).limit(limit)
    found = _lines(session, editions, member_id, asked)
    return sorted(found, key=lambda line: (line.happened_at, line.seq), reverse=True)


def in_order(
    session: Session,
    editions: Editions,
    member_id: int,
    unit: str,
    after_seq: int,
    to_seq: int,
    chunk: int = 500,
) -> Iterator[Line]:
    """The booked lines of a unit after one entry and up to another, oldest first, a statement a chunk."""
    part = OperationPartRow
    while after_seq < to_seq:
        asked = _asked(member_id).where(part.unit == unit, part.seq_from > after_seq, part.seq_to <= to_seq)
        found = _lines(session, editions, member_id, asked.order_by(part.seq_from).limit(chunk))
        if not found:
            return
        yield from sorted(found, key=lambda line: line.seq)
        after_seq = max(line.seq for line in found)


def of_operation(session: Session, editions: Editions, member_id: int, op_id: int) -> list[Line]:
    """What one operation did to each unit; nothing where the member has none of that number."""
    return _lines(session, editions, member_id, _asked(member_id).where(OperationRow.op_id == op_id))


def _asked(member_id: int) -> Select[Any]:
    op, part, referred = OperationRow, OperationPartRow, aliased(OperationRow)
    mine, first = op.member_id == member_id, func.coalesce(op.refers_to, op.op_id)
    columns = (
        part.unit, part.seq_from, part.seq_to,
        op.op_id, op.kind, op.edition, op.happened_at, op.booked_at, op.reasons, op.refers_to,
        referred.kind.label("referred_kind"), referred.happened_at.label("referred_at"),
        func.coalesce(Sale.store, SaleReturn.store).label("store"),
        RewardOrder.op_id.label("order_id"), RewardOrder.reward, RewardOrder.edition.label("order_edition"),
    )  # fmt: skip
    return (
        select(*columns)
        .join(op, (op.member_id == part.member_id) & (op.op_id == part.op_id))
        .outerjoin(referred, (referred.member_id == op.member_id) & (referred.op_id == op.refers_to))
        .outerjoin(Sale, (Sale.member_id == op.member_id) & (Sale.op_id == op.op_id))
        .outerjoin(SaleReturn, (SaleReturn.member_id == op.member_id) & (SaleReturn.op_id == op.op_id))
        .outerjoin(RewardOrder, (RewardOrder.member_id == op.member_id) & (RewardOrder.op_id == first))
        .where(mine, part.member_id == member_id, part.seq_from.is_not(None))
    )


def _conditions(editions: Editions, sought: Sought) -> Iterable[ColumnElement[bool]]:
    op = OperationRow
    if sought.kinds is not None:
        yield op.kind.in_(sorted(sought.kinds))
    if sought.since is not None:
        yield op.happened_at >= sought.since
    if sought.until is not None:
        yield op.happened_at < sought.until
    if sought.words:
        yield or_(*_with_words(editions, sought))


def _with_words(editions: Editions, sought: Sought) -> Iterable[ColumnElement[bool]]:
    op, words = OperationRow, sought.words.lower()
    because = cast(op.reasons, Text)
    yield op.kind.in_(sorted(sought.meant))
    number = ids.from_text(words)
    if number is not None:
        yield op.op_id == number
    yield RewardOrder.reward.in_(sorted(rewards_named(editions, words)))
    for code in sorted(rules_named(editions, words)):
        yield because.contains(f'["{code}",', autoescape=True)
    for text in (op.reasons["for"].as_string(), Sale.store, SaleReturn.store):
        yield func.lower(text).contains(words, autoescape=True)


def _lines(session: Session, editions: Editions, member_id: int, asked: Select[Any]) -> list[Line]:
    """The lines of some operations and their entries, in one statement."""
    page = asked.subquery()
    rows = (
        select(page, Entry.seq, Entry.points, Entry.expires_on, Entry.kind.label("lot"), Entry.contra)
        .join(
            Entry,
            (Entry.member_id == member_id)
            & (Entry.unit == page.c.unit)
            & Entry.seq.between(page.c.seq_from, page.c.seq_to),
        )
        .order_by(page.c.unit, page.c.seq_from, Entry.seq)
    )
    grouped = groupby(session.execute(rows), key=lambda row: (row.unit, row.seq_from))
    groups = [list(group) for _, group in grouped]
    names = _spenders(session, [one for one, *_ in groups])
    return [_line(editions, member_id, group, names) for group in groups]


def _spenders(session: Session, rows: Iterable[Any]) -> dict[str, str]:
    """What those are called who spent a member's points together with them, by their ids (M8)."""
    named = {(row.reasons or {}).get("with") for row in rows if row.kind in (OUT, BACK)}
    numbers = [number for name in named if name and (number := ids.from_text(name)) is not None]
    if not numbers:
        return {}
    found = session.execute(select(Person.member_id, Person.name).where(Person.member_id.in_(numbers)))
    return {ids.to_text(member_id): name for member_id, name in found.tuples()}


def _line(editions: Editions, member_id: int, rows: list[Any], names: Mapping[str, str]) -> Line:
    one = rows[0]
    referred = order = None
    if one.referred_kind is not None:
        operation = ids.pair_to_text(member_id, one.refers_to)
        referred = Referred(operation, one.referred_kind, one.referred_at)
    if one.order_id is not None:
        terms = editions.number(one.order_edition).programme.reward(one.reward)
        order = LineOrder(ids.pair_to_text(member_id, one.order_id), one.reward, terms.name)
    return Line(
        ids.pair_to_text(member_id, one.op_id),
        one.kind,
        one.unit,
        one.seq_from,
        sum(row.points for row in rows),
        one.edition,
        one.happened_at,
        one.booked_at,
        one.reasons or {},
        rules_told(editions, one.edition, one.reasons or {}, one.unit),
        tuple(LotPart(day_or_never(row.expires_on), row.points, row.contra, row.lot == DEBT) for row in rows),
        referred,
        one.store,
        order,
        names.get((one.reasons or {}).get("with", "")),
    )
