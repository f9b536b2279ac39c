"""What Prometheus reads at /metrics: requests by method, rule and status, and how long they took."""

import os

from flask import Flask, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

_LABELS = ("method", "rule", "status")  # the rule, never the path: a path would make a series for each member
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUESTS = Counter("loyalty_requests_total", "Requests answered.", _LABELS)
_SECONDS = Histogram("loyalty_request_seconds", "Seconds to an answer.", _LABELS[:2])
_GUESSERS = Counter("loyalty_card_guessing_total", "Keys locked because they asked for many unknown cards.")


def count_guesser() -> None:
    """Count one key that was locked."""
    _GUESSERS.inc()


def count(method: str, rule: str, status: int, seconds: float) -> None:
    """Count one answered request; a method of the caller's own invention is counted as OTHER."""
    verb = method if method in _METHODS else "OTHER"
    _REQUESTS.labels(verb, rule, str(status)).inc()
    _SECONDS.labels(verb, rule).observe(seconds)


def register(app: Flask) -> None:
    """Serve /metrics; over all processes when PROMETHEUS_MULTIPROC_DIR is set."""
    app.add_url_rule("/metrics", "metrics", _metrics)


def _metrics() -> Response:
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
