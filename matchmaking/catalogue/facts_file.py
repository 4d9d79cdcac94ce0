"""A ranking's input as one JSON document: with it, and the engine alone, anyone can replay the ranking."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from matchmaking.engine.model import (
    CapabilityRecord,
    CertificateRecord,
    CertificateSection,
    Fact,
    Operation,
    Requirement,
    SiteRecord,
    SupplierRecord,
    Taxonomy,
)

NO_EXPIRY = "none"
REQUIREMENT_LISTS = ("certifications", "certifications_preferred", "languages")
REQUIREMENT_FIGURES = ("lead_time_days", "moq", "export_share_pct", "track_record_share", "near_km", "far_km")
OPERATION_FIGURES = ("tolerance_mm", "roughness_um", "part_mass_kg")
CAPABILITY_FACTS = (
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


def facts_document(
    requirement: Requirement, records: Iterable[SupplierRecord], taxonomy: Taxonomy, as_of: date
) -> dict[str, Any]:
    """The document that `python -m matchmaking.engine` reads; docs/matching.md describes its shape."""
    return {
        "as_of": as_of.isoformat(),
        "taxonomy": {
            "processes": dict(taxonomy.processes),
            "materials": dict(taxonomy.materials),
            "implies": {code: list(implied) for code, implied in taxonomy.implies.items()},
            "corridors": {code: list(provinces) for code, provinces in taxonomy.corridors.items()},
        },
        "requirement": _requirement(requirement),
        "suppliers": [_supplier(record) for record in sorted(records, key=lambda record: record.id)],
    }


def _requirement(requirement: Requirement) -> dict[str, Any]:
    plant, quantity = requirement.plant, requirement.quantity
    return {
        "id": requirement.id,
        "plant": {"lat": plant.lat, "lon": plant.lon, "province": plant.province},
        "needed_on": _day(requirement.needed_on),
        "quantity": quantity and {"value": quantity.value, "unit": quantity.unit},
        "operations": [_operation(operation) for operation in requirement.operations],
        **{name: list(getattr(requirement, name)) for name in REQUIREMENT_LISTS},
        **{name: getattr(requirement, name) for name in REQUIREMENT_FIGURES},
        "criteria": {
            key: {"mode": setting.mode, "weight": setting.weight, "min_level": setting.min_level}
            for key, setting in requirement.criteria.items()
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "id": operation.id,
        "process": operation.process,
        "materials": list(operation.materials),
        "part_size_mm": operation.part_size_mm and list(operation.part_size_mm),
        **{name: getattr(operation, name) for name in OPERATION_FIGURES},
    }


def _supplier(record: SupplierRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "sites": [_site(site) for site in record.sites],
        "certificates": record.certificates and _section(record.certificates),
        "languages": _fact(record.languages),
        "export_share_pct": _fact(record.export_share_pct),
        "track_record": record.track_record
        and {"deliveries": record.track_record.deliveries, "good": record.track_record.good},
        "capabilities": [_capability(capability) for capability in record.capabilities],
    }


def _site(site: SiteRecord) -> dict[str, Any]:
    return {"id": site.id, "lat": site.lat, "lon": site.lon, "province": site.province}


def _section(section: CertificateSection) -> dict[str, Any]:
    return {
        "level": section.level,
        "observed": _day(section.observed),
        "items": [_certificate(certificate) for certificate in section.items],
    }


def _certificate(certificate: CertificateRecord) -> dict[str, Any]:
    return {
        "standard": certificate.standard,
        "valid_from": _day(certificate.valid_from),
        "expires_on": NO_EXPIRY if certificate.never_expires else _day(certificate.expires_on),
        "level": certificate.level,
        "observed": _day(certificate.observed),
    }


def _capability(capability: CapabilityRecord) -> dict[str, Any]:
    return {
        "id": capability.id,
        "site": capability.site,
        "process": capability.process,
        "role": capability.role,
        "level": capability.level,
        "observed": _day(capability.observed),
        **{name: _fact(getattr(capability, name)) for name in CAPABILITY_FACTS},
    }


def _fact(fact: Fact[Any] | None) -> dict[str, Any] | None:
    if fact is None:
        return None
    value = list(fact.value) if isinstance(fact.value, tuple) else fact.value
    unit = {} if fact.unit is None else {"unit": fact.unit}
    return {"value": value, "level": fact.level, "observed": _day(fact.observed), **unit}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
