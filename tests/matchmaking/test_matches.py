"""Ranked suppliers through the API: the contract's worked example, who sees what, and the choice of lines."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.principals import Principal
from buyers.models import Buyer, Requirement, RequirementAudience
from matchmaking.engine.canonical import sha256
from suppliers.models import Capability, Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member

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


@pytest.fixture
def buyer() -> Principal:
    return member("buyer")


def summary(body: Any) -> list[tuple[Any, ...]]:
    return [(line["rank"], line["supplier"], line["eligibility"], line["score"]) for line in body["results"]]


@pytest.mark.django_db
class TestRanking:
    def test_the_worked_example_of_the_contract(self, buyer: Principal, client_for: ClientFor) -> None:
        suppliers, requirement = example_suppliers(), example_requirement(buyer)

        response = client_for(buyer).get(matches_of(requirement))

        body = response.json()
        assert response.status_code == 200
        assert (body["requirement"], body["requirement_version"]) == (requirement.public_id, 1)
        assert body["as_of"] == timezone.localdate().isoformat()
        assert body["counts"] == {"eligible": 1, "unconfirmed": 2, "near_miss": 1}
        assert summary(body) == [
            (1, suppliers["A"].public_id, "eligible", 0.775),
            (2, suppliers["D"].public_id, "unconfirmed", 0.55),
            (3, suppliers["B"].public_id, "unconfirmed", 0.475),
            (4, suppliers["C"].public_id, "near_miss", 0.625),
        ]
        assert [line["potential"] for line in body["results"]] == [0.975, 0.75, 0.975, 0.825]
        assert body["results"][0]["legal_name"] == suppliers["A"].organisation.legal_name
        assert body["results"][3]["failed"] == ["tolerance"]

    def test_every_criterion_is_explained_with_figures_evidence_and_a_sentence(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        suppliers, requirement = example_suppliers(), example_requirement(buyer)
        today = timezone.localdate().isoformat()

        lines = client_for(buyer).get(matches_of(requirement)).json()["results"]
        near_miss = next(line for line in lines if line["supplier"] == suppliers["C"].public_id)

        assert list(near_miss["criteria"]) == ["process", "tolerance", "lead_time"]
        tolerance = near_miss["criteria"]["tolerance"]
        assert {name: tolerance[name] for name in ("mode", "weight", "value", "confidence", "low", "high")} == {
            "mode": "must",
            "weight": 2.0,
            "value": 0.5,
            "confidence": 0.9,
            "low": 0.45,
            "high": 0.55,
        }
        assert (tolerance["required"], tolerance["actual"], tolerance["unit"]) == (0.02, 0.03, "mm")
        assert (tolerance["verdict"], tolerance["gate"], tolerance["contribution"]) == ("near", "failed", 0.15)
        assert tolerance["evidence"] == {"level": 2, "observed": today}
        assert "±0.03 mm misses the required ±0.02 mm by 0.01 mm" in tolerance["sentence"]
        capability = Capability.objects.get(site__supplier=suppliers["C"])
        assert near_miss["operations"] == [
            {"operation": "1", "process": "cnc_turning", "capability": capability.public_id}
        ]

    def test_sentences_follow_the_language_asked_for_and_numbers_do_not(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        example_suppliers()
        requirement = example_requirement(buyer)
        client = client_for(buyer)

        english = client.get(matches_of(requirement)).json()
        vietnamese = client.get(matches_of(requirement), headers={"accept-language": "vi"}).json()

        assert vietnamese["results"][0]["criteria"]["tolerance"]["sentence"].startswith("Dung sai ±0,01 mm")
        assert summary(vietnamese) == summary(english)
        assert vietnamese["sha256"] == english["sha256"]

    def test_the_hash_can_be_computed_from_what_is_shown(self, buyer: Principal, client_for: ClientFor) -> None:
        example_suppliers()
        body = client_for(buyer).get(matches_of(example_requirement(buyer))).json()
        of_criterion = ("mode", "weight", "value", "confidence", "low", "high", "verdict")
        of_line = ("supplier", "rank", "eligibility", "score", "potential", "failed", "unconfirmed")

        results = [
            {name: line[name] for name in of_line}
            | {
                "criteria": {
                    key: {name: shown[name] for name in of_criterion} for key, shown in line["criteria"].items()
                }
            }
            for line in body["results"]
        ]

        assert body["sha256"] == sha256({"engine_version": body["engine_version"], "results": results})

    def test_a_change_counts_in_the_next_ranking(self, buyer: Principal, client_for: ClientFor) -> None:
        suppliers, requirement = example_suppliers(), example_requirement(buyer)
        client = client_for(buyer)
        assert client.get(matches_of(requirement)).json()["counts"]["eligible"] == 1

        Capability.objects.filter(site__supplier=suppliers["C"]).update(tolerance_mm=0.02)

        assert client.get(matches_of(requirement)).json()["counts"]["eligible"] == 2

    def test_a_change_of_the_requirement_counts_in_the_next_ranking(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        example_suppliers()
        requirement = example_requirement(buyer)
        client = client_for(buyer)
        assert client.get(matches_of(requirement)).json()["counts"]["eligible"] == 1

        address = f"/api/v1/requirements/{requirement.public_id}"
        changed = client.patch(
            address,
            {"operations": [{"process": "cnc_turning", "tolerance_mm": 0.03}]},
            format="json",
            headers={"if-match": client.get(address)["ETag"]},
        )

        assert changed.status_code == 200
        body = client.get(matches_of(requirement)).json()
        assert (body["requirement_version"], body["counts"]["eligible"]) == (2, 2)

    def test_a_process_that_nobody_has_gives_an_empty_list_that_says_why(
        self, buyer: Principal, client_for: ClientFor
    ) -> None:
        example_suppliers()
        requirement = make.requirement(make.verified_buyer(buyer.organisation), operations=({"process": "forging"},))

        response = client_for(buyer).get(matches_of(requirement))

        assert response.status_code == 200
        assert response.json()["results"] == []
        assert response.json()["counts"] == {"eligible": 0, "unconfirmed": 0, "near_miss": 0}
        assert response.json()["note"] == "No published supplier has a capability for any of the processes asked for."

    def test_the_number_of_queries_does_not_depend_on_the_number_of_suppliers(
        self, buyer: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        requirement = example_requirement(buyer)
        client = client_for(buyer)

        def add(count: int) -> None:
            for _ in range(count):
                make.capability(make.published_supplier(), tolerance_mm=0.01)

        add(1)
        client.get(matches_of(requirement))
        with django_assert_num_queries(QUERIES_WHEN_ALL_IS_NEW):
            assert len(client.get(matches_of(requirement), {"top": 200}).json()["results"]) == 1
        add(49)
        with django_assert_num_queries(QUERIES_WHEN_ALL_IS_NEW):
            assert len(client.get(matches_of(requirement), {"top": 200}).json()["results"]) == 50


QUERIES_WHEN_ALL_IS_NEW = 17
"""One for the requirement, fifteen for a catalogue that may be rolled back, one for names."""


@pytest.mark.django_db(transaction=True)
def test_when_nothing_has_changed_a_ranking_takes_three_queries(
    buyer: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    requirement, client = example_requirement(buyer), client_for(buyer)
    for count in (1, 49):
        for _ in range(count):
            make.capability(make.published_supplier(), tolerance_mm=0.01)
        client.get(matches_of(requirement))

        with django_assert_num_queries(3):
            client.get(matches_of(requirement), {"top": 200})


@pytest.mark.django_db
class TestChoiceOfLines:
    @pytest.mark.parametrize(
        ("parameters", "names"),
        [
            ({}, "ADBC"),
            ({"top": "2"}, "AD"),
            ({"eligibility": "unconfirmed"}, "DB"),
            ({"eligibility": "near_miss,eligible"}, "AC"),
            ({"order": "potential"}, "ABDC"),
            ({"order": "potential", "eligibility": "unconfirmed", "top": "1"}, "B"),
        ],
    )
    def test_lines_are_chosen(
        self, buyer: Principal, client_for: ClientFor, parameters: dict[str, str], names: str
    ) -> None:
        suppliers, requirement = example_suppliers(), example_requirement(buyer)

        body = client_for(buyer).get(matches_of(requirement), parameters).json()

        assert [line["supplier"] for line in body["results"]] == [suppliers[name].public_id for name in names]
        assert body["counts"] == {"eligible": 1, "unconfirmed": 2, "near_miss": 1}
        ranks = {suppliers[name].public_id: rank for rank, name in enumerate("ADBC", start=1)}
        assert all(line["rank"] == ranks[line["supplier"]] for line in body["results"])

    def test_an_empty_choice_says_why(self, buyer: Principal, client_for: ClientFor) -> None:
        make.capability(make.published_supplier(), tolerance_mm=0.01)
        requirement = example_requirement(buyer)

        body = client_for(buyer).get(matches_of(requirement), {"eligibility": "near_miss"}).json()

        assert body["results"] == []
        assert body["note"].startswith("Suppliers answer the processes asked for")

    @pytest.mark.parametrize(
        ("parameters", "pointer"),
        [
            ({"eligibility": "good"}, "/eligibility"),
            ({"eligibility": "eligible,"}, "/eligibility"),
            ({"order": "name"}, "/order"),
            ({"top": "0"}, "/top"),
            ({"top": "201"}, "/top"),
            ({"top": "many"}, "/top"),
            ({"page": "2"}, "/page"),
        ],
    )
    def test_a_choice_that_does_not_exist_is_refused(
        self, buyer: Principal, client_for: ClientFor, parameters: dict[str, str], pointer: str
    ) -> None:
        response = client_for(buyer).get(matches_of(example_requirement(buyer)), parameters)

        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"] == pointer


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
