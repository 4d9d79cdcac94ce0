"""What a supplier could change of itself, and its record after it has.

A change counts as proved today, as well as any requirement asks: its fact has the highest level.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeAlias

from matchmaking.engine.confidence import LEVEL_WEIGHTS
from matchmaking.engine.listing import FIGURES
from matchmaking.engine.model import (
    CapabilityRecord,
    CertificateRecord,
    CertificateSection,
    Fact,
    SupplierRecord,
)

STANDARD: Final = "standard"
LANGUAGE: Final = "language"
EVIDENCE: Final = "evidence"
BY_NAME: Final = (STANDARD, LANGUAGE)
"""Kinds of which the amount is a code."""
FIELD_OF: Final[Mapping[str, str]] = {
    "tolerance": "tolerance_mm",
    "roughness": "roughness_um",
    "part_size": "envelope_mm",
    "part_mass": "max_mass_kg",
    "capacity": "monthly_capacity",
    "moq": "moq",
    "lead_time": "lead_time_days",
}
"""Criteria that a better figure of a capability can meet, and where it stands; of capacity the figure is what is
free."""
PROVED: Final = len(LEVEL_WEIGHTS) - 1

Amount: TypeAlias = float | tuple[float, float, float] | str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        kind: a key of `FIELD_OF`; or `standard`: a certificate that does not end; `language`: one more; `evidence`: all
            that is stated of a capability, or of the firm's languages and exports, is confirmed.
        capability: its id; None of what the whole firm has.
        amount: the new figure (of envelopes sides in mm, longest first), or the code of the standard or language.
        unit: of free capacity.
    """

    kind: str
    capability: str | None = None
    amount: Amount = None
    unit: str | None = None

    def excludes(self, other: "Change") -> bool:
        """Whether both give the same figure."""
        is_figure = self.kind in FIELD_OF
        return is_figure and (self.kind, self.capability) == (other.kind, other.capability)


def changed(record: SupplierRecord, changes: Collection[Change], as_of: date) -> SupplierRecord:
    """The record after some changes, in whatever order."""
    of_rows: dict[str, list[Change]] = {}
    for change in _in_order(changes):
        if change.capability is None:
            record = _of_the_firm(record, change, as_of)
        else:
            of_rows.setdefault(change.capability, []).append(change)
    rows = tuple(changed_row(row, of_rows[row.id], as_of) if row.id in of_rows else row for row in record.capabilities)
    return replace(record, capabilities=rows)


def changed_row(row: CapabilityRecord, changes: Collection[Change], as_of: date) -> CapabilityRecord:
    """The capability after some changes of it, in whatever order."""
    for change in _in_order(changes):
        row = _of_a_row(row, change, as_of)
    return row


def _in_order(changes: Collection[Change]) -> list[Change]:
    """What is new is confirmed, too."""
    return sorted(changes, key=lambda each: each.kind == EVIDENCE)


def _of_a_row(row: CapabilityRecord, change: Change, as_of: date) -> CapabilityRecord:
    if change.kind == EVIDENCE:
        facts: dict[str, Any] = {name: confirmed(getattr(row, name), as_of) for name in ("materials", *FIGURES)}
        return replace(row, level=PROVED, observed=as_of, **facts)
    fact = Fact(change.amount, PROVED, as_of, change.unit)
    used = {"utilisation_pct": Fact(0.0, PROVED, as_of)} if change.kind == "capacity" else {}
    values: dict[str, Any] = {FIELD_OF[change.kind]: fact, **used}
    return replace(row, **values)


def confirmed(fact: Fact[Any] | None, as_of: date) -> Fact[Any] | None:
    """The same fact, proved today; nobody confirms what is not stated."""
    return fact and replace(fact, level=PROVED, observed=as_of)


def _of_the_firm(record: SupplierRecord, change: Change, as_of: date) -> SupplierRecord:
    if change.kind == EVIDENCE:
        return replace(
            record,
            languages=confirmed(record.languages, as_of),
            export_share_pct=confirmed(record.export_share_pct, as_of),
        )
    if change.kind == LANGUAGE:
        spoken = (record.languages and record.languages.value) or ()
        return replace(record, languages=Fact((*spoken, str(change.amount)), PROVED, as_of))
    section = record.certificates or CertificateSection(level=PROVED, observed=as_of)
    held = CertificateRecord(standard=str(change.amount), level=PROVED, observed=as_of, never_expires=True)
    return replace(record, certificates=replace(section, items=(*section.items, held)))
