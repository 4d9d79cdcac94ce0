"""The faults: what is killed, emptied, restarted or badly behaved while requests come in."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2
import redis
from django.conf import settings
from django.db import connection

from tests.faults.asking import Client
from tests.faults.stage import Stage, children, wait_until

Harm = Callable[[Stage, Client], list[Future[str]]]
ASKED = 6
"""Requests for each fault: half before it, half after."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and gets well again by itself."""

    name: str
    harm: Harm


def amid_requests(act: Callable[[Stage], None]) -> Harm:
    """Do it while requests come in."""

    def harm(stage: Stage, client: Client) -> list[Future[str]]:
        before = client.ask(ASKED // 2)
        before[0].result()
        act(stage)
        return before + client.ask(ASKED - ASKED // 2)

    return harm


def kill_children_of(name: str) -> Callable[[Stage], None]:
    """The processes that do the work; the program starts others."""

    def act(stage: Stage) -> None:
        for pid in children(getattr(stage.programs, name)):
            os.kill(pid, signal.SIGKILL)

    return act


def kill_program(name: str) -> Callable[[Stage], None]:
    """With all that it has started; whoever runs the product starts it again."""

    def act(stage: Stage) -> None:
        program = getattr(stage.programs, name)
        program.kill()
        program.start()

    return act


def stop_mail_server(stage: Stage) -> None:
    """It takes connections and says nothing, for longer than anybody waits for it."""
    server = stage.programs.mailbox.process
    assert server is not None
    os.kill(server.pid, signal.SIGSTOP)
    time.sleep(2 * settings.EMAIL_TIMEOUT)
    os.kill(server.pid, signal.SIGCONT)


def kill_broker(stage: Stage) -> None:
    stage.broker.kill()
    stage.broker.start()


def empty_broker(stage: Stage) -> None:
    with redis.Redis.from_url(stage.broker_url) as client:
        client.flushall()


def kill_database(stage: Stage) -> None:
    stage.database.kill()
    (stage.folder / "postgres" / "postmaster.pid").unlink(missing_ok=True)
    stage.database.start()


def restart_database(stage: Stage) -> None:
    stage.database.ask_to_stop()
    stage.database.wait_until_stopped(30)
    stage.database.start()


def kill_relay(stage: Stage, client: Client) -> list[Future[str]]:
    """Kill the process that fans out in the middle of its transaction: it waits for a table that we hold."""
    with held("notifications_delivery"):
        asked = client.ask(ASKED)
        wait_until(lambda: somebody_waits_for("notifications_delivery"), seconds=30, what="a relay at work")
        kill_children_of("worker")(stage)
    return asked


def misbehave(mode: str) -> Harm:
    """The receiver fails the first attempt at each message in that manner."""

    def harm(stage: Stage, client: Client) -> list[Future[str]]:
        stage.set_receiver(mode)
        return client.ask(ASKED)

    return harm


FAULTS = (
    Fault("worker: processes of the pool killed", amid_requests(kill_children_of("worker"))),
    Fault("worker: killed as a whole", amid_requests(kill_program("worker"))),
    Fault("relay: killed in its transaction", kill_relay),
    Fault("scheduler: killed", amid_requests(kill_program("scheduler"))),
    Fault("web: processes killed", amid_requests(kill_children_of("web"))),
    Fault("web: killed as a whole", amid_requests(kill_program("web"))),
    Fault("Valkey: killed", amid_requests(kill_broker)),
    Fault("Valkey: FLUSHALL", amid_requests(empty_broker)),
    Fault("mail server: killed", amid_requests(kill_program("mailbox"))),
    Fault("mail server: hangs", amid_requests(stop_mail_server)),
    Fault("PostgreSQL: restarted", amid_requests(restart_database)),
    Fault("PostgreSQL: killed", amid_requests(kill_database)),
    Fault("receiver: hangs", misbehave("hang")),
    Fault("receiver: resets", misbehave("reset")),
    Fault("receiver: 500, then 2xx", misbehave("500")),
    Fault("receiver: redirects to loopback", misbehave("redirect")),
)


@contextmanager
def held(table: str) -> Iterator[None]:
    """Nobody else reads or writes the table until the block ends."""
    own = psycopg2.connect(**connection.get_connection_params())
    try:
        with own.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
        yield
    finally:
        own.close()


def somebody_waits_for(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE relation = %s::regclass AND NOT granted", [table])
        return cursor.fetchone() is not None
