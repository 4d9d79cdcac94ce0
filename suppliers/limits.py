"""Between which bounds figures must lie: one table for services, serializers and imports."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.constraints import MAX_FIGURE
from config.errors import InvalidFactError
from config.phrases import Phrase

MOST_CAPABILITIES: Final = 250
"""Of a firm, at all its sites together. Where two firms are made one it may have more, and adds no more."""
BOUNDS: dict[str, tuple[float, float]] = {
    "founded_year": (1800, 2200),
    "employees_total": (0, 2_000_000),
    "employees_engineers": (0, 2_000_000),
    "employees_quality": (0, 2_000_000),
    "export_share_pct": (0, 100),
    "latitude": (-90, 90),
    "longitude": (-180, 180),
    "tolerance_mm": (0, MAX_FIGURE),
    "roughness_um": (0, MAX_FIGURE),
    "max_mass_kg": (0, MAX_FIGURE),
    "monthly_capacity": (0, MAX_FIGURE),
    "utilisation_pct": (0, 100),
    "lead_time_days": (0, MAX_FIGURE),
    "sample_lead_time_days": (0, MAX_FIGURE),
    "moq": (0, MAX_FIGURE),
}
"""Least and greatest value of each figure, both included."""


def check_figures(values: Mapping[str, Any]) -> None:
    """Refuse figures out of bounds, and envelopes without three positive sides.

    Raises:
        InvalidFactError: pointing at the first such figure.
    """
    for name, value in values.items():
        if value is None:
            continue
        if name in BOUNDS:
            _check_bounds(value, *BOUNDS[name], pointer=f"/{name}")
        elif name == "envelope_mm":
            _check_envelope(value)


def check_observed(day: date) -> None:
    """Refuse an observation that lies in the future, by the calendar of Vietnam.

    Raises:
        InvalidFactError: pointing at `/observed_on`.
    """
    if day > timezone.localdate():
        raise InvalidFactError(_("The day lies in the future."), pointer="/observed_on", code="in_the_future")


def check_validity(valid_from: date | None, expires_on: date | None, *, never_expires: bool) -> None:
    """Refuse a validity that ends before it starts, or that both ends and never does.

    Raises:
        InvalidFactError: pointing at `/expires_on`.
    """
    if expires_on is None:
        return
    if valid_from is not None and expires_on < valid_from:
        raise InvalidFactError(_("Expires before it starts."), pointer="/expires_on", code="before_start")
    if never_expires:
        raise InvalidFactError(_("It expires or never does, not both."), pointer="/expires_on", code="never_expires")


def _check_bounds(value: Any, least: float, most: float, *, pointer: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidFactError(_("A number is required."), pointer=pointer, code="not_a_number")
    if value < least:
        raise InvalidFactError(Phrase("At least %(bound)g.", bound=least), pointer=pointer, code="min_value")
    if value > most:
        raise InvalidFactError(Phrase("At most %(bound)g.", bound=most), pointer=pointer, code="max_value")


def _check_envelope(sides: Sequence[Any]) -> None:
    if len(sides) not in (0, 3):
        raise InvalidFactError(_("Length, width and height."), pointer="/envelope_mm", code="three_sides")
    for index, side in enumerate(sides):
        pointer = f"/envelope_mm/{index}"
        _check_bounds(side, 0, MAX_FIGURE, pointer=pointer)
        if side == 0:
            raise InvalidFactError(_("Above 0."), pointer=pointer, code="min_value")
