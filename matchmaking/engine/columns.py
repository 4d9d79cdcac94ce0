"""The facts of many suppliers as columns: a plain holder of arrays, built once and read by every ranking.

Suppliers stand in the order of their ids, so that an index breaks ties as the contract asks. Rows (capabilities) stand
together by process, a process before those below it, so that the candidates of an operation are a few slices; within a
process they follow the order of supplier and id. Unknown figures are NaN; unknown levels and codes are -1.

Nothing that a record says is lost: `engine.records` reads it back. Codes and grades have the narrowest type that holds
them.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from matchmaking.engine.kept import Kept
from matchmaking.engine.lists import Ints as Ints
from matchmaking.engine.lists import Ragged, Runs, Texts
from matchmaking.engine.model import ROLES

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Evidence: TypeAlias = tuple[int, date]
"""Level and day observed."""
Rows: TypeAlias = Ints | slice
"""Which rows of columns are meant. A slice costs no copy."""

ALWAYS: Final = date.max.toordinal() + 1
"""The last day of what never expires: after every day that can be given."""
NEVER: Final = 0
"""In place of a day that is not given."""
ROLE_NAMES: Final = tuple(ROLES)
ROLE_SHARES: Final[Floats] = np.array(list(ROLES.values()))
"""What a role counts, by its place among `ROLE_NAMES`."""


class Codes:
    """Texts and the numbers that stand for them in columns."""

    def __init__(self, codes: Iterable[str] = ()) -> None:
        self.index: dict[str, int] = {code: number for number, code in enumerate(dict.fromkeys(codes))}

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

    @property
    def names(self) -> list[str]:
        """By number."""
        return list(self.index)


@dataclass(frozen=True, slots=True)
class Grades:
    """How well facts are proved: every pair of level and day observed that occurs, once.

    A fact's grade is an index into these. Grade 0 stands for an unknown fact, with level -1.
    """

    level: Ints
    observed: Ints


class EvidenceByGrade(dict[int, Evidence | None]):
    """Level and day of each grade that was asked for; None of the unknown one."""

    def __init__(self, grades: Grades) -> None:
        super().__init__({0: None})
        self._grades = grades

    def __missing__(self, grade: int) -> Evidence | None:
        level, observed = int(self._grades.level[grade]), int(self._grades.observed[grade])
        return self.setdefault(grade, (level, date.fromordinal(observed)))


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """One figure per row (or three, for sizes), NaN where unknown, with its grade."""

    value: Floats
    grade: Ints


WIDENED: Final = 16_384
"""Numpy widens the numbers of rows before it looks anything up: so many at a time stay in the processor's cache."""


def taken(values: npt.NDArray[Any], rows: Rows) -> npt.NDArray[Any]:
    """Entries of some rows; of a row -1 any. Clipping spares numpy the check of every index."""
    if isinstance(rows, slice):
        return values[rows]
    if len(rows) <= WIDENED or rows.dtype == np.intp:
        return values.take(rows, axis=0, mode="clip")
    found = np.empty((len(rows), *values.shape[1:]), dtype=values.dtype)
    for start in range(0, len(rows), WIDENED):
        part = slice(start, start + WIDENED)
        values.take(rows[part], axis=0, mode="clip", out=found[part])
    return found


@dataclass(frozen=True, slots=True)
class ProofColumns:
    """What a ranking looks at in certificates, those of a standard together: so that they are read in one go."""

    of_standard: Runs
    owner: Ints
    starts_on: Ints
    expires_on: Ints
    level: Ints


@dataclass(frozen=True, slots=True)
class CertificateColumns:
    """Certificates one by one, those of a supplier together; `proofs` has them by standard.

    Days are ordinals; `section_observed` is NEVER where no section was filled in.
    """

    of_supplier: Runs
    proofs: ProofColumns
    owner: Ints
    section_level: Ints
    section_observed: Ints
    standard: Ints
    starts_on: Ints
    expires_on: Ints
    level: Ints
    observed: Ints


@dataclass(frozen=True)
class Columns:
    """Everything a ranking reads. Per supplier, per row (`row_` and figures), per site (`site_`).

    `row_rank` is a row's place in the order of supplier and id, in which `rows_of_supplier` lists them. `process_ends`
    holds, by number of the process, where its rows begin, and last where all end. `row_role` counts `ROLE_NAMES`,
    `row_material_list` the lists of materials that occur, each once.
    """

    supplier_ids: Texts
    capability_ids: Texts
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
    row_role: Ints
    row_unit: Ints
    row_material_list: Ints
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
    material_lists: Ragged
    grades: Grades
    # per site, those of a supplier together
    sites_of_supplier: Runs
    site_ids: Texts
    site_lat: Floats
    site_lon: Floats
    site_direction: Floats
    site_province: Ints

    @cached_property
    def kept(self) -> Kept:
        """What rankings have found of these columns that depends on no requirement."""
        return Kept()

    @cached_property
    def evidence(self) -> EvidenceByGrade:
        """What grades say, in Python's own values."""
        return EvidenceByGrade(self.grades)

    @property
    def row_materials(self) -> Ragged:
        """What each row is declared to work."""
        return self.material_lists.take(self.row_material_list)

    def suppliers_with(self, ids: Iterable[str]) -> Ints:
        """Indexes, rising, of those suppliers that are here."""
        places = ((bisect_left(self.supplier_ids, wanted), wanted) for wanted in sorted(set(ids)))
        found = [
            place for place, wanted in places if place < len(self.supplier_ids) and self.supplier_ids[place] == wanted
        ]
        return np.array(found, dtype=np.int64)


def direction(lat: float | None, lon: float | None) -> tuple[float, float, float]:
    """The unit vector from the Earth's centre towards a place given in degrees, NaN where it is not given."""
    if lat is None or lon is None:
        return math.nan, math.nan, math.nan
    north, east = math.radians(lat), math.radians(lon)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def directions(lat: Floats, lon: Floats) -> Floats:
    """The same for many places, shape (n, 3), with Python's own functions: the same bits at every length."""
    norths, north = np.unique(lat, return_inverse=True)
    easts, east = np.unique(lon, return_inverse=True)
    cos_north, sin_north = _cos_and_sin(norths)
    cos_east, sin_east = _cos_and_sin(easts)
    flat = cos_north[north]
    return np.stack([flat * cos_east[east], flat * sin_east[east], sin_north[north]], axis=1)


def _cos_and_sin(degrees: Floats) -> Floats:
    angles = [math.radians(each) for each in degrees.tolist()]
    return np.array([[math.cos(angle) for angle in angles], [math.sin(angle) for angle in angles]])
