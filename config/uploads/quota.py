"""How many files, and how large ones, may be kept in one place."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, QuerySet, Sum

from config.errors import ConflictError
from config.uploads.checking import CheckedFile


def check_room(
    uploads: Collection[CheckedFile],
    *,
    beside: "QuerySet[Any]",
    most_files: int,
    most_bytes: int,
    refusal: type[ConflictError],
) -> None:
    """Refuse files for which there is no room. What they are for must be locked.

    Args:
        beside: rows of the files that are there and stay.
        most_bytes: of all files together.

    Raises:
        ConflictError: the `refusal`, which says how many files, and how many bytes, there are and may be.
    """
    kept = beside.aggregate(files=Count("pk"), size_bytes=Sum("size_bytes", default=0))
    size_bytes = sum(upload.size_bytes for upload in uploads)
    if kept["files"] + len(uploads) > most_files or kept["size_bytes"] + size_bytes > most_bytes:
        raise refusal(most_files=most_files, most_bytes=most_bytes, **kept)
