"""The facts of many suppliers as columns: a plain holder of arrays, built once and read by every ranking.

Suppliers stand in the order of their ids, and rows (capabilities) in the order of supplier and id, so that an index
breaks ties as the contract asks. Unknown figures are NaN; unknown levels and codes are -1.
"""

import math
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from matchmaking.engine.errors import FactsError
from matchmaking.engine.model import (
    ROLES,
    CapabilityRecord,
    CertificateRecord,
    Fact,
    SupplierRecord,
    Taxonomy,
)

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.integer[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]

ALWAYS = date.max.toordinal()
NEVER = 0


class Codes:
    """Texts and the numbers that stand for them in columns."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.index)

    def intern(self, code: str | None) -> int:
        return -1 if code is None else self.index.setdefault(code, len(self.index))

    def number(self, code: str | None) -> int:
        """As `intern`, but -2, which no column holds, for a code not met so far."""
        return -1 if code is None else self.index.get(code, -2)

    def find(self, codes: Iterable[str]) -> list[int]:
        """The numbers of those codes that occur in the columns."""
        return [self.index[code] for code in codes if code in self.index]

    def mask(self, codes: Iterable[str]) -> Bools:
        """Shape (codes + 1,): true for the codes given; the last entry, false, answers for -1."""
        mask = np.zeros(len(self) + 1, dtype=np.bool_)
        mask[self.find(codes)] = True
        return mask


@dataclass(frozen=True, slots=True)
class Evidence:
    """Level (-1 where the fact is unknown) and the day observed, as a proleptic ordinal."""

    level: Ints
    observed: Ints

    @classmethod
    def of(cls, sources: Sequence[Any]) -> Self:
        """From anything with a level and a day, or None."""
        levels = [-1 if source is None else source.level for source in sources]
        days = [ALWAYS if source is None else source.observed.toordinal() for source in sources]
        return cls(np.array(levels, dtype=np.int8), np.array(days, dtype=np.int32))


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """One figure per row (or three, for sizes), NaN where unknown, with its evidence."""

    value: Floats
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lists of different lengths: owner i has `entry[offsets[i]:offsets[i + 1]]`."""

    offsets: Ints
    entry: Ints

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Self:
        lengths = np.fromiter((len(entries) for entries in lists), dtype=np.int64, count=len(lists))
        return cls(
            np.concatenate(([0], np.cumsum(lengths))),
            np.fromiter(chain.from_iterable(lists), dtype=np.int32, count=int(lengths.sum())),
        )

    def gather(self, owners: Ints) -> tuple[Ints, Ints]:
        """The entries of some owners: (position within `owners`, entry), both of one length."""
        starts, ends = self.offsets[owners], self.offsets[owners + 1]
        lengths = ends - starts
        shift = starts - (np.cumsum(lengths) - lengths)
        position = np.repeat(np.arange(len(owners)), lengths)
        return position, self.entry[np.arange(len(position)) + shift[position]]


@dataclass(frozen=True, slots=True)
class CertificateColumns:
    """Certificates one by one; `of_supplier` lists each supplier's."""

    of_supplier: Ragged
    section: Evidence
    standard: Ints
    starts_on: Ints
    expires_on: Ints
    level: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """Everything a ranking reads. Per supplier, per row (`row_` and figures), per site (`site_`)."""

    supplier_ids: tuple[str, ...]
    capability_ids: tuple[str, ...]
    processes: Codes
    materials: Codes
    standards: Codes
    languages: Codes
    provinces: Codes
    units: Codes
    # per supplier
    certificates: CertificateColumns
    spoken: Ragged
    spoken_evidence: Evidence
    export_share_pct: FigureColumn
    deliveries: Floats
    good_deliveries: Floats
    # per row
    row_supplier: Ints
    row_site: Ints
    row_process_code: Ints
    row_process: Evidence
    row_role_share: Floats
    row_unit: Ints
    row_materials: Ragged
    row_materials_evidence: Evidence
    tolerance_mm: FigureColumn
    roughness_um: FigureColumn
    envelope_mm: FigureColumn
    max_mass_kg: FigureColumn
    monthly_capacity: FigureColumn
    utilisation_pct: FigureColumn
    lead_time_days: FigureColumn
    moq: FigureColumn
    rows_by_process: Ragged
    # per site
    site_direction: Floats
    site_province: Ints


def direction(lat: float | None, lon: float | None) -> tuple[float, float, float]:
    """The unit vector from the Earth's centre towards a place given in degrees, NaN where it is not given."""
    if lat is None or lon is None:
        return math.nan, math.nan, math.nan
    north, east = math.radians(lat), math.radians(lon)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def build_columns(records: Iterable[SupplierRecord], taxonomy: Taxonomy) -> Columns:
    """Load suppliers into columns.

    Raises:
        FactsError: a supplier id occurs twice, or a record names a process or material outside the taxonomy.
    """
    suppliers = sorted(records, key=lambda supplier: supplier.id)
    for earlier, later in pairwise(suppliers):
        if earlier.id == later.id:
            raise FactsError(f"suppliers[{later.id!r}].id", "occurs twice")
    rows = [sorted(supplier.capabilities, key=lambda row: row.id) for supplier in suppliers]
    columns = _Loader(suppliers, rows).columns()
    _refuse_unknown("process", columns.processes, taxonomy.processes)
    _refuse_unknown("material", columns.materials, taxonomy.materials)
    return columns


def _refuse_unknown(kind: str, used: Codes, known: Container[str]) -> None:
    for code in used.index:
        if code not in known:
            raise FactsError(f"suppliers, {kind} {code!r}", "is not in the taxonomy")


class _Loader:
    """Loads sorted records; keeps the codes met on the way."""

    def __init__(self, suppliers: Sequence[SupplierRecord], rows: Sequence[Sequence[CapabilityRecord]]) -> None:
        self.suppliers = suppliers
        self.rows = list(chain.from_iterable(rows))
        self.row_supplier = np.repeat(np.arange(len(rows), dtype=np.int32), [len(some) for some in rows])
        self.sites = [site for supplier in suppliers for site in supplier.sites]
        self.processes, self.materials, self.standards = Codes(), Codes(), Codes()
        self.languages, self.provinces, self.units = Codes(), Codes(), Codes()
        self.process_codes = np.array([self.processes.intern(row.process) for row in self.rows], dtype=np.int32)

    def columns(self) -> Columns:
        spoken = [_known(supplier.languages) for supplier in self.suppliers]
        declared = [_known(row.materials) for row in self.rows]
        capacity = [_known(row.monthly_capacity) for row in self.rows]
        return Columns(
            supplier_ids=tuple(supplier.id for supplier in self.suppliers),
            capability_ids=tuple(row.id for row in self.rows),
            processes=self.processes,
            materials=self.materials,
            standards=self.standards,
            languages=self.languages,
            provinces=self.provinces,
            units=self.units,
            certificates=self.certificates(),
            spoken=_interned(spoken, self.languages),
            spoken_evidence=Evidence.of(spoken),
            export_share_pct=_figures([supplier.export_share_pct for supplier in self.suppliers]),
            deliveries=self.track_records("deliveries"),
            good_deliveries=self.track_records("good"),
            row_supplier=self.row_supplier,
            row_site=self.row_sites(),
            row_process_code=self.process_codes,
            row_process=Evidence.of(self.rows),
            row_role_share=np.array([ROLES[row.role] for row in self.rows], dtype=np.float64),
            row_unit=np.array(
                [-1 if fact is None else self.units.intern(fact.unit) for fact in capacity], dtype=np.int32
            ),
            row_materials=_interned(declared, self.materials),
            row_materials_evidence=Evidence.of(declared),
            tolerance_mm=_figures([row.tolerance_mm for row in self.rows]),
            roughness_um=_figures([row.roughness_um for row in self.rows]),
            envelope_mm=_sizes([row.envelope_mm for row in self.rows]),
            max_mass_kg=_figures([row.max_mass_kg for row in self.rows]),
            monthly_capacity=_figures(capacity),
            utilisation_pct=_figures([row.utilisation_pct for row in self.rows]),
            lead_time_days=_figures([row.lead_time_days for row in self.rows]),
            moq=_figures([row.moq for row in self.rows]),
            rows_by_process=self.rows_by_process(),
            site_direction=np.array([direction(site.lat, site.lon) for site in self.sites], dtype=np.float64).reshape(
                -1, 3
            ),
            site_province=np.array([self.provinces.intern(site.province) for site in self.sites], dtype=np.int32),
        )

    def rows_by_process(self) -> Ragged:
        """The rows of each process code, rising."""
        counts = np.bincount(self.process_codes, minlength=len(self.processes))
        return Ragged(np.concatenate(([0], np.cumsum(counts))), np.argsort(self.process_codes, kind="stable"))

    def row_sites(self) -> Ints:
        places = [(position, site.id) for position, supplier in enumerate(self.suppliers) for site in supplier.sites]
        index = {place: number for number, place in enumerate(places)}
        owners = zip(self.row_supplier.tolist(), self.rows, strict=True)
        return np.array([index[owner, row.site] for owner, row in owners], dtype=np.int32)

    def certificates(self) -> CertificateColumns:
        sections = [supplier.certificates for supplier in self.suppliers]
        items = [item for section in sections if section is not None for item in section.items]
        counts = [0 if section is None else len(section.items) for section in sections]
        return CertificateColumns(
            of_supplier=Ragged(np.concatenate(([0], np.cumsum(counts, dtype=np.int64))), np.arange(len(items))),
            section=Evidence.of(sections),
            standard=np.array([self.standards.intern(item.standard) for item in items], dtype=np.int32),
            starts_on=np.array([_ordinal(item.valid_from, NEVER) for item in items], dtype=np.int32),
            expires_on=np.array([_last_day(item) for item in items], dtype=np.int32),
            level=np.array([item.level for item in items], dtype=np.int8),
        )

    def track_records(self, name: str) -> Floats:
        records = (supplier.track_record for supplier in self.suppliers)
        counts = (None if record is None else getattr(record, name) for record in records)
        return np.array([math.nan if count is None else count for count in counts], dtype=np.float64)


def _known(fact: Fact[Any] | None) -> Fact[Any] | None:
    """A fact whose value is None or an empty list is unknown."""
    return None if fact is None or fact.value is None or fact.value == () else fact


def _figures(facts: Sequence[Fact[float] | None]) -> FigureColumn:
    known = [_known(fact) for fact in facts]
    values = [math.nan if fact is None else fact.value for fact in known]
    return FigureColumn(np.array(values, dtype=np.float64), Evidence.of(known))


def _sizes(facts: Sequence[Fact[tuple[float, float, float]] | None]) -> FigureColumn:
    """Three sides per row, longest first."""
    known = [_known(fact) for fact in facts]
    sides = [sorted(fact.value or (), reverse=True) if fact else (math.nan,) * 3 for fact in known]
    return FigureColumn(np.array(sides, dtype=np.float64).reshape(-1, 3), Evidence.of(known))


def _interned(facts: Sequence[Fact[tuple[str, ...]] | None], codes: Codes) -> Ragged:
    lists = (() if fact is None or fact.value is None else dict.fromkeys(fact.value) for fact in facts)
    return Ragged.of([[codes.intern(code) for code in entries] for entries in lists])


def _ordinal(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.toordinal()


def _last_day(certificate: CertificateRecord) -> int:
    return ALWAYS if certificate.never_expires else _ordinal(certificate.expires_on, NEVER)
