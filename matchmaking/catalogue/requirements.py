"""From what a buyer asks to the engine's requirement."""

from buyers.content import CriterionContent, OperationContent, PlantContent, RequirementContent
from matchmaking.engine.model import CriterionSetting, Operation, Plant, Quantity, Requirement
from taxonomy.units import to_base

UNSAVED = "preview"
"""The id of a requirement that is not stored."""


def engine_requirement(content: RequirementContent) -> Requirement:
    """The same question in the engine's words. Quantities are in base units, as the suppliers' figures are."""
    return Requirement(
        id=content.id or UNSAVED,
        operations=tuple(_operation(operation) for operation in content.operations),
        plant=_plant(content.plant),
        needed_on=content.needed_on,
        quantity=_quantity(content),
        lead_time_days=content.lead_time_days,
        moq=_in_base_unit(content.moq, content.quantity_unit),
        certifications=content.standards_required,
        certifications_preferred=content.standards_preferred,
        languages=content.languages,
        export_share_pct=content.export_share_pct,
        track_record_share=content.track_record_share,
        near_km=content.near_km,
        far_km=content.far_km,
        criteria={key: _setting(criterion) for key, criterion in content.criteria.items()},
    )


def _operation(content: OperationContent) -> Operation:
    size = content.part_size_mm
    return Operation(
        id=content.id,
        process=content.process,
        materials=content.materials,
        tolerance_mm=content.tolerance_mm,
        roughness_um=content.roughness_um,
        part_size_mm=None if size is None else (size[0], size[1], size[2]),
        part_mass_kg=content.part_mass_kg,
    )


def _plant(content: PlantContent | None) -> Plant:
    if content is None:
        return Plant()
    return Plant(lat=content.latitude, lon=content.longitude, province=content.province_key)


def _quantity(content: RequirementContent) -> Quantity | None:
    if content.monthly_quantity is None:
        return None
    return Quantity(*to_base(content.monthly_quantity, content.quantity_unit))


def _in_base_unit(figure: float | None, unit: str) -> float | None:
    return figure if figure is None or not unit else to_base(figure, unit)[0]


def _setting(content: CriterionContent) -> CriterionSetting:
    return CriterionSetting(mode=content.mode, weight=content.weight, min_level=content.min_level)  # type: ignore[arg-type]
