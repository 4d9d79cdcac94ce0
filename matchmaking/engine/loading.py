"""From records of suppliers to columns."""

import math
from collections.abc import Container, Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from matchmaking.engine.columns import (
    ALWAYS,
    NEVER,
    CertificateColumns,
    Codes,
    Columns,
    FigureColumn,
    Floats,
    Grades,
    Ints,
    Ragged,
    direction,
    ends,
)
from matchmaking.engine.errors import FactsError
from matchmaking.engine.model import ROLES, CertificateRecord, Fact, SupplierRecord, Taxonomy

UNKNOWN = (-1, date.max)


class _Numbers(dict[tuple[int, date], int]):
    """Pairs of level and day, numbered in the order in which they are met."""

    def __missing__(self, pair: tuple[int, date]) -> int:
        self[pair] = len(self)
        return self[pair]


def build_columns(records: Iterable[SupplierRecord], taxonomy: Taxonomy) -> Columns:
    """Load suppliers into columns.

    Raises:
        FactsError: a supplier id occurs twice, or a record names a process or material outside the taxonomy.
    """
    suppliers = sorted(records, key=lambda supplier: supplier.id)
    for earlier, later in pairwise(suppliers):
        if earlier.id == later.id:
            raise FactsError(f"suppliers[{later.id!r}].id", "occurs twice")
    _refuse_unknown("process", (row.process for one in suppliers for row in one.capabilities), taxonomy.processes)
    columns = _Loader(suppliers, taxonomy).columns()
    _refuse_unknown("material", columns.materials.index, taxonomy.materials)
    return columns


def _refuse_unknown(kind: str, used: Iterable[str], known: Container[str]) -> None:
    for code in used:
        if code not in known:
            raise FactsError(f"suppliers, {kind} {code!r}", "is not in the taxonomy")


class _Loader:
    """Loads sorted records; keeps the codes and grades met on the way."""

    def __init__(self, suppliers: Sequence[SupplierRecord], taxonomy: Taxonomy) -> None:
        self.suppliers = suppliers
        self.sites = [site for supplier in suppliers for site in supplier.sites]
        self.processes, self.materials, self.standards = Codes(), Codes(), Codes()
        self.languages, self.provinces, self.units = Codes(), Codes(), Codes()
        self.grades = _Numbers({UNKNOWN: 0})
        of_suppliers = [sorted(supplier.capabilities, key=lambda row: row.id) for supplier in suppliers]
        in_order = [(owner, row) for owner, rows in enumerate(of_suppliers) for row in rows]
        used = {row.process for _, row in in_order}
        for code in taxonomy.process_tree.downwards():
            if code in used:
                self.processes.intern(code)
        numbers = np.array([self.processes.number(row.process) for _, row in in_order], dtype=np.int32)
        self.row_rank = np.argsort(numbers, kind="stable")
        self.process_codes = numbers[self.row_rank]
        self.rows = [in_order[rank][1] for rank in self.row_rank.tolist()]
        self.row_supplier = np.array([in_order[rank][0] for rank in self.row_rank.tolist()], dtype=np.int32)
        self.rows_of_supplier = Ragged(ends([len(rows) for rows in of_suppliers]), inverse(self.row_rank))

    def columns(self) -> Columns:
        spoken = [_known(supplier.languages) for supplier in self.suppliers]
        declared = [_known(row.materials) for row in self.rows]
        capacity = [_known(row.monthly_capacity) for row in self.rows]
        return Columns(  # the grades last: the columns before them add to them
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
            spoken_grade=self.grade(spoken),
            export_share_pct=self.figures([supplier.export_share_pct for supplier in self.suppliers]),
            deliveries=self.track_records("deliveries"),
            good_deliveries=self.track_records("good"),
            rows_of_supplier=self.rows_of_supplier,
            row_rank=self.row_rank,
            row_supplier=self.row_supplier,
            row_site=self.row_sites(),
            row_process_code=self.process_codes,
            row_process_grade=self.grade(self.rows),
            row_role_share=np.array([ROLES[row.role] for row in self.rows], dtype=np.float64),
            row_unit=np.array(
                [-1 if fact is None else self.units.intern(fact.unit) for fact in capacity], dtype=np.int32
            ),
            row_materials=_interned(declared, self.materials),
            row_materials_grade=self.grade(declared),
            tolerance_mm=self.figures([row.tolerance_mm for row in self.rows]),
            roughness_um=self.figures([row.roughness_um for row in self.rows]),
            envelope_mm=self.sizes([row.envelope_mm for row in self.rows]),
            max_mass_kg=self.figures([row.max_mass_kg for row in self.rows]),
            monthly_capacity=self.figures(capacity),
            utilisation_pct=self.figures([row.utilisation_pct for row in self.rows]),
            lead_time_days=self.figures([row.lead_time_days for row in self.rows]),
            moq=self.figures([row.moq for row in self.rows]),
            process_ends=ends(np.bincount(self.process_codes, minlength=len(self.processes))),
            site_direction=np.array([direction(site.lat, site.lon) for site in self.sites], dtype=np.float64).reshape(
                -1, 3
            ),
            site_province=np.array([self.provinces.intern(site.province) for site in self.sites], dtype=np.int32),
            grades=self.all_grades(),
        )

    def row_sites(self) -> Ints:
        places = [(position, site.id) for position, supplier in enumerate(self.suppliers) for site in supplier.sites]
        index = {place: number for number, place in enumerate(places)}
        owners = zip(self.row_supplier.tolist(), self.rows, strict=True)
        return np.array([index[owner, row.site] for owner, row in owners], dtype=np.int32)

    def certificates(self) -> CertificateColumns:
        sections = [supplier.certificates for supplier in self.suppliers]
        items = [item for section in sections if section is not None for item in section.items]
        counts = [0 if section is None else len(section.items) for section in sections]
        standard = np.array([self.standards.intern(item.standard) for item in items], dtype=np.int32)
        return CertificateColumns(
            of_supplier=Ragged(ends(counts), np.arange(len(items))),
            by_standard=Ragged.inverted(standard, len(self.standards)),
            owner=np.repeat(np.arange(len(counts), dtype=np.int32), counts),
            section_level=np.array([-1 if section is None else section.level for section in sections], dtype=np.int8),
            standard=standard,
            starts_on=np.array([_ordinal(item.valid_from, NEVER) for item in items], dtype=np.int32),
            expires_on=np.array([_last_day(item) for item in items], dtype=np.int32),
            level=np.array([item.level for item in items], dtype=np.int8),
        )

    def track_records(self, name: str) -> Floats:
        records = (supplier.track_record for supplier in self.suppliers)
        counts = (None if record is None else getattr(record, name) for record in records)
        return np.array([math.nan if count is None else count for count in counts], dtype=np.float64)

    def figures(self, facts: Sequence[Fact[float] | None]) -> FigureColumn:
        known = [_known(fact) for fact in facts]
        values = [math.nan if fact is None else fact.value for fact in known]
        return FigureColumn(np.array(values, dtype=np.float64), self.grade(known))

    def sizes(self, facts: Sequence[Fact[tuple[float, float, float]] | None]) -> FigureColumn:
        """Three sides per row, longest first."""
        known = [_known(fact) for fact in facts]
        sides = [sorted(fact.value or (), reverse=True) if fact else (math.nan,) * 3 for fact in known]
        return FigureColumn(np.array(sides, dtype=np.float64).reshape(-1, 3), self.grade(known))

    def grade(self, sources: Sequence[Any]) -> Ints:
        """Of anything with a level and a day, or None."""
        number = self.grades
        return np.array(
            [0 if source is None else number[source.level, source.observed] for source in sources], dtype=np.int32
        )

    def all_grades(self) -> Grades:
        levels, days = zip(*self.grades, strict=True)
        return Grades(np.array(levels, dtype=np.int8), np.array([day.toordinal() for day in days], dtype=np.int32))


def inverse(order: Ints) -> Ints:
    """Where each number stands in an order of 0 to n - 1."""
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place


def _known(fact: Fact[Any] | None) -> Fact[Any] | None:
    """A fact whose value is None or an empty list is unknown."""
    return None if fact is None or fact.value is None or fact.value == () else fact


def _interned(facts: Sequence[Fact[tuple[str, ...]] | None], codes: Codes) -> Ragged:
    lists = (() if fact is None or fact.value is None else dict.fromkeys(fact.value) for fact in facts)
    return Ragged.of([[codes.intern(code) for code in entries] for entries in lists])


def _ordinal(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.toordinal()


def _last_day(certificate: CertificateRecord) -> int:
    return ALWAYS if certificate.never_expires else _ordinal(certificate.expires_on, NEVER)
