"""The whole product on servers of its own, with every commit on the disk before it is answered, and who takes part."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

from config.demo.__main__ import wait_for_answer
from config.demo.product import Addresses, Product, product, product_environment
from config.demo.supervisor import Supervisor
from config.devstack.folders import throw_away_folder
from config.devstack.processes import Service
from config.devstack.stack import PROJECT, running_servers
from config.devstack.valkey import free_port

FIRMS = 5
"""Each with a person who is told by e-mail and in the product, and an endpoint."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a fault can be done to, and what is needed to look at the result."""

    folder: Path
    programs: Product
    supervisor: Supervisor
    database: Service
    broker: Service
    receiver: Service
    base_url: str
    broker_url: str
    key: str
    """Of the buyer who asks."""
    suppliers: list[str]
    requirements: list[str]

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def hooks(self) -> Path:
        return self.folder / "hooks"

    def set_receiver(self, mode: str) -> None:
        (self.hooks / "mode").write_text(mode)

    def look_after(self) -> None:
        """Start again what has ended, as whatever runs the product does: now and then a worker ends with its broker."""
        self.supervisor.look_after(self.programs)


@contextmanager
def running(*, rounds: int, asked_a_round: int) -> Iterator[Stage]:
    """Start everything; the environment of this process leads to its database then."""
    addresses = Addresses(web_port=free_port())
    for name in ("DATABASE_URL", "REDIS_URL", "CATALOGUE_DIR"):
        os.environ.pop(name, None)  # nobody else's servers are killed
    with throw_away_folder() as folder, running_servers(folder, lasting=True) as servers:
        settings = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings", "DELIVER_EVERY_SECONDS": "0.5"}
        environment = {**product_environment(folder, servers.environment, addresses), **settings}
        os.environ.update(environment)
        hooks = folder.path / "hooks"
        hooks.mkdir()
        (hooks / "mode").write_text("well")
        world = _prepared(hooks, environment, requirements=-(-rounds * asked_a_round // FIRMS))
        django.setup()
        receiver = _receiver(hooks, environment)
        programs = product(folder, environment, addresses)
        started = [receiver, *programs]
        try:
            for program in programs:
                program.start()
            wait_for_answer(programs.web, addresses.web_port)
            database, broker = servers.services
            yield Stage(
                folder=folder.path,
                programs=programs,
                supervisor=Supervisor(print),
                database=database,
                broker=broker,
                receiver=receiver,
                base_url=addresses.base_url,
                broker_url=environment["REDIS_URL"],
                **world,
            )
        finally:
            for program in reversed(started):
                program.kill()


def children(program: Service) -> list[int]:
    """The processes that it has started: those that do the work."""
    assert program.process is not None
    tasks = Path(f"/proc/{program.process.pid}/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


def wait_until(holds: Callable[[], bool], *, seconds: float, what: str) -> None:
    """
    Raises:
        TimeoutError: it does not come about.
    """
    last_moment = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > last_moment:
            raise TimeoutError(f"{what} did not come about in {seconds:g} s")
        time.sleep(0.05)


def _prepared(hooks: Path, environment: dict[str, str], *, requirements: int) -> dict[str, Any]:
    """In a process of its own, which no fault of the database's reaches. The receiver's port comes later."""
    command = [sys.executable, "-m", "tests.faults.preparation", str(hooks), str(requirements)]
    quiet = {**environment, "STATEMENT_TIMEOUT_MS": "0", "LOG_LEVEL": "WARNING"}
    subprocess.run(command, env=quiet, cwd=PROJECT, check=True)
    world: dict[str, Any] = json.loads((hooks / "world.json").read_text())
    return world


def _receiver(hooks: Path, environment: dict[str, str]) -> Service:
    from django.db.models import F, Value
    from django.db.models.functions import Concat

    from notifications.models import WebhookEndpoint

    receiver = Service(
        name="receiver",
        command=[sys.executable, "-m", "tests.faults.receiver", str(hooks)],
        log=hooks / "receiver.log",
        environment=environment,
        folder=PROJECT,
    )
    receiver.start()
    wait_until(lambda: (hooks / "port").exists(), seconds=30, what="the receiver")
    before = Value(f"http://127.0.0.1:{(hooks / 'port').read_text()}/")
    WebhookEndpoint.objects.update(url=Concat(before, F("description")))
    return receiver
