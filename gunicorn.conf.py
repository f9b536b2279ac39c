"""How gunicorn serves wsgi:app; it finds this file by itself."""

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


def child_exit(_: Any, worker: Any) -> None:
    """Let the metrics of a process that ended be forgotten, where several processes share them."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)
