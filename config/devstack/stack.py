"""Both servers together: started, announced and stopped as one."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.devstack.folders import Folder
from config.devstack.postgres import database_url, postgres_service, wait_for_postgres
from config.devstack.processes import Service
from config.devstack.programs import postgres_programs, valkey_program
from config.devstack.users import ServerUser, unprivileged_user
from config.devstack.valkey import valkey_service, wait_for_valkey

PROJECT = Path(__file__).resolve().parent.parent.parent
VAR = PROJECT / "var"


@dataclass
class Servers:
    """The running servers, the folder they live in and the variables that lead to them."""

    folder: Folder
    environment: dict[str, str] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)

    def stop(self) -> None:
        for service in self.services:
            service.ask_to_stop()
        for service in self.services:
            service.wait_until_stopped()


@contextmanager
def running_servers(folder: Folder, *, lasting: bool) -> Iterator[Servers]:
    """Run PostgreSQL and Valkey, each unless DATABASE_URL or REDIS_URL already names one.

    Raises:
        ServerMissingError: no server program fits this machine.
        DevstackError: a server does not start.
    """
    servers = Servers(folder)
    try:
        for variable, start in (("DATABASE_URL", _start_postgres), ("REDIS_URL", _start_valkey)):
            servers.environment[variable] = os.environ.get(variable) or start(servers, lasting=lasting)
        servers.environment["CATALOGUE_DIR"] = os.environ.get("CATALOGUE_DIR") or str(folder.path / "catalogue")
        folder.announce(servers.environment)
        yield servers
    finally:
        servers.stop()


def _start_postgres(servers: Servers, *, lasting: bool) -> str:
    folder, user = servers.folder, unprivileged_user()
    if user:
        for passed_through in (folder.path, folder.scratch):
            passed_through.chmod(0o711)
    cluster = _cluster_folder(folder, user)
    programs = postgres_programs(user, private_copies=_home_outside_the_project)
    service = postgres_service(folder, cluster, programs=programs, user=user, lasting=lasting)
    servers.services.append(service)
    service.start()
    wait_for_postgres(service, folder)
    return database_url(folder)


def _start_valkey(servers: Servers, *, lasting: bool) -> str:
    service, url = valkey_service(servers.folder, program=valkey_program(), lasting=lasting)
    servers.services.append(service)
    service.start()
    wait_for_valkey(service, url)
    return url


def _cluster_folder(folder: Folder, user: ServerUser | None) -> Path:
    """Where PostgreSQL keeps its files: in the folder, or outside, with a link, where its user cannot get in."""
    cluster = folder.path / "postgres"
    if user is None or user.can_reach(folder.path / "."):
        return cluster
    outside = _home_outside_the_project() / f"{_digest(folder.path)}-postgres"
    if not cluster.is_symlink():
        shutil.rmtree(outside, ignore_errors=True)  # of an earlier folder of this name, since removed
        if cluster.exists():
            shutil.move(cluster, outside)
        cluster.symlink_to(outside, target_is_directory=True)
    return outside


def _home_outside_the_project() -> Path:
    """Root's place for what the user of PostgreSQL must reach when the project itself is closed to it."""
    home = Path("/var/lib") / f"matchmaking-{_digest(PROJECT)}"
    home.mkdir(exist_ok=True)
    home.chmod(0o711)
    return home


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
