"""Structured logs: an allow-list of fields, no bodies, cards masked, nothing that could forge a line."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog
from flask.logging import wsgi_errors_stream
from structlog.typing import Processor

from config.settings import Settings

FIELDS = frozenset(
    {
        "event", "level", "logger", "timestamp", "exception", "request_id",
        "method", "rule", "status", "ms", "client", "key", "terminal", "code",
        "job", "kind", "books", "as_of", "chunk", "done", "total", "edition", "attempt", "error",
        "endpoint", "fault", "given_up", "port", "env",
        "law", "member", "where", "since", "rows", "faults", "stopped", "seconds",
    }
)  # fmt: skip
"""What a line may say; anything else is dropped. Add a name here only if it never holds personal data."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CARD = re.compile(r"(?<!\d)\d{8,15}(\d{4})(?!\d)")  # 12 to 19 digits: card and telephone numbers alike


def configure(settings: Settings) -> None:
    """Send every line, ours and the libraries', to standard error in one shape."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        only_allowed,
        cleaned,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    printed: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if settings.log_format == "text":
        printed = structlog.dev.ConsoleRenderer(colors=False)
    handler = logging.StreamHandler(cast(TextIO, wsgi_errors_stream))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, printed],
        )
    )
    handler.set_name("loyalty")
    root = logging.getLogger()
    root.handlers = [h for h in root.handlers if h.get_name() != "loyalty"] + [handler]
    root.setLevel(settings.log_level)


def only_allowed(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not in the allow-list."""
    return {name: value for name, value in line.items() if name in FIELDS or name.startswith("_")}


def cleaned(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask long numbers to their last four digits and escape control characters.

    A traceback keeps its line breaks: JSON escapes them.
    """
    return {
        name: _clean(value, keep_breaks=name == "exception") if isinstance(value, str) else value
        for name, value in line.items()
    }


def _clean(text: str, *, keep_breaks: bool) -> str:
    masked = _CARD.sub(r"****\1", text)
    return masked if keep_breaks else _CONTROL.sub(lambda m: f"\\x{ord(m[0]):02x}", masked)
