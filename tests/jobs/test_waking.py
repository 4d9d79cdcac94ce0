"""Pokes through a broker that hangs, dies, forgets and comes back. The act that pokes never notices."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from config.devstack.processes import Service
from config.devstack.programs import valkey_program
from config.devstack.valkey import free_port, wait_for_valkey
from jobs.waking import Waker
from notifications.models import Event
from notifications.services import publishing
from notifications.tasks import deliver_due
from tests.factories.accounts import OrganisationFactory
from tests.factories.notifications import connection_requested


class Broker:
    """A Valkey server of this test's own, to hang and to kill."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        command = [
            str(valkey_program()),
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            str(folder),
            "--save",
            "",
        ]
        self.service = Service(name="Valkey", command=command, log=folder / "valkey.log")
        self.start()

    def start(self) -> None:
        self.service.start()
        wait_for_valkey(self.service, self.url)

    def hang(self) -> None:
        assert self.service.process is not None
        self.service.process.send_signal(signal.SIGSTOP)

    def waiting(self) -> int:
        """How many tasks wait in the queue."""
        prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
        with redis.Redis.from_url(self.url) as client:
            return int(client.llen(f"{prefix}{settings.CELERY_TASK_DEFAULT_QUEUE}"))

    def forget(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    started = Broker(tmp_path)
    yield started
    started.service.kill()


def test_a_poke_puts_the_task_into_the_queue(broker: Broker) -> None:
    Waker(broker.url).wake(deliver_due)

    assert broker.waiting() == 1


def test_a_poke_still_arrives_after_the_broker_has_forgotten_everything(broker: Broker) -> None:
    waker = Waker(broker.url)
    waker.wake(deliver_due)
    broker.forget()

    waker.wake(deliver_due)

    assert broker.waiting() == 1
    assert not waker.is_resting


def test_a_dead_broker_is_left_alone_for_a_while_and_then_found_again(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    waker = Waker(broker.url)
    waker.wake(deliver_due)
    broker.service.kill()

    waker.wake(deliver_due)

    assert waker.is_resting
    broker.start()
    waker.wake(deliver_due)
    assert broker.waiting() == 0
    monkeypatch.setattr(waker, "_resting_until", 0.0)
    waker.wake(deliver_due)
    assert broker.waiting() == 1


def test_a_broker_that_hangs_is_not_waited_for(broker: Broker) -> None:
    waker = Waker(broker.url)
    waker.wake(deliver_due)
    broker.hang()

    waker.wake(deliver_due)

    assert waker.is_resting


def test_a_broker_that_refuses_the_password_is_no_reason_to_fail(broker: Broker) -> None:
    waker = Waker(broker.url.replace("redis://", "redis://:wrong@"))
    with redis.Redis.from_url(broker.url) as client:
        client.config_set("requirepass", "right")

    waker.wake(deliver_due)

    assert waker.is_resting


@pytest.mark.django_db(transaction=True)
def test_an_act_commits_while_the_broker_is_dead(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    away = Waker(broker.url)
    monkeypatch.setattr(publishing, "waker", away)
    broker.service.kill()

    connection_requested(OrganisationFactory.create())

    assert away.is_resting
    assert Event.objects.get().state == Event.State.DUE
