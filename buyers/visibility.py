"""Which reader sees which field of a requirement: the one table for answers, filters and history."""

import enum
from collections.abc import Mapping
from typing import Any

from accounts.principals import Principal
from buyers.models import Requirement


class Reader(enum.Enum):
    """Someone who sees the requirement at all."""

    OWNER = "its buyer, or staff"
    SUPPLIER = "a supplier that may know whose it is"
    STRANGER = "a supplier that may not know whose it is"


EVERYONE = frozenset(Reader)
KNOWING = frozenset({Reader.OWNER, Reader.SUPPLIER})
OWNERS = frozenset({Reader.OWNER})

READERS_OF: Mapping[str, frozenset[Reader]] = {
    "id": EVERYONE,
    "buyer": KNOWING,
    "buyer_name": KNOWING,
    "plant": KNOWING,
    "delivery": KNOWING,
    "province": EVERYONE,
    "state": EVERYONE,
    "state_reason": OWNERS,
    "opened_at": EVERYONE,
    "content_version": KNOWING,
    "visibility": EVERYONE,
    "title": EVERYONE,
    "description": EVERYONE,
    "part_family": EVERYONE,
    "hs_code": EVERYONE,
    "operations": EVERYONE,
    "monthly_quantity": EVERYONE,
    "quantity_unit": EVERYONE,
    "needed_on": EVERYONE,
    "lead_time_days": EVERYONE,
    "moq": EVERYONE,
    "standards_required": EVERYONE,
    "standards_preferred": EVERYONE,
    "near_km": EVERYONE,
    "far_km": EVERYONE,
    "export_share_pct": EVERYONE,
    "track_record_share": EVERYONE,
    "languages": EVERYONE,
    "criteria": EVERYONE,
    "nda_needed": EVERYONE,
    "alert_min_score": OWNERS,
    "answer_by": EVERYONE,
    "target_price": OWNERS,
    "target_price_currency": OWNERS,
    "created_at": OWNERS,
    "updated_at": OWNERS,
}

TOPICS_FOR_SUPPLIERS = frozenset(
    f"requirement.{fact}" for fact in ("opened", "changed", "withdrawn", "awarded", "closed", "expired", "reopened")
)
"""What of a requirement's history suppliers read: nothing from before it was opened."""


def reader_of(requirement: Requirement, principal: Principal) -> Reader:
    """What `principal`, who sees the requirement, is to it. The row must come from `known_to(principal)`."""
    if principal.is_staff or requirement.buyer.organisation_id == principal.organisation_id:
        return Reader.OWNER
    knows_buyer: bool = requirement.knows_buyer  # type: ignore[attr-defined]  # annotated by known_to
    return (
        Reader.SUPPLIER
        if may_know_place(hides_buyer=requirement.hides_buyer, knows_buyer=knows_buyer)
        else Reader.STRANGER
    )


def may_know_place(*, hides_buyer: bool, knows_buyer: bool) -> bool:
    """Whether a supplier that sees a requirement may know whose it is, and where the parts go."""
    return knows_buyer or not hides_buyer


def shown_to(reader: Reader, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the reader may see, in the table's order. A field that it does not name is nobody's."""
    return {name: fields[name] for name, readers in READERS_OF.items() if reader in readers and name in fields}


def may_read_history(reader: Reader) -> bool:
    return reader in KNOWING
