"""Rows cut into ranges of row ids, which any number of workers share."""

from typing import Any

from django.db.models import QuerySet

Range = tuple[int, int]
"""First and last row id."""


def ranges_of(rows: "QuerySet[Any]", *, size: int) -> list[Range]:
    """Ranges of so many rows each, all of them once."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    parts = (ids[start : start + size] for start in range(0, len(ids), size))
    return [(part[0], part[-1]) for part in parts]
