"""Clients that write down what they asked and heard: ok, refused, or unknown; a judge looks at it later."""

import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PATIENCE_SECONDS = 30.0
UNKNOWN = {502, 503, 504}  #: not done, or unknown: the same key is to be sent again


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back: a status and a body; status 0 when nothing came."""

    status: int
    body: Any = None
    is_replay: bool = False  #: it was told before

    @property
    def is_ok(self) -> bool:
        """Acknowledged: it must never be lost."""
        return 200 <= self.status < 300

    @property
    def is_unknown(self) -> bool:
        """Done or not, nobody told."""
        return self.status == 0 or self.status in UNKNOWN

    @property
    def code(self) -> str | None:
        """The code of a problem."""
        return self.body.get("code") if isinstance(self.body, Mapping) else None


@dataclass(slots=True)
class Teller:
    """One client with a key, on one connection, which it opens anew when it broke."""

    host: str
    port: int
    key: str
    _connection: http.client.HTTPConnection | None = field(default=None)

    def send(self, method: str, path: str, body: object = None, key: str | None = None) -> Heard:
        """One request, sent once; `key` becomes its Idempotency-Key."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        content = None if body is None else json.dumps(body)
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_SECONDS)
            self._connection.request(method, f"/v1{path}", content, headers)
            answer = self._connection.getresponse()
            text, mark = answer.read(), answer.getheader("Idempotency-Replayed")
            return Heard(answer.status, json.loads(text) if text else None, mark == "true")
        except (OSError, http.client.HTTPException, ValueError):
            self.hang_up()
            return Heard(0)

    def post(self, path: str, body: object = None, key: str | None = None) -> Heard:
        """Make something."""
        return self.send("POST", path, body, key)

    def get(self, path: str) -> Heard:
        """Look."""
        return self.send("GET", path)

    def dial(self) -> None:
        """Open a fresh connection now, so that the next request only has to be sent."""
        self.hang_up()
        self._connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_SECONDS)
        self._connection.connect()

    def hang_up(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass(slots=True)
class History:
    """What was asked and what was heard, in the order of hearing; many threads may write."""

    lines: list[tuple[str, Any, Heard]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: str, wish: Any, heard: Heard) -> None:
        """One answer to one sending of the wish under this key."""
        with self._lock:
            self.lines.append((key, wish, heard))

    def acknowledged(self) -> dict[str, tuple[Any, Heard]]:
        """Each wish that was once told to be done, with the first such answer."""
        done: dict[str, tuple[Any, Heard]] = {}
        for key, wish, heard in self.lines:
            if heard.is_ok:
                done.setdefault(key, (wish, heard))
        return done
