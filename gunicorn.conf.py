"""How gunicorn serves wsgi:app; it finds this file by itself."""

import gc
import os
import socket
from contextlib import suppress
from typing import Any

bind = f"127.0.0.1:{os.environ.get('LOYALTY_PORT') or 8000}"
worker_class = "gthread"
workers = 1  # SQLite has one writer; with PostgreSQL, start more by --workers
threads = 8
graceful_timeout = 30
control_socket_disable = True  # it would open one in the home folder
errorlog = "-"
loglevel = "warning"
OBJECTS_BETWEEN_LOOKS = 100_000  #: that are made and not yet gone; lines that go together are a third of that


def post_worker_init(_: Any) -> None:
    """Let the garbage collector leave alone what was made at the start, and look at the rest less often.

    The application is some 300,000 objects that stay: to walk through all of them stops every thread of
    the process for a sixth of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, *gc.get_threshold()[1:])


def pre_request(_: Any, request: Any) -> None:
    """End a connection with the answer to a batch, so that the next one comes to a process that has time.

    A kept connection stays with its process: of two clients with batches, often one process serves both.
    """
    if _is_batch(request):
        request.force_close()


def post_request(_: Any, request: Any, environ: dict[str, Any], response: Any) -> None:
    """Wait for nobody who is slow to close: gunicorn would, for up to two seconds, where it accepts others.

    Only where all of the request was read: what was not would be answered by a reset, and the answer lost.
    """
    if _is_batch(request) and response is not None and response.status_code == 200:
        with suppress(OSError):
            environ["gunicorn.socket"].shutdown(socket.SHUT_RD)


def _is_batch(request: Any) -> bool:
    return bool(request.path.endswith("/batch"))


def child_exit(_: Any, worker: Any) -> None:
    """Let the metrics of a process that ended be forgotten, where several processes share them."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)
