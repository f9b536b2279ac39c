"""The rows of webhook endpoints."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from loyalty.errors import Invalid, NotFound, VersionStale
from loyalty.ids import new_id
from loyalty.outbox.models import WebhookEndpoint
from loyalty.outbox.store import last_place
from loyalty.outbox.targets import MOST_FAILURES, pause_after

MOST_ENDPOINTS = 20  #: of one client
LONGEST_FAULT = 200


def add_endpoint(
    session: Session, client: str, url: str, kinds: Sequence[str], now: datetime
) -> WebhookEndpoint:
    """An endpoint that is told of everything from now on. Raises Invalid when the client has too many."""
    if len(endpoints(session, client)) >= MOST_ENDPOINTS:
        raise Invalid(fields={"url": f"a client has at most {MOST_ENDPOINTS} endpoints"})
    endpoint = WebhookEndpoint(
        endpoint_id=new_id(now),
        client=client,
        url=url,
        kinds=sorted(set(kinds)),
        state="active",
        generation=1,
        position=last_place(session),
        failures=0,
        version=1,
        created_at=now,
    )
    session.add(endpoint)
    session.flush()
    return endpoint


def endpoints(session: Session, client: str) -> Sequence[WebhookEndpoint]:
    """The endpoints of a client, oldest first."""
    mine = select(WebhookEndpoint).where(WebhookEndpoint.client == client)
    return session.scalars(mine.order_by(WebhookEndpoint.endpoint_id)).all()


def endpoint(session: Session, client: str, endpoint_id: int, *, locked: bool = False) -> WebhookEndpoint:
    """A client's own endpoint. Raises NotFound, also for another's."""
    found = session.get(WebhookEndpoint, endpoint_id, populate_existing=True, with_for_update=locked or None)
    if found is None or found.client != client:
        raise NotFound
    return found


def change_endpoint(
    session: Session, client: str, endpoint_id: int, version: int, changes: dict[str, Any], now: datetime
) -> WebhookEndpoint:
    """Carry out the given ones of url, kinds, state, rotate_secret. Raises NotFound, VersionStale."""
    found = endpoint(session, client, endpoint_id, locked=True)
    if found.version != version:
        raise VersionStale
    found.url = changes.get("url", found.url)
    found.kinds = sorted(set(changes.get("kinds", found.kinds)))
    if "state" in changes:
        found.state, found.failures, found.next_try_at, found.fault = changes["state"], 0, None, None
    if changes.get("rotate_secret"):
        found.generation, found.rotated_at = found.generation + 1, now
    found.version += 1
    session.flush()
    return found


def remove_endpoint(session: Session, client: str, endpoint_id: int, version: int) -> None:
    """Tell an endpoint nothing more. Raises NotFound, VersionStale."""
    if endpoint(session, client, endpoint_id).version != version:
        raise VersionStale
    same = (WebhookEndpoint.endpoint_id == endpoint_id, WebhookEndpoint.version == version)
    if session.execute(delete(WebhookEndpoint).where(*same)).rowcount != 1:  # type: ignore[attr-defined]
        raise VersionStale


def due_endpoints(session: Session, now: datetime) -> Sequence[WebhookEndpoint]:
    """The endpoints that may be told something now."""
    rested = or_(WebhookEndpoint.next_try_at.is_(None), WebhookEndpoint.next_try_at <= now)
    due = select(WebhookEndpoint).where(WebhookEndpoint.state == "active", rested)
    return session.scalars(due.order_by(WebhookEndpoint.endpoint_id)).all()


def told(session: Session, endpoint_id: int, position: int) -> None:
    """Note how far an endpoint has been told; never backwards."""
    mine = (WebhookEndpoint.endpoint_id == endpoint_id, WebhookEndpoint.position < position)
    rested = {"position": position, "failures": 0, "fault": None, "next_try_at": None}
    session.execute(update(WebhookEndpoint).where(*mine).values(rested))


def failed(session: Session, endpoint_id: int, fault: str, now: datetime) -> bool:
    """Note a failure: the endpoint rests, longer each time, and is given up at last; says whether it was."""
    found = session.get(WebhookEndpoint, endpoint_id, populate_existing=True, with_for_update=True)
    if found is None:
        return False
    found.failures += 1
    found.fault, found.next_try_at = fault[:LONGEST_FAULT], now + pause_after(found.failures)
    if found.failures >= MOST_FAILURES:
        found.state = "failed"
    session.flush()
    return found.state == "failed"
