"""What a new process reads before anybody waits for it."""

import gc
from threading import Thread

import structlog
from django.conf import settings
from django.db import DatabaseError, connections
from django.utils.module_loading import import_string

log = structlog.get_logger(__name__)


def warm_up_in_background() -> Thread:
    """Call everything in `settings.WARM_UP`. The server answers in the meantime, if more slowly at first."""
    thread = Thread(target=warm_up, name="warm-up", daemon=True)
    thread.start()
    return thread


def warm_up() -> None:
    """The same, at once. A database that is not there yet is read by the first request instead.

    What was read stays for good, so the garbage collector need not look through it again and again.
    """
    try:
        for name in settings.WARM_UP:
            import_string(name)()
        gc.collect()
        gc.freeze()
    except DatabaseError as error:
        log.warning("not_warmed_up", error=str(error))
    finally:
        connections.close_all()
