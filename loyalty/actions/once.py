"""Carrying a wish out once: every later telling hears the first answer (P2, P3)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy.orm import Session

from loyalty import errors, ledger
from loyalty.actions.renew import renewed_parts
from loyalty.decide.programme import Editions
from loyalty.errors import KeyMissing, KeyReused, Refusal

#: What every fingerprint is taken of: kept for ever, for it tells what releases of old were told.
_CANONICAL = json.JSONEncoder(default=str, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
_ALIKE = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, under which Idempotency-Key, and when. `client` outlives the caller's key.

    History is told as if the clock stood at `now`; `imported_at` is then the real instant (N7).
    """

    client: str
    header_key: str | None
    now: datetime
    imported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, and the key that names this very wish.

    `business_key` names it for the client, or, with `club_wide`, for the whole club, whoever tells it.
    `content` is all that would make it another wish.
    """

    kind: str
    asking: Asking
    business_key: tuple[str, ...] | None
    content: object
    club_wide: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, with the member and the operation it is about; it holds nothing personal (M7)."""

    answer: dict[str, Any]
    member_id: int | None = None
    op_id: int | None = None
    cut: tuple[str, ...] = ()  #: the parts that were dropped since: the books tell them


def once(
    session: Session, wish: Wish, do: Callable[[], Told], editions: Editions | None = None
) -> tuple[dict[str, Any], bool]:
    """The answer to a wish, and whether it was given before; `do` runs only the first time.

    An answer that tells of points is cut after a while: then it tells of them as they are, by the `editions`.

    A refusal that was judged under the member's lock says how to `keep` it on the header's claim; the
    business key stays free (P3). Raises KeyMissing, KeyReused, TwinRunning.
    """
    digest, now = fingerprint(wish.content), wish.asking.now
    header, business = header_claim(wish), business_claim(wish)
    if header is None and business is None:
        raise KeyMissing
    if header is not None and (earlier := ledger.claims.take(session, *header, digest, now)) is not None:
        return renewed(session, editions, told_before(earlier, digest), now), True
    try:
        earlier = ledger.claims.take(session, *business, digest, now) if business else None
        told = do() if earlier is None else told_before(earlier, digest)
    except Refusal as refusal:
        if header is not None and refusal.judged:
            kept = {"refusal": {"code": refusal.code, "facts": refusal.facts}}
            refusal.keep = lambda fresh: ledger.claims.take_for(fresh, *header, digest, now, kept)
        raise
    for claim in (header, business if earlier is None else None):
        if claim is not None:
            outcome = {"answer": told.answer} | ({"cut": list(told.cut)} if told.cut else {})
            ledger.claims.bind(session, *claim, outcome, told.member_id, told.op_id)
    return renewed(session, editions, told, now), earlier is not None


def renewed(session: Session, editions: Editions | None, told: Told, now: datetime) -> dict[str, Any]:
    """An answer with the parts that were cut from it, as the books tell them now (P2)."""
    if not told.cut:
        return told.answer
    if editions is None or told.member_id is None:
        raise RuntimeError("an answer was cut that nothing tells anew")
    return told.answer | renewed_parts(session, editions, told.cut, told.member_id, told.op_id, now)


def claims_of(wish: Wish) -> list[tuple[str, str]]:
    """All that names a wish: where its keys are taken."""
    return [claim for claim in (header_claim(wish), business_claim(wish)) if claim is not None]


def was_told(session: Session, wish: Wish) -> bool:
    """Whether the wish that a business key names was carried out. Raises KeyReused for another one."""
    claim = business_claim(wish)
    earlier = ledger.claims.find(session, *claim) if claim is not None else None
    return earlier is not None and bool(told_before(earlier, fingerprint(wish.content)))


def header_claim(wish: Wish) -> tuple[str, str] | None:
    """Where an Idempotency-Key is taken: by the kind of act and the client."""
    asking = wish.asking
    return None if asking.header_key is None else (f"key:{wish.kind}@{asking.client}", asking.header_key)


def business_claim(wish: Wish) -> tuple[str, str] | None:
    """Where a business key is taken."""
    if wish.business_key is None:
        return None
    client = None if wish.club_wide else wish.asking.client
    return ledger.claims.scope_of(wish.kind, client), ledger.claims.key_of(wish.business_key)


def fingerprint(content: object) -> str:
    """Equal for equal contents; tells a retry from a key reused."""
    return sha256(canonical(content)).hexdigest()


def canonical(content: object) -> bytes:
    """A content as _CANONICAL spells it, in a fraction of the time; no content holds a float."""
    try:
        return orjson.dumps(content, default=_plain, option=_ALIKE)
    except TypeError:  # a key that is no text, a number beyond 64 bits
        return _CANONICAL.encode(content).encode()


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else str(value)


def told_before(earlier: ledger.claims.Claimed, digest: str) -> Told:
    """What was told to whoever came first; their refusal is raised again, as a replay.

    What was cancelled before it was told hears so, whatever it is (P18).
    """
    cancelled = earlier.request_hash == ledger.claims.ANY
    if earlier.request_hash != digest and not cancelled:
        raise KeyReused
    outcome = earlier.outcome or {}
    if (kept := outcome.get("refusal")) is not None:
        refusal = _refusal(kept)
        refusal.replayed = not cancelled
        raise refusal
    return Told(outcome["answer"], earlier.member_id, earlier.op_id, tuple(outcome.get("cut", ())))


def _refusal(kept: Mapping[str, Any]) -> Refusal:
    kinds = {kind.code: kind for kind in Refusal.__subclasses__()}
    return kinds.get(kept["code"], errors.Refusal)(**kept["facts"])
