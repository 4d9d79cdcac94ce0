"""The worker itself, as its own process: limits, log and survival."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created

from config.celery import allow_workers_long_statements, set_worker_statement_timeout
from config.settings import base
from tests.fixtures.worker import StartWorker


def test_a_worker_starts_on_the_tests_own_servers_and_logs_json(start_worker: StartWorker) -> None:
    worker = start_worker()

    worker.wait_until_ready()

    lines = [json.loads(line) for line in worker.log.splitlines() if line.startswith("{")]
    ready = next(line for line in lines if line["event"].endswith(" ready."))
    assert ready["level"] == "info"
    assert ready["logger"] == "celery.apps.worker"


def test_a_worker_ends_in_good_order_when_asked(start_worker: StartWorker) -> None:
    worker = start_worker()
    worker.wait_until_ready()

    worker.stop()

    assert worker.service.how_it_ended == "exit status 0"


def statement_timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_workers_statements_may_take_a_minute_and_a_requests_five_seconds() -> None:
    assert statement_timeout() == "5s"
    allow_workers_long_statements()
    try:
        connection.close()
        assert statement_timeout() == "1min"
    finally:
        connection_created.disconnect(set_worker_statement_timeout)
        connection.close()


def test_no_task_may_run_longer_than_the_broker_waits_for_it() -> None:
    assert base.CELERY_TASK_SOFT_TIME_LIMIT < base.CELERY_TASK_TIME_LIMIT
    assert base.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > base.CELERY_TASK_TIME_LIMIT


def test_what_a_dead_worker_held_is_taken_over_within_a_minute_whatever_it_was() -> None:
    leases = (settings.EMAIL_LEASE, settings.REACTION_LEASE, settings.WEBHOOK_LEASE, settings.JOB_LEASE)

    for task in ("deliver what is due", "react to what is due", "do the jobs that are due", "tell endpoints"):
        every: Any = base.CELERY_BEAT_SCHEDULE[task]["schedule"]
        assert max(leases) + every < timedelta(minutes=1)
