"""How firmly the first places stand, through the API."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.principals import Principal
from buyers.models import Requirement
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.matchmaking.matches.scene import example_requirement, example_suppliers

pytestmark = pytest.mark.django_db


def stability_of(requirement: Requirement) -> str:
    return f"/api/v1/requirements/{requirement.public_id}/stability"


def test_the_worked_example_stands_as_firmly_as_it_does(buyer: Principal, client_for: ClientFor) -> None:
    suppliers, requirement = example_suppliers(), example_requirement(buyer)

    response = client_for(buyer).get(stability_of(requirement))

    body = response.json()
    assert response.status_code == 200
    assert (body["requirement"], body["requirement_version"]) == (requirement.public_id, 1)
    assert (body["considered"], body["samples"], body["note"]) == (4, 2000, "")
    assert [(line["supplier"], line["rank"], line["acceptability"]) for line in body["results"]] == [
        (suppliers["A"].public_id, 1, [1.0, 0.0, 0.0, 0.0]),
        (suppliers["D"].public_id, 2, [0.0, 0.294, 0.706, 0.0]),
        (suppliers["B"].public_id, 3, [0.0, 0.706, 0.294, 0.0]),
        (suppliers["C"].public_id, 4, [0.0, 0.0, 0.0, 1.0]),
    ]
    assert body["results"][0]["legal_name"] == suppliers["A"].organisation.legal_name
    assert list(body["results"][0]["central_weights"]) == ["process", "tolerance", "lead_time"]
    assert body["results"][1]["central_weights"] is None


def test_the_same_question_has_the_same_answer(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    requirement, client = example_requirement(buyer), client_for(buyer)

    assert client.get(stability_of(requirement)).json() == client.get(stability_of(requirement)).json()


def test_only_so_many_lines_are_shown_though_all_compete(buyer: Principal, client_for: ClientFor) -> None:
    suppliers, requirement = example_suppliers(), example_requirement(buyer)

    body = client_for(buyer).get(stability_of(requirement), {"top": 1}).json()

    assert [line["supplier"] for line in body["results"]] == [suppliers["A"].public_id]
    assert (body["considered"], len(body["results"][0]["acceptability"])) == (4, 4)


@pytest.mark.parametrize("top", ["0", "201", "many"])
def test_a_top_that_is_none_is_refused(buyer: Principal, client_for: ClientFor, top: str) -> None:
    answer = client_for(buyer).get(stability_of(example_requirement(buyer)), {"top": top})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/top")


def test_an_empty_ranking_says_why_it_is_empty(buyer: Principal, client_for: ClientFor) -> None:
    body = client_for(buyer).get(stability_of(example_requirement(buyer))).json()

    assert (body["considered"], body["results"]) == (0, [])
    assert body["note"] == "No published supplier has a capability for any of the processes asked for."


@pytest.mark.django_db(transaction=True)
def test_the_number_of_queries_does_not_depend_on_the_number_of_suppliers(
    buyer: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    requirement, client = example_requirement(buyer), client_for(buyer)
    for count in (1, 49):
        for _ in range(count):
            make.capability(make.published_supplier(), tolerance_mm=0.01)
        client.get(stability_of(requirement))

        with django_assert_num_queries(3):  # the requirement, whether anything has changed, and names
            client.get(stability_of(requirement), {"top": 200})
