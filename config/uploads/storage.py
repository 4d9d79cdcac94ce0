"""Where uploaded files lie: documents of firms, attachments of requirements, files of messages.

No web server reaches them; names are of chance and say nothing.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Protocol

import structlog
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from config.api.files import attachment
from config.uploads.checking import CheckedFile
from config.uploads.refusals import FileLostError

ORPHANED_AFTER = timedelta(days=1)
"""Longer than any upload takes from file to row."""

log = structlog.get_logger(__name__)


def storage() -> Storage:
    return storages["uploads"]


class KeptFile(Protocol):
    """A row that names a file."""

    name: str
    media_type: str
    size_bytes: int
    stored_as: str


@contextmanager
def stored(upload: CheckedFile, *, folder: str) -> Iterator[str]:
    """The file, stored, and its name there. If the block fails it is removed again: no file without a row."""
    name = storage().save(f"{folder}/{secrets.token_hex(20)}", upload.content)
    try:
        yield name
    except BaseException:
        discard(name)
        raise


def handed_out(
    document: KeptFile, *, answer: Callable[..., StreamingHttpResponse] = attachment
) -> StreamingHttpResponse:
    """The file, to be saved under its own name unless `answer` shows it.

    Raises:
        FileLostError: the file is not there any more, such as when a scanner for viruses took it away.
    """
    try:
        content = _parts(storage().open(document.stored_as))
    except FileNotFoundError as failure:
        log.error("file_lost", kind=type(document).__name__, stored_as=document.stored_as)
        raise FileLostError from failure
    return answer(content, name=document.name, media_type=document.media_type, length=document.size_bytes)


def _parts(file: "File[bytes]") -> Iterator[bytes]:
    with file:
        yield from file.chunks()


def discard(name: str) -> None:
    """Remove a file. Where that fails it is an orphan, and swept up later."""
    try:
        storage().delete(name)
    except OSError:
        log.warning("file_not_removed", stored_as=name, exc_info=True)


def discard_on_commit(name: str) -> None:
    """Remove a file once it is certain that no row names it any more."""
    transaction.on_commit(lambda: discard(name), robust=True)


def sweep_orphans(*, folder: str, rows: "QuerySet[Any]") -> int:
    """Remove files that no row names, as left behind by a crash between file and row. Returns how many.

    Args:
        rows: those that name the folder's files by `stored_as`.
    """
    try:
        _folders, names = storage().listdir(folder)
    except FileNotFoundError:
        return 0
    found = {f"{folder}/{name}" for name in names}
    old = timezone.now() - ORPHANED_AFTER
    orphans = found - set(rows.filter(stored_as__in=found).values_list("stored_as", flat=True))
    removed = [name for name in sorted(orphans) if storage().get_modified_time(name) < old]
    for name in removed:
        discard(name)
    return len(removed)
