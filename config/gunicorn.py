"""How the web server runs, in the demo as in production. The number of processes comes from WEB_CONCURRENCY."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

# Where the processes add up request times; before the code is read, which asks for it then.
_own_folder = None if "PROMETHEUS_MULTIPROC_DIR" in os.environ else tempfile.mkdtemp(prefix="matchmaking-metrics-")
if _own_folder:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _own_folder

wsgi_app = "config.wsgi"
worker_class = "gthread"
threads = 4
preload_app = True  # read the code once for all processes; it opens no connections
timeout = 30
graceful_timeout = 10
keepalive = 5
control_socket_disable = True  # it would lie in the home folder, which a container has not
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - heartbeats must not wait for a disk


def child_exit(_server: object, worker: Any) -> None:
    """gunicorn's hook: what a process counted stays, what it was at that moment does not."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    """gunicorn's hook: the server stops, and nobody asks any more for what its processes counted."""
    if _own_folder:
        shutil.rmtree(_own_folder, ignore_errors=True)


def post_worker_init(_worker: object) -> None:
    """gunicorn's hook: the application is loaded, requests come next."""
    from config.warming import warm_up_in_background  # here, because settings are needed

    warm_up_in_background()
