"""The suppliers of a facts file, every field checked."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Final, TypeVar

from matchmaking.engine import fields
from matchmaking.engine.document import Node
from matchmaking.engine.model import (
    ROLES,
    CapabilityRecord,
    CertificateRecord,
    CertificateSection,
    Fact,
    SiteRecord,
    SupplierRecord,
    Taxonomy,
    TrackRecord,
)

T = TypeVar("T")

NO_EXPIRY: Final = "none"

SUPPLIER_KEYS: Final = (
    "id",
    "sites",
    "certificates",
    "languages",
    "export_share_pct",
    "track_record",
    "capabilities",
)
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
FACT_KEYS: Final = ("value", "level", "observed")
SECTION_KEYS: Final = ("level", "observed", "items")
CERTIFICATE_KEYS: Final = ("standard", "valid_from", "expires_on", "level", "observed")
TRACK_RECORD_KEYS: Final = ("deliveries", "good")
SITE_KEYS: Final = ("id", "lat", "lon", "province")


class SupplierReader:
    """Reads suppliers against one taxonomy and one day."""

    def __init__(self, as_of: date, taxonomy: Taxonomy) -> None:
        self.as_of = as_of
        self.taxonomy = taxonomy

    def supplier(self, node: Node) -> SupplierRecord:
        node.shape(SUPPLIER_KEYS)
        sites = tuple(_site(child) for child in node.child("sites").entries())
        site_ids = [site.id for site in sites]
        fields.refuse_repeated(node.child("sites"), site_ids)
        capabilities = tuple(self.capability(child, set(site_ids)) for child in node.child("capabilities").entries())
        fields.refuse_repeated(node.child("capabilities"), [capability.id for capability in capabilities])
        return SupplierRecord(
            id=node.required("id").text(),
            sites=sites,
            certificates=node.child("certificates").optional(self.certificates),
            languages=self.fact(node.child("languages"), fields.texts),
            export_share_pct=self.fact(node.child("export_share_pct"), fields.percentage),
            track_record=node.child("track_record").optional(_track_record),
            capabilities=capabilities,
        )

    def capability(self, node: Node, sites: Collection[str]) -> CapabilityRecord:
        node.shape(CAPABILITY_KEYS)
        return CapabilityRecord(
            id=node.required("id").text(),
            site=_site_of(node.required("site"), sites),
            process=fields.code(node.required("process"), self.taxonomy.processes),
            role=node.required("role").one_of(ROLES),
            level=node.required("level").level(),
            observed=self.observed(node),
            materials=self.fact(node.child("materials"), lambda value: fields.codes(value, self.taxonomy.materials)),
            tolerance_mm=self.fact(node.child("tolerance_mm"), Node.figure),
            roughness_um=self.fact(node.child("roughness_um"), Node.figure),
            envelope_mm=self.fact(node.child("envelope_mm"), lambda value: fields.sides(value, Node.figure)),
            max_mass_kg=self.fact(node.child("max_mass_kg"), Node.figure),
            monthly_capacity=self.fact(node.child("monthly_capacity"), Node.figure, keys=(*FACT_KEYS, "unit")),
            utilisation_pct=self.fact(node.child("utilisation_pct"), fields.percentage),
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
        return Fact(value, node.required("level").level(), self.observed(node), fields.unit(node))

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
    lat, lon = fields.coordinates(node.shape(SITE_KEYS))
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
