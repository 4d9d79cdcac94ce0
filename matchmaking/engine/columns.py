"""The facts of many suppliers as columns: a plain holder of arrays, built once and read by every ranking.

Suppliers stand in the order of their ids, so that an index breaks ties as the contract asks. Rows (capabilities) stand
together by process, a process before those below it, so that the candidates of an operation are a few slices; within a
process they follow the order of supplier and id. Unknown figures are NaN; unknown levels and codes are -1.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.integer[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]
Rows: TypeAlias = Ints | slice
"""Which rows of columns are meant. A slice costs no copy."""

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
class Grades:
    """How well facts are proved: every pair of level and day observed that occurs, once.

    A fact's grade is an index into these. Grade 0 stands for an unknown fact, with level -1.
    """

    level: Ints
    observed: Ints


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """One figure per row (or three, for sizes), NaN where unknown, with its grade."""

    value: Floats
    grade: Ints


def taken(values: npt.NDArray[Any], rows: Rows) -> npt.NDArray[Any]:
    """Entries of some rows; of a row -1 any. Clipping spares numpy the check of every index."""
    return values[rows] if isinstance(rows, slice) else values.take(rows, axis=0, mode="clip")


def ends(counts: Sequence[int] | Ints) -> Ints:
    """Where each of some runs begins, and last where all end."""
    return np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lists of different lengths: owner i has `entry[offsets[i]:offsets[i + 1]]`."""

    offsets: Ints
    entry: Ints

    @classmethod
    def inverted(cls, owners: Ints, count: int) -> Self:
        """For each of so many owners the places, rising, where it stands in a list; -1 there is nobody's."""
        lengths = np.bincount(owners[owners >= 0], minlength=count)
        return cls(ends(lengths), np.argsort(owners, kind="stable")[len(owners) - lengths.sum() :].astype(np.int32))

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Self:
        lengths = np.fromiter((len(entries) for entries in lists), dtype=np.int64, count=len(lists))
        return cls(
            ends(lengths),
            np.fromiter(chain.from_iterable(lists), dtype=np.int32, count=int(lengths.sum())),
        )

    def length(self, owner: int) -> int:
        return int(self.offsets[owner + 1] - self.offsets[owner])

    def gather(self, owners: Ints) -> tuple[Ints, Ints]:
        """The entries of some owners: (position within `owners`, entry), both of one length."""
        starts, ends = self.offsets[owners], self.offsets[owners + 1]
        lengths = ends - starts
        shift = starts - (np.cumsum(lengths) - lengths)
        position = np.repeat(np.arange(len(owners)), lengths)
        return position, self.entry.take(np.arange(len(position)) + shift.take(position, mode="clip"), mode="clip")


@dataclass(frozen=True, slots=True)
class CertificateColumns:
    """Certificates one by one; `of_supplier` lists each supplier's, `by_standard` those of each standard."""

    of_supplier: Ragged
    by_standard: Ragged
    owner: Ints
    section_level: Ints
    standard: Ints
    starts_on: Ints
    expires_on: Ints
    level: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """Everything a ranking reads. Per supplier, per row (`row_` and figures), per site (`site_`).

    `row_rank` is a row's place in the order of supplier and id, in which `rows_of_supplier` lists them. `process_ends`
    holds, by number of the process, where its rows begin, and last where all end.
    """

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
    spoken_grade: Ints
    export_share_pct: FigureColumn
    deliveries: Floats
    good_deliveries: Floats
    # per row
    rows_of_supplier: Ragged
    row_rank: Ints
    row_supplier: Ints
    row_site: Ints
    row_process_code: Ints
    row_process_grade: Ints
    row_role_share: Floats
    row_unit: Ints
    row_materials: Ragged
    row_materials_grade: Ints
    tolerance_mm: FigureColumn
    roughness_um: FigureColumn
    envelope_mm: FigureColumn
    max_mass_kg: FigureColumn
    monthly_capacity: FigureColumn
    utilisation_pct: FigureColumn
    lead_time_days: FigureColumn
    moq: FigureColumn
    process_ends: Ints
    grades: Grades
    # per site
    site_direction: Floats
    site_province: Ints

    def suppliers_with(self, ids: Iterable[str]) -> Ints:
        """Indexes, rising, of those suppliers that are here."""
        places = ((bisect_left(self.supplier_ids, wanted), wanted) for wanted in sorted(set(ids)))
        found = [place for place, wanted in places if self.supplier_ids[place : place + 1] == (wanted,)]
        return np.array(found, dtype=np.int64)


def direction(lat: float | None, lon: float | None) -> tuple[float, float, float]:
    """The unit vector from the Earth's centre towards a place given in degrees, NaN where it is not given."""
    if lat is None or lon is None:
        return math.nan, math.nan, math.nan
    north, east = math.radians(lat), math.radians(lon)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)
