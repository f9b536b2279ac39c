"""Keys taken once: what makes every retry harmless, for ever (P2)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, or_, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from loyalty.errors import TwinRunning
from loyalty.guard import expect_one
from loyalty.ids import new_id
from loyalty.ledger.models import Claim
from loyalty.ledger.packing import packed, unpacked
from loyalty.questions import Question, Rows, among
from loyalty.tables import Moment, table_of
from loyalty.writing import adding, changing, later

_LOCK_NOT_AVAILABLE = "55P03"
_OF_PERSONS = ("enrol", "import", "customer")  #: acts whose keys and contents say who somebody is
ANY = "*"  #: the request hash of a tombstone: it speaks to whatever comes under its key

# In words, because the statement objects of ON CONFLICT are compiled anew each time.
_TAKE = text(
    'INSERT INTO claim (scope, "key", request_hash, taken_at) '
    "VALUES (:scope, :key, :request_hash, :taken_at) ON CONFLICT DO NOTHING RETURNING scope"
).bindparams(bindparam("taken_at", type_=Moment))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim that somebody took before, and what they were told; no outcome means it bound nothing."""

    request_hash: str
    member_id: int | None
    op_id: int | None
    outcome: Mapping[str, Any] | None


_CLAIM = table_of(Claim)
_FIND = select(_CLAIM.c.request_hash, _CLAIM.c.member_id, _CLAIM.c.op_id, _CLAIM.c.outcome).where(
    _CLAIM.c.scope == bindparam("of_scope"), _CLAIM.c.key == bindparam("of_key")
)
#: The claims among `claim_scopes` and `claim_keys`, whichever belong together: see `told`.
TAKEN = Question(
    select(
        *(_CLAIM.c[name] for name in ("scope", "key", "request_hash", "member_id", "op_id", "outcome"))
    ).where(among(_CLAIM.c.scope, "claim_scopes"), among(_CLAIM.c.key, "claim_keys"))
)
_KEPT = adding(Claim, "cut_at")
_BOUND = changing(Claim, "outcome", "member_id", "op_id", law="5", what="the claim")
_BURY = (
    update(_CLAIM)
    .where(
        _CLAIM.c.scope == bindparam("of_scope"), _CLAIM.c.key == bindparam("of_key"), _CLAIM.c.op_id.is_(None)
    )
    .values(outcome=bindparam("outcome"), request_hash=ANY)
)


def scope_of(kind: str, client: str | None) -> str:
    """Where a business key is taken: by a client for itself, or (None) for the whole club."""
    return kind if client is None else f"{kind}@{client}"


def key_of(parts: tuple[str, ...]) -> str:
    """A business key as one text that no other key spells."""
    return orjson.dumps(parts).decode()


def take(session: Session, scope: str, key: str, request_hash: str, now: datetime) -> Claimed | None:
    """Take a key; None means it is ours, anything else is the claim of whoever came first.

    A twin in mid-work is waited for. Raises TwinRunning when it takes longer than a lock may.
    """
    wanted = {"scope": scope, "key": key, "request_hash": request_hash, "taken_at": now}
    try:
        taken = session.scalar(_TAKE, wanted)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise TwinRunning from error
        raise
    return find(session, scope, key) if taken is None else None


def take_for(
    session: Session, scope: str, key: str, request_hash: str, now: datetime, outcome: Mapping[str, Any]
) -> bool:
    """Take a key for what its holder was told; false when somebody else has it. Raises TwinRunning."""
    if take(session, scope, key, request_hash, now) is not None:
        return False
    bind(session, scope, key, outcome)
    return True


def told(rows: Rows) -> dict[tuple[str, str], Claimed]:
    """The claims that were taken before, by scope and key, from what TAKEN was answered."""
    return {(scope, key): _claimed(*cells) for scope, key, *cells in rows}


def keep(
    session: Session,
    claims: Iterable[tuple[str, str]],
    request_hash: str,
    outcome: Mapping[str, Any],
    member_id: int,
    op_id: int,
    now: datetime,
) -> None:
    """Take keys that were not taken before, with what their holder was told, whose member is locked.

    Who takes one meanwhile, for another member, is met by the database: then all of it is undone.
    """
    row = {"request_hash": request_hash, "outcome": packed(outcome), "member_id": member_id, "op_id": op_id}
    rows = [{"scope": scope, "key": key, "taken_at": now, **row} for scope, key in claims]
    later(session, _KEPT, rows)


def bury(session: Session, scope: str, key: str, refusal: Mapping[str, Any]) -> None:
    """Let whatever comes under a key that booked nothing hear this refusal, for ever (P18)."""
    words = {"of_scope": scope, "of_key": key, "outcome": packed({"refusal": dict(refusal)})}
    expect_one(session.execute(_BURY, words), "5", "a claim that bound nothing")


def forget_person(session: Session, member_id: int, now: datetime) -> None:
    """Replace what claims of enrolling a member, and of news of them, say of who they were (M7).

    Their keys are references of a core system, their hashes are of persons: nobody hears of them again, and
    the key that a client sent along stays taken.
    """
    told = or_(*(_CLAIM.c.scope.startswith(f"{key}{act}") for act in _OF_PERSONS for key in ("", "key:")))
    rows = select(_CLAIM.c.scope, _CLAIM.c.key, _CLAIM.c.outcome).where(_CLAIM.c.member_id == member_id, told)
    for scope, key, outcome in session.execute(rows).all():
        mine = update(_CLAIM).where(_CLAIM.c.scope == scope, _CLAIM.c.key == key)
        answer = dict(_outcome_of(outcome).get("answer") or {})
        if "reference" in answer:
            answer["reference"] = ""
        values: dict[str, Any] = {"request_hash": "", "outcome": packed({"answer": answer})}
        if not scope.startswith("key:"):
            values["key"] = key_of(("erased", str(new_id(now))))
        expect_one(session.execute(mine.values(values)), "5", "a claim", member_id)


def cut_answers(
    session: Session, before: datetime, now: datetime, limit: int, parts: Mapping[str, Collection[str]]
) -> int:
    """Cut up to `limit` answers that were given before an instant; how many. The keys stay taken (P2).

    `parts` are the parts that go, for each act, or ("") for any: what the books say, or say anew. An answer
    that tells of nobody's points stays whole.
    """
    whole = _CLAIM.c.cut_at.is_(None) & (_CLAIM.c.taken_at <= before)
    rows = select(_CLAIM.c.scope, _CLAIM.c.key, _CLAIM.c.outcome, _CLAIM.c.member_id).where(whole)
    found = session.execute(rows.order_by(_CLAIM.c.taken_at).limit(limit).with_for_update()).all()
    for scope, key, outcome, member_id in found:
        values: dict[str, Any] = {"cut_at": now}
        answer = _outcome_of(outcome).get("answer") or {}
        if member_id is not None and answer.get("balance"):
            goes = {*parts[""], *parts.get(scope.removeprefix("key:").partition("@")[0], ())} & answer.keys()
            kept = {name: value for name, value in answer.items() if name not in goes}
            values["outcome"] = packed({"answer": kept, "cut": sorted(goes)})
        session.execute(update(_CLAIM).where(_CLAIM.c.scope == scope, _CLAIM.c.key == key).values(values))
    return len(found)


def find(session: Session, scope: str, key: str) -> Claimed | None:
    """The claim on a key, if it was ever taken."""
    row = session.execute(_FIND, {"of_scope": scope, "of_key": key}).first()
    return _claimed(*row) if row else None


def bind(
    session: Session,
    scope: str,
    key: str,
    outcome: Mapping[str, Any],
    member_id: int | None = None,
    op_id: int | None = None,
) -> None:
    """Write down what the holder of a claim was told."""
    row = {"scope": scope, "key": key, "outcome": packed(outcome), "member_id": member_id, "op_id": op_id}
    later(session, _BOUND, [row])


def _claimed(request_hash: str, member_id: int | None, op_id: int | None, outcome: str | None) -> Claimed:
    return Claimed(request_hash, member_id, op_id, unpacked(outcome) if outcome else None)


def _outcome_of(kept: str | None) -> dict[str, Any]:
    return unpacked(kept) if kept else {}
