"""What became of each row of a list, as a file for those who keep the list."""

from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.tables.cells import Cell, cell
from config.tables.writing import MEDIA_TYPES, write_xlsx
from jobs.runs import File
from suppliers.imports.telling import Line, lines_of
from suppliers.models import Import
from suppliers.models.imported import RESULTS
from taxonomy.naming import Naming

HEADERS = (
    gettext_lazy("Row"),
    gettext_lazy("Name"),
    gettext_lazy("Result"),
    gettext_lazy("Supplier"),
    gettext_lazy("Changed: before → after"),
    gettext_lazy("Why skipped"),
    gettext_lazy("Notes"),
)
BATCH = 1000


def result_file(row: Import, language: str) -> File:
    """An xlsx with a line for each row of the list."""
    with translation.override(language):
        content = write_xlsx([str(header) for header in HEADERS], _batches(row))
        stem = row.name.rpartition(".")[0] or row.name
        name = _("%(list)s – result.xlsx") % {"list": stem[:120]}
    return File(name=name[:150], media_type=MEDIA_TYPES["xlsx"], content=content)


def _batches(row: Import) -> Iterator[list[list[Cell]]]:
    rows, last, naming = row.rows.order_by("number"), 0, Naming()
    while batch := list(rows.filter(number__gt=last)[:BATCH]):
        yield [[cell(value) for value in _cells(line)] for line in lines_of(batch, naming)]
        last = batch[-1].number


def _cells(line: Line) -> list[Any]:
    changes = [f"{change.label}: {change.before or '∅'} → {change.after}" for change in line.changes]
    return [
        line.row.number,
        line.row.name,
        str(RESULTS[line.row.result]),
        line.row.supplier,
        "; ".join(changes),
        "; ".join(line.problems),
        "; ".join(line.notes),
    ]
