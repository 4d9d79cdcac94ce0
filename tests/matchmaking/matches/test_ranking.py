"""Rankings through the API: order, scores, queries, and the choice of lines."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.principals import Principal
from matchmaking.engine.canonical import sha256
from suppliers.models import Capability
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.matchmaking.matches.scene import example_requirement, example_suppliers, matches_of, summary


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
        assert tolerance["gap"] == 0.01
        assert near_miss["operations"] == [
            {"operation": "1", "process": "cnc_turning", "capability": capability.public_id}
        ]

    def test_a_line_says_what_to_ask_its_supplier_first(self, buyer: Principal, client_for: ClientFor) -> None:
        suppliers, requirement = example_suppliers(), example_requirement(buyer)
        capability = Capability.objects.get(site__supplier=suppliers["B"])

        lines = client_for(buyer).get(matches_of(requirement)).json()["results"]
        tolerance, lead_time = next(x for x in lines if x["supplier"] == suppliers["B"].public_id)["ask_next"]

        assert tolerance == {
            "criterion": "tolerance",
            "operation": "1",
            "capability": capability.public_id,
            "level": 2,
            "gain": 0.3,
            "settles": True,
            "sentence": (
                "Tolerance: not known; fully met and checked (L2), it would add 0.3 to the score. "
                "That would also settle a gate."
            ),
        }
        assert (lead_time["criterion"], lead_time["gain"], lead_time["settles"]) == ("lead_time", 0.05, False)

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

    @pytest.mark.usefixtures("own_catalogue")
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


QUERIES_WHEN_ALL_IS_NEW = 26
"""Two for the requirement, twenty-three for a catalogue that may be rolled back, one for names."""


@pytest.mark.django_db(transaction=True)
def test_when_nothing_has_changed_a_ranking_takes_three_queries_and_of_known_lines_two(
    buyer: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    requirement, client = example_requirement(buyer), client_for(buyer)
    for count in (1, 49):
        for _ in range(count):
            make.capability(make.published_supplier(), tolerance_mm=0.01)
        client.get(matches_of(requirement), headers={"accept-language": "vi"})

        with django_assert_num_queries(3):
            client.get(matches_of(requirement), {"top": 200}, headers={"accept-language": "en"})
        with django_assert_num_queries(2):  # what the firms are called is in their lines
            client.get(f"{matches_of(requirement)}?top=200&order=potential", headers={"accept-language": "en"})


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
