"""Records without what the contract does not tell apart: how columns give them back."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from matchmaking.engine.model import CapabilityRecord, Fact, SupplierRecord, TrackRecord

FIGURES = (
    *("tolerance_mm", "roughness_um", "max_mass_kg"),
    *("monthly_capacity", "utilisation_pct", "lead_time_days", "moq"),
)


def known(fact: Fact[Any] | None) -> Fact[Any] | None:
    """A value of None or an empty list is no fact."""
    return None if fact is None or fact.value in (None, ()) else fact


def without_repeats(fact: Fact[tuple[str, ...]] | None) -> Fact[tuple[str, ...]] | None:
    return known(fact) and replace(fact, value=tuple(dict.fromkeys(fact.value)))  # type: ignore[type-var,union-attr,arg-type]


def longest_first(fact: Fact[tuple[float, float, float]] | None) -> Fact[Any] | None:
    return known(fact) and replace(fact, value=tuple(sorted(fact.value, reverse=True)))  # type: ignore[type-var,union-attr,arg-type]


def plain_row(row: CapabilityRecord) -> CapabilityRecord:
    figures: dict[str, Any] = {name: known(getattr(row, name)) for name in FIGURES}
    return replace(row, materials=without_repeats(row.materials), envelope_mm=longest_first(row.envelope_mm), **figures)


def plain(record: SupplierRecord) -> SupplierRecord:
    """The record without what the contract does not tell apart."""
    return replace(
        record,
        languages=without_repeats(record.languages),
        export_share_pct=known(record.export_share_pct),
        track_record=None if record.track_record == TrackRecord(deliveries=None, good=None) else record.track_record,
        capabilities=tuple(plain_row(row) for row in sorted(record.capabilities, key=lambda row: row.id)),
    )


def in_order(records: Iterable[SupplierRecord]) -> list[SupplierRecord]:
    return [plain(record) for record in sorted(records, key=lambda record: record.id)]
