"""The engine's typed input: what a buyer asks for, and what suppliers say of themselves.

All frozen. None means unknown in a record, and not asked in a requirement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, Generic, Literal, TypeVar

from matchmaking.engine.errors import FactsError
from matchmaking.engine.taxonomy import Taxonomy

__all__ = [
    "CRITERIA",
    "ROLES",
    "ActiveCriterion",
    "CapabilityRecord",
    "CertificateRecord",
    "CertificateSection",
    "CriterionSetting",
    "Fact",
    "Facts",
    "Mode",
    "Operation",
    "Plant",
    "Quantity",
    "Requirement",
    "SiteRecord",
    "SupplierRecord",
    "Taxonomy",
    "TrackRecord",
]

T_co = TypeVar("T_co", covariant=True)
Mode = Literal["must", "should", "off"]
MODES: Final[tuple[Mode, ...]] = ("must", "should", "off")

PER_OPERATION: Final = ("process", "material", "tolerance", "roughness", "part_size", "part_mass", "capacity", "moq")
PER_SUPPLIER: Final = (
    "lead_time",
    "certifications",
    "certifications_preferred",
    "distance",
    "corridor",
    "languages",
    "export_experience",
    "track_record",
)
CRITERIA: Final = PER_OPERATION + PER_SUPPLIER
WITHOUT_EVIDENCE: Final = frozenset({"distance", "corridor", "track_record"})
DEFAULT_WEIGHTS: Final[Mapping[str, float]] = {
    **dict.fromkeys(CRITERIA, 1.0),
    "process": 3.0,
    "material": 2.0,
    "tolerance": 2.0,
    "capacity": 2.0,
    "certifications": 2.0,
}
USUAL_NEAR_KM: Final = 50.0
USUAL_FAR_KM: Final = 500.0
ROLES: Final[Mapping[str, float]] = {"core": 1.0, "supplementary": 0.8, "subcontracted": 0.5}


@dataclass(frozen=True, slots=True)
class Fact(Generic[T_co]):
    """A value with its evidence: the level (0 to 4) and the day observed. `unit` is for monthly capacity alone."""

    value: T_co | None
    level: int
    observed: date
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRecord:
    """A place of work. Degrees, both or neither."""

    id: str
    lat: float | None = None
    lon: float | None = None
    province: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRecord:
    """A certificate. It proves nothing unless `expires_on` is given or `never_expires`; a missing start is open."""

    standard: str | None
    level: int
    observed: date
    valid_from: date | None = None
    expires_on: date | None = None
    never_expires: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSection:
    """What a supplier stated about its certificates, when, and how well checked; no items is the statement "none"."""

    level: int
    observed: date
    items: tuple[CertificateRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """Deliveries reported, and how many of them were on time and accepted."""

    deliveries: float | None
    good: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityRecord:
    """One process run at one site, with its limits. `level` and `observed` are the evidence of the process itself."""

    id: str
    site: str
    process: str
    role: str
    level: int
    observed: date
    materials: Fact[tuple[str, ...]] | None = None
    tolerance_mm: Fact[float] | None = None
    roughness_um: Fact[float] | None = None
    envelope_mm: Fact[tuple[float, float, float]] | None = None
    max_mass_kg: Fact[float] | None = None
    monthly_capacity: Fact[float] | None = None
    utilisation_pct: Fact[float] | None = None
    lead_time_days: Fact[float] | None = None
    moq: Fact[float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRecord:
    """All that the engine knows of one supplier. Site and capability ids are unique within it."""

    id: str
    sites: tuple[SiteRecord, ...] = ()
    certificates: CertificateSection | None = None
    languages: Fact[tuple[str, ...]] | None = None
    export_share_pct: Fact[float] | None = None
    track_record: TrackRecord | None = None
    capabilities: tuple[CapabilityRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class CriterionSetting:
    """How a requirement weighs a criterion. A weight of None is the usual one."""

    mode: Mode = "should"
    weight: float | None = None
    min_level: int = 0


@dataclass(frozen=True, slots=True)
class ActiveCriterion:
    """A criterion that is asked and not off, with its setting resolved."""

    key: str
    mode: Mode
    weight: float
    min_level: int

    @property
    def is_gate(self) -> bool:
        return self.mode == "must"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """Where the parts are needed. Degrees, both or neither."""

    lat: float | None = None
    lon: float | None = None
    province: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """Parts a month, in the buyer's unit."""

    value: float
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One step of making the part. `part_size_mm` in any order."""

    id: str
    process: str
    materials: tuple[str, ...] = ()
    tolerance_mm: float | None = None
    roughness_um: float | None = None
    part_size_mm: tuple[float, float, float] | None = None
    part_mass_kg: float | None = None


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What a buyer needs. A target that is None or empty is not asked; `corridor` is asked when `criteria` names it."""

    id: str
    operations: tuple[Operation, ...]
    plant: Plant = field(default_factory=Plant)
    needed_on: date | None = None
    quantity: Quantity | None = None
    lead_time_days: float | None = None
    moq: float | None = None
    certifications: tuple[str, ...] = ()
    certifications_preferred: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    export_share_pct: float | None = None
    track_record_share: float | None = None
    near_km: float = USUAL_NEAR_KM
    far_km: float = USUAL_FAR_KM
    criteria: Mapping[str, CriterionSetting] = field(default_factory=dict)

    @property
    def unit(self) -> str | None:
        """That of the quantity."""
        return None if self.quantity is None else self.quantity.unit

    def operation_target(self, operation: Operation, key: str) -> Any:
        """What the operation asks of a criterion that is judged per operation, None if nothing."""
        targets: dict[str, object] = {
            "process": operation.process,
            "material": operation.materials or None,
            "tolerance": operation.tolerance_mm,
            "roughness": operation.roughness_um,
            "part_size": operation.part_size_mm,
            "part_mass": operation.part_mass_kg,
            "capacity": self.quantity,
            "moq": self.moq,
        }
        return targets[key]

    def supplier_target(self, key: str) -> Any:
        """What is asked of a criterion that is judged per supplier, None if nothing."""
        targets: dict[str, object] = {
            "lead_time": self.lead_time_days,
            "certifications": self.certifications or None,
            "certifications_preferred": self.certifications_preferred or None,
            "distance": None if self.plant.lat is None else self.plant,
            "corridor": self.plant if "corridor" in self.criteria else None,
            "languages": self.languages or None,
            "export_experience": self.export_share_pct,
            "track_record": self.track_record_share,
        }
        return targets[key]

    def asks(self, key: str) -> bool:
        """Whether the requirement asks a criterion at all, whatever its mode."""
        if key in PER_OPERATION:
            return any(self.operation_target(operation, key) is not None for operation in self.operations)
        return self.supplier_target(key) is not None

    def active_criteria(self) -> dict[str, ActiveCriterion]:
        """The criteria that count, by key, in the order of `CRITERIA`.

        Raises:
            FactsError: their weights sum to 0.
        """
        return dict(self._active)

    @cached_property
    def _active(self) -> Mapping[str, ActiveCriterion]:
        resolved = (self._resolve(key) for key in CRITERIA if self.asks(key))
        active = {criterion.key: criterion for criterion in resolved if criterion.mode != "off"}
        if not any(criterion.weight > 0 for criterion in active.values()):
            raise FactsError("requirement.criteria", "the weights of the criteria asked must sum to more than 0")
        return active

    def _resolve(self, key: str) -> ActiveCriterion:
        setting = self.criteria.get(key) or CriterionSetting()
        return ActiveCriterion(
            key=key,
            mode="must" if key == "process" else setting.mode,
            weight=DEFAULT_WEIGHTS[key] if setting.weight is None else setting.weight,
            min_level=0 if key in WITHOUT_EVIDENCE else setting.min_level,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that one ranking needs."""

    as_of: date
    taxonomy: Taxonomy
    requirement: Requirement
    suppliers: tuple[SupplierRecord, ...]
