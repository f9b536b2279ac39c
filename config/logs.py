"""Structured logs: an allow-list of fields, no bodies, cards masked, nothing that could forge a line."""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import has_request_context, request
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
_LONG_NUMBER = re.compile(r"[0-9]{12}")
_as_json = json.JSONEncoder(ensure_ascii=False).encode

REQUEST_ID: ContextVar[str] = ContextVar("request_id")  #: of the request at work, in each of its lines


def configure(settings: Settings) -> None:
    """Send every line, ours and the libraries', to standard error in one shape."""
    shared: list[Processor] = [
        of_this_request,
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
    handler = _Errors()
    handler.setFormatter(_Lines(printed, shared, is_json=settings.log_format == "json"))
    handler.set_name("loyalty")
    root = logging.getLogger()
    root.handlers = [h for h in root.handlers if h.get_name() != "loyalty"] + [handler]
    root.setLevel(settings.log_level)


def note(logger: logging.Logger, event: str, **told: Any) -> None:
    """A line of the level `info`, as structlog's loggers write it, for what happens with every request."""
    if logger.isEnabledFor(logging.INFO):
        record = logger.makeRecord(logger.name, logging.INFO, "", 0, event, (), None)
        record.told = told
        logger.handle(record)


class _Errors(logging.Handler):
    """Writes to what the server gives a request for its errors, else to standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        """As a StreamHandler does, which would ask several times where to."""
        try:
            asked = request._get_current_object() if has_request_context() else None  # type: ignore[attr-defined]
            stream = asked.environ["wsgi.errors"] if asked else sys.stderr
            stream.write(self.format(record) + "\n")
            stream.flush()
        except RecursionError:
            raise
        except Exception:
            self.handleError(record)


class _Lines(structlog.stdlib.ProcessorFormatter):
    """One shape for what structlog, the libraries and `note` say."""

    def __init__(self, printed: Processor, shared: list[Processor], *, is_json: bool) -> None:
        super().__init__(foreign_pre_chain=shared, processors=[self.remove_processors_meta, printed])
        self._printed, self._is_json = printed, is_json

    def format(self, record: logging.LogRecord) -> str:
        """The line. What `note` said is printed as it is where that is clean, else step by step."""
        told: dict[str, Any] | None = record.__dict__.get("told")
        if told is None:
            return super().format(record)
        moment = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        line: Any = of_this_request(None, "info", told | {"event": record.msg})
        line |= {"level": "info", "logger": record.name, "timestamp": moment}
        if self._is_json and line.keys() <= FIELDS:
            text = _as_json(line)
            # Whatever would have to be cleaned shows in the JSON, escaped or as it is.
            if text.isascii() and text.isprintable() and "\\" not in text and not _LONG_NUMBER.search(text):
                return text
        for step in (only_allowed, cleaned, self._printed):
            line = step(None, "info", line)
        return str(line)


def of_this_request(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the id of the request at work, where there is one."""
    if (request_id := REQUEST_ID.get(None)) is not None:
        line.setdefault("request_id", request_id)
    return line


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
