"""`make demo` as its user meets it: every program real, each test over data of its own."""

import json
import os
import re
import signal
import socket
import subprocess
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

import pytest

from config.demo.supervisor import ServiceKeepsEndingError, Supervisor
from config.devstack.folders import lasting_folder
from config.devstack.processes import Service
from config.devstack.valkey import free_port
from tests.stack.processes import eventually, finished, lines_until, marked, started

READY = "Ctrl-C stops everything"


def status_of(url: str) -> int:
    host, _, path = url.removeprefix("http://").partition("/")
    connection = HTTPConnection(host, timeout=30)
    try:
        connection.request("GET", f"/{path}")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def process_of(demo: subprocess.Popen[str], module: str) -> int:
    """The process id of the program that the demo itself started for a module."""
    children = Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()
    (found,) = [child for child in children if f"\0{module}\0" in Path(f"/proc/{child}/cmdline").read_text()]
    return int(found)


def counts_folder(server: int) -> Path:
    """Where the processes of a web server keep what they count: files that they have mapped."""
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    maps = "\n".join(Path(f"/proc/{worker}/maps").read_text() for worker in workers)
    (folder,) = set(re.findall(r"\S*/matchmaking-metrics-[^/]+", maps))
    return Path(folder)


def test_the_demo_starts_heals_survives_a_kill_with_its_data_and_stops(tmp_path: Path) -> None:
    folder, port, mark = tmp_path / "the demo's folder", free_port(), uuid4().hex
    command = ("-m", "config.demo", "--port", str(port), "--folder", str(folder))

    with started(*command, mark=mark) as demo:
        said = "\n".join(lines_until(demo, READY))
        told = json.loads((folder / "demo.json").read_text())
        assert (folder / "demo.json").stat().st_mode & 0o777 == 0o600
        assert told["base_url"] == f"http://127.0.0.1:{port}"
        assert {account["kind"] for account in told["accounts"]} == {"supplier", "buyer", "staff"}
        assert f"/requirements/{told['requirement']}/matches" in said
        for address in (f"{told['base_url']}/healthz", told["mail_url"]):
            assert status_of(address) == 200

        os.kill(process_of(demo, "gunicorn"), signal.SIGKILL)
        assert "web ended (by SIGKILL) and is started again." in lines_until(demo, "started again")[-1]
        assert eventually(lambda: status_of(f"{told['base_url']}/healthz") == 200, within_seconds=90)

        demo.kill()
        demo.wait()
    assert eventually(lambda: marked(mark) == []), marked(mark)

    with started(*command, mark=mark) as again:
        lines_until(again, READY)
        now = json.loads((folder / "demo.json").read_text())
        assert (now["accounts"], now["requirement"]) == (told["accounts"], told["requirement"])
        assert status_of(f"{told['base_url']}/healthz") == 200
        counts = counts_folder(process_of(again, "gunicorn"))
        assert counts.is_dir()
        again.send_signal(signal.SIGINT)
        assert again.wait(30) == 0
    assert marked(mark) == []
    assert not counts.exists()


def test_a_busy_port_is_one_clear_line_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        code, said = finished("-m", "config.demo", "--port", str(port), "--folder", str(tmp_path / "var"))

    assert code == 1
    assert said == f"Port {port} cannot be used (Address already in use). Choose another: make demo PORT={port + 1}\n"
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["lock"]


@pytest.mark.parametrize("port", ["0", "65536", "80a", "-1", "٨٠٨٠", ""])
def test_what_is_no_port_is_refused(tmp_path: Path, port: str) -> None:
    code, said = finished("-m", "config.demo", f"--port={port}", "--folder", str(tmp_path / "var"))

    assert code == 2
    assert f"{port!r} is no port: choose a number from 1 to 65535" in said
    assert not (tmp_path / "var").exists()


def test_a_second_demo_over_the_same_folder_is_refused(tmp_path: Path) -> None:
    with lasting_folder(tmp_path) as folder:
        folder.announce({})
        code, said = finished("-m", "config.demo", "--port", str(free_port()), "--folder", str(tmp_path))

    assert (code, said) == (1, f"{tmp_path} is already in use by process {os.getpid()}.\n")
    assert not (tmp_path / "postgres").exists()


def test_a_service_that_keeps_ending_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, clock=lambda: 0.0)
    failing = Service(name="worker", command=["sh", "-c", "echo no broker; exit 3"], log=tmp_path / "worker.log")
    supervisor.start(failing)

    for _ in range(3):
        failing.wait_until_stopped()
        supervisor.look_after([failing])
    failing.wait_until_stopped()
    with pytest.raises(ServiceKeepsEndingError, match=r"worker keeps ending:\n.*no broker"):
        supervisor.look_after([failing])

    assert said == ["worker ended (exit status 3) and is started again."] * 3


def test_ends_far_apart_are_forgiven(tmp_path: Path) -> None:
    said: list[str] = []
    hours = iter(range(0, 36_000, 3600))
    supervisor = Supervisor(said.append, clock=lambda: float(next(hours)))
    failing = Service(name="worker", command=["false"], log=tmp_path / "worker.log")
    supervisor.start(failing)

    for _ in range(10):
        failing.wait_until_stopped()
        supervisor.look_after([failing])
    failing.wait_until_stopped()

    assert len(said) == 10


def test_a_service_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    mark = uuid4().hex
    start = (
        "import sys, pathlib; from config.devstack.processes import Service;"
        f"Service(name='s', command=['sleep', '600'], log=pathlib.Path({str(tmp_path / 'log')!r})).start();"
        "print('started', flush=True); sys.stdin.read()"
    )
    with started("-c", start, mark=mark) as parent:
        lines_until(parent, "started")
        assert eventually(lambda: any("sleep" in command for command in marked(mark)))
        parent.kill()
        parent.wait()

    assert eventually(lambda: marked(mark) == [])
