"""Processes that share a base, and what is seen of it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Thread

from django.db import connection
from django.test.utils import CaptureQueriesContext

from matchmaking.catalogue.mirror import Mirror
from suppliers.models import Capability, Supplier

READ = re.compile(r"EXECUTE catalogue_\w+ \('(?P<keys>.*?)'|COPY \(.*FROM suppliers_supplier WHERE", re.DOTALL)


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
    """Collects of which suppliers is read: "{1,2}", their row ids, or "all"."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found += [read["keys"] or "all" for query in queries if (read := READ.search(query["sql"]))]


def told(lines: StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def files(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())
