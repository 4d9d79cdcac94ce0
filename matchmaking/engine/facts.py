"""The facts file: from a JSON document to typed facts, every field checked. docs/matching.md describes the shape."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final, cast

from matchmaking.engine import fields
from matchmaking.engine.document import Node, load
from matchmaking.engine.model import (
    CRITERIA,
    MODES,
    USUAL_FAR_KM,
    USUAL_NEAR_KM,
    CriterionSetting,
    Facts,
    Mode,
    Operation,
    Plant,
    Quantity,
    Requirement,
    Taxonomy,
)
from matchmaking.engine.supplier_facts import SupplierReader
from matchmaking.engine.taxonomy import find_cycle

__all__ = ["load", "parse_facts"]

MOST_OPERATIONS: Final = 50

DOCUMENT_KEYS: Final = ("as_of", "taxonomy", "requirement", "suppliers")
TAXONOMY_KEYS: Final = ("processes", "materials", "implies", "corridors")
REQUIREMENT_KEYS: Final = (
    "id",
    "plant",
    "needed_on",
    "quantity",
    "operations",
    "lead_time_days",
    "moq",
    "certifications",
    "certifications_preferred",
    "languages",
    "export_share_pct",
    "track_record_share",
    "near_km",
    "far_km",
    "criteria",
)
PLACE_KEYS: Final = ("lat", "lon", "province")
QUANTITY_KEYS: Final = ("value", "unit")
OPERATION_KEYS: Final = (
    "id",
    "process",
    "materials",
    "tolerance_mm",
    "roughness_um",
    "part_size_mm",
    "part_mass_kg",
)
SETTING_KEYS: Final = ("mode", "weight", "min_level")


def parse_facts(document: object) -> Facts:
    """Check a document and type it.

    Raises:
        FactsError: names the first bad field.
    """
    root = Node(document).shape(DOCUMENT_KEYS)
    as_of = root.required("as_of").day()
    taxonomy = _taxonomy(root.child("taxonomy"))
    requirement = _requirement(root.required("requirement"), taxonomy, as_of)
    reader = SupplierReader(as_of, taxonomy)
    suppliers = tuple(reader.supplier(node) for node in root.child("suppliers").entries())
    fields.refuse_repeated(root.child("suppliers"), [supplier.id for supplier in suppliers])
    return Facts(as_of=as_of, taxonomy=taxonomy, requirement=requirement, suppliers=suppliers)


def _taxonomy(node: Node) -> Taxonomy:
    if not node.is_null:
        node.shape(TAXONOMY_KEYS)
    implies = {code: fields.texts(child) for code, child in node.child("implies").mapping().items()}
    _refuse_cycle(node.child("implies"), implies)
    return Taxonomy(
        processes=_parents(node.child("processes")),
        materials=_parents(node.child("materials")),
        implies=implies,
        corridors={code: fields.texts(child) for code, child in node.child("corridors").mapping().items()},
    )


def _parents(node: Node) -> dict[str, str | None]:
    codes = node.mapping()
    parents = {code: child.optional(lambda parent: fields.code(parent, codes)) for code, child in codes.items()}
    _refuse_cycle(node, {code: () if parent is None else (parent,) for code, parent in parents.items()})
    return parents


def _refuse_cycle(node: Node, steps: Mapping[str, Collection[str]]) -> None:
    if (code := find_cycle(steps)) is not None:
        node.child(code).fail("leads back to itself")


def _requirement(node: Node, taxonomy: Taxonomy, as_of: date) -> Requirement:
    node.shape(REQUIREMENT_KEYS)
    near_km, far_km = _near_and_far(node)
    requirement = Requirement(
        id=node.required("id").text(),
        operations=_operations(node.child("operations"), taxonomy),
        plant=_plant(node.child("plant")),
        needed_on=node.child("needed_on").optional(Node.day) or as_of,
        quantity=_quantity(node.child("quantity")),
        lead_time_days=node.child("lead_time_days").optional(Node.target),
        moq=node.child("moq").optional(Node.target),
        certifications=fields.texts(node.child("certifications")),
        certifications_preferred=fields.texts(node.child("certifications_preferred")),
        languages=fields.texts(node.child("languages")),
        export_share_pct=node.child("export_share_pct").optional(_asked_percentage),
        track_record_share=node.child("track_record_share").optional(_share),
        near_km=near_km,
        far_km=far_km,
        criteria=_criteria(node.child("criteria")),
    )
    requirement.active_criteria()
    return requirement


def _operations(node: Node, taxonomy: Taxonomy) -> tuple[Operation, ...]:
    operations = tuple(_operation(child, taxonomy) for child in node.entries(at_most=MOST_OPERATIONS))
    if not operations:
        node.fail("must have at least one operation")
    return operations


def _operation(node: Node, taxonomy: Taxonomy) -> Operation:
    node.shape(OPERATION_KEYS)
    return Operation(
        id=node.required("id").text(),
        process=fields.code(node.required("process"), taxonomy.processes),
        materials=fields.codes(node.child("materials"), taxonomy.materials),
        tolerance_mm=node.child("tolerance_mm").optional(Node.target),
        roughness_um=node.child("roughness_um").optional(Node.target),
        part_size_mm=fields.sides(node.child("part_size_mm"), Node.target),
        part_mass_kg=node.child("part_mass_kg").optional(Node.target),
    )


def _near_and_far(node: Node) -> tuple[float, float]:
    near, far = node.child("near_km").optional(Node.figure), node.child("far_km").optional(Node.figure)
    near_km = USUAL_NEAR_KM if near is None else near
    far_km = USUAL_FAR_KM if far is None else far
    if near_km >= far_km:
        node.child("near_km").fail(f"must be below far_km ({near_km:g} is not below {far_km:g})")
    return near_km, far_km


def _plant(node: Node) -> Plant:
    if node.is_null:
        return Plant()
    lat, lon = fields.coordinates(node.shape(PLACE_KEYS))
    return Plant(lat=lat, lon=lon, province=node.child("province").optional(Node.text))


def _quantity(node: Node) -> Quantity | None:
    if node.is_null:
        return None
    value, unit = node.shape(QUANTITY_KEYS).child("value").optional(Node.target), fields.unit(node)
    return None if value is None else Quantity(value, unit)


def _criteria(node: Node) -> dict[str, CriterionSetting]:
    if not node.is_null:
        node.shape(CRITERIA)
    return {key: _setting(child) for key, child in node.mapping().items() if not child.is_null}


def _setting(node: Node) -> CriterionSetting:
    node.shape(SETTING_KEYS)
    mode = node.child("mode").optional(lambda child: child.one_of(MODES))
    return CriterionSetting(
        mode=cast(Mode, mode or "should"),
        weight=node.child("weight").optional(Node.figure),
        min_level=node.child("min_level").optional(Node.level) or 0,
    )


def _asked_percentage(node: Node) -> float:
    node.target()
    return node.within(0, 100)


def _share(node: Node) -> float:
    node.target()
    return node.within(0, 1)
