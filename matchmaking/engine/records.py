"""From columns back to records of suppliers: explanations and exports rest on what was ranked."""

import math
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from matchmaking.engine.columns import ALWAYS, NEVER, ROLE_NAMES, Columns
from matchmaking.engine.listing import FIGURES, Listing, listed
from matchmaking.engine.lists import Ints, Ragged, Texts
from matchmaking.engine.model import (
    CapabilityRecord,
    CertificateRecord,
    CertificateSection,
    Fact,
    SiteRecord,
    SupplierRecord,
    TrackRecord,
)


def records_of(
    columns: Columns, suppliers: Ints | None = None, *, rows: Sequence[Sequence[int]] | None = None
) -> list[SupplierRecord]:
    """The records of some suppliers, given by their indexes, in that order; of all where there is None.

    `rows` are those of each that are wanted, in the order of ids; where it is not given, all.

    They are those from which the columns were built, but that a value of None or an empty list is no fact, codes are
    not repeated, the sides of an envelope go from the longest to the shortest, and capabilities are in order of id.
    """
    return list(_Reader(listed(columns, suppliers, rows=rows)).records())


class _Reader:
    """Reads a listing from its beginning to its end."""

    def __init__(self, listing: Listing) -> None:
        self.columns = {name: _plain(values) for name, values in listing.values.items()}
        self.columns["envelope_mm.value"] = list(map(tuple, self.columns["envelope_mm.value"]))
        self.figures_of_rows = [
            (name, self.columns[f"{name}.value"], self.columns[f"{name}.grade"])
            for name in FIGURES
            if name != "monthly_capacity"
        ]
        self.counts = {of: counts.tolist() for of, counts in listing.counts.items()}
        self.codes = {name: codes.names for name, codes in listing.codes.items()}
        self.grades = listing.grades
        self.told_grades: dict[int, tuple[int, date]] = {}

    def records(self) -> Iterator[SupplierRecord]:
        sites, rows, items = iter(self.sites()), iter(range(sum(self.counts["row"]))), iter(self.certificates())
        for number, supplier in enumerate(self.columns["supplier_ids"]):
            own_sites = tuple(islice(sites, self.counts["site"][number]))
            yield SupplierRecord(
                id=supplier,
                sites=own_sites,
                certificates=self.section(number, tuple(islice(items, self.counts["certificate"][number]))),
                languages=self.listed("spoken", "spoken_grade", "languages", number),
                export_share_pct=self.figure("export_share_pct", number),
                track_record=self.track_record(number),
                capabilities=tuple(self.capability(row, own_sites) for row in islice(rows, self.counts["row"][number])),
            )

    def sites(self) -> Iterator[SiteRecord]:
        names = ("site_ids", "site_lat", "site_lon", "site_province")
        for identity, lat, lon, province in zip(*(self.columns[name] for name in names), strict=True):
            yield SiteRecord(id=identity, lat=_known(lat), lon=_known(lon), province=self.code("provinces", province))

    def certificates(self) -> Iterator[CertificateRecord]:
        names = ("standard", "level", "observed", "starts_on", "expires_on")
        columns = (self.columns[f"certificates.{name}"] for name in names)
        for standard, level, observed, starts_on, expires_on in zip(*columns, strict=True):
            yield CertificateRecord(
                standard=self.code("standards", standard),
                level=level,
                observed=date.fromordinal(observed),
                valid_from=_day(starts_on),
                expires_on=None if expires_on == ALWAYS else _day(expires_on),
                never_expires=expires_on == ALWAYS,
            )

    def section(self, number: int, items: tuple[CertificateRecord, ...]) -> CertificateSection | None:
        level = self.columns["certificates.section_level"][number]
        if level < 0:
            return None
        observed = date.fromordinal(self.columns["certificates.section_observed"][number])
        return CertificateSection(level=level, observed=observed, items=items)

    def track_record(self, number: int) -> TrackRecord | None:
        deliveries, good = (_known(self.columns[name][number]) for name in ("deliveries", "good_deliveries"))
        return None if deliveries is None and good is None else TrackRecord(deliveries=deliveries, good=good)

    def capability(self, row: int, sites: Sequence[SiteRecord]) -> CapabilityRecord:
        level, observed = self.grade(self.columns["row_process_grade"][row])
        figures = {
            name: Fact(values[row], *self.grade(grades[row]), None) if grades[row] else None
            for name, values, grades in self.figures_of_rows
        }
        unit = self.code("units", self.columns["row_unit"][row])
        return CapabilityRecord(
            id=self.columns["capability_ids"][row],
            site=sites[self.columns["row_site"][row]].id,
            process=self.codes["processes"][self.columns["row_process_code"][row]],
            role=ROLE_NAMES[self.columns["row_role"][row]],
            level=level,
            observed=observed,
            materials=self.listed("row_materials", "row_materials_grade", "materials", row),
            monthly_capacity=self.figure("monthly_capacity", row, unit),
            **figures,
        )

    def figure(self, name: str, number: int, unit: str | None = None) -> Fact[Any] | None:
        return self.fact(self.columns[f"{name}.value"][number], self.columns[f"{name}.grade"][number], unit)

    def listed(self, name: str, grade: str, codes: str, number: int) -> Fact[tuple[str, ...]] | None:
        entries = tuple([self.codes[codes][code] for code in self.columns[name][number]])
        return self.fact(entries, self.columns[grade][number])

    def fact(self, value: Any, grade: int, unit: str | None = None) -> Fact[Any] | None:
        return Fact(value, *self.grade(grade), unit) if grade else None

    def grade(self, grade: int) -> tuple[int, date]:
        """Level and day."""
        told = self.told_grades.get(grade)
        if told is None:
            told = int(self.grades.level[grade]), date.fromordinal(int(self.grades.observed[grade]))
            self.told_grades[grade] = told
        return told

    def code(self, codes: str, number: int) -> str | None:
        return None if number < 0 else self.codes[codes][number]


def _plain(values: Any) -> list[Any]:
    if isinstance(values, Texts):
        return list(values)
    return values.tolists() if isinstance(values, Ragged) else values.tolist()


def _known(figure: float) -> float | None:
    return None if math.isnan(figure) else figure


def _day(ordinal: int) -> date | None:
    return None if ordinal == NEVER else date.fromordinal(ordinal)
