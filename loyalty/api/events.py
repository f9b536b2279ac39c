"""News for other systems: read by cursor, or sent to webhook endpoints."""

from typing import Any

from sqlalchemy.orm import Session

from loyalty import ids
from loyalty.actions.once import Asking
from loyalty.actions.watch import add_watcher, change_watcher, remove_watcher
from loyalty.api.auth import needs
from loyalty.api.carrying import carry, look
from loyalty.api.idempotency import answering, etag, if_match, takes_key, takes_version
from loyalty.api.resource import Resource
from loyalty.api.schemas.events import (
    EndpointChangeIn,
    EndpointIn,
    EndpointOut,
    EndpointsOut,
    EventsIn,
    EventsOut,
)
from loyalty.decide.programme import Editions
from loyalty.errors import Invalid
from loyalty.outbox import WebhookEndpoint, endpoint, endpoints, secret_of
from loyalty.reads.events import EventView, events_after
from loyalty.rooms import rooms

events = Resource("events", "", "What happened, for other systems.")


@events.route("/events", methods=["GET"])
@needs("events:manage")
@events.arguments(EventsIn, location="query")
@events.response(200, EventsOut)
def read(told: dict[str, Any]) -> Any:
    """Events in the order of their places, after the last one that was read; each at least once."""
    last = None
    if told["after"] is not None and (last := ids.from_text(told["after"])) is None:
        raise Invalid(fields={"after": "is no event of ours"})
    limit = told["limit"]
    found = look(lambda session, _, __: events_after(session, last, limit + 1))
    return {"items": found[:limit], "next": _next(found, limit)}


@events.route("/webhook-endpoints", methods=["POST"])
@needs("events:manage")
@takes_key()
@events.arguments(EndpointIn)
@events.response(201, EndpointOut)
def add(told: dict[str, Any]) -> Any:
    """Have an address told of events from now on, signed by the Standard Webhooks scheme."""

    def wish(session: Session, _: Editions, asking: Asking) -> tuple[dict[str, Any], bool]:
        endpoint_id, replayed = add_watcher(session, told, asking=asking)
        made = endpoint(session, asking.client, endpoint_id)
        return _view(made, secret=True) | {"version": made.version}, replayed

    view, replayed = carry(wish)
    return answering(view, 201, replayed=replayed, headers=etag(view["version"]))


@events.route("/webhook-endpoints", methods=["GET"])
@needs("events:manage")
@events.response(200, EndpointsOut)
def list_() -> Any:
    """The client's own endpoints, and how they are doing."""
    found = look(lambda session, _, asking: endpoints(session, asking.client))
    return {"items": [_view(one) for one in found], "next": None}


@events.route("/webhook-endpoints/<opaque:endpoint_id>", methods=["GET"])
@needs("events:manage")
@events.response(200, EndpointOut)
def show(endpoint_id: int) -> Any:
    """One endpoint, with its ETag."""
    found = look(lambda session, _, asking: endpoint(session, asking.client, endpoint_id))
    return answering(_view(found), 200, replayed=False, headers=etag(found.version))


@events.route("/webhook-endpoints/<opaque:endpoint_id>", methods=["PATCH"])
@needs("events:manage")
@takes_version()
@events.arguments(EndpointChangeIn)
@events.response(200, EndpointOut)
def change(told: dict[str, Any], endpoint_id: int) -> Any:
    """Change an endpoint; `active` also takes up one that was given up, `rotate_secret` draws anew."""
    version = if_match()
    found = carry(
        lambda session, _, asking: change_watcher(session, endpoint_id, version, told, asking=asking)
    )
    view = _view(found, secret=told["rotate_secret"])
    return answering(view, 200, replayed=False, headers=etag(found.version))


@events.route("/webhook-endpoints/<opaque:endpoint_id>", methods=["DELETE"])
@needs("events:manage")
@takes_version()
@events.response(204)
def remove(endpoint_id: int) -> None:
    """Tell an endpoint nothing more."""
    version = if_match()
    carry(lambda session, _, asking: remove_watcher(session, endpoint_id, version, asking=asking))


def _view(found: WebhookEndpoint, *, secret: bool = False) -> dict[str, Any]:
    key = rooms().settings.webhook_secrets[0]
    drawn = {"secret": secret_of(key, found.endpoint_id, found.generation)} if secret else {}
    return {
        "endpoint_id": ids.to_text(found.endpoint_id),
        "url": found.url,
        "kinds": found.kinds,
        "state": found.state,
        "failures": found.failures,
        "fault": found.fault,
        "next_try_at": found.next_try_at,
        "created_at": found.created_at,
    } | drawn


def _next(found: list[EventView], limit: int) -> str | None:
    return found[limit - 1].event_id if len(found) > limit else None
