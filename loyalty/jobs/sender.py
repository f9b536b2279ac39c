"""Sending one webhook: resolved once, to a public address alone, over TLS, and nowhere else."""

import json
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlsplit

import urllib3

from loyalty import calendar, outbox
from loyalty.hooks import SECONDS, Pool, signed
from loyalty.reads.events import EventView

_HTTPS = 443


class NotSent(Exception):
    """The event was not taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One event on its way: where to, and the secrets that sign it, the newest first."""

    url: str
    secrets: Sequence[str]
    event: EventView


@dataclass(frozen=True, slots=True)
class Sender:
    """How this copy reaches others. `inside` lets tests and development speak to their own machine."""

    inside: bool = False
    ca_file: str | None = None

    def send(self, letter: Letter, now: datetime) -> None:
        """Tell one event. Raises NotSent unless it was answered with 2xx within 15 seconds."""
        parts = urlsplit(letter.url)
        host, port = parts.hostname or "", parts.port or _HTTPS
        pool = Pool(
            self._address(host, port),
            port,
            assert_hostname=host,
            server_hostname=host,
            ca_certs=self.ca_file,
            retries=False,
            timeout=urllib3.Timeout(total=SECONDS),
        )
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        body = payload(letter.event)
        headers = {
            "Host": parts.netloc,
            "Content-Type": "application/json",
            **signed(letter.secrets, letter.event.event_id, body, now),
        }
        try:
            answer = pool.request(
                "POST", target, body=body.encode(), headers=headers, redirect=False, preload_content=False
            )
            answer.close()
        except urllib3.exceptions.HTTPError as error:
            raise NotSent(f"{type(error).__name__}") from error
        finally:
            pool.close()
        if not 200 <= answer.status < 300:
            raise NotSent(f"answered {answer.status}")

    def _address(self, host: str, port: int) -> str:
        """The address to connect to: every one the name has must be public. Raises NotSent."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NotSent("the host is not known") from error
        addresses = [str(one[4][0]) for one in found]
        if not addresses or (not self.inside and any(outbox.is_inside(one) for one in addresses)):
            raise NotSent("the host leads to a private address")
        return addresses[0]


def payload(event: EventView) -> str:
    """The body of a webhook: the event as it is read by cursor."""
    told = asdict(event) | {"timestamp": calendar.instant_text(event.timestamp)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
