"""Four firms that can only together do what a requirement asks."""

from typing import Any

from accounts.principals import Principal
from buyers.models import Requirement
from suppliers.models import Supplier
from tests.factories import matchmaking as make

STEPS = ({"process": "turning"}, {"process": "hardening"}, {"process": "plating"})
HANOI = {"latitude": 21.03, "longitude": 105.85}
HAI_PHONG = {"latitude": 20.86, "longitude": 106.68}  # some 88 km from there


def sharing_suppliers() -> dict[str, Supplier]:
    """One turns and hardens, one hardens and plates, the others do one step each; all checked today."""
    for code in ("turning", "hardening", "plating"):
        make.process(code)
    firms = {name: make.published_supplier() for name in ("turner", "plater", "specialist", "far")}
    steps: dict[str, dict[str, dict[str, Any]]] = {
        "turner": {"turning": {"lead_time_days": 10.0}, "hardening": {"lead_time_days": 10.0, "role": "supplementary"}},
        "plater": {"hardening": {"lead_time_days": 12.0}, "plating": {"lead_time_days": 8.0}},
        "specialist": {"plating": {"lead_time_days": 3.0, "role": "supplementary"}},
        "far": {"turning": {"lead_time_days": 5.0, "role": "supplementary"}},
    }
    for name, by_process in steps.items():
        place = make.site(firms[name], **(HAI_PHONG if name == "far" else HANOI))
        for process, figures in by_process.items():
            make.capability(firms[name], process, at=place, **figures)
    return firms


def shared_requirement(buyer: Principal, **fields: Any) -> Requirement:
    assert buyer.organisation is not None
    row = make.verified_buyer(buyer.organisation)
    return make.requirement(row, **{"operations": STEPS, "plant": HANOI, "near_km": 50, "far_km": 500, **fields})


def sets_of(body: Any, suppliers: dict[str, Supplier]) -> list[list[str]]:
    """The sets of an answer, by the names of the firms here."""
    names = {firm.public_id: name for name, firm in suppliers.items()}
    return [[names[supplier] for supplier in each["suppliers"]] for each in body["results"]]
