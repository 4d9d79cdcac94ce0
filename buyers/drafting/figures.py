"""Figures in a text: tolerances, roughness, sizes, masses, quantities, times, with the words that state them."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from buyers.drafting import amounts, patterns
from buyers.drafting.fits import half_width_mm
from buyers.drafting.numbers import figure, millimetres, scaled, spelt
from buyers.drafting.tables import cells_below
from taxonomy.text import without_accents
from taxonomy.written_units import A_MONTH, DAYS, LENGTHS_MM, MASSES_KG, QUANTITIES, ROUGHNESS_UM, WORKING_DAY, unit_key

STATED = 0.95
"""Confidence in a figure whose words leave no doubt."""
UNITLESS = 0.9
"""Confidence where mm are meant and not said."""
ASSUMED = 0.7
"""Confidence where a customary meaning is taken: a tolerance without ±, a unit that is left out."""
FURTHEST_FIT = 3
"""Characters between a size and a fit that belongs to it: "bore H7, Ø12"."""
LONGEST_ITEM = 60
MONTHS = frozenset({"thang", "month", "months"})
LONGEST_TOLERANCE_MM = 10.0
LARGEST_BARE_MASS_KG = 50.0
TRIANGLES_UM = {1: 25.0, 2: 6.3, 3: 1.6, 4: 0.2}
"""Ra by the number of triangles on drawings of the old Japanese kind. Source: JIS B 0031:1982."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a part of a text states: `text[start:end]` gives `value` for `field`, in the unit that the field names.

    `words` are the place of what is counted ("thép tấm" in "120 tấn thép tấm/tháng"), which may tell more.
    """

    field: str
    value: Any
    start: int
    end: int
    confidence: float
    words: tuple[int, int] = (0, 0)


def figures(text: str) -> list[Figure]:
    """All figures of a text, in its order. Where two readings overlap, the one that is tried first stands."""
    text = _SPACES.sub(_cut_short, without_accents(text))
    taken: list[Figure] = []
    places = bytearray(len(text))
    for read in _READERS:
        for found in read(text):
            if _may_stand(places[found.start : found.end]):
                taken.append(found)
                mark = _TOLERANCE if found.field == "tolerance_mm" else _TAKEN
                places[found.start : found.end] = bytes([mark]) * (found.end - found.start)
    taken.extend(_grades(text, taken))
    return sorted((found for found in taken if found.field != "hole_mm"), key=lambda found: found.start)


_SPACES = re.compile(r"\s{9,}")
MOST_SPACES = 8


def _cut_short(spaces: re.Match[str]) -> str:
    """A long run of spaces as something else that is as long, so that no pattern tries every way to divide it."""
    return spaces.group()[:MOST_SPACES].ljust(len(spaces.group()), "\0")


_TAKEN, _TOLERANCE = 1, 2


def _may_stand(places: bytearray) -> bool:
    """Whether a figure's places are free; a tolerance may lie within a size."""
    return _TAKEN not in places and _TOLERANCE not in (places[0], places[-1])


def _tolerances(text: str) -> Iterator[Figure]:
    for said in patterns.TOLERANCE_SIDES.finditer(text):
        yield from _between(said)
    for pattern, surest in (
        (patterns.TOLERANCE, STATED),
        (patterns.BARE_TOLERANCE, ASSUMED),
        (patterns.MACHINED_TO, ASSUMED),
        (patterns.TOLERANCE_BEHIND, STATED),
    ):
        for said in pattern.finditer(text):
            value, unit = _mm(said["figure"], said["unit"]), said["unit"]
            if value <= LONGEST_TOLERANCE_MM:
                # The work that reaches it is told with it.
                words = (said.start(), said.start("figure")) if pattern is patterns.MACHINED_TO else (0, 0)
                yield _figure("tolerance_mm", value, said, surest if unit else min(surest, UNITLESS), words)


def _between(said: re.Match[str]) -> Iterator[Figure]:
    """Half the width between two deviations, if these are such: decimals, small, and different."""
    upper, lower = (_signed(said[side], said["unit"]) for side in ("upper", "lower"))
    is_decimal = re.search(r"\d[.,]\d", said["upper"] + said["lower"])
    if is_decimal and upper != lower and max(abs(upper), abs(lower)) < LONGEST_TOLERANCE_MM:
        yield _figure("tolerance_mm", abs(upper - lower) / 2, said, STATED if said["unit"] else UNITLESS)


def _signed(side: str, unit: str | None) -> float:
    return _mm(side.strip("+-–− "), unit) * (-1 if side[0] in "-–−" else 1)


def _roughness(text: str) -> Iterator[Figure]:
    for said in patterns.ROUGHNESS.finditer(text):
        unit = said["unit"] or said["before_unit"] or "um"
        yield _figure("roughness_um", figure(said["figure"] or said["before"]) * ROUGHNESS_UM[unit_key(unit)], said)
    for said in patterns.TRIANGLES.finditer(text):
        if (value := TRIANGLES_UM.get(len(said.group()))) is not None:
            yield _figure("roughness_um", value, said, ASSUMED)


def _boxes(text: str) -> Iterator[Figure]:
    for pattern in (patterns.BOX, patterns.NAMED_SIDES):
        for said in pattern.finditer(text):
            last = said["c_unit"]
            sides = [_length(said[side], said[f"{side}_unit"] or last) for side in "abc"]
            yield _figure("part_size_mm", sides, said, STATED if last else ASSUMED)


def _diameters(text: str) -> Iterator[Figure]:
    for said in patterns.DIAMETER.finditer(text):
        diameter = _length(said["figure"], said["unit"] or said["length_unit"])
        if said["hole"] or said["inner"]:
            yield _figure("hole_mm", diameter, said)
        elif said["length"] and not (
            said["thick"] and _TUBE.search(text, max(0, said.start() - LONGEST_ITEM), said.start())
        ):
            length = _length(said["length"], said["length_unit"] or said["unit"])
            yield _figure("part_size_mm", [length, diameter, diameter], said)
        else:
            yield _figure("diameter_mm", diameter, said)


_TUBE = re.compile(r"\b(?:ong|tubes?|tubing|pipes?)\b[^,;.\n]*$", re.IGNORECASE)
"""Of which a thickness is the wall's."""


def _lengths(text: str) -> Iterator[Figure]:
    for said in patterns.PART_LENGTH.finditer(text):
        unit, number = said["unit"] or said["before_unit"], said["figure"] or said["bare"] or said["before"]
        yield _figure("length_mm", _length(number, unit), said, STATED if unit else ASSUMED)


def _masses(text: str) -> Iterator[Figure]:
    for said in patterns.MASS.finditer(text):
        tenth = f".{said['tenth']}" if said["tenth"] else ""
        unit = unit_key(said["unit"] or said["each_unit"] or "kg")
        yield _figure("part_mass_kg", figure((said["figure"] or said["each"]) + tenth) * MASSES_KG[unit], said)
    counted = amounts.QUANTITY.search(text)
    is_counted = counted is not None and QUANTITIES[unit_key(counted["unit"] or "pcs")] in ("pcs", "set")
    for said in patterns.BARE_MASS.finditer(text):
        value = figure(said["figure"]) * MASSES_KG[unit_key(said["unit"])]
        # So many whole kilograms may be what is ordered, if nothing else is.
        is_told = not said["figure"].isdigit() or is_counted
        if said["unit"].lower() != "kg" or (is_told and value < LARGEST_BARE_MASS_KG):
            yield _figure("part_mass_kg", value, said, ASSUMED)


def _minimum_orders(text: str) -> Iterator[Figure]:
    for said in amounts.MINIMUM_ORDER.finditer(text):
        yield _figure("moq", scaled(said["figure"], said["scale"]), said)


def _quantities(text: str) -> Iterator[Figure]:
    for said in amounts.ANNUAL_USAGE.finditer(text):
        yield _a_month(said, said["every"])
    for said in amounts.QUANTITY.finditer(text):
        # "pcs/m" is said of months, "kg/m" of metres.
        if said["period"] != "m" or QUANTITIES.get(unit_key(said["unit"] or "")) in ("pcs", "set"):
            yield _a_month(said, said["period"] or said["every"], words=said.span("words"))
    for pattern in (amounts.VOLUME, amounts.KEYED_VOLUME, amounts.MONTH_VOLUME):
        for said in pattern.finditer(text):
            # A figure with nothing beside it may be a year.
            if (
                said["unit"]
                or said.groupdict().get("word")
                or said["scale"]
                or not said["figure"].isdigit()
                or said.end("figure") < said.end()
            ):
                yield _a_month(said, said.groupdict().get("period") or said["every"])


def _a_month(said: re.Match[str], period: str, *, words: tuple[int, int] = (0, 0)) -> Figure:
    unit = QUANTITIES[unit_key(said["unit"] or "pcs")]
    value = round(scaled(said["figure"], said["scale"]) * A_MONTH[unit_key(period)], 6)
    return _figure("monthly_quantity", (value, unit), said, STATED if said["unit"] else ASSUMED, words)


def _quantities_of_tables(text: str) -> Iterator[Figure]:
    for heading, start, end in cells_below(text, amounts.HEADING):
        if said := amounts.CELL.fullmatch(text, start, end):
            period = heading["period"] or heading["every"] or heading["before"]
            unit = QUANTITIES[unit_key(said["unit"] or heading["unit"] or "pcs")]
            value = round(scaled(said["figure"], said["scale"]) * A_MONTH[unit_key(period)], 6)
            yield _figure("monthly_quantity", (value, unit), said, ASSUMED)


def _lots(text: str) -> Iterator[Figure]:
    for said in amounts.LOT.finditer(text):
        if (unit := QUANTITIES[unit_key(said["unit"])]) in ("pcs", "set"):
            yield _figure("quantity", (scaled(said["figure"], said["scale"]), unit), said, ASSUMED)


def _lead_times(text: str) -> Iterator[Figure]:
    for pattern in (amounts.LEAD_TIME, *_LOOSE_LEAD_TIMES):
        for said in pattern.finditer(text):
            if amounts.OF_SAMPLES.match(text, said.end()) or (
                pattern in _LOOSE_LEAD_TIMES and _is_no_lead_time(text, said)
            ):
                continue
            number = spelt(said["figure"]) if said["figure"][0].isalpha() else figure(said["figure"])
            days = number * DAYS[unit_key(said["span"])]
            yield _figure("lead_time_days", days * (WORKING_DAY if said["before"] or said["working"] else 1), said)


_LOOSE_LEAD_TIMES = (amounts.PLACED_LEAD_TIME, amounts.LEAD_TIME_BEHIND, amounts.LEAD_TIME_ALONE)
_ITEM = re.compile(r"[^,;.|\n]*$")
_REST = re.compile(r"[^,;.|\n]{0,60}")


def _is_no_lead_time(text: str, said: re.Match[str]) -> bool:
    """Whether it is of samples, payment or the like, or of months, in which contracts are counted."""
    item = _ITEM.search(text, max(0, said.start() - LONGEST_ITEM), said.start())
    start = item.start() if item else said.start()
    rest = _REST.match(text, said.end())
    end = rest.end() if rest else said.end()
    return unit_key(said["span"]) in MONTHS or amounts.NO_LEAD_TIME.search(text, start, end) is not None


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
    _quantities_of_tables,
    _lots,
)


def _grades(text: str, known: list[Figure]) -> Iterator[Figure]:
    """Grades such as IT7, at the diameter that stands nearest before, and fits such as h6 beside a size or after a
    word for them."""
    sizes = sorted(
        (found for found in known if found.field in ("diameter_mm", "hole_mm", "part_size_mm")),
        key=lambda found: found.start,
    )
    starts = [size.start for size in sizes]
    for said in patterns.GRADE.finditer(text) if sizes else ():
        size = sizes[bisect_right(starts, said.start()) - 1]
        if said["zone"] is None or size.start < said.start() <= size.end:
            yield from _graded(said, said["grade"] or said["fit"], size)
    for said in patterns.FREE_FIT.finditer(text) if sizes else ():
        at = bisect_right(starts, said.start())
        before, after = sizes[at - 1], sizes[at % len(sizes)]
        beside = next((size for size in (before, after) if _is_beside(text, said, size)), None)
        if beside or patterns.FIT_WORDS.search(text, max(0, said.start() - 30), said.start()):
            yield from _graded(said, said["fit"], beside or before)


def _is_beside(text: str, said: re.Match[str], size: Figure) -> bool:
    start, end = (said.end(), size.start) if said.end() <= size.start else (size.end, said.start())
    return 0 <= end - start <= FURTHEST_FIT and not text[start:end].strip(" ,(")


def _graded(said: re.Match[str], grade: str, size: Figure) -> Iterator[Figure]:
    value = half_width_mm(int(grade), size.value[-1] if size.field == "part_size_mm" else size.value)
    if value is not None:
        yield _figure("tolerance_mm", value, said)


def _figure(
    field: str, value: Any, said: re.Match[str], confidence: float = STATED, words: tuple[int, int] = (0, 0)
) -> Figure:
    exact = round(value, 9) if isinstance(value, float) else value
    return Figure(field, exact, said.start(), said.end(), confidence, words)


def _mm(number: str, unit: str | None) -> float:
    return round(figure(number) * LENGTHS_MM[unit_key(unit or "mm")], 9)


def _length(number: str, unit: str | None) -> float:
    """In mm; only there and in metres do people write thousands."""
    known = unit_key(unit or "mm")
    return round((millimetres(number) if known == "mm" else figure(number)) * LENGTHS_MM[known], 9)
