"""The Celery application: workers, and the static schedule of settings.CELERY_BEAT_SCHEDULE."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("matchmaking")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def log_as_the_web_does(**_: Any) -> None:
    """Keep Celery from replacing the handlers: one form of log, with the id of the request that caused a task."""
    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect
def allow_workers_long_statements(**_: Any) -> None:
    connection_created.connect(set_worker_statement_timeout)


def set_worker_statement_timeout(connection: BaseDatabaseWrapper, **_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(settings.WORKER_STATEMENT_TIMEOUT_MS)])
