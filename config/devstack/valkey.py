"""A Valkey server of our own, on a free loopback port, behind a password made anew at each start."""

import secrets
import socket
import time
from pathlib import Path

import redis

from config.devstack.errors import DevstackError
from config.devstack.folders import Folder
from config.devstack.processes import Service


def valkey_service(folder: Folder, *, program: Path, lasting: bool) -> tuple[Service, str]:
    """Describe the server, and the URL it will answer at."""
    home = folder.path / "valkey"
    home.mkdir(mode=0o700, exist_ok=True)
    port, password = free_port(), secrets.token_hex(16)
    settings = folder.scratch / "valkey.conf"  # a file: arguments can be read by every user of the machine
    settings.touch(mode=0o600)
    settings.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
        f'dir "{_escaped(home)}"\nappendonly {"yes" if lasting else "no"}\nsave ""\ndatabases 64\n'
    )
    service = Service(
        name="Valkey",
        command=[str(program), str(settings)],
        log=folder.path / "valkey.log",
        folder_in_use=folder,
    )
    return service, f"redis://:{password}@127.0.0.1:{port}/0"


def wait_for_valkey(server: Service, url: str, *, seconds: float = 30) -> None:
    """Wait until the server answers and has read its data."""
    for _ in range(int(seconds / 0.02)):
        try:
            with redis.Redis.from_url(url) as client:
                client.ping()
        except redis.RedisError:
            if server.has_ended:
                break
            time.sleep(0.02)
        else:
            return
    raise DevstackError(f"Valkey does not start:\n{server.last_words()}")


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _escaped(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
