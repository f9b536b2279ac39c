"""How gunicorn serves wsgi:app; it finds this file by itself."""

import gc
import os
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
    if request.path.endswith("/batch"):
        request.force_close()


def child_exit(_: Any, worker: Any) -> None:
    """Let the metrics of a process that ended be forgotten, where several processes share them."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)
