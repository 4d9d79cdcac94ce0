"""Run a command beside PostgreSQL and Valkey: python -m config.devstack run [--test] -- COMMAND [ARGUMENT ...]"""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import FrameType

from config.devstack.errors import DevstackError, FolderInUseError
from config.devstack.folders import holder, lasting_folder, throw_away_folder
from config.devstack.processes import follow_make, follow_parent
from config.devstack.stack import VAR, running_servers


def main(arguments: Sequence[str] | None = None) -> int:
    wishes = _parser().parse_args(arguments)
    command = wishes.command[1:] if wishes.command[:1] == ["--"] else wishes.command
    if not command:
        _parser().error("a command is needed after --")
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    follow_make()
    try:
        with ExitStack() as at_the_end:
            if wishes.test:
                folder = at_the_end.enter_context(throw_away_folder())
                environment = at_the_end.enter_context(running_servers(folder, lasting=False)).environment
            else:
                environment = _lasting_environment(at_the_end, wishes.folder)
            return _run(command, environment)
    except DevstackError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.devstack", description=__doc__)
    run = parser.add_subparsers(required=True).add_parser(
        "run", help="run a command with DATABASE_URL and REDIS_URL set"
    )
    run.add_argument("--test", action="store_true", help="on new servers that are thrown away afterwards")
    run.add_argument("--folder", type=Path, default=VAR, help="where the data is kept (default: var)")
    run.add_argument("command", nargs=argparse.REMAINDER)
    return parser


def _lasting_environment(at_the_end: ExitStack, folder: Path) -> dict[str, str]:
    """Start the servers over the lasting data, or join those of a demo that is running."""
    try:
        held = at_the_end.enter_context(lasting_folder(folder))
    except FolderInUseError:
        if (running := holder(folder)) is None or not running[1]:
            raise
        return running[1]
    return at_the_end.enter_context(running_servers(held, lasting=True)).environment


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run the command in our own terminal session, so that Ctrl-C reaches it as if it ran alone."""
    child = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        preexec_fn=partial(follow_parent, os.getpid(), signal.SIGTERM),
    )
    try:
        return _exit_status(_wait(child))
    except SystemExit:
        child.terminate()
        child.wait()
        raise


def _wait(child: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the command got it too, and decides


def _exit_status(code: int) -> int:
    return code if code >= 0 else 128 - code


def _end(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
