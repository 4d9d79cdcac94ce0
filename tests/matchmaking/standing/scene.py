"""Requirements that stand, firms that match them, and what came of both."""

from typing import Any

from django.db import connection
from django.db.models import F

from accounts.principals import Principal
from buyers.models import Buyer, Requirement
from matchmaking import services
from matchmaking.models import MatchNote, MatchPair
from notifications.models import Event
from suppliers.models import Supplier, SupplierChange
from tests.factories import matchmaking as make

Side = MatchPair.Side


MUST = {"tolerance": {"mode": "must"}}


TURNING = ({"process": "cnc_turning", "tolerance_mm": 0.02},)


def asked(buyer: Principal | None = None, **fields: Any) -> Requirement:
    """Turning to ±0.02 mm, which is a must."""
    of = Buyer.objects.get(organisation=buyer.organisation) if buyer else None
    return make.requirement(of, **{"operations": TURNING, "criteria": MUST, **fields})


def firm(tolerance_mm: float = 0.01, organisation: Any = None, **fields: Any) -> Supplier:
    supplier = make.published_supplier(organisation)
    make.capability(supplier, tolerance_mm=tolerance_mm, **fields)
    return supplier


def settle() -> int:
    """Work all notes off, and tell of what was found. What comes next is another transaction's."""
    looked_at = services.update_matches()
    services.tell_of_matches()
    left = list(MatchNote.objects.values_list("pk", flat=True))
    SupplierChange.objects.update(changed_in=F("changed_in") + 1)
    MatchNote.objects.exclude(pk__in=left).delete()
    return looked_at


def pairs(side: str = "buyer") -> set[tuple[int, int]]:
    return set(MatchPair.objects.current().filter(side=side).values_list("requirement_id", "supplier_id"))


def found(topic: str = "match.found", named: str = "suppliers") -> list[list[str]]:
    return [event.payload[named] for event in Event.objects.filter(topic=topic).order_by("pk")]


def in_another_connection(act: Any) -> Any:
    try:
        return act()
    finally:
        connection.close()
