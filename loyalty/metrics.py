"""What Prometheus reads at /metrics: the requests of these processes, and how sound the books are."""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from flask import Flask, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from loyalty.db import reading
from loyalty.errors import Busy
from loyalty.reads.audit import LAWS
from loyalty.reads.verified import Soundness, soundness
from loyalty.rooms import rooms

_LABELS = ("method", "rule", "status")  # the rule, never the path: a path would make a series for each member
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUESTS = Counter("loyalty_requests_total", "Requests answered.", _LABELS)
_SECONDS = Histogram("loyalty_request_seconds", "Seconds to an answer.", _LABELS[:2])
_GUESSERS = Counter("loyalty_card_guessing_total", "Keys locked because they asked for many unknown cards.")
_LOOK_EVERY = timedelta(seconds=15)


def count_guesser() -> None:
    """Count one key that was locked."""
    _GUESSERS.inc()


def count(method: str, rule: str, status: int, seconds: float) -> None:
    """Count one answered request; a method of the caller's own invention is counted as OTHER."""
    answered, took = _series(method if method in _METHODS else "OTHER", rule, status)
    answered.inc()
    took.observe(seconds)


@cache
def _series(verb: str, rule: str, status: int) -> tuple[Counter, Histogram]:
    """What counts such answers; there are as many as there are rules, verbs and statuses of ours."""
    return _REQUESTS.labels(verb, rule, str(status)), _SECONDS.labels(verb, rule)


def register(app: Flask) -> None:
    """Serve /metrics; over all processes when PROMETHEUS_MULTIPROC_DIR is set."""
    books = CollectorRegistry()
    books.register(_Books())
    app.add_url_rule("/metrics", "metrics", lambda: _metrics(books))


def _metrics(books: CollectorRegistry) -> Response:
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry) + generate_latest(books), content_type=CONTENT_TYPE_LATEST)


class _Books(Collector):
    """What the live books say of themselves; the worker that proves them is another process.

    A database that is away takes these figures away, and no others.
    """

    def __init__(self) -> None:
        self._seen: tuple[datetime, Soundness] | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing: the database need not be there when the application begins."""
        return []

    def collect(self) -> Iterable[Metric]:
        """As of at most fifteen seconds ago."""
        now = rooms().clock.now()
        # A clock that was set back must not stop the looking.
        if self._seen is None or not timedelta(0) <= now - self._seen[0] < _LOOK_EVERY:
            try:
                with reading() as session:
                    self._seen = now, soundness(session, now)
            except (SQLAlchemyError, Busy):
                return []
        return _told(self._seen[1])


def _told(known: Soundness) -> Iterable[Metric]:
    yield GaugeMetricFamily("loyalty_stopped_accounts", "Members who are stopped.", value=known.stopped)
    yield GaugeMetricFamily("loyalty_letters_waiting", "Letters not settled.", value=known.letters_waiting)
    stops = CounterMetricFamily(
        "loyalty_broken_laws", "Members who were stopped, by the law that was broken.", labels=["law"]
    )
    for law, times in known.stops.items():
        stops.add_metric([law], times)
    yield stops
    if known.verified_at is None:
        return
    faults = GaugeMetricFamily(
        "loyalty_ledger_faults", "What the last audit found, by the law that is broken.", labels=["law"]
    )
    for law in sorted({law.code for law in LAWS} | known.faults.keys()):
        faults.add_metric([law], known.faults.get(law, 0))
    yield faults
    yield GaugeMetricFamily(
        "loyalty_ledger_verified_timestamp_seconds",
        "When the books were last proven.",
        value=known.verified_at.timestamp(),
    )
