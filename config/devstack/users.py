"""PostgreSQL refuses to run as root: as root it gets the user `nobody`, who must be able to reach its files."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.devstack.errors import DevstackError


@dataclass(frozen=True)
class ServerUser:
    """An account without rights, for a server that must not run as root."""

    uid: int
    gid: int

    def can_reach(self, path: Path) -> bool:
        """Tell by trying, so that every kind of permission counts."""
        attempt = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$0"', str(path)], cwd="/", user=self.uid, group=self.gid, extra_groups=[]
        )
        return attempt.returncode == 0


def unprivileged_user() -> ServerUser | None:
    """The user for PostgreSQL, or None where we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        account = pwd.getpwnam("nobody")
    except KeyError as missing:
        raise DevstackError("As root, PostgreSQL needs the user 'nobody', which this machine lacks.") from missing
    return ServerUser(account.pw_uid, account.pw_gid)
