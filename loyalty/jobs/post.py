"""The post: committed events get their places in the line, and endpoints are told, each in its own time."""

from functools import partial

import structlog
from sqlalchemy.orm import Session

from loyalty import outbox
from loyalty.db import carry_out, reading
from loyalty.hooks import SECONDS
from loyalty.jobs.sender import Letter, NotSent, Sender
from loyalty.reads.events import event_view
from loyalty.rooms import Rooms

CHUNK = 500  #: events given places in one transaction
ROUND = 100  #: events one endpoint is told before the others have their turn
log = structlog.get_logger()


def post(room: Rooms, sender: Sender) -> int:
    """Line up what was committed, then tell every endpoint that is due; how many events were taken."""
    while carry_out(lambda session: outbox.line_up(session, CHUNK)) == CHUNK:
        pass
    with reading() as session:
        due = outbox.due_endpoints(session, room.clock.now())
    return sum(_tell(room, sender, endpoint) for endpoint in due)


def _tell(room: Rooms, sender: Sender, endpoint: outbox.WebhookEndpoint) -> int:
    """Tell one endpoint what it has not been told yet, in order, until it fails or knows all."""
    with reading() as session:
        waiting = outbox.after(session, endpoint.position, endpoint.kinds, ROUND)
    keys, own = room.settings.webhook_secrets, endpoint.endpoint_id
    began = room.clock.monotonic()
    for number, message in enumerate(waiting):
        if room.clock.monotonic() - began > SECONDS:
            return number  # the others have waited long enough; the rest is told next time
        now = room.clock.now()
        valid = outbox.generations(endpoint.generation, endpoint.rotated_at, now)
        secrets = [outbox.secret_of(key, own, generation) for generation in valid for key in keys]
        try:
            sender.send(Letter(endpoint.url, secrets, event_view(message)), now)
        except NotSent as failure:
            _failed(own, str(failure), room)
            return number
        carry_out(partial(_note, own, message.position or 0))
    return len(waiting)


def _note(endpoint_id: int, position: int, session: Session) -> None:
    outbox.told(session, endpoint_id, position)


def _failed(endpoint_id: int, fault: str, room: Rooms) -> None:
    given_up = carry_out(lambda session: outbox.failed(session, endpoint_id, fault, room.clock.now()))
    tell = log.error if given_up else log.warning
    tell("webhook_failed", endpoint=endpoint_id, fault=fault, given_up=given_up)
