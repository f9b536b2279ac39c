"""So many requests a minute for each key, told in every answer (draft-ietf-httpapi-ratelimit-headers)."""

from threading import Lock
from typing import Any

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from limits.storage import MemoryStorage

from loyalty.api.auth import Caller
from loyalty.clock import SystemClock
from loyalty.rooms import rooms

_WINDOW_SECONDS = 60
_POLICY = "per-key"


class OneProcess(MemoryStorage):
    """Counts in this process's memory, for the word `memory` of a setting.

    The library's own lets two requests at once start one timer twice, and one of them fails (limits 5.8).
    """

    STORAGE_SCHEME = ["memory"]  # noqa: RUF012 -- limits declares it so

    def __init__(self, *words: Any, **options: Any) -> None:
        self._one_by_one = Lock()
        super().__init__(*words, **options)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count one request more, unless there were too many."""
        with self._one_by_one:
            return super().acquire_entry(key, limit, expiry, amount)


def register(app: Flask, prefix: str) -> None:
    """Count every request that reaches a route under `prefix`: by its key, or else by its address."""
    settings = app.extensions["loyalty"].settings
    limiter = Limiter(
        _bucket,
        application_limits=[f"{settings.rate_limit_per_minute} per minute"],
        storage_uri=settings.rate_limit_storage,
        strategy="moving-window",
        headers_enabled=False,
    )
    limiter.request_filter(lambda: not request.path.startswith(prefix))
    limiter.init_app(app)

    @app.after_request
    def tell(answer: Response) -> Response:
        limit = limiter.current_limit
        if limit is not None:
            # The limiter counts by the machine's clock, never by one that a test moves.
            now_s = SystemClock().now().timestamp()
            seconds_left = min(max(round(limit.reset_at - now_s), 1), _WINDOW_SECONDS)
            quota = rooms().settings.rate_limit_per_minute
            answer.headers["RateLimit-Policy"] = f'"{_POLICY}";q={quota};w={_WINDOW_SECONDS}'
            answer.headers["RateLimit"] = f'"{_POLICY}";r={max(limit.remaining, 0)};t={seconds_left}'
            if answer.status_code == 429:
                answer.headers.setdefault("Retry-After", str(seconds_left))
        return answer


def _bucket() -> str:
    known: Caller | None = g.get("caller")
    return f"key:{known.key_id}" if known else f"address:{request.remote_addr}"
