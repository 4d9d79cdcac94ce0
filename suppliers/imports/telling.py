"""What becomes of a row, in words for people: on the page, in the file, on the command line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suppliers.imports.columns import LABELS
from suppliers.imports.report import Problem
from suppliers.models import ImportRow, Supplier
from taxonomy.models import Kind
from taxonomy.naming import Naming

MISSING = {
    "capability": gettext_lazy("a process"),
    "address": gettext_lazy("an address"),
    "tax_code": gettext_lazy("a tax code"),
    "province": gettext_lazy("a province"),
}
"""What a review needs."""
OWNERSHIPS = dict(Supplier.Ownership.choices)
FIELDS = {**LABELS, "old_province": gettext_lazy("Former province")}


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that a row changes, by its label; of lists only what is new, with an empty `before`."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row as people read it. `problems` say why it is skipped, `notes` what of it was not taken as it stands."""

    row: ImportRow
    changes: list[Change]
    problems: list[str]
    notes: list[str]


def lines_of(rows: Iterable[ImportRow], naming: Naming | None = None) -> list[Line]:
    """Each row in the reader's language. For many batches of rows make one `naming`."""
    naming = naming or Naming()
    return [
        Line(
            row=row,
            changes=[_change(each, naming) for each in row.changes],
            problems=[problem_told(each) for each in row.why_skipped()],
            notes=[left_out_told(each) for each in row.left_out],
        )
        for row in rows
    ]


def problem_told(problem: Problem) -> str:
    """Column and reason."""
    return ": ".join(filter(None, (problem.column, problem.reason)))


def left_out_told(item: Mapping[str, Any]) -> str:
    """What was not taken as it stands, and why."""
    match item["outcome"]:
        case "corrected":
            return _("“%(text)s” read as %(meaning)s") % {"text": item["text"], "meaning": item["could_be"][0]}
        case "missing":
            return _("stays a draft: %(text)s is missing") % {"text": MISSING[item["text"]]}
        case _other:
            return _("left out: %(column)s “%(text)s”") % {"column": item["column"], "text": item["text"]}


def _change(said: Mapping[str, str], naming: Naming) -> Change:
    field, before, after = said["field"], said["before"], said["after"]
    match field:
        case "province" | "old_province":
            before, after = naming.of(Kind.PROVINCE, before), naming.of(Kind.PROVINCE, after)
        case "ownership":
            before, after = (str(OWNERSHIPS.get(each, each)) for each in (before, after))
        case "processes":
            after = naming.of(Kind.PROCESS, after)
        case "certificates":
            after = naming.of(Kind.STANDARD, after)
        case "materials":
            process, _colon, materials = after.partition(": ")
            of_process = naming.all_of(Kind.MATERIAL, materials.split(", "))
            after = f"{naming.of(Kind.PROCESS, process)}: {of_process}"
    return Change(_label(field), before, after)


def _label(field: str) -> str:
    return str(FIELDS.get(field, field))
