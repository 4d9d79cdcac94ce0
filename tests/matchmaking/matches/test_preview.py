"""A ranking for a requirement that is not stored."""

from typing import Any

import pytest

from accounts.principals import Principal
from buyers.models import Requirement
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.matches.scene import PREVIEW, TURNING, example_requirement, example_suppliers, matches_of


@pytest.mark.django_db
class TestPreview:
    def test_a_requirement_that_is_not_saved_is_ranked_as_a_saved_one(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        example_suppliers()
        requirement = example_requirement(buyer)
        client = client_for(buyer)
        body = {**TURNING, "criteria": {"tolerance": {"mode": "must"}}}

        preview = client.post(PREVIEW, body, format="json")
        saved = client.get(matches_of(requirement))

        assert preview.status_code == 200
        assert (preview.json()["requirement"], preview.json()["requirement_version"]) == (None, None)
        assert preview.json()["results"] == saved.json()["results"]
        assert preview.json()["sha256"] == saved.json()["sha256"]
        assert Requirement.objects.count() == 1

    def test_the_choice_of_lines_is_the_same(self, buyer: Principal, client_for: ClientFor) -> None:
        example_suppliers()
        make.verified_buyer(buyer.organisation)

        response = client_for(buyer).post(f"{PREVIEW}?top=1&order=potential", TURNING, format="json")

        assert len(response.json()["results"]) == 1
        assert response.json()["order"] == "potential"

    def test_suppliers_cannot_preview(self, client_for: ClientFor) -> None:
        example_suppliers()

        response = client_for(member("supplier")).post(PREVIEW, TURNING, format="json")

        assert (response.status_code, response.json()["code"]) == (403, "not_allowed")

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"operations": []}, "/operations"),
            ({"operations": [{"process": "alchemy"}]}, "/operations/0/process"),
            ({"operations": [{"process": "cnc_turning", "tolerance_mm": 0}]}, "/operations/0/tolerance_mm"),
            ({"operations": [{"process": "cnc_turning", "tolerance_mm": "fine"}]}, "/operations/0/tolerance_mm"),
            ({"lead_time_days": -1}, "/lead_time_days"),
            ({"near_km": 500, "far_km": 50}, "/near_km"),
            ({"monthly_quantity": 100}, "/quantity_unit"),
            ({"criteria": {"process": {"weight": 0}}, "lead_time_days": None}, "/criteria"),
            ({"standards_required": ["iso_0"]}, "/standards_required/0"),
            ({"colour": "red"}, "/colour"),
        ],
    )
    def test_a_requirement_that_cannot_be_ranked_is_refused(
        self, buyer: Principal, client_for: ClientFor, change: dict[str, Any], pointer: str
    ) -> None:
        make.process()
        make.verified_buyer(buyer.organisation)
        body = {"operations": [{"process": "cnc_turning"}], "lead_time_days": 30} | change

        response = client_for(buyer).post(PREVIEW, body, format="json")

        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"] == pointer
