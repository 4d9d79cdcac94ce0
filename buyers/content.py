"""What a requirement asks, as plain values: one form for stored requirements and for those that are never saved.

`values_of` reads a stored requirement into the form in which bodies of the API arrive once they are validated;
`content_from` turns such values into what a ranking needs, and refuses what no ranking could work with.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from buyers.models import Criterion, Plant, Requirement
from config.errors import InvalidFactError

MAX_OPERATIONS = 50

Values = Mapping[str, Any]

PLAIN_FIELDS = (
    "title",
    "description",
    "part_family",
    "hs_code",
    "visibility",
    "monthly_quantity",
    "quantity_unit",
    "needed_on",
    "lead_time_days",
    "moq",
    "near_km",
    "far_km",
    "export_share_pct",
    "track_record_share",
    "languages",
    "nda_needed",
    "alert_min_score",
    "answer_by",
    "target_price",
    "target_price_currency",
)
"""Fields of a requirement that are stored in its own row as they are written."""

STANDARD_LISTS = ("standards_required", "standards_preferred")
OPERATION_FIGURES = ("tolerance_mm", "roughness_um", "part_size_mm", "part_mass_kg")


@dataclass(frozen=True, kw_only=True)
class PlantContent:
    """Where the parts go. `province_key` is edition and code, such as `2025:24`; the old one where a plant names it."""

    latitude: float | None
    longitude: float | None
    province_key: str | None


@dataclass(frozen=True, kw_only=True)
class OperationContent:
    """One step of making the part. `id` is its place as text, from "1"; codes are those of the taxonomy."""

    id: str
    process: str
    materials: tuple[str, ...] = ()
    tolerance_mm: float | None = None
    roughness_um: float | None = None
    part_size_mm: tuple[float, ...] | None = None
    part_mass_kg: float | None = None


@dataclass(frozen=True, kw_only=True)
class CriterionContent:
    """How a criterion counts. `mode` is `must`, `should` or `off`; a weight of None is the default one."""

    mode: str = Criterion.Mode.SHOULD.value
    weight: float | None = None
    min_level: int = 0


@dataclass(frozen=True, kw_only=True)
class RequirementContent:
    """All that a ranking needs to know of a requirement. Empty lists and None are not asked.

    `id` is the public id of a stored requirement, None of one that is not saved. Distances are in km,
    `export_share_pct` in percent, `track_record_share` a share above 0 and at most 1; `quantity_unit` is a code of
    `taxonomy.units` wherever `monthly_quantity` is given. Keys of `criteria` are those of `Criterion.Key`.
    """

    id: str | None
    plant: PlantContent | None
    needed_on: date | None
    monthly_quantity: float | None
    quantity_unit: str
    operations: tuple[OperationContent, ...]
    lead_time_days: float | None
    moq: float | None
    standards_required: tuple[str, ...]
    standards_preferred: tuple[str, ...]
    languages: tuple[str, ...]
    export_share_pct: float | None
    track_record_share: float | None
    near_km: float
    far_km: float
    criteria: Mapping[str, CriterionContent]

    def asked(self) -> frozenset[str]:
        """Keys of the criteria that have a target. `process` always has one; `corridor` only by being named."""
        targets: dict[str, Any] = {
            "process": True,
            "material": any(operation.materials for operation in self.operations),
            "tolerance": any(operation.tolerance_mm for operation in self.operations),
            "roughness": any(operation.roughness_um for operation in self.operations),
            "part_size": any(operation.part_size_mm for operation in self.operations),
            "part_mass": any(operation.part_mass_kg for operation in self.operations),
            "capacity": self.monthly_quantity,
            "moq": self.moq,
            "lead_time": self.lead_time_days,
            "certifications": self.standards_required,
            "certifications_preferred": self.standards_preferred,
            "distance": self.plant is not None and self.plant.latitude is not None,
            "corridor": "corridor" in self.criteria,
            "languages": self.languages,
            "export_experience": self.export_share_pct,
            "track_record": self.track_record_share,
        }
        return frozenset(key for key, target in targets.items() if target)

    def without_place(self) -> "RequirementContent":
        """The same, asked with no more than the plant's province: nothing in its ranking tells where exactly."""
        if self.plant is None or self.plant.latitude is None:
            return self
        return _counting(replace(self, plant=replace(self.plant, latitude=None, longitude=None)))

    def with_one(self, operation: OperationContent) -> "RequirementContent":
        """The same, as if only one of its operations were asked for."""
        return _counting(replace(self, operations=(operation,)))


def _counting(content: RequirementContent) -> RequirementContent:
    """The same; where nothing else counts, the process does."""
    if any(_counts(content, key) for key in content.asked()):
        return content
    process = content.criteria.get(Criterion.Key.PROCESS, CriterionContent())
    return replace(content, criteria={**content.criteria, Criterion.Key.PROCESS.value: replace(process, weight=None)})


def content_of(requirement: Requirement) -> RequirementContent:
    """What a stored requirement asks. The row must come from `with_content()`."""
    return content_from(values_of(requirement), public_id=requirement.public_id)


def content_from(values: Values, *, public_id: str | None = None) -> RequirementContent:
    """What is asked by `values`: the validated body of a writer, or `values_of` a stored requirement.

    Absent keys count as not asked. Codes are taken as they are; `buyers.vocabulary` knows which exist.

    Raises:
        InvalidFactError: with the pointer of the field; see `check_content`.
    """
    full = complete(values)
    content = RequirementContent(
        id=public_id,
        plant=_plant(full["plant"]),
        needed_on=full["needed_on"],
        monthly_quantity=full["monthly_quantity"],
        quantity_unit=full["quantity_unit"],
        operations=tuple(_operations(full["operations"])),
        lead_time_days=full["lead_time_days"],
        moq=full["moq"],
        standards_required=tuple(full["standards_required"]),
        standards_preferred=tuple(full["standards_preferred"]),
        languages=tuple(full["languages"]),
        export_share_pct=full["export_share_pct"],
        track_record_share=full["track_record_share"],
        near_km=full["near_km"],
        far_km=full["far_km"],
        criteria={key: CriterionContent(**settings) for key, settings in full["criteria"].items()},
    )
    check_content(content)
    return content


def values_of(requirement: Requirement) -> dict[str, Any]:
    """A stored requirement in the form of a writer's validated body: codes as text, the plant as a row. The row must
    come from `with_content()`."""
    asked, plant = requirement.asked, requirement.plant  # type: ignore[attr-defined]  # annotated by with_content
    if plant is not None:
        plant.province_key = asked["province"]  # or it would look for it in rows of its own
    return {
        **{name: getattr(requirement, name) for name in PLAIN_FIELDS},
        "plant": plant,
        **{name: sorted(asked[name]) for name in STANDARD_LISTS},
        "operations": [_values_of_operation(operation) for operation in asked["operations"]],
        "criteria": {
            criterion["key"]: {
                "mode": criterion["mode"],
                "weight": _figure(criterion["weight"]),
                "min_level": criterion["min_level"],
            }
            for criterion in sorted(asked["criteria"], key=lambda criterion: criterion["key"])
        },
    }


def complete(values: Values) -> dict[str, Any]:
    """The same values with every field present and lists as sets: two that ask the same are equal."""
    blank = Requirement()
    return {
        **{name: values.get(name, getattr(blank, name)) for name in PLAIN_FIELDS},
        "languages": list(dict.fromkeys(values.get("languages", ()))),
        "plant": values.get("plant"),
        **{name: sorted(set(values.get(name, ()))) for name in STANDARD_LISTS},
        "operations": [_complete_operation(operation) for operation in values.get("operations", ())],
        "criteria": {key: _complete_criterion(one) for key, one in sorted(values.get("criteria", {}).items())},
    }


def snapshot_of(requirement: Requirement) -> dict[str, Any]:
    """What a requirement says now, for its history: `values_of` with the plant as its id and its place."""
    plant = requirement.plant
    return {
        **values_of(requirement),
        "plant": plant.public_id if plant else None,
        "delivery": delivery_of(plant) if plant else None,
        "province": plant.province_key if plant else None,
    }


def delivery_of(plant: Plant) -> dict[str, Any]:
    """Where parts go, for a reader who may know the plant. Coordinates are in degrees."""
    latitude, longitude = plant.coordinates or (None, None)
    return {
        "name": plant.name,
        "address": plant.address,
        "province": plant.province_key,
        "latitude": latitude,
        "longitude": longitude,
    }


def check_content(content: RequirementContent) -> None:
    """The rules that span several fields. Ranges of single figures are the writer's and the database's.

    Raises:
        InvalidFactError: no operation (`no_operations`), more than 50; near not below far; a quantity without a
            unit (`required`); weights of all that counts are 0 (`weights_sum_to_zero`).
    """
    if not content.operations:
        raise InvalidFactError(_("At least one operation is needed."), pointer="/operations", code="no_operations")
    if len(content.operations) > MAX_OPERATIONS:
        detail = _("At most %(most)s operations.") % {"most": MAX_OPERATIONS}
        raise InvalidFactError(detail, pointer="/operations", code="max_length")
    if not 0 <= content.near_km < content.far_km:
        raise InvalidFactError(_("Near must be below far."), pointer="/near_km", code="near_not_below_far")
    if content.monthly_quantity is not None and not content.quantity_unit:
        raise InvalidFactError(_("A quantity needs a unit."), pointer="/quantity_unit", code="required")
    if not any(_counts(content, key) for key in content.asked()):
        detail = _("At least one criterion that is asked needs a weight above 0.")
        raise InvalidFactError(detail, pointer="/criteria", code="weights_sum_to_zero")


def _counts(content: RequirementContent, key: str) -> bool:
    """Whether an asked criterion moves the score. Default weights are above 0; `process` cannot be off."""
    criterion = content.criteria.get(key, CriterionContent())
    is_on = key == Criterion.Key.PROCESS or criterion.mode != Criterion.Mode.OFF
    return is_on and criterion.weight != 0


def _plant(plant: Plant | None) -> PlantContent | None:
    if plant is None:
        return None
    latitude, longitude = plant.coordinates or (None, None)
    return PlantContent(latitude=latitude, longitude=longitude, province_key=plant.province_key)


def _operations(operations: Sequence[Values]) -> Iterator[OperationContent]:
    for place, operation in enumerate(operations, start=1):
        size = operation["part_size_mm"]
        yield OperationContent(
            id=str(place),
            process=operation["process"],
            materials=tuple(operation["materials"]),
            tolerance_mm=operation["tolerance_mm"],
            roughness_um=operation["roughness_um"],
            part_size_mm=None if size is None else tuple(size),
            part_mass_kg=operation["part_mass_kg"],
        )


def _values_of_operation(operation: Values) -> dict[str, Any]:
    return {
        "process": operation["process"],
        "materials": sorted(operation["materials"]),
        **{name: _figure(operation[name]) for name in OPERATION_FIGURES},
    }


def _figure(told: Any) -> Any:
    """A figure out of JSON, which knows no difference between 5 and 5.0, as the column has it."""
    if isinstance(told, list):
        return [float(each) for each in told]
    return None if told is None else float(told)


def _complete_operation(operation: Values) -> dict[str, Any]:
    return {
        "process": operation["process"],
        "materials": sorted(set(operation.get("materials", ()))),
        **{name: operation.get(name) for name in OPERATION_FIGURES},
    }


def _complete_criterion(criterion: Values) -> dict[str, Any]:
    return {**asdict(CriterionContent()), **criterion}
