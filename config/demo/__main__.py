"""Run the whole product with demo data: python -m config.demo [--port 8000] [--folder var]"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from config.demo.announcement import announcement
from config.demo.product import HOST, Addresses, product, product_environment
from config.demo.supervisor import Supervisor
from config.devstack.errors import DevstackError
from config.devstack.folders import Folder, lasting_folder
from config.devstack.processes import Service, follow_make, follow_parent, last_lines
from config.devstack.stack import PROJECT, VAR, running_servers

SECONDS_TO_START = 180
WISHES_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.demo", description=__doc__)
    parser.add_argument("--port", type=port_number, default=8000, help="where the web server listens (default: 8000)")
    parser.add_argument("--folder", type=Path, default=VAR, help="where the data is kept (default: var)")
    wishes = parser.parse_args(arguments)
    for wish_to_end in WISHES_TO_END:
        signal.signal(wish_to_end, _end)
    follow_make()
    try:
        with lasting_folder(wishes.folder.resolve()) as folder:
            refuse_busy_port(wishes.port)
            run(folder, wishes.port)
    except DevstackError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def run(folder: Folder, port: int) -> None:
    """Start everything, say so, and look after it until told to end."""
    supervisor = Supervisor(say)
    addresses = Addresses(web_port=port)
    say("Starting PostgreSQL and Valkey …")
    with running_servers(folder, lasting=True) as servers:
        environment = product_environment(folder, servers.environment, addresses)
        programs = product(folder, environment, addresses)
        try:
            supervisor.start(programs.mailbox)
            supervisor.start(programs.web)  # boots while the database is prepared; nobody knows its address yet
            say("Preparing the database …")
            prepare(addresses, folder.path, environment)
            wait_for_answer(programs.web, port)
            say("Starting the worker and the scheduler …")
            supervisor.start(programs.worker)
            supervisor.start(programs.scheduler)
            say(announcement(folder.path / "demo.json"))
            while True:
                supervisor.look_after([*servers.services, *supervisor.services])
                time.sleep(0.5)
        finally:
            say("Stopping …")
            supervisor.stop()


def prepare(addresses: Addresses, folder: Path, environment: dict[str, str]) -> None:
    """Migrate, load the taxonomy and, where there is none yet, the demo data."""
    log = folder / "preparation.log"
    log.touch(mode=0o600)
    with log.open("wb") as written:
        steps = subprocess.run(
            [
                *(sys.executable, "-m", "config.demo.preparation"),
                *(addresses.base_url, addresses.mail_url, str(folder / "demo.json")),
            ],
            cwd=PROJECT,
            env={**environment, "STATEMENT_TIMEOUT_MS": "0"},
            stdout=written,
            stderr=subprocess.STDOUT,
            preexec_fn=partial(follow_parent, os.getpid(), signal.SIGTERM),
        )
    if steps.returncode != 0:
        raise DevstackError(f"The database cannot be prepared:\n{last_lines(log)}")


def wait_for_answer(web: Service, port: int) -> None:
    """Wait until the web server answers any request at all."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and not web.has_ended:
        connection = HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise DevstackError(f"The web server does not answer:\n{web.last_words()}")


def refuse_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            raise DevstackError(
                f"Port {port} cannot be used ({problem.strerror}). Choose another: make demo PORT={port + 1}"
            ) from problem


def port_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: choose a number from 1 to 65535")
    return int(text)


def say(line: str) -> None:
    print(line, flush=True)


def _end(_number: int, _frame: FrameType | None) -> None:
    for repeated in WISHES_TO_END:
        signal.signal(repeated, signal.SIG_IGN)  # one is enough: stopping takes a moment
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
