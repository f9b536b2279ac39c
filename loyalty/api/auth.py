"""Who is asking: a bearer key becomes a Caller, and every view names the scopes it needs."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

from flask import Flask

from loyalty import access
from loyalty.access import Scope
from loyalty.db import Books, books_kept, carry_out, reading
from loyalty.errors import Busy, Forbidden, PlaceOfOthers, StoreForeign, TerminalForeign, Unauthorised
from loyalty.rooms import notes_itself, request_itself, rooms

View = TypeVar("View", bound=Callable[..., Any])
_FRESH = timedelta(seconds=2)  #: how long a key is trusted unseen: so soon is a revoked one dead
_MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """The till or system that asks. `client` outlives the key: writes are claimed under it (P2)."""

    client: str
    store: str | None  #: the only one it speaks for; none: any
    terminals: frozenset[str]  #: the only ones it speaks for; empty: any
    place: str | None  #: the only one it speaks for; none: it is no place's key
    scopes: frozenset[str]
    mode: str
    language: str
    key_id: int
    prefix: str
    signed: bool
    locked_until: datetime | None  #: after too many unknown cards

    @property
    def books(self) -> Books:
        """The books it reads and writes."""
        return "live" if self.mode == "live" else "training"


@dataclass(frozen=True, slots=True)
class _Known:
    digest: str
    caller: Caller
    expires_at: datetime | None
    seen_at: datetime
    last_used_on: date | None


class KeyRing:
    """The keys this process looked up in the last two seconds; unknown ones are not kept."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def caller(self, header: str, now: datetime) -> Caller:
        """Who sends this Authorization header. Raises Unauthorised, and says no more."""
        scheme, _, text = header.partition(" ")
        key = access.split_key(text.strip())
        if scheme.lower() != "bearer" or key is None:
            raise Unauthorised
        known = self._known.get(key.prefix)
        if known is None or not known.seen_at <= now < known.seen_at + _FRESH:
            known = self._look_up(key.prefix, now)
        if known is None or not access.matches(key.whole, known.digest):
            raise Unauthorised
        if known.expires_at is not None and known.expires_at <= now:
            raise Unauthorised
        if known.last_used_on != now.date():
            self._known[key.prefix] = replace(known, last_used_on=now.date())
            _note_use(known.caller.key_id, now)
        return known.caller

    def forget(self, prefix: str) -> None:
        """Look this key up anew when it asks again."""
        self._known.pop(prefix, None)

    def _look_up(self, prefix: str, now: datetime) -> _Known | None:
        self._known.pop(prefix, None)
        with reading() as session:
            row = access.key_by_prefix(session, prefix)
        if row is None or row.revoked_at is not None:
            return None
        known = _Known(row.digest, _caller(row), row.expires_at, now, row.last_used_on)
        if len(self._known) >= _MOST_KEYS:
            self._known.clear()
        self._known[prefix] = known
        return known


def needs(*scopes: Scope) -> Callable[[View], View]:
    """Mark a view: a key must carry one of these scopes. A view without this mark cannot be registered."""
    if not scopes or not set(scopes) <= set(access.SCOPES):
        raise ValueError(f"no such scope among {scopes}")

    def mark(view: View) -> View:
        view.scope = scopes  # type: ignore[attr-defined]
        view._apidoc = deepcopy(getattr(view, "_apidoc", {})) | {"scope": scopes}  # type: ignore[attr-defined]
        return view

    return mark


def caller() -> Caller:
    """Who sends this request; for views, whose request was admitted."""
    return cast(Caller, notes_itself().caller)


def speaks_for(store: str, terminal: str | None = None) -> None:
    """Raises StoreForeign, TerminalForeign when the key that asks belongs to others; None: all of a store."""
    who = caller()
    if who.store is not None and who.store != store:
        raise StoreForeign(store=store)
    if terminal is not None and who.terminals and terminal not in who.terminals:
        raise TerminalForeign(terminal=terminal)


def place_told(told: str | None) -> str | None:
    """The place that a request is about: the one it names, or the key's own. Raises PlaceOfOthers."""
    own = caller().place
    if own is not None and told not in (None, own):
        raise PlaceOfOthers(place=told)
    return own or told


def language() -> str:
    """The language of the key that asks; English as long as nobody is known."""
    known: Caller | None = notes_itself().get("caller")
    return known.language if known else "en"


def identify(prefix: str, app: Flask) -> None:
    """Find out who asks before anything else looks at a path under `prefix`; `admit` decides later."""
    app.extensions["loyalty_keys"] = KeyRing()

    @app.before_request
    def look() -> None:
        known, asked = None, request_itself()
        if asked.path.startswith(prefix):
            ring: KeyRing = app.extensions["loyalty_keys"]
            try:
                known = ring.caller(asked.environ.get("HTTP_AUTHORIZATION", ""), rooms().clock.now())
            except Unauthorised:
                known = None
        notes_itself().caller = known


def admit(scopes: Sequence[Scope]) -> Caller:
    """Who asks, let in to a view that needs one of these scopes. Raises Unauthorised, Forbidden."""
    known: Caller | None = notes_itself().caller
    if known is None or (known.books != "live" and known.books not in books_kept()):
        raise Unauthorised
    if known.scopes.isdisjoint(scopes):
        raise Forbidden(needs=list(scopes))
    return known


def _caller(row: access.ApiKey) -> Caller:
    return Caller(
        row.client,
        row.store,
        frozenset(row.terminals),
        row.place,
        frozenset(row.scopes),
        row.mode,
        row.language,
        row.key_id,
        row.prefix,
        row.signed,
        access.locked_until(row),
    )


def _note_use(key_id: int, now: datetime) -> None:
    try:
        carry_out(lambda session: access.mark_used(session, key_id, now.date()), patience_seconds=0.1)
    except Busy:
        return  # another day's request will note it: no till waits for this
