"""From records of suppliers to columns."""

import math
from collections.abc import Container, Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from matchmaking.engine.columns import ALWAYS, NEVER, ROLE_NAMES, Codes, Columns, Floats, Grades
from matchmaking.engine.errors import FactsError
from matchmaking.engine.listing import CODES, FIGURES, Listing, Values, arranged, located
from matchmaking.engine.lists import Ints, Ragged, Texts
from matchmaking.engine.model import CertificateRecord, Fact, SupplierRecord, Taxonomy

UNKNOWN = (-1, date.max)
SIDES_UNKNOWN = (math.nan,) * 3


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
    rows = [row for supplier in suppliers for row in supplier.capabilities]
    _refuse_unknown("process", (row.process for row in rows), taxonomy.processes)
    declared = (row.materials.value or () for row in rows if row.materials)
    _refuse_unknown("material", (code for codes in declared for code in codes), taxonomy.materials)
    return arranged(_Loader(suppliers, taxonomy).listing())


def _refuse_unknown(kind: str, used: Iterable[str], known: Container[str]) -> None:
    for code in used:
        if code not in known:
            raise FactsError(f"suppliers, {kind} {code!r}", "is not in the taxonomy")


class _Loader:
    """Loads sorted records; keeps the codes and grades met on the way."""

    def __init__(self, suppliers: Sequence[SupplierRecord], taxonomy: Taxonomy) -> None:
        self.suppliers = suppliers
        self.sites = [site for supplier in suppliers for site in supplier.sites]
        self.sections = [supplier.certificates for supplier in suppliers]
        self.items = [item for section in self.sections if section is not None for item in section.items]
        self.rows = [row for supplier in suppliers for row in sorted(supplier.capabilities, key=lambda row: row.id)]
        self.codes = {name: Codes() for name in CODES}
        used = {row.process for row in self.rows}
        self.codes["processes"] = Codes(code for code in taxonomy.process_tree.downwards() if code in used)
        self.grades = _Numbers({UNKNOWN: 0})

    def listing(self) -> Listing:
        values = self.of_suppliers() | self.of_sites() | self.of_certificates() | self.of_rows()
        counts = {
            "site": [len(supplier.sites) for supplier in self.suppliers],
            "row": [len(supplier.capabilities) for supplier in self.suppliers],
            "certificate": [0 if section is None else len(section.items) for section in self.sections],
        }
        return Listing(  # the grades last: the values before them add to them
            values=values,
            codes=self.codes,
            counts={of: np.array(each, dtype=np.int64) for of, each in counts.items()},  # type: ignore[misc]
            grades=self.all_grades(),
        )

    def of_suppliers(self) -> dict[str, Values]:
        sections = self.sections
        return {
            "supplier_ids": Texts.of_texts(supplier.id for supplier in self.suppliers),
            "certificates.section_level": _levels([-1 if section is None else section.level for section in sections]),
            "certificates.section_observed": _days(
                [None if section is None else section.observed for section in sections]
            ),
            **self.lists("spoken", [supplier.languages for supplier in self.suppliers], self.codes["languages"]),
            **self.figures("export_share_pct", [supplier.export_share_pct for supplier in self.suppliers]),
            "deliveries": self.track_records("deliveries"),
            "good_deliveries": self.track_records("good"),
        }

    def of_sites(self) -> dict[str, Values]:
        return {
            "site_ids": Texts.of_texts(site.id for site in self.sites),
            **located(_figures([site.lat for site in self.sites]), _figures([site.lon for site in self.sites])),
            "site_province": self.numbers("provinces", [site.province for site in self.sites]),
        }

    def of_certificates(self) -> dict[str, Values]:
        return {
            "certificates.standard": self.numbers("standards", [item.standard for item in self.items]),
            "certificates.starts_on": _days([item.valid_from for item in self.items]),
            "certificates.expires_on": np.array([_last_day(item) for item in self.items], dtype=np.int32),
            "certificates.level": _levels([item.level for item in self.items]),
            "certificates.observed": _days([item.observed for item in self.items]),
        }

    def of_rows(self) -> dict[str, Values]:
        capacity = [_known(row.monthly_capacity) for row in self.rows]
        values: dict[str, Values] = {
            "capability_ids": Texts.of_texts(row.id for row in self.rows),
            "row_site": self.row_places(),
            "row_process_code": self.numbers("processes", [row.process for row in self.rows]),
            "row_process_grade": self.grade(self.rows),
            "row_role": np.array([ROLE_NAMES.index(row.role) for row in self.rows], dtype=np.int8),
            "row_unit": self.numbers("units", [None if fact is None else fact.unit for fact in capacity]),
            **self.lists("row_materials", [row.materials for row in self.rows], self.codes["materials"]),
        }
        for name in FIGURES:
            of_rows = [getattr(row, name) for row in self.rows]
            values |= self.sizes(name, of_rows) if name == "envelope_mm" else self.figures(name, of_rows)
        return values

    def row_places(self) -> Ints:
        """Of each row's site among those of its supplier."""
        places = [
            {site.id: place for place, site in enumerate(supplier.sites)}[row.site]
            for supplier in self.suppliers
            for row in sorted(supplier.capabilities, key=lambda row: row.id)
        ]
        return np.array(places, dtype=np.int32)

    def track_records(self, name: str) -> Floats:
        records = (supplier.track_record for supplier in self.suppliers)
        return _figures([None if record is None else getattr(record, name) for record in records])

    def figures(self, name: str, facts: Sequence[Fact[float] | None]) -> dict[str, Values]:
        known = [_known(fact) for fact in facts]
        value = _figures([None if fact is None else fact.value for fact in known])
        return {f"{name}.value": value, f"{name}.grade": self.grade(known)}

    def sizes(self, name: str, facts: Sequence[Fact[tuple[float, float, float]] | None]) -> dict[str, Values]:
        """Three sides per row, longest first."""
        known = [_known(fact) for fact in facts]
        sides = [sorted(fact.value or (), reverse=True) if fact else SIDES_UNKNOWN for fact in known]
        value = np.array(sides, dtype=np.float64).reshape(-1, 3)
        return {f"{name}.value": value, f"{name}.grade": self.grade(known)}

    def lists(self, name: str, facts: Sequence[Fact[tuple[str, ...]] | None], codes: Codes) -> dict[str, Values]:
        known = [_known(fact) for fact in facts]
        lists = [dict.fromkeys(fact.value or ()) if fact else () for fact in known]
        numbers = Ragged.of([[codes.intern(code) for code in entries] for entries in lists])
        return {name: numbers, f"{name}_grade": self.grade(known)}

    def numbers(self, name: str, codes: Sequence[str | None]) -> Ints:
        return np.array([self.codes[name].intern(code) for code in codes], dtype=np.int32)

    def grade(self, sources: Sequence[Any]) -> Ints:
        """Of anything with a level and a day, or None."""
        number = self.grades
        return np.array(
            [0 if source is None else number[source.level, source.observed] for source in sources], dtype=np.int32
        )

    def all_grades(self) -> Grades:
        levels, days = zip(*self.grades, strict=True)
        return Grades(np.array(levels, dtype=np.int8), np.array([day.toordinal() for day in days], dtype=np.int32))


def _known(fact: Fact[Any] | None) -> Fact[Any] | None:
    """A fact whose value is None or an empty list is unknown."""
    return None if fact is None or fact.value is None or fact.value == () else fact


def _figures(values: Sequence[float | None]) -> Floats:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _levels(levels: Sequence[int]) -> Ints:
    return np.array(levels, dtype=np.int8)


def _days(days: Sequence[date | None]) -> Ints:
    return np.array([NEVER if day is None else day.toordinal() for day in days], dtype=np.int32)


def _last_day(certificate: CertificateRecord) -> int:
    if certificate.never_expires:
        return ALWAYS
    return NEVER if certificate.expires_on is None else certificate.expires_on.toordinal()
