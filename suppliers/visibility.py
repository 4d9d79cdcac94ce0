"""Which reader sees which field of a firm: the one table for answers and filters."""

import enum
from collections.abc import Mapping
from typing import Any

from accounts.principals import Principal


class Reader(enum.Enum):
    """Someone who sees the firm at all."""

    OWN = "the firm itself, or staff"
    BUYER = "a buyer for which staff vouch"
    ANYONE = "everybody else, signed in or not"


EVERYONE = frozenset(Reader)
BUYERS = frozenset({Reader.OWN, Reader.BUYER})
OWN = frozenset({Reader.OWN})

READERS_OF: Mapping[str, Mapping[str, frozenset[Reader]]] = {
    "supplier": {
        "id": EVERYONE,
        "legal_name": EVERYONE,
        "trade_name": EVERYONE,
        "country": EVERYONE,
        "provinces": EVERYONE,
        "sectors": EVERYONE,
        "processes": EVERYONE,
        "materials": EVERYONE,
        "standards": EVERYONE,
        "languages": EVERYONE,
        "employee_band": EVERYONE,
        "evidence": EVERYONE,
        "certificates": EVERYONE,
        "distance_km": BUYERS,
        "organisation": OWN,
        "tax_code": OWN,
        "state": OWN,
        "state_reason": OWN,
        "description_vi": OWN,
        "description_en": OWN,
        "ownership": OWN,
        "founded_year": OWN,
        "employees_total": OWN,
        "employees_engineers": OWN,
        "employees_quality": OWN,
        "revenue_band": OWN,
        "export_share_pct": OWN,
        "source": OWN,
        "submitted_at": OWN,
        "published_at": OWN,
        "created_at": OWN,
        "updated_at": OWN,
    },
    "site": {
        "id": EVERYONE,
        "role": EVERYONE,
        "province": EVERYONE,
        "old_province": EVERYONE,
        "name": OWN,
        "address": OWN,
        "park": OWN,
        "latitude": OWN,
        "longitude": OWN,
        "coordinates_from": OWN,
        "created_at": OWN,
        "updated_at": OWN,
    },
    "capability": {
        "id": EVERYONE,
        "site": EVERYONE,
        "process": EVERYONE,
        "role": EVERYONE,
        "materials": EVERYONE,
        "tolerance_mm": EVERYONE,
        "roughness_um": EVERYONE,
        "envelope_mm": EVERYONE,
        "max_mass_kg": EVERYONE,
        "evidence": EVERYONE,
        "monthly_capacity": BUYERS,
        "capacity_unit": BUYERS,
        "free_capacity": BUYERS,
        "lead_time_days": BUYERS,
        "sample_lead_time_days": BUYERS,
        "moq": BUYERS,
        "utilisation_pct": OWN,
        "created_at": OWN,
        "updated_at": OWN,
    },
    "certificate": {
        "id": EVERYONE,
        "standard": EVERYONE,
        "valid_from": EVERYONE,
        "expires_on": EVERYONE,
        "never_expires": EVERYONE,
        "state": EVERYONE,
        "evidence": EVERYONE,
        "certificate": EVERYONE,
        "site": OWN,
        "number": OWN,
        "issuing_body": OWN,
        "accreditation_body": OWN,
        "scope": OWN,
        "state_reason": OWN,
        "created_at": OWN,
        "updated_at": OWN,
    },
    "document": {
        "id": EVERYONE,
        "kind": EVERYONE,
        "name": EVERYONE,
        "media_type": EVERYONE,
        "size_bytes": EVERYONE,
        "certificate": EVERYONE,
        "capability": EVERYONE,
        "content": EVERYONE,
        "created_at": EVERYONE,
        "updated_at": EVERYONE,
        "shared": OWN,
        "sha256": OWN,
    },
}
"""By kind of row. The evidence of a fact goes with the field of the fact's name."""


NOBODYS = 0
"""Id of no organisation."""


def reader_of(organisation_id: int, principal: Principal) -> Reader:
    """What `principal` is to the firm of that organisation."""
    if principal.is_staff or (principal.is_supplier and principal.organisation_id == organisation_id):
        return Reader.OWN
    return Reader.BUYER if principal.is_verified_buyer else Reader.ANYONE


def may_ask_of_all(principal: Principal, kind: str, field: str) -> bool:
    """Whether `principal` may search all firms by a field: only if it may see it of every one."""
    return reader_of(NOBODYS, principal) in READERS_OF[kind][field]


def shown_to(reader: Reader, kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the reader may see, and of `evidence` the facts. What the table does not name is nobody's."""
    shown = {name: value for name, value in fields.items() if reader in READERS_OF[kind].get(name, ())}
    if "evidence" in shown:
        evidence = fields["evidence"].items()
        shown["evidence"] = {name: value for name, value in evidence if reader in READERS_OF[kind].get(name, ())}
    return shown


def two_figures(quantity: float) -> float:
    """A quantity to two significant figures, so that what it was computed from cannot be worked out."""
    return float(f"{quantity:.1e}")
