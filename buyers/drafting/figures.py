"""Figures in a text: tolerances, roughness, sizes, masses, quantities, times, with the words that state them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from buyers.drafting import patterns
from buyers.drafting.fits import half_width_mm
from buyers.drafting.numbers import figure, scaled
from taxonomy.text import without_accents
from taxonomy.written_units import A_MONTH, DAYS, LENGTHS_MM, MASSES_KG, QUANTITIES, ROUGHNESS_UM, WORKING_DAY, unit_key

STATED = 0.95
"""Confidence in a figure whose words leave no doubt."""
UNITLESS = 0.9
"""Confidence where mm are meant and not said."""
ASSUMED = 0.7
"""Confidence where a customary meaning is taken: a tolerance without ±, a unit that is left out."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a part of a text states: `text[start:end]` gives `value` for `field`, in the unit that the field names."""

    field: str
    value: Any
    start: int
    end: int
    confidence: float


def figures(text: str) -> list[Figure]:
    """All figures of a text, in its order. Where two readings overlap, the one that is tried first stands."""
    text = without_accents(text)
    taken: list[Figure] = []
    for read in _READERS:
        for found in read(text):
            if all(found.end <= other.start or other.end <= found.start for other in taken):
                taken.append(found)
    taken.extend(_grades(text, taken))
    return sorted(taken, key=lambda found: found.start)


def _tolerances(text: str) -> Iterator[Figure]:
    for pattern, surest in ((patterns.TOLERANCE, STATED), (patterns.BARE_TOLERANCE, ASSUMED)):
        for said in pattern.finditer(text):
            unit = said["unit"]
            yield _figure("tolerance_mm", _mm(said["figure"], unit), said, surest if unit else min(surest, UNITLESS))


def _roughness(text: str) -> Iterator[Figure]:
    for said in patterns.ROUGHNESS.finditer(text):
        value = figure(said["figure"]) * ROUGHNESS_UM[unit_key(said["unit"] or "um")]
        yield _figure("roughness_um", value, said)


def _boxes(text: str) -> Iterator[Figure]:
    for said in patterns.BOX.finditer(text):
        sides = [_mm(said[side], said["unit"]) for side in "abc"]
        yield _figure("part_size_mm", sides, said, STATED if said["unit"] else ASSUMED)


def _diameters(text: str) -> Iterator[Figure]:
    for said in patterns.DIAMETER.finditer(text):
        diameter = _mm(said["figure"], said["unit"] or said["length_unit"])
        if said["length"]:
            length = _mm(said["length"], said["length_unit"] or said["unit"])
            yield _figure("part_size_mm", [length, diameter, diameter], said)
        else:
            yield _figure("diameter_mm", diameter, said)


def _lengths(text: str) -> Iterator[Figure]:
    for said in patterns.PART_LENGTH.finditer(text):
        unit = said["unit"] or said["before_unit"]
        yield _figure("length_mm", _mm(said["figure"] or said["before"], unit), said, STATED if unit else ASSUMED)


def _masses(text: str) -> Iterator[Figure]:
    for said in patterns.MASS.finditer(text):
        unit = unit_key(said["unit"] or said["each_unit"])
        yield _figure("part_mass_kg", figure(said["figure"] or said["each"]) * MASSES_KG[unit], said)


def _minimum_orders(text: str) -> Iterator[Figure]:
    for said in patterns.MINIMUM_ORDER.finditer(text):
        yield _figure("moq", scaled(said["figure"], said["scale"]), said)


def _quantities(text: str) -> Iterator[Figure]:
    for pattern in (patterns.ANNUAL_USAGE, patterns.QUANTITY, patterns.VOLUME):
        for said in pattern.finditer(text):
            share = A_MONTH[unit_key(said.groupdict().get("period") or said["every"])]
            unit = QUANTITIES[unit_key(said["unit"] or "pcs")]
            value = round(scaled(said["figure"], said["scale"]) * share, 6)
            yield _figure("monthly_quantity", (value, unit), said, STATED if said["unit"] else ASSUMED)


def _lots(text: str) -> Iterator[Figure]:
    for said in patterns.LOT.finditer(text):
        if (unit := QUANTITIES[unit_key(said["unit"])]) in ("pcs", "set"):
            yield _figure("quantity", (scaled(said["figure"], said["scale"]), unit), said, ASSUMED)


def _lead_times(text: str) -> Iterator[Figure]:
    for said in patterns.LEAD_TIME.finditer(text):
        days = figure(said["figure"]) * DAYS[unit_key(said["span"])]
        yield _figure("lead_time_days", days * (WORKING_DAY if said["before"] or said["working"] else 1), said)


def _distances(text: str) -> Iterator[Figure]:
    for said in patterns.DISTANCE.finditer(text):
        yield _figure("near_km", figure(said["figure"]), said)


_READERS: tuple[Callable[[str], Iterator[Figure]], ...] = (
    _tolerances,
    _roughness,
    _boxes,
    _diameters,
    _lengths,
    _masses,
    _minimum_orders,
    _lead_times,
    _distances,
    _quantities,
    _lots,
)


def _grades(text: str, known: list[Figure]) -> Iterator[Figure]:
    """Grades such as IT7, and fits such as h6 right behind a size, at the diameter that stands nearest before."""
    sizes = [found for found in known if found.field in ("diameter_mm", "part_size_mm")]
    for said in patterns.GRADE.finditer(text):
        before = [size for size in sizes if size.start <= said.start()] or sizes
        is_fit = said["zone"] is not None
        if not before or (is_fit and not before[-1].start < said.start() <= before[-1].end):
            continue
        nominal = before[-1].value if before[-1].field == "diameter_mm" else before[-1].value[-1]
        value = half_width_mm(int(said["grade"] or said["fit"]), nominal)
        if value is not None:
            yield _figure("tolerance_mm", value, said)


def _figure(field: str, value: Any, said: re.Match[str], confidence: float = STATED) -> Figure:
    return Figure(field, round(value, 9) if isinstance(value, float) else value, said.start(), said.end(), confidence)


def _mm(number: str, unit: str | None) -> float:
    return round(figure(number) * LENGTHS_MM[unit_key(unit or "mm")], 9)
