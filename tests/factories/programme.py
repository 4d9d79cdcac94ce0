"""Rows of the programme."""

from datetime import date
from typing import Any

from matchmaking.models import UpgradeScenario


def plan_document(**fields: Any) -> dict[str, Any]:
    """A plan that brings nobody anywhere, as scenarios keep it."""
    return {
        "day": "2026-11-25",
        "budget_vnd": "1000",
        "costs": [{"standard": "iso_9001", "cost_vnd": "100"}],
        "aim": "share",
        "ready_on": "2027-11-25",
        "most_firms": None,
        "province": None,
        "sector": None,
        "cost_vnd": "0",
        "gained": 0,
        "bound": 0,
        "gap": 0,
        "firms": 0,
        "requirements": 0,
        "candidates": 0,
        "without_documents": 0,
        "requirements_asked": 0,
        "explanation_vi": [],
        "explanation_en": [],
        "upgrades": [],
        "goal_share_pct": 40,
        "goal_reached_in": None,
        "forecast": [],
        **fields,
    }


def upgrade_scenario(name: str, **fields: Any) -> UpgradeScenario:
    result = plan_document(**fields)
    return UpgradeScenario.objects.create(
        name=name,
        day=date.fromisoformat(result["day"]),
        budget_vnd=result["budget_vnd"],
        aim=result["aim"],
        ready_on=date.fromisoformat(result["ready_on"]),
        cost_vnd=result["cost_vnd"],
        gained=result["gained"],
        bound=result["bound"],
        result=result,
    )
