"""Made-up catalogues of any size, drawn with a fixed seed, as columns for the engine."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matchmaking.engine.columns import ALWAYS, Codes, Columns, Grades
from matchmaking.engine.listing import Listing, Values, arranged, located
from matchmaking.engine.lists import Ints, Ragged, Texts, ends
from matchmaking.engine.model import Taxonomy

TODAY = date(2026, 11, 25)
GROUPS, LEAVES = 13, 96
MATERIALS, STANDARDS, LANGUAGES, PROVINCES = 40, 12, 5, 34
COMMONEST, RAREST = 0.125, 0.00025
"""The shares that two processes have of all rows."""
LEVEL_SHARES = (0.5, 0.2, 0.2, 0.07, 0.03)
OBSERVED_WITHIN_DAYS = 1000
DIGITS = 8
Array = npt.NDArray[Any]


def taxonomy() -> Taxonomy:
    """Groups `g0`… with leaves `p0`… dealt out to them, the last one to the last group; materials without families."""
    groups: dict[str, str | None] = dict.fromkeys(_names("g", GROUPS))
    return Taxonomy(
        processes=groups
        | {leaf: f"g{group}" for leaf, group in zip(_names("p", LEAVES), _group_of_leaf(), strict=True)},
        materials=dict.fromkeys(_names("m", MATERIALS)),
        implies={"s1": ["s0"]},
    )


def _group_of_leaf() -> Ints:
    leaf = np.arange(LEAVES)
    return np.where(leaf < LEAVES - 1, leaf % (GROUPS - 1), GROUPS - 1)


def synthetic_columns(suppliers: int, *, seed: int = 20261125) -> Columns:
    """So many suppliers with four rows each on average; the commonest process is `p0`, the rarest the last leaf."""
    draw = _Draw(np.random.default_rng(seed))
    rows = draw.random.integers(1, 8, suppliers)
    held = draw.random.integers(0, 4, suppliers)
    sites = np.ones(suppliers, dtype=np.int64)
    return arranged(
        Listing(
            codes={
                "processes": Codes(taxonomy().process_tree.downwards()),
                "materials": Codes(_names("m", MATERIALS)),
                "standards": Codes(_names("s", STANDARDS)),
                "languages": Codes(_names("l", LANGUAGES)),
                "provinces": Codes(_names("v", PROVINCES)),
                "units": Codes(["u0"]),
            },
            grades=_grades(),
            counts={"site": sites, "row": rows, "certificate": held},
            values=draw.of_suppliers(suppliers)
            | draw.of_sites(suppliers)
            | draw.of_certificates(held)
            | draw.of_rows(int(rows.sum())),
        )
    )


def _grades() -> Grades:
    """Unknown first, then every level on every day."""
    levels = np.tile(np.arange(5, dtype=np.int8), OBSERVED_WITHIN_DAYS)
    days = np.repeat(TODAY.toordinal() - np.arange(OBSERVED_WITHIN_DAYS, dtype=np.int32), 5)
    return Grades(np.concatenate(([np.int8(-1)], levels)), np.concatenate(([np.int32(ALWAYS)], days)))


@dataclass(frozen=True)
class _Draw:
    """Random facts."""

    random: np.random.Generator

    def of_suppliers(self, size: int) -> dict[str, Values]:
        spoken = self.lists(self.random.integers(0, 3, size), LANGUAGES)
        return {
            "supplier_ids": _ids("s", size),
            "certificates.section_level": self.random.choice(
                np.array([-1, 0, 1, 2], np.int8), size, p=[0.2, 0.4, 0.2, 0.2]
            ),
            "certificates.section_observed": np.full(size, TODAY.toordinal(), dtype=np.int32),
            "spoken": spoken,
            "spoken_grade": np.where(spoken.lengths() > 0, self.grade(size), 0),
            **self.figure("export_share_pct", self.random.uniform(0, 100, size), unknown=0.4),
            "deliveries": np.full(size, np.nan),
            "good_deliveries": np.full(size, np.nan),
        }

    def of_sites(self, size: int) -> dict[str, Values]:
        """One each, on a grid of a hundredth of a degree."""
        return {
            "site_ids": _ids("w", size),
            **located(
                np.round(self.random.uniform(8.5, 23.0, size), 2), np.round(self.random.uniform(102.5, 109.3, size), 2)
            ),
            "site_province": self.random.integers(0, PROVINCES, size),
        }

    def of_certificates(self, held: Ints) -> dict[str, Values]:
        size = int(held.sum())
        starts = TODAY.toordinal() - self.random.integers(0, 1500, size)
        return {
            "certificates.standard": self.lists(held, STANDARDS).entry,
            "certificates.starts_on": starts.astype(np.int32),
            "certificates.expires_on": (starts + 1095).astype(np.int32),
            "certificates.level": self.random.choice(np.arange(4, dtype=np.int8), size),
            "certificates.observed": starts.astype(np.int32),
        }

    def of_rows(self, size: int) -> dict[str, Values]:
        random = self.random
        materials = self.lists(random.integers(0, 4, size), MATERIALS)
        capacity = self.figure("monthly_capacity", random.lognormal(9, 1.2, size), unknown=0.2)
        return {
            "capability_ids": _ids("c", size),
            "row_site": np.zeros(size, dtype=np.int32),
            "row_process_code": self.processes(size),
            "row_process_grade": self.grade(size),
            "row_role": random.choice(np.arange(3, dtype=np.int8), size, p=[0.7, 0.2, 0.1]),
            "row_unit": np.where(capacity["monthly_capacity.grade"] > 0, 0, -1),
            "row_materials": materials,
            "row_materials_grade": np.where(materials.lengths() > 0, self.grade(size), 0),
            **capacity,
            **self.figure("tolerance_mm", random.lognormal(-3, 0.8, size), unknown=0.15),
            **self.figure("roughness_um", random.lognormal(0.3, 0.6, size), unknown=0.3),
            **self.figure("envelope_mm", -np.sort(-random.lognormal(6, 0.7, (size, 3)), axis=1), unknown=0.3),
            **self.figure("max_mass_kg", random.lognormal(4, 1, size), unknown=0.3),
            **self.figure("utilisation_pct", random.uniform(20, 100, size), unknown=0.3),
            **self.figure("lead_time_days", random.lognormal(3.4, 0.5, size), unknown=0.15),
            **self.figure("moq", random.lognormal(5, 1, size), unknown=0.3),
        }

    def processes(self, size: int) -> Ints:
        """Few are common, many are rare; one row in fifty names only a group."""
        chance = 1.0 / np.arange(1, LEAVES + 1)
        chance[0] = COMMONEST / (1 - COMMONEST) * chance[1:].sum()
        chance[-1] = RAREST * chance[:-1].sum()
        leaf = self.random.choice(LEAVES, size, p=chance / chance.sum())
        codes = Codes(taxonomy().process_tree.downwards())
        leaves, groups = (
            np.array([codes.number(code) for code in _names(prefix, count)])
            for prefix, count in (("p", LEAVES), ("g", GROUPS))
        )
        return np.where(self.random.random(size) < 0.02, groups[_group_of_leaf()[leaf]], leaves[leaf])

    def grade(self, size: int) -> Array:
        level = self.random.choice(len(LEVEL_SHARES), size, p=LEVEL_SHARES)
        return 1 + level + 5 * self.random.integers(0, OBSERVED_WITHIN_DAYS, size)

    def figure(self, name: str, values: Array, *, unknown: float) -> dict[str, Values]:
        """The values with grades, a share of them unknown."""
        gap = self.random.random(len(values)) < unknown
        values = np.where(gap if values.ndim == 1 else gap[:, np.newaxis], np.nan, values)
        return {f"{name}.value": values, f"{name}.grade": np.where(gap, 0, self.grade(len(values)))}

    def lists(self, lengths: Ints, codes: int) -> Ragged:
        """Lists of different codes."""
        first = np.repeat(self.random.integers(0, codes, len(lengths)), lengths)
        offsets = ends(lengths)
        nth = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
        return Ragged(offsets, (first + nth * 7) % codes)


def _names(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def _ids(prefix: str, count: int) -> Texts:
    """The prefix and eight digits."""
    digits = np.arange(count)[:, np.newaxis] // 10 ** np.arange(DIGITS - 1, -1, -1) % 10 + ord("0")
    signs = np.concatenate([np.full((count, 1), ord(prefix)), digits], axis=1).astype(np.uint8)
    return Texts(ends(np.full(count, DIGITS + 1)), signs.reshape(-1))
