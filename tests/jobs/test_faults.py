"""Real workers that are killed in the middle of a job: it ends once, with one file and one message."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from jobs.models import Job
from matchmaking.exports.jobs import request_export
from notifications.models import Delivery, Event
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.mail import SmtpInbox
from tests.fixtures.worker import StartWorker

pytestmark = pytest.mark.django_db(transaction=True)
CASES = {
    "the worker while it reads what it writes down": (True, "suppliers_supplier"),
    "the worker while it keeps its result": (True, "jobs_resultpart"),
    "the process that runs it while it keeps its result": (False, "jobs_resultpart"),
}
"""What is killed when: whether it is the whole worker, and the table for which it then waits."""


@contextmanager
def held(table: str) -> Iterator[None]:
    """Nobody else reads or writes the table; on leaving, whoever waits for it goes on."""
    own = connections.create_connection("default")
    with own.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
        try:
            yield
        finally:
            own.close()


def somebody_waits_for(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE relation = %s::regclass AND NOT granted", [table])
        return cursor.fetchone() is not None


def is_at_work() -> bool:
    """Another task may wait for the table first."""
    return Job.objects.get().state == Job.State.RUNNING


def all_done() -> bool:
    is_told = Delivery.objects.by_email().filter(state="done").exists()
    return is_told and not Job.objects.unfinished().exists() and not Event.objects.exclude(state="done").exists()


@pytest.mark.parametrize(("whole", "table"), CASES.values(), ids=CASES)
def test_a_job_whose_worker_is_killed_ends_once_with_one_file_and_one_message(
    whole: bool, table: str, start_worker: StartWorker, smtp_inbox: SmtpInbox
) -> None:
    buyer = member("buyer")
    make.verified_buyer(buyer.organisation)
    make.published_supplier()
    worker = start_worker()
    worker.wait_until_ready()
    pool = [] if whole else worker.pool()
    with held(table):
        request_export(kind="suppliers", format="csv", language="en", filters={}, by=buyer)
        worker.wait_until(lambda: is_at_work() and somebody_waits_for(table))
        worker.kill() if whole else worker.kill_pool(pool)
        assert Job.objects.get().state == "running"

    (start_worker() if whole else worker).wait_until(all_done)

    job = Job.objects.get()
    assert (job.outcome, job.attempts, job.result) == ("succeeded", 2, {"rows": 1})
    content = b"".join(job.file_parts())
    assert (len(content), content.count(b"\r\n")) == (job.file_bytes, 2)  # the header, and the firm
    assert [event.topic for event in Event.objects.filter(subject=job.public_id)] == ["export.finished"]
    assert buyer.user is not None
    assert [message["To"] for message in smtp_inbox.messages] == [buyer.user.email]
