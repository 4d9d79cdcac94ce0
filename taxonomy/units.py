"""The one table of units: what they measure, what they are called, how they convert."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Unit:
    """A unit of quantity. `factor` times a figure in this unit is the figure in the dimension's base unit."""

    code: str
    dimension: str
    factor: float
    name: str | Promise


UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        Unit("pcs", "pieces", 1.0, _("pieces")),
        Unit("set", "sets", 1.0, _("sets")),
        Unit("kg", "mass", 1.0, _("kilograms")),
        Unit("t", "mass", 1000.0, _("tonnes")),
        Unit("m", "length", 1.0, _("metres")),
        Unit("m2", "area", 1.0, _("square metres")),
        Unit("m3", "volume", 1.0, _("cubic metres")),
    )
}
BASE_UNITS: dict[str, str] = {unit.dimension: unit.code for unit in UNITS.values() if unit.factor == 1.0}
CHOICES: list[tuple[str, str | Promise]] = [(unit.code, unit.name) for unit in UNITS.values()]


def units_like(unit: str) -> list[Unit]:
    """The units that measure what this one measures, itself included.

    Raises:
        KeyError: `unit` is no code of this table.
    """
    return [other for other in UNITS.values() if other.dimension == UNITS[unit].dimension]


def to_base(figure: float, unit: str) -> tuple[float, str]:
    """The same quantity in its dimension's base unit, so that tonnes and kilograms compare.

    Raises:
        KeyError: `unit` is no code of this table.
    """
    known = UNITS[unit]
    return figure * known.factor, BASE_UNITS[known.dimension]
