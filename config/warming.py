"""What a new process reads before anybody waits for it."""

import gc
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connections
from django.template import engines
from django.urls import get_resolver, reverse
from django.utils.module_loading import import_string
from django.utils.translation import override

log = structlog.get_logger(__name__)

PAGES = ("admin", "unfold", "programme")
"""Folders of templates that are read ahead."""


def read_code() -> None:
    """Read addresses, templates and `settings.LATE_CODE`, which need no database: before processes are forked, so that
    all share them and no request waits."""
    for name in settings.LATE_CODE:
        import_module(name)
    for language, _name in settings.LANGUAGES:
        with override(language):
            if "admin" in get_resolver().namespace_dict:  # a server of other addresses may be without
                reverse("admin:index")
    for engine in engines.all():
        for name in _templates_of(engine):
            engine.get_template(name)


def _templates_of(engine: Any) -> set[str]:
    """Those of the pages that people use."""
    folders = [Path(folder) for folder in engine.template_dirs]
    found = (path.relative_to(folder) for folder in folders for path in folder.rglob("*.html"))
    return {str(path) for path in found if path.parts[0] in PAGES}


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
