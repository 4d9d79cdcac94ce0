"""Which support programmes help with what a gap path would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from matchmaking.engine.gap_changes import STANDARD, Change
from matchmaking.services.gaps import GapPath
from suppliers.models import Supplier, SupportProgramme
from suppliers.support.eligibility import Condition, conditions_of, find_applicant

OF_MACHINES: Final = ("tolerance", "roughness", "part_size", "part_mass", "capacity")
"""Kinds of changes for which firms buy equipment."""


@dataclass(frozen=True, slots=True)
class Help:
    """A programme that takes applications today, and how the firm stands to each of its conditions."""

    programme: SupportProgramme
    conditions: Sequence[Condition]


@dataclass(frozen=True, slots=True)
class Support:
    """`towards` are programmes by code of the standard towards which they help; `equipment`, credit for machines."""

    towards: dict[str, list[Help]]
    equipment: list[Help]

    def for_change(self, change: Change) -> list[Help]:
        """Those that close first come first."""
        if change.kind == STANDARD:
            return self.towards.get(str(change.amount), [])
        return self.equipment if change.kind in OF_MACHINES else []


def support_for(path: GapPath, supplier: Supplier, *, day: date) -> Support:
    """In the reader's language. Five queries, none where no change could be helped."""
    found = Support({}, [])
    changes = {change for each in path.paths for change in each.changes}
    standards = {str(change.amount) for change in changes if change.kind == STANDARD}
    needs_machines = any(change.kind in OF_MACHINES for change in changes)
    if not standards and not needs_machines:
        return found
    applicant = find_applicant(Supplier.objects.filter(pk=supplier.pk), day=day)
    assert applicant is not None, "the firm was just read"  # noqa: S101
    rows = SupportProgramme.objects.accepting_on(day).helping(standards, with_equipment=needs_machines)
    for row in rows.prefetch_related("standards", "sectors", "provinces").order_by("closes_on", "pk"):
        help_ = Help(row, conditions_of(row, applicant, day=day))
        for standard in row.standards.all():
            found.towards.setdefault(standard.code, []).append(help_)
        if row.kind == SupportProgramme.Kind.EQUIPMENT_CREDIT:
            found.equipment.append(help_)
    return found
