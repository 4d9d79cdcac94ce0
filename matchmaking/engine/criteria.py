"""One function per criterion: what the facts say, as a value in [0, 1], before gates and weights.

Those of an operation look at capability rows; those of a supplier at the rows that were chosen for it. A target is one
for all of them, or one for each: so the same lines serve one requirement before many suppliers, and many requirements
before one (`engine.targets`).
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, Final, Protocol

import numpy as np

from matchmaking.engine.arcsine import arcsin
from matchmaking.engine.certificates import held
from matchmaking.engine.columns import (
    ROLE_SHARES,
    Bools,
    Codes,
    Columns,
    FigureColumn,
    Floats,
    Ints,
    Rows,
    direction,
    taken,
)
from matchmaking.engine.confidence import HALF_LIFE_DAYS, trust, wilson_interval
from matchmaking.engine.evidence import Certain, Graded
from matchmaking.engine.gates import FULL, Answer, AnyAnswer
from matchmaking.engine.model import Plant, Quantity, Requirement, Taxonomy
from matchmaking.engine.targets import Figure, Picked, Places, Quantities, each_of, looked_up
from matchmaking.engine.taxonomy import Tree

EARTH_RADIUS_KM: Final = 6371.0088
LISTS_PER_ROW: Final = 8
"""Looking at so many lists of materials pays for each row that is asked, as what is found of them is kept."""
COSINE_ERROR: Final = 1e-14
"""More than rounding can do to twice a cosine."""


class Asking(Protocol):
    """What criteria need to know beside their targets. Distances and days are one for all, or one for each."""

    @property
    def columns(self) -> Columns: ...
    @property
    def taxonomy(self) -> Taxonomy: ...
    @property
    def near_km(self) -> Figure: ...
    @property
    def far_km(self) -> Figure: ...
    @property
    def today(self) -> int: ...
    @property
    def needed_on(self) -> int | Ints: ...


@dataclass(frozen=True, slots=True)
class Question:
    """What one requirement asks, of whom, and on which day (an ordinal)."""

    requirement: Requirement
    columns: Columns
    taxonomy: Taxonomy
    today: int

    @property
    def near_km(self) -> float:
        return self.requirement.near_km

    @property
    def far_km(self) -> float:
        return self.requirement.far_km

    @property
    def needed_on(self) -> int:
        day = self.requirement.needed_on
        return self.today if day is None else day.toordinal()


@dataclass(frozen=True, slots=True)
class Offer:
    """The suppliers asked, shape (n,), and the rows chosen for them, shape (operations, n), -1 where there is none."""

    suppliers: Ints
    rows: Ints

    @property
    def size(self) -> int:
        return len(self.suppliers)


def ramp_down(actual: Floats, target: Figure) -> Floats:
    """Value of a smaller-is-better figure: 1 up to the target, falling to 0 at twice the target.

    Args:
        actual: shape (n,), same unit as `target`, NaN where unknown.
        target: above 0; one, or shape (n,).

    Returns:
        Shape (n,), in [0, 1], NaN where unknown.
    """
    return clipped(falling(actual, target))


def ramp_up(actual: Floats, target: Figure) -> Floats:
    """Value of a larger-is-better figure: its share of the target, 1 from the target on. Shapes as `ramp_down`."""
    return clipped(actual / target)


def headroom(actual: Floats, target: Figure) -> Floats:
    """Value of a room that must hold something: 1 where it fits, falling to 0 at half of what is needed."""
    return clipped(room(actual, target))


def falling(actual: Any, target: Any) -> Any:
    """`ramp_down` before it is clipped, of arrays or of two numbers."""
    return 2.0 - actual / target


def room(actual: Any, target: Any) -> Any:
    """The same of `headroom`."""
    return 2.0 * (actual / target) - 1.0


def clipped(values: Floats) -> Floats:
    """To [0, 1], in place: in half the time that numpy's own takes for few."""
    np.minimum(values, 1.0, out=values)
    return np.maximum(values, 0.0, out=values)


# Per operation: what it asks, of n rows, each a candidate for it.


def process(question: Asking, required: str | Picked[str], rows: Rows) -> Answer:
    columns = question.columns
    fits = partial(relations, question.taxonomy.process_tree, columns.processes)
    fit = looked_up(required, fits, taken(columns.row_process_code, rows))
    value = fit * ROLE_SHARES.take(taken(columns.row_role, rows), mode="clip")
    return _answer(question, "process", value, taken(columns.row_process_grade, rows), fit=fit)


def material(question: Asking, required: Sequence[str | Picked[str]], rows: Rows) -> Answer:
    columns = question.columns
    lists = taken(columns.row_material_list, rows)
    plain = [one for one in required if isinstance(one, str)]
    if LISTS_PER_ROW * len(lists) > columns.material_lists.count and len(plain) == len(required):
        value, fit = (each.take(lists, mode="clip") for each in fit_of_every_list(question, plain))
    else:
        value, fit = _fit_of_lists(question, required, lists)
    return _answer(question, "material", value, taken(columns.row_materials_grade, rows), fit=fit)


def fit_of_every_list(question: Asking, required: Sequence[str]) -> tuple[Floats, ...]:
    """The same for each list of materials that occurs: to be looked up for rows."""
    columns = question.columns
    related = (question.taxonomy.material_tree.relations(one) for one in required)
    key = ("materials", frozenset(frozenset(each.items()) for each in related))
    every = np.arange(columns.material_lists.count)
    return columns.kept.get(key, lambda: _fit_of_lists(question, required, every))


def _fit_of_lists(question: Asking, required: Sequence[str | Picked[str]], lists: Ints) -> tuple[Floats, Floats]:
    """How far some lists of materials answer the required ones, on the whole and where they do so least.

    Nobody knows what a list without entries answers.
    """
    columns = question.columns
    owner, code = columns.material_lists.gather(lists)
    fits = partial(relations, question.taxonomy.material_tree, columns.materials)
    found = np.zeros((len(set(required)), len(lists)))
    for best, wanted in zip(found, set(required), strict=True):
        np.maximum.at(best, owner, looked_up(wanted, fits, code, owner))
    found[:, columns.material_lists.lengths(lists) == 0] = np.nan
    return found.sum(axis=0) / len(found), found.min(axis=0)


def relations(tree: Tree, codes: Codes, required: str) -> Floats:
    """How far each code of the columns answers the required one: 1, 0.5 or 0."""
    relation = np.zeros(len(codes))
    for code, related in tree.relations(required).items():
        if (number := codes.index.get(code)) is not None:
            relation[number] = related
    return relation


def part_size(question: Asking, sides_mm: Sequence[float] | Floats, rows: Rows) -> Answer:
    column = question.columns.envelope_mm
    room = headroom(taken(column.value, rows), np.sort(np.asarray(sides_mm, np.float64))[..., ::-1])
    return _answer(question, "part_size", room.min(axis=1), taken(column.grade, rows))


def capacity(question: Asking, quantity: Quantity | Quantities, rows: Rows) -> Answer:
    columns = question.columns
    given, used = columns.monthly_capacity, columns.utilisation_pct
    free = taken(given.value, rows) * (1.0 - taken(used.value, rows) / 100.0)
    same_unit = taken(columns.row_unit, rows) == each_of(quantity.unit, columns.units.number)
    value = np.where(same_unit, ramp_up(free, quantity.value), np.nan)
    return _answer(question, "capacity", value, taken(given.grade, rows), taken(used.grade, rows))


@dataclass(frozen=True, slots=True)
class OfFigure:
    """A criterion that compares one figure of a row with its target.

    Attributes:
        column: the name of the figure's column.
        worth: the value before it is clipped, which rises or falls all along.
        nothing_at: how many times the target is worth nothing.
    """

    key: str
    column: str
    worth: Callable[[Any, Any], Any]
    nothing_at: float

    def __call__(self, question: Asking, target: Figure, rows: Rows) -> Answer:
        column = self.column_of(question.columns)
        value = clipped(self.worth(taken(column.value, rows), target))
        return _answer(question, self.key, value, taken(column.grade, rows))

    def column_of(self, columns: Columns) -> FigureColumn:
        column: FigureColumn = getattr(columns, self.column)
        return column

    def fails(self, question: Asking, target: Any, rows: Rows) -> Bools:
        """Which rows' figures are worth less than the whole: what their values tell, found without these.

        Args:
            target: one for all.
        """
        figures, last = taken(self.column_of(question.columns).value, rows), self.last_in_full(target)
        fails: Bools = figures > last if self.nothing_at > 1.0 else figures < last
        return fails

    def last_in_full(self, target: float) -> float:
        """The furthest figure that is still worth the whole: from there on values only get less."""
        return _last_in_full(self, target)


@lru_cache(maxsize=4096)
def _last_in_full(criterion: OfFigure, target: float) -> float:
    last, less = target, min(criterion.nothing_at * target, sys.float_info.max)
    if criterion.worth(less, target) >= FULL:  # no number is large enough to be worth less
        return less
    while (middle := last + (less - last) / 2.0) not in (last, less):
        last, less = (middle, less) if criterion.worth(middle, target) >= FULL else (last, middle)
    return last


OF_OPERATION: Final[Mapping[str, Callable[[Asking, Any, Rows], Answer]]] = {
    "process": process,
    "material": material,
    "tolerance": OfFigure("tolerance", "tolerance_mm", falling, nothing_at=2.0),
    "roughness": OfFigure("roughness", "roughness_um", falling, nothing_at=2.0),
    "part_size": part_size,
    "part_mass": OfFigure("part_mass", "max_mass_kg", room, nothing_at=0.5),
    "capacity": capacity,
    "moq": OfFigure("moq", "moq", falling, nothing_at=2.0),
}


# Per supplier. Each answers with its parts: one, or one per asked standard.


def lead_time(question: Asking, target_days: Figure, offer: Offer) -> list[AnyAnswer]:
    column = question.columns.lead_time_days
    days = np.zeros(offer.size)
    for rows in offer.rows:
        days += np.where(rows < 0, np.nan, taken(column.value, rows))
    value = ramp_down(days, target_days)
    return [_answer(question, "lead_time", value, *(taken(column.grade, rows) for rows in offer.rows))]


def certifications(question: Asking, standards: Iterable[str] | Picked[str], offer: Offer) -> list[AnyAnswer]:
    """One part per asked standard, in the order of their names; of one standard for each, a single part."""
    apart = [standards] if isinstance(standards, Picked) else sorted(set(standards))
    taxonomy, day = question.taxonomy, question.needed_on
    return [held(question.columns, taxonomy, standard, offer.suppliers, day) for standard in apart]


def distance(question: Asking, plant: Plant | Places, offer: Offer) -> list[AnyAnswer]:
    near_km, far_km = question.near_km, question.far_km
    km = distance_km(question.columns, plant, offer)
    return [_certain(clipped((far_km - km) / (far_km - near_km)))]


def distance_km(columns: Columns, plant: Plant | Places, offer: Offer) -> Floats:
    """Great-circle km from the plant to the nearest located site of the chosen rows, NaN if there is none."""
    here = plant.direction if isinstance(plant, Places) else direction(plant.lat, plant.lon)
    nearest = np.full(offer.size, np.nan)
    for rows in offer.rows:
        east, north, up = (taken(columns.site_direction, taken(columns.row_site, rows)) - here).T
        chord = np.sqrt(east * east + north * north + up * up)
        nearest = np.fmin(nearest, np.where(rows < 0, np.nan, chord))
    return 2.0 * EARTH_RADIUS_KM * arcsin(np.minimum(nearest / 2.0, 1.0))


def corridor(question: Asking, plant: Plant | Places, offer: Offer) -> list[AnyAnswer]:
    columns = question.columns

    def joined(to: str | None) -> Bools:
        return columns.provinces.mask(() if to is None else question.taxonomy.provinces_joined_to(to))

    province = np.where(offer.rows < 0, -1, columns.site_province[columns.row_site[offer.rows]])
    known = (province >= 0).any(axis=0) & each_of(plant.province, lambda name: name is not None)
    near = looked_up(plant.province, joined, province).any(axis=0)
    return [_certain(np.where(known, near.astype(np.float64), np.nan))]


def languages(question: Asking, asked: Sequence[str | Picked[str]], offer: Offer) -> list[AnyAnswer]:
    columns = question.columns
    owner, language = columns.spoken.gather(offer.suppliers)
    spoken = np.zeros(offer.size)
    for one in set(asked):
        is_it = looked_up(one, lambda code: columns.languages.mask([code]), language, owner)
        spoken += np.bincount(owner[is_it], minlength=offer.size)
    value = np.where(columns.spoken_grade[offer.suppliers] == 0, np.nan, spoken / len(set(asked)))
    return [_answer(question, "languages", value, taken(columns.spoken_grade, offer.suppliers))]


def export_experience(question: Asking, asked_pct: Figure, offer: Offer) -> list[AnyAnswer]:
    column = question.columns.export_share_pct
    value = ramp_up(column.value[offer.suppliers], asked_pct)
    return [_answer(question, "export_experience", value, taken(column.grade, offer.suppliers))]


def track_record(question: Asking, asked_share: Figure, offer: Offer) -> list[AnyAnswer]:
    """Its interval is Wilson's, whatever the evidence."""
    deliveries, good = question.columns.deliveries[offer.suppliers], question.columns.good_deliveries[offer.suppliers]
    deliveries = np.where(deliveries > 0, deliveries, np.nan)
    low, high = wilson_interval(good, deliveries)
    answer = _certain(ramp_up(good / deliveries, asked_share))
    return [replace(answer, interval=(ramp_up(low, asked_share), ramp_up(high, asked_share)))]


OF_SUPPLIER: Final[Mapping[str, Callable[[Asking, Any, Offer], list[AnyAnswer]]]] = {
    "lead_time": lead_time,
    "certifications": certifications,
    "certifications_preferred": certifications,
    "distance": distance,
    "corridor": corridor,
    "languages": languages,
    "export_experience": export_experience,
    "track_record": track_record,
}

OF_STANDARDS: Final = ("certifications", "certifications_preferred")


# Per supplier, of single rows: at least what is known to be met, in less time.


def most_of_lead_time(question: Asking, target_days: float, rows: Rows) -> Floats:
    column = question.columns.lead_time_days
    return _answer(
        question, "lead_time", ramp_down(taken(column.value, rows), target_days), taken(column.grade, rows)
    ).low


def most_of_distance(question: Asking, plant: Plant, rows: Rows) -> Floats:
    """A chord is shorter than its arc."""
    columns = question.columns
    cosine = taken(columns.site_direction, taken(columns.row_site, rows)) @ np.array(direction(plant.lat, plant.lon))
    km: Floats = EARTH_RADIUS_KM * np.sqrt(np.maximum(2.0 - 2.0 * cosine - COSINE_ERROR, 0.0))
    return np.fmax(clipped((question.far_km - km) / (question.far_km - question.near_km)), 0.0)


OF_SINGLE_ROWS: Final[Mapping[str, Callable[[Asking, Any, Rows], Floats]]] = {
    "lead_time": most_of_lead_time,
    "distance": most_of_distance,
}


def _answer(question: Asking, key: str, value: Floats, *grades: Ints, fit: Floats | None = None) -> Answer:
    """Resting on facts with these grades, and trusted as far as the weakest of them."""
    return Answer(value, Graded(trusted(question, key), question.columns.grades, grades), fit)


def trusted(question: Asking, key: str) -> Floats:
    """How far facts are trusted, by grade, where a criterion looks at them."""
    columns, today = question.columns, question.today
    kept = ("trust", HALF_LIFE_DAYS[key], today)
    return columns.kept.get(kept, lambda: (trust(columns.grades, criterion=key, today=today),))[0]


def _certain(value: Floats) -> Answer:
    return Answer(value, Certain(len(value)))
