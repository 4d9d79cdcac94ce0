"""Which columns are proved as one fact, what its evidence is, and which of two pieces of evidence is better."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from suppliers.models import Capability, Certificate, EvidenceLevel, Supplier

FactRow = Supplier | Capability | Certificate
Values = Mapping[str, Any]

WITHDRAWN_COUNTS = timedelta(days=365)
"""How long a figure that was taken back counts with its last value."""

WEIGHTS = (0.60, 0.75, 0.90, 0.97, 1.00)
"""Trust in a fact observed today, by evidence level."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What is asserted and proved as one: some columns, and beside them a level and a day.

    `half_life_days` is None where trust does not fade. The fact is known where its first column is filled in.
    """

    name: str
    columns: tuple[str, ...]
    half_life_days: float | None
    level: str
    observed_on: str

    def evidence_of(self, row: models.Model) -> "tuple[int, date | None]":
        """Level and day; the day is None while the fact is unknown."""
        return getattr(row, self.level), getattr(row, self.observed_on)


def _fact(name: str, *, half_life_days: float, columns: tuple[str, ...] = ()) -> Fact:
    return Fact(
        name=name,
        columns=columns or (name,),
        half_life_days=half_life_days,
        level=f"{name}_level",
        observed_on=f"{name}_observed_on",
    )


FACTS: dict[type[models.Model], tuple[Fact, ...]] = {
    Supplier: (
        _fact("languages", half_life_days=365),
        _fact("export_share_pct", half_life_days=365),
        Fact(
            name="certificates",
            columns=(),
            half_life_days=None,
            level="certificates_stated_level",
            observed_on="certificates_stated_on",
        ),
    ),
    Capability: (
        _fact("process", half_life_days=730, columns=("process", "role", "site")),
        _fact("materials", half_life_days=730),
        _fact("tolerance_mm", half_life_days=730),
        _fact("roughness_um", half_life_days=730),
        _fact("envelope_mm", half_life_days=730),
        _fact("max_mass_kg", half_life_days=730),
        _fact("monthly_capacity", half_life_days=90, columns=("monthly_capacity", "capacity_unit")),
        _fact("utilisation_pct", half_life_days=90),
        _fact("lead_time_days", half_life_days=180),
        _fact("moq", half_life_days=180),
    ),
    Certificate: (
        Fact(
            name="certificate",
            columns=(
                "standard",
                "number",
                "issuing_body",
                "accreditation_body",
                "scope",
                "site",
                "valid_from",
                "expires_on",
                "never_expires",
            ),
            half_life_days=None,
            level="level",
            observed_on="observed_on",
        ),
    ),
}
"""The facts of each model. How fast trust in them fades is the matching contract's."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a statement comes from.

    `observed_on` is the day for which it holds, today unless given; `source` names the list or document.
    """

    level: int = EvidenceLevel.DECLARED
    observed_on: date | None = None
    source: str = ""
    note: str = ""

    @property
    def day(self) -> date:
        return self.observed_on or timezone.localdate()


DECLARED_TODAY = Origin()
"""What a firm says when it says nothing about where it knows it from."""


def is_better(new: tuple[int, date | None], old: tuple[int, date | None], *, half_life_days: float | None) -> bool:
    """Whether new evidence (level, day) of a fact earns more trust than the old.

    Both fade alike, so the answer is the same on every day.
    """

    def trust(level: int, day: date | None) -> tuple[float, int]:
        if day is None:
            return -math.inf, 0
        fading = day.toordinal() / half_life_days if half_life_days else 0.0
        return math.log2(WEIGHTS[level]) + fading, day.toordinal()

    return trust(*new) > trust(*old)


def lapsed_facts(row: FactRow, *, on: date) -> list[Fact]:
    """Facts of which the last value no longer counts: taken back, and the time is over."""
    if isinstance(row, Certificate):
        return []
    ends = {name: date.fromisoformat(day) + WITHDRAWN_COUNTS for name, day in row.withdrawn.items()}
    return [fact for fact in FACTS[type(row)] if fact.name in ends and ends[fact.name] <= on]
