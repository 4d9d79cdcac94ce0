"""A PostgreSQL cluster of our own, on a unix socket only."""

import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2

from config.devstack.errors import DevstackError
from config.devstack.folders import Folder
from config.devstack.processes import Service
from config.devstack.users import ServerUser

NAME = "matchmaking"  # of the database and of its owner
LIVELY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # for data that nobody will miss
CROWDED = ("max_connections=400",)  # for tests in which a hundred callers ask at the same moment
DISCREET = (
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
)
"""Errors are logged without the statement, and without the line of details that quotes what it was about to write."""


def postgres_service(
    folder: Folder, cluster: Path, *, programs: Path, user: ServerUser | None, lasting: bool
) -> Service:
    """Make the cluster if there is none, and describe its server."""
    sockets = folder.scratch / "sockets"
    _give_to(user, sockets)
    if not (cluster / "PG_VERSION").exists():
        _make_cluster(cluster, programs=programs, user=user, lasting=lasting)
    # Nobody else runs servers here while we hold the lock, so a process id left behind belongs to a stranger by now.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={_quoted(sockets)}",
        *DISCREET,
        *(() if lasting else (*LIVELY, *CROWDED)),
    ]
    return Service(
        name="PostgreSQL",
        command=[
            str(programs / "postgres"),
            "-D",
            str(cluster),
            *(part for setting in settings for part in ("-c", setting)),
        ],
        log=folder.path / "postgres.log",
        user=user,
        folder_in_use=folder,
        stop_signal=signal.SIGINT,  # "fast": ends the connections, keeps the data
        orphan_signal=signal.SIGINT,
    )


def database_url(folder: Folder) -> str:
    return f"postgres://{NAME}@/{NAME}?host={quote(str(folder.scratch / 'sockets'), safe='/')}"


def wait_for_postgres(server: Service, folder: Folder, *, seconds: float = 30) -> None:
    """Wait until the server answers, and make the database if there is none."""
    for _ in range(int(seconds / 0.05)):
        try:
            connection = psycopg2.connect(host=str(folder.scratch / "sockets"), user=NAME, dbname="postgres")
        except psycopg2.OperationalError:
            if server.has_ended:
                break
            time.sleep(0.05)
            continue
        try:
            _make_database(connection)
        finally:
            connection.close()
        return
    raise DevstackError(f"PostgreSQL does not start:\n{server.last_words()}")


def _make_database(connection: psycopg2.extensions.connection) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {NAME}")


def _make_cluster(cluster: Path, *, programs: Path, user: ServerUser | None, lasting: bool) -> None:
    """Run initdb. The built-in locale is the same on every machine and needs no library."""
    _give_to(user, cluster)
    for leftover in cluster.iterdir():
        raise DevstackError(f"{cluster} holds {leftover.name} but no PostgreSQL cluster: remove that folder.")
    made = subprocess.run(
        [
            *(str(programs / "initdb"), f"--pgdata={cluster}", f"--username={NAME}", "--auth=trust", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            *(() if lasting else ("--no-sync",)),
        ],
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )
    if made.returncode != 0:
        raise DevstackError(f"initdb fails in {cluster}:\n{made.stdout}")


def _give_to(user: ServerUser | None, folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user:
        os.chown(folder, user.uid, user.gid)


def _quoted(path: Path) -> str:
    """A path for a setting that is a list separated by commas."""
    return '"' + str(path).replace('"', '""') + '"'
