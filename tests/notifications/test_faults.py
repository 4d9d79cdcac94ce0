"""Real workers that are killed, and a Redis that forgets: every message still arrives, and arrives once."""

import pytest
import redis
from django.conf import settings
from structlog.contextvars import bound_contextvars

from accounts.principals import Principal
from notifications.models import Delivery, Event
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.notifications import connection_requested
from tests.fixtures.mail import SmtpInbox
from tests.fixtures.worker import StartWorker

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_to_tell() -> Principal:
    principal = member()
    assert principal.organisation is not None
    connection_requested(principal.organisation)
    return principal


def all_done() -> bool:
    events, deliveries = Event.objects.all(), Delivery.objects.all()
    return {row.state for row in (*events, *deliveries)} == {"done"} and deliveries.exists()


def test_a_worker_delivers_what_an_act_has_caused(start_worker: StartWorker, smtp_inbox: SmtpInbox) -> None:
    worker = start_worker()
    reader = somebody_to_tell().user
    assert reader is not None

    worker.wait_until(all_done)

    (message,) = smtp_inbox.messages
    assert message["To"] == reader.email


def test_a_message_is_sent_once_by_another_worker_when_one_is_killed_before_sending(
    start_worker: StartWorker, smtp_inbox: SmtpInbox
) -> None:
    smtp_inbox.hold_at = "RCPT"
    first = start_worker()
    somebody_to_tell()
    first.wait_until(smtp_inbox.reached.is_set)
    first.kill()
    assert Delivery.objects.by_email().get().state == "running"
    smtp_inbox.hold_at = ""
    smtp_inbox.released.set()

    start_worker().wait_until(all_done)

    assert len(smtp_inbox.messages) == 1
    assert Delivery.objects.by_email().get().attempts == 2


def test_a_repeat_after_a_kill_between_the_servers_answer_and_the_mark_has_the_same_id(
    start_worker: StartWorker, smtp_inbox: SmtpInbox
) -> None:
    smtp_inbox.hold_at = "DATA"
    first = start_worker()
    somebody_to_tell()
    first.wait_until(smtp_inbox.reached.is_set)
    first.kill()
    smtp_inbox.hold_at = ""
    smtp_inbox.released.set()

    start_worker().wait_until(all_done)

    assert len(smtp_inbox.messages) == 2
    assert len({message["Message-ID"] for message in smtp_inbox.messages}) == 1


def test_a_worker_whose_pool_process_is_killed_delivers_all_the_same(
    start_worker: StartWorker, smtp_inbox: SmtpInbox
) -> None:
    smtp_inbox.hold_at = "RCPT"
    worker = start_worker()
    somebody_to_tell()
    worker.wait_until(smtp_inbox.reached.is_set)
    worker.kill_pool()
    smtp_inbox.hold_at = ""
    smtp_inbox.released.set()

    worker.wait_until(all_done)

    assert len(smtp_inbox.messages) == 1


def test_nothing_is_lost_when_redis_forgets_everything(start_worker: StartWorker, smtp_inbox: SmtpInbox) -> None:
    worker = start_worker()
    worker.wait_until_ready()
    for _ in range(10):
        somebody_to_tell()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushall()
    for _ in range(10):
        somebody_to_tell()

    worker.wait_until(all_done)

    assert len(smtp_inbox.messages) == 20
    assert len({message["Message-ID"] for message in smtp_inbox.messages}) == 20


def test_workers_side_by_side_send_each_message_once(start_worker: StartWorker, smtp_inbox: SmtpInbox) -> None:
    supplier = OrganisationFactory.create()
    for _ in range(30):
        member(organisation=supplier)
    connection_requested(supplier)

    start_worker()
    start_worker().wait_until(all_done)

    assert len(smtp_inbox.messages) == 30
    assert len({message["To"] for message in smtp_inbox.messages}) == 30


def test_the_request_that_caused_a_message_is_named_in_the_workers_log(
    start_worker: StartWorker, smtp_inbox: SmtpInbox
) -> None:
    with bound_contextvars(request_id="req-from-the-web"):
        somebody_to_tell()
    worker = start_worker()

    worker.wait_until(all_done)
    worker.wait_until(lambda: '"event": "delivered"' in worker.log)

    (line,) = (line for line in worker.log.splitlines() if '"event": "delivered"' in line)
    assert '"request_id": "req-from-the-web"' in line
    assert Delivery.objects.by_email().get().public_id in line
