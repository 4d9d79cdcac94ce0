"""One function per criterion: what the facts say, as a value in [0, 1], before gates and weights.

Those of an operation look at capability rows; those of a supplier at the rows that were chosen for it. A target is one
for all of them, or one for each: so the same lines serve one requirement before many suppliers, and many requirements
before one (`engine.targets`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from typing import Any, Final, Protocol

import numpy as np

from matchmaking.engine.arcsine import arcsin
from matchmaking.engine.columns import (
    ROLE_SHARES,
    Bools,
    CertificateColumns,
    Codes,
    Columns,
    Floats,
    Ints,
    ProofColumns,
    Rows,
    direction,
    taken,
)
from matchmaking.engine.confidence import trust, wilson_interval
from matchmaking.engine.evidence import Certain, Checked, Graded
from matchmaking.engine.gates import Answer
from matchmaking.engine.model import Plant, Quantity, Requirement, Taxonomy
from matchmaking.engine.targets import Figure, Picked, Places, Quantities, each_of, looked_up
from matchmaking.engine.taxonomy import Tree

EARTH_RADIUS_KM: Final = 6371.0088
COSINE_ERROR: Final = 1e-14
"""More than rounding can do to twice a cosine."""
LOOKS_PER_SUPPLIER: Final = 8
"""Finding a supplier's own certificates costs as much as reading so many that lie together."""


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
    def needed_on(self) -> int | Ints: ...
    @property
    def proofs(self) -> dict[str, Ints]:
        """What `certifications` has found of everybody so far, by standard."""
        ...

    def trust(self, criterion: str) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Question:
    """What one requirement asks, of whom, and on which day (an ordinal)."""

    requirement: Requirement
    columns: Columns
    taxonomy: Taxonomy
    today: int
    _trust: dict[str, Floats] = field(default_factory=dict)
    proofs: dict[str, Ints] = field(default_factory=dict)

    @property
    def near_km(self) -> float:
        return self.requirement.near_km

    @property
    def far_km(self) -> float:
        return self.requirement.far_km

    def trust(self, criterion: str) -> Floats:
        """In each grade, where this criterion looks at facts."""
        if criterion not in self._trust:
            self._trust[criterion] = trust(self.columns.grades, criterion=criterion, today=self.today)
        return self._trust[criterion]

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
    return np.clip(2.0 - actual / target, 0.0, 1.0)


def ramp_up(actual: Floats, target: Figure) -> Floats:
    """Value of a larger-is-better figure: its share of the target, 1 from the target on. Shapes as `ramp_down`."""
    return np.clip(actual / target, 0.0, 1.0)


def headroom(actual: Floats, target: Figure) -> Floats:
    """Value of a room that must hold something: 1 where it fits, falling to 0 at half of what is needed."""
    return np.clip(2.0 * (actual / target) - 1.0, 0.0, 1.0)


# Per operation: what it asks, of n rows, each a candidate for it.


def process(question: Asking, required: str | Picked[str], rows: Rows) -> Answer:
    columns = question.columns
    relations = partial(_relations, question.taxonomy.process_tree, columns.processes)
    fit = looked_up(required, relations, taken(columns.row_process_code, rows))
    value = fit * ROLE_SHARES.take(taken(columns.row_role, rows), mode="clip")
    return _answer(question, "process", value, taken(columns.row_process_grade, rows), fit=fit)


def material(question: Asking, required: Sequence[str | Picked[str]], rows: Rows) -> Answer:
    columns = question.columns
    lists = taken(columns.row_material_list, rows)
    if len(lists) <= len(columns.material_lists.lengths()) or any(isinstance(one, Picked) for one in required):
        value, fit = _fit_of_lists(question, required, lists)
    else:  # find it for each list that occurs, and look it up for the rows
        every = np.arange(len(columns.material_lists.lengths()))
        value, fit = (each.take(lists, mode="clip") for each in _fit_of_lists(question, required, every))
    grades = taken(columns.row_materials_grade, rows)
    value[grades == 0] = fit[grades == 0] = np.nan
    return _answer(question, "material", value, grades, fit=fit)


def _fit_of_lists(question: Asking, required: Sequence[str | Picked[str]], lists: Ints) -> tuple[Floats, Floats]:
    """How far some lists of materials answer the required ones, on the whole and where they do so least."""
    columns = question.columns
    owner, code = columns.material_lists.gather(lists)
    relations = partial(_relations, question.taxonomy.material_tree, columns.materials)
    found = np.zeros((len(set(required)), len(lists)))
    for best, wanted in zip(found, set(required), strict=True):
        np.maximum.at(best, owner, looked_up(wanted, relations, code, owner))
    return found.sum(axis=0) / len(found), found.min(axis=0)


def _relations(tree: Tree, codes: Codes, required: str) -> Floats:
    """How far each code of the columns answers the required one: 1, 0.5 or 0."""
    relation = np.zeros(len(codes))
    for code, related in tree.relations(required).items():
        if (number := codes.index.get(code)) is not None:
            relation[number] = related
    return relation


def tolerance(question: Asking, target_mm: Figure, rows: Rows) -> Answer:
    column = question.columns.tolerance_mm
    return _answer(question, "tolerance", ramp_down(taken(column.value, rows), target_mm), taken(column.grade, rows))


def roughness(question: Asking, target_um: Figure, rows: Rows) -> Answer:
    column = question.columns.roughness_um
    return _answer(question, "roughness", ramp_down(taken(column.value, rows), target_um), taken(column.grade, rows))


def part_size(question: Asking, sides_mm: Sequence[float] | Floats, rows: Rows) -> Answer:
    column = question.columns.envelope_mm
    room = headroom(taken(column.value, rows), np.sort(np.asarray(sides_mm, np.float64))[..., ::-1])
    return _answer(question, "part_size", room.min(axis=1), taken(column.grade, rows))


def part_mass(question: Asking, mass_kg: Figure, rows: Rows) -> Answer:
    column = question.columns.max_mass_kg
    return _answer(question, "part_mass", headroom(taken(column.value, rows), mass_kg), taken(column.grade, rows))


def capacity(question: Asking, quantity: Quantity | Quantities, rows: Rows) -> Answer:
    columns = question.columns
    given, used = columns.monthly_capacity, columns.utilisation_pct
    free = taken(given.value, rows) * (1.0 - taken(used.value, rows) / 100.0)
    same_unit = taken(columns.row_unit, rows) == each_of(quantity.unit, columns.units.number)
    value = np.where(same_unit, ramp_up(free, quantity.value), np.nan)
    return _answer(question, "capacity", value, taken(given.grade, rows), taken(used.grade, rows))


def moq(question: Asking, accepted: Figure, rows: Rows) -> Answer:
    column = question.columns.moq
    return _answer(question, "moq", ramp_down(taken(column.value, rows), accepted), taken(column.grade, rows))


OF_OPERATION: Final[Mapping[str, Callable[[Asking, Any, Rows], Answer]]] = {
    "process": process,
    "material": material,
    "tolerance": tolerance,
    "roughness": roughness,
    "part_size": part_size,
    "part_mass": part_mass,
    "capacity": capacity,
    "moq": moq,
}


# Per supplier. Each answers with its parts: one, or one per asked standard.


def lead_time(question: Asking, target_days: Figure, offer: Offer) -> list[Answer]:
    column = question.columns.lead_time_days
    days = np.zeros(offer.size)
    for rows in offer.rows:
        days += np.where(rows < 0, np.nan, taken(column.value, rows))
    value = ramp_down(days, target_days)
    return [_answer(question, "lead_time", value, *(taken(column.grade, rows) for rows in offer.rows))]


def certifications(question: Asking, standards: Iterable[str] | Picked[str], offer: Offer) -> list[Answer]:
    """One part per asked standard, in the order of their names; of one standard for each, a single part."""
    if isinstance(standards, Picked):
        return [_held(question, standards, offer)]
    return [_held(question, standard, offer) for standard in sorted(set(standards))]


def _held(question: Asking, standard: str | Picked[str], offer: Offer) -> Answer:
    stated = taken(question.columns.certificates.section_level, offer.suppliers)
    proof = _proof(question, standard, offer.suppliers)
    is_held = proof >= 0
    value = np.where(stated < 0, np.nan, is_held)
    return Answer(value, Checked(np.where(is_held, proof, stated)))


def _proof(question: Asking, standard: str | Picked[str], suppliers: Ints) -> Ints:
    """The best level at which each supplier proves a standard on the day that counts, -1 where it does not."""
    certificates, standards = question.columns.certificates, question.columns.standards
    if not isinstance(standard, Picked) and _pays_for_everybody(question, standard, len(suppliers)):
        return question.proofs[standard].take(suppliers, mode="clip")
    owner, item = certificates.of_supplier.gather(suppliers)
    mask = looked_up(
        standard, lambda one: standards.mask(question.taxonomy.proving(one)), certificates.standard[item], owner
    )
    owner, item = owner[mask], item[mask]
    return _best_valid(question, certificates, owner, item, len(suppliers))


def _pays_for_everybody(question: Asking, standard: str, suppliers: int) -> bool:
    """Whether so many suppliers are asked that it was worth finding the proof of all, which is kept."""
    if standard not in question.proofs:
        proofs, best = question.columns.certificates.proofs, len(question.columns.supplier_ids)
        proving = question.columns.standards.find(question.taxonomy.proving(standard))
        if suppliers * LOOKS_PER_SUPPLIER < sum(proofs.of_standard.length(number) for number in proving):
            return False
        items = (slice(*proofs.of_standard.offsets[number : number + 2].tolist()) for number in proving)
        found = (_best_valid(question, proofs, proofs.owner[item], item, best) for item in items)
        question.proofs[standard] = reduce(np.maximum, found, np.full(best, -1, dtype=np.int8))
    return True


def _best_valid(
    question: Asking, certificates: CertificateColumns | ProofColumns, owner: Ints, item: Rows, size: int
) -> Ints:
    day = question.needed_on
    if isinstance(day, np.ndarray):
        day = day[owner]
    valid = (certificates.starts_on[item] <= day) & (day <= certificates.expires_on[item])
    best = np.full(size, -1, dtype=np.int8)
    np.maximum.at(best, owner.compress(valid), certificates.level[item].compress(valid))
    return best


def distance(question: Asking, plant: Plant | Places, offer: Offer) -> list[Answer]:
    near_km, far_km = question.near_km, question.far_km
    km = distance_km(question.columns, plant, offer)
    return [_certain(np.clip((far_km - km) / (far_km - near_km), 0.0, 1.0))]


def distance_km(columns: Columns, plant: Plant | Places, offer: Offer) -> Floats:
    """Great-circle km from the plant to the nearest located site of the chosen rows, NaN if there is none."""
    here = plant.direction if isinstance(plant, Places) else direction(plant.lat, plant.lon)
    nearest = np.full(offer.size, np.nan)
    for rows in offer.rows:
        east, north, up = (taken(columns.site_direction, taken(columns.row_site, rows)) - here).T
        chord = np.sqrt(east * east + north * north + up * up)
        nearest = np.fmin(nearest, np.where(rows < 0, np.nan, chord))
    return 2.0 * EARTH_RADIUS_KM * arcsin(np.minimum(nearest / 2.0, 1.0))


def most_of_distance(question: Asking, plant: Plant, rows: Rows) -> Floats:
    """At least what `distance` says of single rows, in less time: a chord is shorter than its arc."""
    columns = question.columns
    cosine = taken(columns.site_direction, taken(columns.row_site, rows)) @ np.array(direction(plant.lat, plant.lon))
    km: Floats = EARTH_RADIUS_KM * np.sqrt(np.maximum(2.0 - 2.0 * cosine - COSINE_ERROR, 0.0))
    return np.clip((question.far_km - km) / (question.far_km - question.near_km), 0.0, 1.0)


def corridor(question: Asking, plant: Plant | Places, offer: Offer) -> list[Answer]:
    columns = question.columns

    def joined(to: str | None) -> Bools:
        return columns.provinces.mask(() if to is None else question.taxonomy.provinces_joined_to(to))

    province = np.where(offer.rows < 0, -1, columns.site_province[columns.row_site[offer.rows]])
    known = (province >= 0).any(axis=0) & each_of(plant.province, lambda name: name is not None)
    near = looked_up(plant.province, joined, province).any(axis=0)
    return [_certain(np.where(known, near.astype(np.float64), np.nan))]


def languages(question: Asking, asked: Sequence[str | Picked[str]], offer: Offer) -> list[Answer]:
    columns = question.columns
    owner, language = columns.spoken.gather(offer.suppliers)
    spoken = np.zeros(offer.size)
    for one in set(asked):
        is_it = looked_up(one, lambda code: columns.languages.mask([code]), language, owner)
        spoken += np.bincount(owner[is_it], minlength=offer.size)
    value = np.where(columns.spoken_grade[offer.suppliers] == 0, np.nan, spoken / len(set(asked)))
    return [_answer(question, "languages", value, taken(columns.spoken_grade, offer.suppliers))]


def export_experience(question: Asking, asked_pct: Figure, offer: Offer) -> list[Answer]:
    column = question.columns.export_share_pct
    value = ramp_up(column.value[offer.suppliers], asked_pct)
    return [_answer(question, "export_experience", value, taken(column.grade, offer.suppliers))]


def track_record(question: Asking, asked_share: Figure, offer: Offer) -> list[Answer]:
    """Its interval is Wilson's, whatever the evidence."""
    deliveries, good = question.columns.deliveries[offer.suppliers], question.columns.good_deliveries[offer.suppliers]
    deliveries = np.where(deliveries > 0, deliveries, np.nan)
    low, high = wilson_interval(good, deliveries)
    answer = _certain(ramp_up(good / deliveries, asked_share))
    return [replace(answer, interval=(ramp_up(low, asked_share), ramp_up(high, asked_share)))]


OF_SUPPLIER: Final[Mapping[str, Callable[[Asking, Any, Offer], list[Answer]]]] = {
    "lead_time": lead_time,
    "certifications": certifications,
    "certifications_preferred": certifications,
    "distance": distance,
    "corridor": corridor,
    "languages": languages,
    "export_experience": export_experience,
    "track_record": track_record,
}


def _answer(question: Asking, key: str, value: Floats, *grades: Ints, fit: Floats | None = None) -> Answer:
    """Resting on facts with these grades, and trusted as far as the weakest of them."""
    return Answer(value, Graded(question.trust(key), question.columns.grades, grades), fit)


def _certain(value: Floats) -> Answer:
    return Answer(value, Certain(len(value)))
