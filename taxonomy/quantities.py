"""Quantities in queries, whatever unit of a kind they are stored in."""

from django.db.models import Q

from taxonomy.units import UNITS, units_like


def figure_between(figure: str, unit_column: str, *, unit: str, least: float | None, most: float | None) -> Q:
    """Rows whose figure is at least and at most so much `unit`, stored in this unit or in another of its kind.

    Raises:
        KeyError: `unit` is no code of `taxonomy.units`.
    """
    bounds = {"gte": least, "lte": most}
    found = Q()
    for stored in units_like(unit):
        scale = UNITS[unit].factor / stored.factor
        within = {f"{figure}__{bound}": value * scale for bound, value in bounds.items() if value is not None}
        found |= Q(**{unit_column: stored.code}, **within)
    return found & Q(**{f"{figure}__isnull": False})
