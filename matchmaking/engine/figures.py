"""Targets that are figures: what suppliers have to set against them, and how a requirement asks another one.

An amount stands for a target: the figure itself, or, for the size of a part, the share of its sides that is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from matchmaking.engine.columns import Floats, Ints, taken
from matchmaking.engine.confidence import wilson_interval
from matchmaking.engine.criteria import Offer, Question, distance_km
from matchmaking.engine.model import Operation, Quantity, Requirement
from matchmaking.engine.targets import Picked, Quantities

MORE: Final = 1
LESS: Final = -1
OF_EACH_OPERATION: Final = ("tolerance", "roughness", "part_size", "part_mass")
OF_ALL_OPERATIONS: Final = ("capacity", "moq")
OF_SUPPLIERS: Final = ("lead_time", "distance", "export_experience", "track_record")
LOOSER: Final[Mapping[str, int]] = {
    "tolerance": MORE,
    "roughness": MORE,
    "part_size": LESS,
    "part_mass": LESS,
    "capacity": LESS,
    "moq": MORE,
    "lead_time": MORE,
    "distance": MORE,
    "export_experience": LESS,
    "track_record": LESS,
}
"""Whether a larger or a smaller target lets more suppliers pass."""
DECIMALS: Final = 6
SAFE: Final = 4e-10
"""By what share of itself a figure may miss its target and yet pass, and a little less."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that a gate asks: of one operation, by its place, or of the requirement (None)."""

    key: str
    operation: int | None
    amount: float

    @property
    def looser(self) -> int:
        return LOOSER[self.key]


def targets_asked(requirement: Requirement) -> list[Target]:
    """All that a requirement asks in figures, in the order of the contract, whatever their mode."""
    found = []
    for key in LOOSER:
        if key in OF_EACH_OPERATION:
            for place, operation in enumerate(requirement.operations):
                if (asked := requirement.operation_target(operation, key)) is not None:
                    found.append(Target(key, place, 1.0 if key == "part_size" else float(asked)))
        elif (amount := _amount_of_requirement(requirement, key)) is not None:
            found.append(Target(key, None, amount))
    return found


def _amount_of_requirement(requirement: Requirement, key: str) -> float | None:
    if key == "distance":
        return None if requirement.plant.lat is None else requirement.near_km
    if key == "capacity":
        return None if requirement.quantity is None else requirement.quantity.value
    amounts: dict[str, float | None] = {
        "moq": requirement.moq,
        "lead_time": requirement.lead_time_days,
        "export_experience": requirement.export_share_pct,
        "track_record": requirement.track_record_share,
    }
    return amounts[key]


def asking(requirement: Requirement, target: Target, amount: float) -> Requirement:
    """The same requirement with another amount in place of a target's."""
    if target.operation is not None:
        operations = list(requirement.operations)
        operations[target.operation] = _operation_asking(operations[target.operation], target.key, amount)
        return replace(requirement, operations=tuple(operations))
    if target.key == "capacity":
        return replace(requirement, quantity=Quantity(amount, requirement.unit))
    if target.key == "distance":
        return replace(requirement, near_km=amount, far_km=far_km(requirement, amount))
    fields = {
        "moq": "moq",
        "lead_time": "lead_time_days",
        "export_experience": "export_share_pct",
        "track_record": "track_record_share",
    }
    return replace(requirement, **{fields[target.key]: amount})  # type: ignore[arg-type]


def _operation_asking(operation: Operation, key: str, amount: float) -> Operation:
    if key == "part_size":
        long, middle, short = sides_mm(operation, np.array([amount]))[0].tolist()
        return replace(operation, part_size_mm=(long, middle, short))
    fields = {"tolerance": "tolerance_mm", "roughness": "roughness_um", "part_mass": "part_mass_kg"}
    return replace(operation, **{fields[key]: amount})  # type: ignore[arg-type]


def far_km(requirement: Requirement, near_km: float) -> float:
    """Far stays where it is, or as far beyond near as it was where near would reach it."""
    given = requirement.far_km
    return given if near_km < given else near_km + (given - requirement.near_km)


def sides_mm(operation: Operation, share: Floats) -> Floats:
    """Shape (n, 3): the sides of a part of the same shape, shrunk to n shares, longest first."""
    sides = _longest_first(operation) * share[:, np.newaxis]
    return np.where(sides < 1.0, sides, np.round(sides, 10))


def _longest_first(operation: Operation) -> Floats:
    sides: Floats = np.sort(np.array(operation.part_size_mm))[::-1]
    return sides


def of_rows(question: Question, target: Target, amounts: Floats) -> Any:
    """The target of a criterion of operations with n amounts, for n rows."""
    if target.key == "capacity":
        return Quantities(amounts, Picked([question.requirement.unit], np.zeros(len(amounts), dtype=np.int64)))
    if target.key == "part_size" and target.operation is not None:
        return sides_mm(question.requirement.operations[target.operation], amounts)
    return amounts


def figures_of_rows(question: Question, target: Target, rows: Ints) -> Floats:
    """The amount that each row could just meet; NaN where it has no figure, or none that can be asked."""
    columns = question.columns
    if target.key == "capacity":
        used = taken(columns.utilisation_pct.value, rows)
        return two_figures(taken(columns.monthly_capacity.value, rows) * (1.0 - used / 100.0))
    if target.key == "part_size" and target.operation is not None:
        sides = _longest_first(question.requirement.operations[target.operation])
        shares = (taken(columns.envelope_mm.value, rows) / sides).min(axis=1)
        return _askable(outward(shares, LESS, decimals=4))
    column = {
        "tolerance": columns.tolerance_mm,
        "roughness": columns.roughness_um,
        "part_mass": columns.max_mass_kg,
        "moq": columns.moq,
    }[target.key]
    return _askable(taken(column.value, rows))


def figures_of_suppliers(question: Question, target: Target, offer: Offer) -> Floats:
    """The same for suppliers with the rows chosen for them."""
    columns = question.columns
    if target.key == "lead_time":
        days = np.zeros(offer.size)
        for rows in offer.rows:
            days += np.where(rows < 0, np.nan, taken(columns.lead_time_days.value, rows))
        return _askable(outward(days, MORE))
    if target.key == "distance":
        return outward(distance_km(columns, question.requirement.plant, offer), MORE, decimals=1)
    if target.key == "export_experience":
        return _askable(taken(columns.export_share_pct.value, offer.suppliers))
    deliveries = taken(columns.deliveries, offer.suppliers)
    deliveries = np.where(deliveries > 0, deliveries, np.nan)
    most = wilson_interval(taken(columns.good_deliveries, offer.suppliers), deliveries)[1]
    return outward(most, LESS, decimals=3)


def _askable(figures: Floats) -> Floats:
    """Nothing below the smallest and beyond the largest number can be asked."""
    return np.where((figures > 0) & np.isfinite(figures), figures, np.nan)


def outward(figures: Floats, looser: int, *, decimals: int = DECIMALS) -> Floats:
    """Figures rounded so that who has them still passes; those too small or too large to be rounded as they are."""
    scale = 10.0**decimals
    scaled = figures * scale
    whole = np.ceil(scaled * (1.0 - SAFE)) if looser == MORE else np.floor(scaled * (1.0 + SAFE))
    return np.where((whole > 0) & (np.abs(scaled) < 2.0**52), whole / scale, figures)


def two_figures(free: Floats) -> Floats:
    """Free capacity as it is told: to two significant figures, here never more than there is."""
    askable = _askable(free)
    power = np.clip(np.floor(np.log10(np.where(np.isnan(askable), 1.0, askable))) - 1.0, -290.0, 306.0)
    up, down = 10.0 ** np.maximum(power, 0.0), 10.0 ** np.maximum(-power, 0.0)
    whole = np.floor(askable / up * down * (1.0 + SAFE))
    return np.where(whole > 0, whole * up / down, askable)
