"""Processes that share a base, and what is seen of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Thread

from django.db import connection
from django.test.utils import CaptureQueriesContext

from matchmaking.catalogue.mirror import Mirror
from suppliers.models import Capability, Supplier


def ids(mirror: Mirror) -> list[str]:
    return [record.id for record in mirror.current().records()]


def tolerance(mirror: Mirror, supplier: Supplier) -> float | None:
    (record,) = [record for record in mirror.current().records() if record.id == supplier.public_id]
    fact = record.capabilities[0].tolerance_mm
    return None if fact is None else fact.value


def change(supplier: Supplier, tolerance_mm: float) -> None:
    Capability.objects.filter(site__supplier=supplier).update(tolerance_mm=tolerance_mm)


def merging(mirror: Mirror) -> Thread | None:
    """What merges beside the requests, if anything has."""
    return mirror._merging


@contextmanager
def reading() -> Iterator[list[str]]:
    """Collects what is read of all suppliers, or of some."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found += [each["sql"] for each in queries if "FROM suppliers_supplier WHERE" in each["sql"]]


def told(lines: StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def files(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())
