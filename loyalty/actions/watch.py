"""Another system wants to be told of events, or no longer."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import acts, ids, outbox
from loyalty.actions.once import Asking, Told, Wish, once


def add_watcher(session: Session, told: dict[str, Any], *, asking: Asking) -> tuple[int, bool]:
    """Add a webhook endpoint, once; its id, and whether it was added before.

    Raises Invalid when the client has too many; KeyMissing, KeyReused.
    """

    def do() -> Told:
        made = outbox.add_endpoint(session, asking.client, told["url"], told["kinds"], asking.now)
        _record(session, "webhook.added", made.endpoint_id, asking, {"url": made.url, "kinds": made.kinds})
        return Told({"endpoint_id": ids.to_text(made.endpoint_id)})

    answer, replayed = once(session, Wish("webhook", asking, None, told), do)
    return ids.from_text(answer["endpoint_id"]) or 0, replayed


def change_watcher(
    session: Session, endpoint_id: int, version: int, changes: dict[str, Any], *, asking: Asking
) -> outbox.WebhookEndpoint:
    """Carry out the given ones of url, kinds, state, rotate_secret. Raises NotFound, VersionStale."""
    changed = outbox.change_endpoint(session, asking.client, endpoint_id, version, changes, asking.now)
    _record(session, "webhook.changed", endpoint_id, asking, changes)
    return changed


def remove_watcher(session: Session, endpoint_id: int, version: int, *, asking: Asking) -> None:
    """Tell an endpoint nothing more. Raises NotFound, VersionStale."""
    outbox.remove_endpoint(session, asking.client, endpoint_id, version)
    _record(session, "webhook.removed", endpoint_id, asking, {})


def _record(session: Session, kind: str, endpoint_id: int, asking: Asking, content: dict[str, Any]) -> None:
    acts.record(
        session,
        asking.now,
        actor=asking.client,
        kind=kind,
        subject=ids.to_text(endpoint_id),
        content=content,
    )
