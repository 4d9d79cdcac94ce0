"""The firms and the requirement of the worked example."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.principals import Principal
from buyers.models import Requirement
from suppliers.models import Supplier
from tests.factories import matchmaking as make

PREVIEW = "/api/v1/match-preview"


TURNING = {"operations": [{"process": "cnc_turning", "tolerance_mm": 0.02}], "lead_time_days": 30}


def matches_of(requirement: Requirement) -> str:
    return f"/api/v1/requirements/{requirement.public_id}/matches"


def example_suppliers() -> dict[str, Supplier]:
    """Four firms before one requirement: all is known of A, B gave no tolerance, C misses it, D is too general.

    The score is (3·process + 2·tolerance + 1·lead time) ÷ 6, each at its lower end. Evidence checked today counts
    0.9; a lead time of 45 days for 30 is worth 0.5, and declared a half-life of 180 days ago it counts 0.6 × ½ = 0.3.
    """
    long_ago = timezone.localdate() - timedelta(days=180)
    lead_time: dict[str, Any] = {
        "lead_time_days": 45.0,
        "lead_time_days_level": 0,
        "lead_time_days_observed_on": long_ago,
    }
    make.process("cnc_turning", below="machining")
    suppliers = {name: make.published_supplier() for name in "ABCD"}
    make.capability(suppliers["A"], tolerance_mm=0.01, **lead_time)
    make.capability(suppliers["B"], **lead_time)
    make.capability(suppliers["C"], tolerance_mm=0.03, **lead_time)
    make.capability(suppliers["D"], "machining", tolerance_mm=0.01, **lead_time)
    return suppliers


def example_requirement(buyer: Principal | None = None, **fields: Any) -> Requirement:
    return make.requirement(
        make.verified_buyer(buyer.organisation) if buyer else None,
        operations=({"process": "cnc_turning", "tolerance_mm": 0.02},),
        lead_time_days=30,
        criteria={"tolerance": {"mode": "must"}},
        **fields,
    )


def summary(body: Any) -> list[tuple[Any, ...]]:
    return [(line["rank"], line["supplier"], line["eligibility"], line["score"]) for line in body["results"]]
