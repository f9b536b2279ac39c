"""So many requests a minute for each key, told in every answer (draft-ietf-httpapi-ratelimit-headers)."""

from collections import deque
from threading import Lock
from typing import Any, cast

import structlog
from flask import Flask, Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, MovingWindowSupport, storage_from_string
from werkzeug.exceptions import TooManyRequests

from loyalty.api.auth import Caller
from loyalty.clock import SystemClock
from loyalty.rooms import notes_itself, request_itself

_WINDOW_SECONDS = 60
_POLICY = "per-key"
_SCOPE = "global"  #: every route counts alike
_CLOCK = SystemClock()
_log = structlog.get_logger("loyalty.limits")


class OneProcess(MemoryStorage):
    """Counts in this process's memory, for the word `memory` of a setting.

    The library's own moves its whole list at each request, starts a thread to forget, over and over, and lets
    two requests at once start it twice, of which one fails (limits 5.8).
    """

    STORAGE_SCHEME = ["memory"]  # noqa: RUF012 -- limits declares it so

    def __init__(self, *words: Any, **options: Any) -> None:
        self._one_by_one = Lock()
        self._asked: dict[str, deque[float]] = {}  #: by key, when it asked within the window, oldest first
        self._swept_at = 0.0
        super().__init__(*words, **options)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count one request more, unless there were too many."""
        with self._one_by_one:
            now_s = _now_s()
            asked = self._asked_since(key, now_s - expiry)
            if len(asked) + amount > limit:
                return False
            asked.extend([now_s] * amount)
            if now_s >= self._swept_at + expiry:
                self._sweep(now_s - expiry)
                self._swept_at = now_s
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest request that counts was made, and how many count."""
        with self._one_by_one:
            now_s = _now_s()
            asked = self._asked_since(key, now_s - expiry)
            return (asked[0], len(asked)) if asked else (now_s, 0)

    def _asked_since(self, key: str, since_s: float) -> deque[float]:
        asked = self._asked.setdefault(key, deque())
        while asked and asked[0] < since_s:
            asked.popleft()
        return asked

    def _sweep(self, since_s: float) -> None:
        """Forget the keys that asked no more."""
        self._asked = {key: asked for key, asked in self._asked.items() if asked and asked[-1] >= since_s}


def register(app: Flask, prefix: str) -> None:
    """Count every request that reaches a route under `prefix`: by its key, or else by its address."""
    settings = app.extensions["loyalty"].settings
    quota = settings.rate_limit_per_minute
    limit = RateLimitItemPerMinute(quota)
    counts = cast(MovingWindowSupport, storage_from_string(settings.rate_limit_storage))
    policy = f'"{_POLICY}";q={quota};w={_WINDOW_SECONDS}'

    @app.before_request
    def count() -> None:
        asked = request_itself()
        if asked.endpoint is not None and asked.path.startswith(prefix):
            bucket = _bucket()
            counted = limit.key_for(bucket, _SCOPE)
            has_room = counts.acquire_entry(counted, quota, _WINDOW_SECONDS)
            notes_itself().counted = counted
            if not has_room:
                _log.info("rate_limited", key=bucket)
                raise TooManyRequests

    @app.after_request
    def tell(answer: Response) -> Response:
        if (counted := notes_itself().get("counted")) is not None:
            began_s, asked = counts.get_moving_window(counted, quota, _WINDOW_SECONDS)
            # Counted by the machine's clock, never by one that a test moves.
            seconds_left = round(int(began_s + _WINDOW_SECONDS + 1) - _now_s())
            seconds_left = min(max(seconds_left, 1), _WINDOW_SECONDS)
            answer.headers.add("RateLimit-Policy", policy)
            answer.headers.add("RateLimit", f'"{_POLICY}";r={max(quota - asked, 0)};t={seconds_left}')
            if answer.status_code == 429:
                answer.headers.setdefault("Retry-After", str(seconds_left))
        return answer


def _bucket() -> str:
    known: Caller | None = notes_itself().get("caller")
    return f"key:{known.key_id}" if known else f"address:{request_itself().remote_addr}"


def _now_s() -> float:
    return _CLOCK.now().timestamp()
