"""Great-circle distance: in queries a box that an index answers, then the exact figure; and the same for columns."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import ExpressionWrapper, F, FloatField, Func, Q, Value
from django.db.models.expressions import Combinable, Expression
from django.db.models.functions import ASin, Cos, Least, Radians, Sin, Sqrt

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG), as rankings use it."""
FARTHEST_KM = 1000
"""Largest distance that is asked for: Vietnam from end to end is not much more."""
MARGIN_DEGREES = 1e-6
NEARLY = 1e-9
"""By which part of a distance numpy's functions and those of C never differ."""
GRID_LINES_PER_DEGREE = 100.0
"""About a kilometre apart, in Vietnam."""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place on earth, in degrees north and east (WGS 84)."""

    latitude: float
    longitude: float

    def distance_km(self, prefix: str = "") -> Combinable:
        """Kilometres to the columns `latitude` and `longitude`, which are below `prefix`."""
        latitude, longitude = Radians(F(f"{prefix}latitude")), Radians(F(f"{prefix}longitude"))
        here, east = math.radians(self.latitude), math.radians(self.longitude)
        north_part = _square(Sin((latitude - Value(here)) / Value(2.0)))
        east_part = Value(math.cos(here)) * Cos(latitude) * _square(Sin((longitude - Value(east)) / Value(2.0)))
        half_chord = Least(Sqrt(north_part + east_part, output_field=FloatField()), Value(1.0))
        return Value(2.0 * EARTH_RADIUS_KM) * ASin(half_chord)

    def are_within(
        self, km: float, latitudes: npt.NDArray[np.float64], longitudes: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """Which places on the grid are not farther than that; NaN is nowhere. The same as a query finds: sines are
        those of the C library, by line of the grid, and the rest is computed in the query's order."""
        north = math.degrees(km / EARTH_RADIUS_KM) + MARGIN_DEGREES
        close = np.flatnonzero(np.abs(latitudes - self.latitude) <= north)
        found = np.zeros(len(latitudes), dtype=np.bool_)
        if len(close):
            here, east = math.radians(self.latitude), math.radians(self.longitude)
            north_part = _by_line(latitudes[close], lambda line: _square(math.sin((line - here) / 2.0)))
            east_part = _by_line(longitudes[close], lambda line: _square(math.sin((line - east) / 2.0)))
            flat = _by_line(latitudes[close], math.cos)
            half_chord = np.minimum(np.sqrt(north_part + math.cos(here) * flat * east_part), 1.0)
            distance = 2.0 * EARTH_RADIUS_KM * np.arcsin(half_chord)
            found[close] = distance <= km
            for place in np.flatnonzero(np.abs(distance - km) <= NEARLY * km).tolist():
                found[close[place]] = 2.0 * EARTH_RADIUS_KM * math.asin(half_chord[place]) <= km
        return found

    def around(self, km: float, prefix: str = "") -> Q:
        """Columns inside the box that holds the whole circle of `km`."""
        angle = km / EARTH_RADIUS_KM
        north = math.degrees(angle) + MARGIN_DEGREES
        box = Q(**{f"{prefix}latitude__range": (self.latitude - north, self.latitude + north)})
        shrink = math.cos(math.radians(self.latitude))
        if math.sin(angle) >= shrink or angle >= math.pi / 2:
            return box  # a pole lies inside the circle: every longitude does
        east = math.degrees(math.asin(math.sin(angle) / shrink)) + MARGIN_DEGREES
        return box & self._between(self.longitude - east, self.longitude + east, f"{prefix}longitude")

    def _between(self, west: float, east: float, column: str) -> Q:
        if west < -180:
            return Q(**{f"{column}__lte": east}) | Q(**{f"{column}__gte": west + 360})
        if east > 180:
            return Q(**{f"{column}__gte": west}) | Q(**{f"{column}__lte": east - 360})
        return Q(**{f"{column}__range": (west, east)})


def nearest_line(degrees: float) -> float:
    """The line of the grid. Who measures distances to it, however often, learns no more than the line."""
    return round(degrees * GRID_LINES_PER_DEGREE) / GRID_LINES_PER_DEGREE


def on_grid(column: str) -> Expression:
    """The same in a query. Both round halves to the even line."""
    line = Func(F(column) * Value(GRID_LINES_PER_DEGREE), function="ROUND", output_field=FloatField())
    return ExpressionWrapper(line / Value(GRID_LINES_PER_DEGREE), output_field=FloatField())


def _by_line(degrees: npt.NDArray[np.float64], of: Callable[[float], float]) -> npt.NDArray[np.float64]:
    """A function of angles, for places on the grid: computed once for each of its lines."""
    lines = np.rint(degrees * GRID_LINES_PER_DEGREE).astype(np.int64)
    first = int(lines.min())
    angles = (math.radians(line / GRID_LINES_PER_DEGREE) for line in range(first, int(lines.max()) + 1))
    return np.array([of(angle) for angle in angles])[lines - first]


def _square(term: Any) -> Any:
    return term * term
