"""What would let more suppliers in, through the API."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.principals import Principal
from buyers.models import Requirement
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.matches.scene import example_requirement, example_suppliers

pytestmark = pytest.mark.django_db


def relaxations_of(requirement: Requirement) -> str:
    return f"/api/v1/requirements/{requirement.public_id}/relaxations"


def of_tolerances(*figures: float | None) -> None:
    for figure in figures:
        make.capability(make.published_supplier(), tolerance_mm=figure)


def test_the_worked_example_is_told_what_its_near_miss_would_need(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    requirement = example_requirement(buyer)

    response = client_for(buyer).get(relaxations_of(requirement))

    body = response.json()
    assert response.status_code == 200
    assert (body["requirement"], body["requirement_version"]) == (requirement.public_id, 1)
    assert body["counts"] == {"eligible": 1, "unconfirmed": 2, "near_miss": 1}
    assert (body["note"], body["without_process"]) == ("", 0)
    assert body["dropped"] == [
        {
            "gates": ["tolerance"],
            "joins": 1,
            "eligible": 1,
            "sentence": "Dropping the gate Tolerance lets in 1 more, 1 of them with nothing left to confirm.",
        }
    ]
    assert body["targets"] == [
        {
            "criterion": "tolerance",
            "operation": "1",
            "process": "cnc_turning",
            "required": 0.02,
            "unit": "mm",
            "steps": [
                {
                    "wanted": 1,
                    "target": 0.03,
                    "far_km": None,
                    "joins": 1,
                    "eligible": 1,
                    "sentence": (
                        "Tolerance: ±0.03 mm instead of ±0.02 mm lets in 1 more, "
                        "1 of them with nothing left to confirm."
                    ),
                }
            ],
        }
    ]


def test_steps_name_the_smallest_changes_that_let_in_one_five_and_ten(buyer: Principal, client_for: ClientFor) -> None:
    of_tolerances(*[0.02, 0.03, 0.03, 0.04, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.2])
    requirement = example_requirement(buyer)

    (tolerance,) = client_for(buyer).get(relaxations_of(requirement)).json()["targets"]

    assert [(step["wanted"], step["target"], step["joins"]) for step in tolerance["steps"]] == [
        (1, 0.03, 2),
        (5, 0.05, 5),
        (10, 0.1, 10),
    ]


def test_sentences_follow_the_language_asked_for(buyer: Principal, client_for: ClientFor) -> None:
    example_suppliers()
    requirement = example_requirement(buyer)

    body = client_for(buyer).get(relaxations_of(requirement), headers={"accept-language": "vi"}).json()

    assert body["targets"][0]["steps"][0]["sentence"].startswith("Dung sai: ±0,03 mm thay cho ±0,02 mm")


@pytest.mark.parametrize(
    ("figures", "operations", "note"),
    [
        (
            [],
            ({"process": "cnc_turning"},),
            "No published supplier has a capability for any of the processes asked for.",
        ),
        ([0.01], ({"process": "cnc_turning"},), "No supplier fails a gate, so there is nothing to relax."),
        (
            [0.01],
            ({"process": "cnc_turning"}, {"process": "forging"}),
            "Every near miss lacks one of the processes asked for, and no gate stands in for that.",
        ),
    ],
)
def test_where_nothing_is_to_be_gained_the_answer_says_why(
    buyer: Principal, client_for: ClientFor, figures: list[float], operations: Any, note: str
) -> None:
    of_tolerances(*figures)
    requirement = make.requirement(make.verified_buyer(buyer.organisation), operations=operations)

    body = client_for(buyer).get(relaxations_of(requirement)).json()

    assert (body["dropped"], body["targets"], body["note"]) == ([], [], note)


def test_a_near_miss_that_fails_more_than_three_gates_is_let_in_by_none(
    buyer: Principal, client_for: ClientFor
) -> None:
    make.capability(
        make.published_supplier(), tolerance_mm=1.0, roughness_um=50.0, max_mass_kg=0.1, lead_time_days=300.0
    )
    asked = {"process": "cnc_turning", "tolerance_mm": 0.02, "roughness_um": 0.8, "part_mass_kg": 5.0}
    gates = ("tolerance", "roughness", "part_mass", "lead_time")
    requirement = make.requirement(
        make.verified_buyer(buyer.organisation),
        operations=(asked,),
        lead_time_days=10,
        criteria={key: {"mode": "must"} for key in gates},
    )

    body = client_for(buyer).get(relaxations_of(requirement)).json()

    assert body["note"] == "No near miss would join if up to three gates were dropped."
    assert [target["steps"] for target in body["targets"]] == [[]] * 4


def test_a_supplier_that_sees_the_requirement_learns_nothing_of_its_rivals(client_for: ClientFor) -> None:
    suppliers = example_suppliers()
    requirement = example_requirement(visibility="public")
    client = client_for(member(organisation=suppliers["A"].organisation))

    assert client.get(f"/api/v1/requirements/{requirement.public_id}").status_code == 200
    for about in ("relaxations", "stability"):
        answer = client.get(f"/api/v1/requirements/{requirement.public_id}/{about}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_buyer_that_staff_have_not_verified_is_told_so(buyer: Principal, client_for: ClientFor) -> None:
    requirement = example_requirement(buyer)
    requirement.buyer.state = "registered"
    requirement.buyer.save()

    answer = client_for(buyer).get(relaxations_of(requirement))

    assert (answer.status_code, answer.json()["code"]) == (403, "buyer_not_verified")


@pytest.mark.django_db(transaction=True)
def test_the_number_of_queries_does_not_depend_on_the_number_of_suppliers(
    buyer: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    requirement, client = example_requirement(buyer), client_for(buyer)
    for count in (1, 49):
        of_tolerances(*[0.05] * count)
        client.get(relaxations_of(requirement))

        with django_assert_num_queries(2):  # the requirement, and whether anything has changed
            client.get(relaxations_of(requirement))


def test_a_smaller_quantity_tells_no_more_of_free_capacity_than_two_figures(
    buyer: Principal, client_for: ClientFor
) -> None:
    """4,567.65 pieces a month are free."""
    make.capability(
        make.published_supplier(), monthly_capacity=12_345, capacity_unit="pcs", utilisation_pct=63, tolerance_mm=None
    )
    requirement = make.requirement(
        make.verified_buyer(buyer.organisation),
        operations=({"process": "cnc_turning"},),
        monthly_quantity=5_000,
        quantity_unit="pcs",
        criteria={"capacity": {"mode": "must"}},
    )

    (capacity,) = client_for(buyer).get(relaxations_of(requirement)).json()["targets"]

    assert (capacity["required"], capacity["unit"]) == (5_000, "pcs")
    assert [(step["wanted"], step["target"], step["joins"]) for step in capacity["steps"]] == [(1, 4_600, 1)]
    assert capacity["steps"][0]["sentence"].startswith("Free capacity: 4,600 pieces a month instead of 5,000 pieces")
