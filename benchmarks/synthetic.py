"""Made-up catalogues of any size, drawn with a fixed seed: columns for the engine, and the same figures as tables."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matchmaking.engine.columns import ALWAYS, CertificateColumns, Codes, Columns, FigureColumn, Grades, Ragged, ends
from matchmaking.engine.loading import inverse
from matchmaking.engine.model import Taxonomy

TODAY = date(2026, 11, 25)
GROUPS, LEAVES = 12, 96
MATERIALS, STANDARDS, LANGUAGES, PROVINCES = 40, 12, 5, 34
OBSERVED_WITHIN_DAYS = 1000
Array = npt.NDArray[Any]


def taxonomy() -> Taxonomy:
    """Groups `g0`… with leaves `p0`… dealt out to them; materials without families."""
    groups: dict[str, str | None] = {f"g{number}": None for number in range(GROUPS)}
    return Taxonomy(
        processes=groups | {f"p{number}": f"g{number % GROUPS}" for number in range(LEAVES)},
        materials={f"m{number}": None for number in range(MATERIALS)},
        implies={"s1": ["s0"]},
    )


@dataclass(frozen=True)
class Drawn:
    """Random figures, with the grades that all columns share."""

    random: np.random.Generator
    grades: Grades

    @classmethod
    def start(cls, seed: int) -> "Drawn":
        levels = np.tile(np.arange(5, dtype=np.int8), OBSERVED_WITHIN_DAYS)
        days = np.repeat(TODAY.toordinal() - np.arange(OBSERVED_WITHIN_DAYS, dtype=np.int32), 5)
        return cls(
            np.random.default_rng(seed),
            Grades(np.concatenate(([np.int8(-1)], levels)), np.concatenate(([np.int32(ALWAYS)], days))),
        )

    def grade(self, size: int) -> Array:
        level = self.random.choice(5, size, p=[0.5, 0.2, 0.2, 0.07, 0.03])
        return (1 + level + 5 * self.random.integers(0, OBSERVED_WITHIN_DAYS, size)).astype(np.uint16)

    def figure(self, values: Array, unknown: float) -> FigureColumn:
        """The values with grades, a share of them unknown."""
        gap = self.random.random(len(values)) < unknown
        values = np.where(gap if values.ndim == 1 else gap[:, np.newaxis], np.nan, values)
        return FigureColumn(values, np.where(gap, np.uint16(0), self.grade(len(values))))

    def lists(self, size: int, most: int, codes: int) -> Ragged:
        """Up to `most` different codes for each owner."""
        lengths = self.random.integers(0, most + 1, size)
        first = np.repeat(self.random.integers(0, codes, size), lengths)
        offsets = ends(lengths)
        nth = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
        return Ragged(offsets, ((first + nth * 7) % codes).astype(np.int16))


def codes(prefix: str, count: int) -> Codes:
    made = Codes()
    for number in range(count):
        made.intern(f"{prefix}{number}")
    return made


def synthetic_columns(suppliers: int, *, seed: int = 20261125) -> Columns:
    """So many suppliers with four rows each on average; the commonest process has about an eighth of all rows, the
    rarest one in 4,000."""
    draw = Drawn.start(seed)
    random = draw.random
    processes = Codes()
    for code in taxonomy().process_tree.downwards():
        processes.intern(code)
    per_supplier = random.integers(1, 8, suppliers)
    count = int(per_supplier.sum())
    owner = np.repeat(np.arange(suppliers, dtype=np.int32), per_supplier)
    chance = 1.0 / np.arange(1, LEAVES + 1)
    chance[0] = 0.125 * chance[1:].sum() / 0.875
    chance[-1] = 0.00025 * chance[:-1].sum()
    leaf = random.choice(LEAVES, count, p=chance / chance.sum())
    numbers = np.array([processes.number(f"p{number}") for number in range(LEAVES)])
    number = numbers[leaf]
    broad = random.random(count) < 0.02
    number[broad] = np.array([processes.number(f"g{each}") for each in range(GROUPS)])[leaf[broad] % GROUPS]
    rank = np.argsort(number, kind="stable").astype(np.int32)
    materials = draw.lists(count, 3, MATERIALS)
    capacity = draw.figure(random.lognormal(9, 1.2, count), 0.2)
    used = draw.figure(random.uniform(20, 100, count), 0.3)
    return Columns(
        supplier_ids=tuple(f"s{number:08}" for number in range(suppliers)),
        capability_ids=tuple(f"c{number:08}" for number in range(count)),
        processes=processes,
        materials=codes("m", MATERIALS),
        standards=codes("s", STANDARDS),
        languages=codes("l", LANGUAGES),
        provinces=codes("v", PROVINCES),
        units=codes("u", 1),
        certificates=_certificates(draw, suppliers),
        spoken=draw.lists(suppliers, 2, LANGUAGES),
        spoken_grade=draw.grade(suppliers),
        export_share_pct=draw.figure(random.uniform(0, 100, suppliers), 0.4),
        deliveries=np.full(suppliers, np.nan),
        good_deliveries=np.full(suppliers, np.nan),
        rows_of_supplier=Ragged(ends(per_supplier), inverse(rank)),
        row_rank=rank,
        row_supplier=owner[rank],
        row_site=owner[rank],
        row_process_code=number[rank].astype(np.int16),
        row_process_grade=draw.grade(count),
        row_role_share=random.choice([1.0, 0.8, 0.5], count, p=[0.7, 0.2, 0.1]),
        row_unit=np.where(capacity.grade > 0, 0, -1).astype(np.int16),
        row_materials=materials,
        row_materials_grade=np.where(np.diff(materials.offsets) > 0, draw.grade(count), np.uint16(0)),
        tolerance_mm=draw.figure(random.lognormal(-3, 0.8, count), 0.15),
        roughness_um=draw.figure(random.lognormal(0.3, 0.6, count), 0.3),
        envelope_mm=draw.figure(-np.sort(-random.lognormal(6, 0.7, (count, 3)), axis=1), 0.3),
        max_mass_kg=draw.figure(random.lognormal(4, 1, count), 0.3),
        monthly_capacity=capacity,
        utilisation_pct=used,
        lead_time_days=draw.figure(random.lognormal(3.4, 0.5, count), 0.15),
        moq=draw.figure(random.lognormal(5, 1, count), 0.3),
        process_ends=ends(np.bincount(number, minlength=len(processes))),
        grades=draw.grades,
        site_direction=_directions(random.uniform(8.5, 23.0, suppliers), random.uniform(102.5, 109.3, suppliers)),
        site_province=random.integers(0, PROVINCES, suppliers).astype(np.int16),
    )


def _certificates(draw: Drawn, suppliers: int) -> CertificateColumns:
    held = draw.lists(suppliers, 3, STANDARDS)
    size = len(held.entry)
    starts = TODAY.toordinal() - draw.random.integers(0, 1500, size)
    return CertificateColumns(
        of_supplier=Ragged(held.offsets, np.arange(size, dtype=np.int32)),
        by_standard=Ragged.inverted(held.entry, STANDARDS),
        owner=np.repeat(np.arange(suppliers, dtype=np.int32), np.diff(held.offsets)),
        section_level=draw.random.choice(np.array([-1, 0, 1, 2], np.int8), suppliers, p=[0.2, 0.4, 0.2, 0.2]),
        standard=held.entry,
        starts_on=starts.astype(np.int32),
        expires_on=(starts + 1095).astype(np.int32),
        level=draw.random.choice(np.array([0, 1, 2, 3], np.int8), size),
    )


def _directions(latitude: Array, longitude: Array) -> Array:
    north, east = np.radians(latitude), np.radians(longitude)
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)
