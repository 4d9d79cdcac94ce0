"""The programs that make up the product, and the variables they run with."""

import os
import secrets
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from config.devstack.folders import Folder
from config.devstack.processes import Service
from config.devstack.stack import PROJECT
from config.devstack.valkey import free_port

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Addresses:
    """Where the demo is reached; the ports of the mailbox are whatever is free."""

    web_port: int
    smtp_port: int = field(default_factory=free_port)
    mailbox_port: int = field(default_factory=free_port)

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.web_port}"

    @property
    def mail_url(self) -> str:
        return f"http://{HOST}:{self.mailbox_port}"


class Product(NamedTuple):
    """The four programs."""

    mailbox: Service
    web: Service
    worker: Service
    scheduler: Service


def product_environment(folder: Folder, servers: Mapping[str, str], addresses: Addresses) -> dict[str, str]:
    """Our own variables, completed by what the settings need to find the servers."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "WEB_CONCURRENCY": "2",
        **os.environ,
        **servers,
        "SECRET_KEY": secret_key(folder.path / "secret_key"),
        "SITE_URL": addresses.base_url,
        "EMAIL_URL": f"smtp://{HOST}:{addresses.smtp_port}",
    }


def product(folder: Folder, environment: Mapping[str, str], addresses: Addresses) -> Product:
    """Describe the programs; none is started."""

    def service(name: str, module: str, *arguments: str) -> Service:
        return Service(
            name=name,
            command=[sys.executable, "-m", module, *arguments],
            log=folder.path / f"{name}.log",
            environment=environment,
            folder=PROJECT,
            folder_in_use=folder,
        )

    ports = ("--smtp-port", str(addresses.smtp_port), "--http-port", str(addresses.mailbox_port))
    schedule = ("--schedule", str(folder.path / "schedule"), "--pidfile", "")
    worker = service("worker", "celery", "-A", "config", "worker", "--loglevel", "info", "--concurrency", "2")
    worker.orphan_signal = signal.SIGQUIT  # drop what it does: unfinished tasks come back at the next start
    return Product(
        mailbox=service("mailbox", "config.mailcatcher", "--folder", str(folder.path / "mail"), *ports),
        web=service("web", "gunicorn", "--config", "python:config.gunicorn", "--bind", f"{HOST}:{addresses.web_port}"),
        worker=worker,
        scheduler=service("scheduler", "celery", "-A", "config", "beat", *schedule),
    )


def secret_key(file: Path) -> str:
    """The key of this data folder, made once."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()
