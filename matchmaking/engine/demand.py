"""What many requirements ask, as columns: built once, and read for every supplier that asks what it could win.

The counterpart of `engine.columns`, which holds what suppliers say. Figures that are not asked are NaN, codes -1.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from matchmaking.engine.columns import NEVER, Codes, Ints, direction
from matchmaking.engine.lists import Ragged, Runs, ends
from matchmaking.engine.model import CRITERIA, PER_OPERATION, ActiveCriterion, Operation, Requirement
from matchmaking.engine.score import scaled

Table = npt.NDArray[np.void]

SETTINGS: Final = [("counts", "?"), ("gate", "?"), ("min_level", "i1"), ("weight", "f8")]
OF_REQUIREMENT: Final = np.dtype(
    [
        *((name, "f8") for name in ("near_km", "far_km", "quantity", "moq", "lead_time_days")),
        *((name, "f8") for name in ("export_share_pct", "track_record_share", "weights")),
        *((name, "i4") for name in ("needed_on", "unit", "province")),
        ("direction", "f8", 3),
        *((name, kind, len(CRITERIA)) for name, kind in SETTINGS),
    ]
)
"""`needed_on` is an ordinal, NEVER for the day of the question; settings are those of `CRITERIA`, in their order.
Weights are scaled, `weights` is their sum."""
OF_OPERATION: Final = np.dtype(
    [
        ("process", "i4"),
        *((name, "f8") for name in ("tolerance_mm", "roughness_um", "part_mass_kg", "weights")),
        ("part_size_mm", "f8", 3),
        ("asks", "?", len(PER_OPERATION)),
        ("weight", "f8", len(PER_OPERATION)),
    ]
)
"""`asks` holds for criteria that count and have a target here; weights are scaled among these."""


class Vocabulary:
    """The codes that occur in requirements. Only ever added to, and not where somebody reads: see `copy`."""

    KINDS: Final = ("processes", "materials", "standards", "languages", "provinces", "units")

    def __init__(self) -> None:
        self.processes, self.materials, self.standards = Codes(), Codes(), Codes()
        self.languages, self.provinces, self.units = Codes(), Codes(), Codes()

    def copy(self) -> "Vocabulary":
        copy = Vocabulary()
        for kind in self.KINDS:
            getattr(copy, kind).index.update(getattr(self, kind).index)
        return copy


@dataclass(frozen=True)
class Demand:
    """Requirements as columns. Nothing in it ever changes.

    Attributes:
        ids: of the requirements.
        requirements: one `OF_REQUIREMENT` each.
        operations: one `OF_OPERATION` each, those of a requirement together and in their order.
        operations_of: which operations are whose.
        materials: of each operation, none twice.
        lists: of each requirement by name of the field, sorted, none twice.
    """

    ids: tuple[str, ...]
    requirements: Table
    operations: Table
    operations_of: Runs
    materials: Ragged
    lists: Mapping[str, Ragged]
    codes: Vocabulary

    LISTS = {"certifications": "standards", "certifications_preferred": "standards", "languages": "languages"}

    @classmethod
    def of(cls, requirements: Iterable[Requirement], *, codes: Vocabulary | None = None) -> Self:
        """
        Raises:
            FactsError: the weights of the criteria that a requirement asks sum to 0.
        """
        writer = _Writer(codes or Vocabulary())
        asked = list(requirements)
        for requirement in asked:
            writer.add(requirement)
        return cls(
            ids=tuple(requirement.id for requirement in asked),
            requirements=np.array(writer.requirements, dtype=OF_REQUIREMENT),
            operations=np.array(writer.operations, dtype=OF_OPERATION),
            operations_of=Runs(ends([len(requirement.operations) for requirement in asked])),
            materials=Ragged.of(writer.materials),
            lists={name: Ragged.of(entries) for name, entries in writer.lists.items()},
            codes=writer.codes,
        )

    def __len__(self) -> int:
        return len(self.ids)

    def changed(self, *, kept: Ints, added: Sequence[Requirement]) -> Self:
        """The requirements at some positions, then others.

        Raises:
            FactsError: as `of`.
        """
        old, new = self.take(kept), self.of(added, codes=self.codes.copy())
        return replace(
            new,
            ids=old.ids + new.ids,
            requirements=np.concatenate([old.requirements, new.requirements]),
            operations=np.concatenate([old.operations, new.operations]),
            operations_of=Runs(ends(np.concatenate([old.operations_of.lengths(), new.operations_of.lengths()]))),
            materials=Ragged.concatenated([old.materials, new.materials]),
            lists={name: Ragged.concatenated([entries, new.lists[name]]) for name, entries in old.lists.items()},
        )

    def take(self, positions: Ints) -> Self:
        """The requirements at some positions, each as often as it is named."""
        operations = self.operations_of.gather(positions)[1]
        return replace(
            self,
            ids=tuple(self.ids[position] for position in positions.tolist()),
            requirements=self.requirements[positions],
            operations=self.operations[operations],
            operations_of=Runs(ends(self.operations_of.lengths(positions))),
            materials=self.materials.take(operations),
            lists={name: entries.take(positions) for name, entries in self.lists.items()},
        )

    @cached_property
    def requirement_of(self) -> Ints:
        """Whose each operation is."""
        return np.repeat(np.arange(len(self)), self.operations_of.lengths())

    @cached_property
    def operations_with(self) -> Ragged:
        """The operations that ask for each process."""
        return Ragged.inverted(self.operations["process"], len(self.codes.processes))


class _Writer:
    """Writes requirements into columns one by one."""

    def __init__(self, codes: Vocabulary) -> None:
        self.codes = codes
        self.requirements: list[tuple[Any, ...]] = []
        self.operations: list[tuple[Any, ...]] = []
        self.materials: list[list[int]] = []
        self.lists: dict[str, list[list[int]]] = {name: [] for name in Demand.LISTS}

    def add(self, asked: Requirement) -> None:
        criteria = asked.active_criteria()
        for operation in asked.operations:
            self.operations.append(self._operation(asked, operation, criteria))
            self.materials.append([self.codes.materials.intern(code) for code in dict.fromkeys(operation.materials)])
        for name, kind in Demand.LISTS.items():
            codes = getattr(self.codes, kind)
            self.lists[name].append([codes.intern(code) for code in sorted(set(getattr(asked, name)))])
        self.requirements.append(self._requirement(asked, criteria))

    def _requirement(self, asked: Requirement, criteria: Mapping[str, ActiveCriterion]) -> tuple[Any, ...]:
        weight = scaled({key: criterion.weight for key, criterion in criteria.items()})
        quantity = asked.quantity
        return (
            *(asked.near_km, asked.far_km, quantity.value if quantity else math.nan, _figure(asked.moq)),
            *(_figure(each) for each in (asked.lead_time_days, asked.export_share_pct, asked.track_record_share)),
            sum(weight.values()),
            NEVER if asked.needed_on is None else asked.needed_on.toordinal(),
            self.codes.units.intern(quantity.unit if quantity else None),
            self.codes.provinces.intern(asked.plant.province),
            direction(asked.plant.lat, asked.plant.lon),
            [key in criteria for key in CRITERIA],
            [key in criteria and criteria[key].is_gate for key in CRITERIA],
            [criteria[key].min_level if key in criteria else 0 for key in CRITERIA],
            [weight.get(key, 0.0) for key in CRITERIA],
        )

    def _operation(
        self, asked: Requirement, operation: Operation, criteria: Mapping[str, ActiveCriterion]
    ) -> tuple[Any, ...]:
        asks = [key in criteria and asked.operation_target(operation, key) is not None for key in PER_OPERATION]
        asking = [key for key, asked_here in zip(PER_OPERATION, asks, strict=True) if asked_here]
        weight = scaled({key: criteria[key].weight for key in asking})
        return (
            self.codes.processes.intern(operation.process),
            *(_figure(each) for each in (operation.tolerance_mm, operation.roughness_um, operation.part_mass_kg)),
            sum(weight.values()),
            operation.part_size_mm or (math.nan,) * 3,
            asks,
            [weight.get(key, 0.0) for key in PER_OPERATION],
        )


def _figure(target: float | None) -> float:
    return math.nan if target is None else target
