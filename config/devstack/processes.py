"""Child processes that never outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from signal import Signals

from config.devstack.folders import Folder
from config.devstack.users import ServerUser

PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>
_LIBC = ctypes.CDLL(None)


def follow_parent(parent: int, by: Signals) -> None:
    """In a new child: ask the kernel for signal `by` when the process `parent` ends, however it ends.

    Called after the change of user, which would clear the request. Only Linux can do this.
    """
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, int(by), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def last_lines(log: Path, number: int = 15) -> str:
    """The end of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-number:])


def follow_make() -> None:
    """Where `make` started us: end when it is killed, as no one else could tell us to."""
    if "MAKELEVEL" in os.environ:
        follow_parent(os.getppid(), by=signal.SIGTERM)


@dataclass(kw_only=True)
class Service:
    """A long-running program: how to start it, how to end it, and the process while it runs.

    `stop_signal` asks it to end, `orphan_signal` reaches it when we are killed; what of it is in a `folder_in_use` by
    then is cleaned up with that folder.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    folder: Path = Path("/")
    user: ServerUser | None = None
    folder_in_use: Folder | None = None
    stop_signal: Signals = signal.SIGTERM
    orphan_signal: Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only us and we choose the order."""
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=self.environment,
                start_new_session=True,
                pass_fds=[self.folder_in_use.lock] if self.folder_in_use else [],
                umask=0o077,
                user=self.user.uid if self.user else None,
                group=self.user.gid if self.user else None,
                extra_groups=[] if self.user else None,
                preexec_fn=partial(follow_parent, os.getpid(), self.orphan_signal),
            )
        if self.folder_in_use:
            self.folder_in_use.entrust(self.process.pid)

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    @property
    def how_it_ended(self) -> str:
        """The exit status or the signal's name, for a message."""
        code = self.process.returncode if self.process else None
        return f"by {Signals(-code).name}" if code is not None and code < 0 else f"exit status {code}"

    def ask_to_stop(self) -> None:
        if self.process is not None and not self.has_ended:
            self.process.send_signal(self.stop_signal)

    def wait_until_stopped(self, within_seconds: float = 10) -> None:
        """Wait for the end that was asked for; what is left of its session by then is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(within_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and everything it started, at once."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            self.process.wait()

    def last_words(self, lines: int = 15) -> str:
        """The end of its log, to show when it fails."""
        return last_lines(self.log, lines)
