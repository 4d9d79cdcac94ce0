"""The facts file: from a JSON document to typed facts, every field checked. docs/matching.md describes the shape."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Final, TypeVar, cast

from matchmaking.engine.document import Node, load
from matchmaking.engine.model import (
    CRITERIA,
    MODES,
    ROLES,
    USUAL_FAR_KM,
    USUAL_NEAR_KM,
    CapabilityRecord,
    CertificateRecord,
    CertificateSection,
    CriterionSetting,
    Fact,
    Facts,
    Mode,
    Operation,
    Plant,
    Quantity,
    Requirement,
    SiteRecord,
    SupplierRecord,
    Taxonomy,
    TrackRecord,
)
from matchmaking.engine.taxonomy import find_cycle

__all__ = ["load", "parse_facts"]

T = TypeVar("T")

MOST_OPERATIONS: Final = 50
MOST_CODES: Final = 200
NO_EXPIRY: Final = "none"

DOCUMENT_KEYS: Final = ("as_of", "taxonomy", "requirement", "suppliers")
TAXONOMY_KEYS: Final = ("processes", "materials", "implies", "corridors")
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
SETTING_KEYS: Final = ("mode", "weight", "min_level")
FACT_KEYS: Final = ("value", "level", "observed")
SUPPLIER_KEYS: Final = (
    "id",
    "sites",
    "certificates",
    "languages",
    "export_share_pct",
    "track_record",
    "capabilities",
)
SECTION_KEYS: Final = ("level", "observed", "items")
CERTIFICATE_KEYS: Final = ("standard", "valid_from", "expires_on", "level", "observed")
TRACK_RECORD_KEYS: Final = ("deliveries", "good")
CAPABILITY_KEYS: Final = (
    "id",
    "site",
    "process",
    "role",
    "level",
    "observed",
    "materials",
    "tolerance_mm",
    "roughness_um",
    "envelope_mm",
    "max_mass_kg",
    "monthly_capacity",
    "utilisation_pct",
    "lead_time_days",
    "moq",
)


def parse_facts(document: object) -> Facts:
    """Check a document and type it.

    Raises:
        FactsError: names the first bad field.
    """
    root = Node(document).shape(DOCUMENT_KEYS)
    as_of = root.required("as_of").day()
    taxonomy = _taxonomy(root.child("taxonomy"))
    requirement = _requirement(root.required("requirement"), taxonomy, as_of)
    reader = _SupplierReader(as_of, taxonomy)
    suppliers = tuple(reader.supplier(node) for node in root.child("suppliers").entries())
    _refuse_repeated(root.child("suppliers"), [supplier.id for supplier in suppliers])
    return Facts(as_of=as_of, taxonomy=taxonomy, requirement=requirement, suppliers=suppliers)


def _taxonomy(node: Node) -> Taxonomy:
    if not node.is_null:
        node.shape(TAXONOMY_KEYS)
    implies = {code: _texts(child) for code, child in node.child("implies").mapping().items()}
    _refuse_cycle(node.child("implies"), implies)
    return Taxonomy(
        processes=_parents(node.child("processes")),
        materials=_parents(node.child("materials")),
        implies=implies,
        corridors={code: _texts(child) for code, child in node.child("corridors").mapping().items()},
    )


def _parents(node: Node) -> dict[str, str | None]:
    codes = node.mapping()
    parents = {code: child.optional(lambda parent: _code(parent, codes)) for code, child in codes.items()}
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
        certifications=_texts(node.child("certifications")),
        certifications_preferred=_texts(node.child("certifications_preferred")),
        languages=_texts(node.child("languages")),
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
        process=_code(node.required("process"), taxonomy.processes),
        materials=_codes(node.child("materials"), taxonomy.materials),
        tolerance_mm=node.child("tolerance_mm").optional(Node.target),
        roughness_um=node.child("roughness_um").optional(Node.target),
        part_size_mm=_sides(node.child("part_size_mm"), Node.target),
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
    lat, lon = _coordinates(node.shape(PLACE_KEYS))
    return Plant(lat=lat, lon=lon, province=node.child("province").optional(Node.text))


def _coordinates(node: Node) -> tuple[float | None, float | None]:
    lat, lon = node.child("lat"), node.child("lon")
    if lat.is_null != lon.is_null:
        missing, given = (lat, lon) if lat.is_null else (lon, lat)
        missing.fail(f"must be given, as {given.key} is")
    return lat.optional(lambda node: node.within(-90, 90)), lon.optional(lambda node: node.within(-180, 180))


def _quantity(node: Node) -> Quantity | None:
    if node.is_null:
        return None
    value, unit = node.shape(QUANTITY_KEYS).child("value").optional(Node.target), _unit(node)
    return None if value is None else Quantity(value, unit)


def _unit(node: Node) -> str | None:
    unit = node.child("unit").optional(Node.text)
    if unit == "":
        node.child("unit").fail("must not be empty")
    return unit


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


class _SupplierReader:
    """Reads suppliers against one taxonomy and one day."""

    def __init__(self, as_of: date, taxonomy: Taxonomy) -> None:
        self.as_of = as_of
        self.taxonomy = taxonomy

    def supplier(self, node: Node) -> SupplierRecord:
        node.shape(SUPPLIER_KEYS)
        sites = tuple(_site(child) for child in node.child("sites").entries())
        site_ids = [site.id for site in sites]
        _refuse_repeated(node.child("sites"), site_ids)
        capabilities = tuple(self.capability(child, set(site_ids)) for child in node.child("capabilities").entries())
        _refuse_repeated(node.child("capabilities"), [capability.id for capability in capabilities])
        return SupplierRecord(
            id=node.required("id").text(),
            sites=sites,
            certificates=node.child("certificates").optional(self.certificates),
            languages=self.fact(node.child("languages"), _texts),
            export_share_pct=self.fact(node.child("export_share_pct"), _percentage),
            track_record=node.child("track_record").optional(_track_record),
            capabilities=capabilities,
        )

    def capability(self, node: Node, sites: Collection[str]) -> CapabilityRecord:
        node.shape(CAPABILITY_KEYS)
        return CapabilityRecord(
            id=node.required("id").text(),
            site=_site_of(node.required("site"), sites),
            process=_code(node.required("process"), self.taxonomy.processes),
            role=node.required("role").one_of(ROLES),
            level=node.required("level").level(),
            observed=self.observed(node),
            materials=self.fact(node.child("materials"), lambda value: _codes(value, self.taxonomy.materials)),
            tolerance_mm=self.fact(node.child("tolerance_mm"), Node.figure),
            roughness_um=self.fact(node.child("roughness_um"), Node.figure),
            envelope_mm=self.fact(node.child("envelope_mm"), lambda value: _sides(value, Node.figure)),
            max_mass_kg=self.fact(node.child("max_mass_kg"), Node.figure),
            monthly_capacity=self.fact(node.child("monthly_capacity"), Node.figure, keys=(*FACT_KEYS, "unit")),
            utilisation_pct=self.fact(node.child("utilisation_pct"), _percentage),
            lead_time_days=self.fact(node.child("lead_time_days"), Node.figure),
            moq=self.fact(node.child("moq"), Node.figure),
        )

    def fact(
        self, node: Node, read: Callable[[Node], T | None], *, keys: Collection[str] = FACT_KEYS
    ) -> Fact[T] | None:
        if node.is_null:
            return None
        node.shape(keys)
        value = node.child("value").optional(read)
        return Fact(value, node.required("level").level(), self.observed(node), _unit(node))

    def observed(self, node: Node) -> date:
        child = node.required("observed")
        if (day := child.day()) > self.as_of:
            child.fail(f"must not be after as_of ({self.as_of})")
        return day

    def certificates(self, node: Node) -> CertificateSection:
        node.shape(SECTION_KEYS)
        return CertificateSection(
            level=node.required("level").level(),
            observed=self.observed(node),
            items=tuple(self.certificate(child) for child in node.child("items").entries()),
        )

    def certificate(self, node: Node) -> CertificateRecord:
        node.shape(CERTIFICATE_KEYS)
        valid_from, expires = node.child("valid_from").optional(Node.day), node.child("expires_on")
        never_expires = expires.value == NO_EXPIRY
        expires_on = None if never_expires else expires.optional(Node.day)
        if valid_from is not None and expires_on is not None and expires_on < valid_from:
            expires.fail(f"must not be before valid_from ({valid_from})")
        return CertificateRecord(
            standard=node.child("standard").optional(Node.text),
            level=node.required("level").level(),
            observed=self.observed(node),
            valid_from=valid_from,
            expires_on=expires_on,
            never_expires=never_expires,
        )


def _site(node: Node) -> SiteRecord:
    lat, lon = _coordinates(node.shape((*PLACE_KEYS, "id")))
    return SiteRecord(
        id=node.required("id").text(), lat=lat, lon=lon, province=node.child("province").optional(Node.text)
    )


def _site_of(node: Node, sites: Collection[str]) -> str:
    if (site := node.text()) not in sites:
        node.fail("is not a site of this supplier")
    return site


def _track_record(node: Node) -> TrackRecord:
    node.shape(TRACK_RECORD_KEYS)
    deliveries, good = node.child("deliveries"), node.child("good")
    record = TrackRecord(deliveries=deliveries.optional(Node.figure), good=good.optional(Node.figure))
    if record.deliveries is not None and record.good is not None and good.value > deliveries.value:  # type: ignore[operator]
        good.fail("must not be more than deliveries")
    return record


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(child.text() for child in node.entries(at_most=MOST_CODES))


def _code(node: Node, known: Collection[str]) -> str:
    if (code := node.text()) not in known:
        node.fail("is not a code of the taxonomy")
    return code


def _codes(node: Node, known: Collection[str]) -> tuple[str, ...]:
    return tuple(_code(child, known) for child in node.entries(at_most=MOST_CODES))


def _sides(node: Node, read: Callable[[Node], float]) -> tuple[float, float, float] | None:
    """Three sides; a list without entries counts as not given."""
    sides = [read(child) for child in node.entries()]
    if not sides:
        return None
    if len(sides) != 3:
        node.fail("must have three sides")
    return sides[0], sides[1], sides[2]


def _percentage(node: Node) -> float:
    return node.within(0, 100)


def _asked_percentage(node: Node) -> float:
    node.target()
    return node.within(0, 100)


def _share(node: Node) -> float:
    node.target()
    return node.within(0, 1)


def _refuse_repeated(node: Node, ids: list[str]) -> None:
    if len(set(ids)) == len(ids):
        return
    seen: set[str] = set()
    for position, identity in enumerate(ids):
        if identity in seen:
            Node(None, Node(None, node, position), "id").fail("is given twice")
        seen.add(identity)
