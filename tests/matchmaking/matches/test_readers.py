"""Who sees what of a ranking."""

from typing import Any

import pytest

from accounts.principals import Principal
from buyers.models import Buyer, RequirementAudience
from suppliers.models import Capability, Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.matches.scene import (
    PREVIEW,
    TURNING,
    example_requirement,
    example_suppliers,
    matches_of,
    summary,
)


@pytest.mark.django_db
class TestWhoSeesWhat:
    def test_staff_see_all_lines(self, client_for: ClientFor) -> None:
        example_suppliers()

        body = client_for(member("agency")).get(matches_of(example_requirement())).json()

        assert len(body["results"]) == 4

    def test_an_owner_may_rank_for_a_draft(self, buyer: Principal, client_for: ClientFor) -> None:
        example_suppliers()
        draft = example_requirement(buyer, state="draft", opened_at=None)

        assert len(client_for(buyer).get(matches_of(draft)).json()["results"]) == 4

    @pytest.mark.parametrize("state", ["registered", "rejected", "suspended"])
    def test_an_unverified_buyer_sees_no_matches(self, buyer: Principal, client_for: ClientFor, state: str) -> None:
        example_suppliers()
        requirement = example_requirement(buyer)
        Buyer.objects.update(state=state)

        for response in (
            client_for(buyer).get(matches_of(requirement)),
            client_for(buyer).post(PREVIEW, TURNING, format="json"),
        ):
            assert (response.status_code, response.json()["code"]) == (403, "buyer_not_verified")
            assert response.json()["title"] == "Only a verified buyer may do this."
            assert response.json()["detail"] == "Only a verified buyer sees which suppliers match."

    def test_a_supplier_reads_its_own_line_without_rivals_or_rank(self, client_for: ClientFor) -> None:
        suppliers, requirement = example_suppliers(), example_requirement()
        owner = member(organisation=suppliers["C"].organisation)

        response = client_for(owner).get(matches_of(requirement), {"top": 200})

        body = response.json()
        assert summary(body) == [(None, suppliers["C"].public_id, "near_miss", 0.625)]
        assert body["counts"] is None
        assert body["results"][0]["failed"] == ["tolerance"]
        assert [(asked["criterion"], asked["gain"]) for asked in body["results"][0]["ask_next"]] == [
            ("lead_time", 0.05)
        ]
        assert not any(suppliers[rival].public_id in response.content.decode() for rival in "ABD")

    def test_a_supplier_that_is_not_on_the_list_reads_why(self, client_for: ClientFor) -> None:
        suppliers, requirement = example_suppliers(), example_requirement()
        Supplier.objects.filter(pk=suppliers["C"].pk).update(state="suspended")
        owner = member(organisation=suppliers["C"].organisation)

        body = client_for(owner).get(matches_of(requirement)).json()

        assert (body["results"], body["counts"]) == ([], None)
        assert body["note"] == "None of your published capabilities answers a process that is asked for."

    @pytest.mark.parametrize("kind", ["buyer", "supplier"])
    def test_what_one_may_not_see_is_not_there(self, client_for: ClientFor, kind: str) -> None:
        stranger = member(kind)
        if kind == "buyer":
            make.verified_buyer(stranger.organisation)
        requirement = example_requirement(visibility="matched")

        assert client_for(stranger).get(matches_of(requirement)).status_code == 404

    def test_nobody_at_all_is_asked_to_sign_in(self, client_for: ClientFor) -> None:
        from accounts.principals import ANONYMOUS

        response = client_for(ANONYMOUS).get(matches_of(example_requirement()))

        assert response.status_code in (401, 403)

    def test_a_requirement_that_does_not_exist_is_a_404(self, buyer: Principal, client_for: ClientFor) -> None:
        make.verified_buyer(buyer.organisation)

        for address in ("req_00000000000000000000", "req_%00", "req_1'--", "%C3%A9"):
            response = client_for(buyer).get(f"/api/v1/requirements/{address}/matches")

            assert (response.status_code, response.json()["code"]) == (404, "not_found")

    def test_how_busy_a_supplier_is_cannot_be_worked_out(self, buyer: Principal, client_for: ClientFor) -> None:
        """4,567.65 pieces a month are free: nobody reads more of it than 4,600, from whichever number."""
        supplier = make.published_supplier()
        row = make.capability(supplier, monthly_capacity=12_345, capacity_unit="pcs", utilisation_pct=63)
        make.verified_buyer(buyer.organisation)

        def asked(quantity: float, who: Principal, **criterion: Any) -> Any:
            body = {
                "operations": [{"process": "cnc_turning"}],
                "monthly_quantity": quantity,
                "quantity_unit": "pcs",
                "criteria": {"process": {"weight": 0}, "capacity": criterion},
            }
            return client_for(who).post(PREVIEW, body, format="json").json()["results"][0]

        for who in (buyer, member("agency")):
            line = asked(5_000, who, weight=1e6)
            capacity = line["criteria"]["capacity"]
            assert (capacity["value"], capacity["actual"], capacity["parts"]) == (0.92, 4600, [])
            assert line["score"] / capacity["confidence"] * 5_000 == pytest.approx(4600)
            assert asked(4_600, who, mode="must")["failed"] == []
            assert asked(4_600.001, who, mode="must")["failed"] == ["capacity"]

        before = asked(5_000, buyer, weight=1)
        Capability.objects.filter(pk=row.pk).update(utilisation_pct=62.9)
        assert asked(5_000, buyer, weight=1) == before

    def test_a_supplier_cannot_work_out_where_an_anonymous_buyer_is(self, client_for: ClientFor) -> None:
        """Wherever it moves its own site to, it reads the same, whatever the buyer asks of the distance."""
        supplier = make.published_supplier()
        site = make.site(supplier, latitude=21.0, longitude=105.8)
        make.capability(supplier, at=site)
        requirement = make.requirement(
            visibility="anonymous",
            plant={"latitude": 21.9, "longitude": 106.7},
            criteria={"distance": {"mode": "must", "weight": 5}},
        )
        audience = RequirementAudience.objects.create(
            requirement=requirement, organisation=supplier.organisation, reason="match"
        )
        client = client_for(member(organisation=supplier.organisation))

        far = client.get(matches_of(requirement)).json()
        type(site).objects.filter(pk=site.pk).update(latitude=8.6, longitude=104.8)
        farther = client.get(matches_of(requirement)).json()
        type(site).objects.filter(pk=site.pk).update(latitude=21.9, longitude=106.7)
        there = client.get(matches_of(requirement)).json()

        assert far == farther == there
        assert far["requirement_version"] is None
        (line,) = far["results"]
        assert (line["eligibility"], line["failed"], line["unconfirmed"]) == ("eligible", [], [])
        assert "distance" not in line["criteria"]

        RequirementAudience.objects.filter(pk=audience.pk).update(knows_buyer=True)
        known = client.get(matches_of(requirement)).json()
        assert known["requirement_version"] == 1
        assert known["results"][0]["criteria"]["distance"]["actual"] == 0

    def test_no_plant_tells_a_buyer_more_of_a_site_than_its_square_of_the_grid(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        for latitude, longitude in ((21.0251, 105.8549), (21.0349, 105.8451), (21.03, 105.85)):
            supplier = make.published_supplier()
            make.capability(supplier, at=make.site(supplier, latitude=latitude, longitude=longitude))
        asking, client = make.verified_buyer(buyer.organisation), client_for(buyer)

        for latitude, longitude in ((21.0251, 105.8549), (21.02, 105.86)):
            plant = {"name": f"{latitude}", "latitude": latitude, "longitude": longitude}
            requirement = make.requirement(asking, plant=plant, near_km=0, far_km=2)
            lines = client.get(matches_of(requirement)).json()["results"]
            told = [line["criteria"]["distance"] for line in lines]
            assert len(told) == 3
            assert 0 < told[0]["value"] < 1
            assert told[1:] == told[:1] * 2

    def test_where_only_the_distance_counts_a_stranger_s_line_goes_by_the_process(self, client_for: ClientFor) -> None:
        supplier = make.published_supplier()
        make.capability(supplier, at=make.site(supplier, latitude=21.0, longitude=105.8))
        requirement = make.requirement(
            visibility="anonymous",
            plant={"latitude": 21.9, "longitude": 106.7},
            criteria={"process": {"weight": 0}},
        )
        RequirementAudience.objects.create(requirement=requirement, organisation=supplier.organisation, reason="match")

        response = client_for(member(organisation=supplier.organisation)).get(matches_of(requirement))

        assert response.status_code == 200
        assert [line["score"] for line in response.json()["results"]] == [0.9]
