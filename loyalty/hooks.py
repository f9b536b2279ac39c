"""What is posted to others: signed by Standard Webhooks, over a line that is cut when its time is over."""

import socket
from collections.abc import Sequence
from datetime import datetime
from threading import Timer

import urllib3
from standardwebhooks import Webhook
from urllib3.connection import HTTPConnection, HTTPSConnection

SECONDS = 15.0  #: so long others have to answer


def signed(secrets: Sequence[str], name: str, body: str, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks for a message of that name; a signature for each secret, in order."""
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(name, now, body) for secret in secrets),
    }


class _Cut:
    """A connection that is cut when its seconds are over, however slowly the other side speaks."""

    _end: Timer | None = None

    def _new_conn(self) -> socket.socket:
        line: socket.socket = super()._new_conn()  # type: ignore[misc]
        self._again = line.dup()  # lives on while TLS takes the line over
        self._end = Timer(SECONDS, self._again.shutdown, [socket.SHUT_RDWR])
        self._end.daemon = True
        self._end.start()
        return line

    def close(self) -> None:
        """Hang up."""
        if self._end is not None:
            self._end.cancel()
            self._end.join()
            self._again.close()
            self._end = None
        super().close()  # type: ignore[misc]


class _PlainLine(_Cut, HTTPConnection):
    """Such a connection without TLS."""


class _Line(_Cut, HTTPSConnection):
    """Such a connection over TLS."""


class PlainPool(urllib3.HTTPConnectionPool):
    """Connections to a host inside our own network."""

    ConnectionCls = _PlainLine


class Pool(urllib3.HTTPSConnectionPool):
    """Connections to a host over TLS."""

    ConnectionCls = _Line
