"""The one place on a machine where its processes find the base, and by which they agree who makes a new one."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

import structlog
from django.conf import settings
from django.db import connection

from matchmaking.catalogue.base_file import UnusableBaseError, flushed, open_base, write_base
from matchmaking.catalogue.pulse import Pulse, database_identity
from matchmaking.catalogue.reading import RULES
from matchmaking.catalogue.stock import Stock
from matchmaking.catalogue.vocabulary import Vocabulary

log = structlog.get_logger(__name__)

FORMAT: Final = 3
"""Another one whenever the same rows would make another base, and `RULES` does not tell."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a base was made of: the database, its tables, every change below the horizon and some others, on a day."""

    format: int
    rules: str
    database: str
    tables: str
    horizon: int
    applied: list[list[int]]
    as_of: str
    taxonomy_version: int
    codes: dict[str, dict[str, str]]

    @classmethod
    def at(cls, pulse: Pulse, vocabulary: Vocabulary) -> Self:
        return cls(
            format=FORMAT,
            rules=RULES,
            database=database_identity(),
            tables=pulse.tables,
            horizon=pulse.horizon,
            applied=[list(change) for change in pulse.changes],
            as_of=pulse.as_of.isoformat(),
            taxonomy_version=vocabulary.version,
            codes=vocabulary.plain_codes,
        )

    @property
    def day(self) -> date:
        return date.fromisoformat(self.as_of)

    def hindrance(self, now: "Origin") -> str:
        """Why what was made of this is of no use now; empty where it is, once what changed since is added."""
        for name in ("format", "rules", "database", "tables"):
            if getattr(self, name) != getattr(now, name):
                return f"other {name}"
        if self.as_of > now.as_of or self.horizon > now.horizon:
            return "of a time to come"
        has_all = all(codes.items() <= now.codes[kind].items() for kind, codes in self.codes.items())
        return "" if has_all else "codes were changed or removed"


@dataclass(frozen=True)
class Base:
    """A stock that all processes of a machine may share. `mark` tells its file from the next one's."""

    stock: Stock
    origin: Origin
    mark: tuple[int, int] | None = None


class Shelf:
    """The files of this process's database: the base, a lock, and while one is made a temporary file.

    A new base takes the old one's name: whoever has that open reads on, and it is gone once nobody does.
    """

    def __init__(self, folder: Path, *place: str) -> None:
        """
        Args:
            place: where the database is.
        """
        self.folder = folder
        self.name = hashlib.sha256("\0".join(place).encode()).hexdigest()[:16]
        self.path = folder / f"{self.name}.base"

    def mark(self) -> tuple[int, int] | None:
        """Of the base that lies there now; None where none does."""
        try:
            status = os.stat(self.path)  # noqa: PTH116 - every request asks
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def newest(self) -> Base | None:
        """The base that lies there, if it can be read."""
        mark = self.mark()
        if mark is None:
            return None
        try:
            stock, about = open_base(self.path)
            return Base(stock, Origin(**about), mark)
        except (UnusableBaseError, TypeError) as error:
            log.warning("catalogue_base_not_readable", path=str(self.path), error=str(error))
            return None

    def put(self, stock: Stock, origin: Origin) -> Base:
        """Put a new base there and open it. Hold the lock.

        Raises:
            OSError: it cannot be written; the old one, if any, still lies there.
        """
        for left_over in self.folder.glob(f"{self.name}.*.new"):
            left_over.unlink(missing_ok=True)  # of someone who died while writing: the lock is ours
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=f"{self.name}.", suffix=".new", delete=False) as file:
            try:
                write_base(file, stock, asdict(origin))  # type: ignore[arg-type]
                flushed(file)  # type: ignore[arg-type]
                Path(file.name).replace(self.path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        self._flush_folder()
        log.info("catalogue_base_written", suppliers=len(stock), bytes=self.path.stat().st_size)
        found = self.newest()
        if found is None:
            raise OSError(f"{self.path} was written and cannot be read")
        return found

    @contextmanager
    def locked(self, *, wait: bool) -> Iterator[bool]:
        """Be the only one on this machine to make a base. The kernel frees the lock of whoever dies.

        Gives:
            whether it is ours; always, where we wait.

        Raises:
            OSError: the folder cannot be written to.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.folder / f"{self.name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
                is_ours = True
            except BlockingIOError:
                is_ours = False
            yield is_ours
        finally:
            os.close(descriptor)

    def _flush_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def shelf() -> Shelf:
    """This machine's."""
    database = connection.settings_dict
    return _shelf(settings.CATALOGUE_DIR, *(str(database.get(key, "")) for key in ("HOST", "PORT", "NAME")))


@lru_cache(maxsize=8)
def _shelf(folder: str, *place: str) -> Shelf:
    return Shelf(Path(folder), *place)
