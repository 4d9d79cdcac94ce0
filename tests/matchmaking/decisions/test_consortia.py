"""Suppliers that share the operations of a requirement, through the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.principals import Principal
from buyers.models import Requirement
from matchmaking.models import Connection, Shortlist, ShortlistEntry
from suppliers.models import Supplier
from taxonomy.models import Province
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.taxonomy import ProvinceFactory
from tests.matchmaking.decisions.scene import STEPS, sets_of, shared_requirement, sharing_suppliers

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> Principal:
    return member("buyer")


@pytest.fixture
def suppliers() -> dict[str, Supplier]:
    return sharing_suppliers()


def consortia_of(client: APIClient, row: Requirement, **query: Any) -> Any:
    answer = client.get(f"/api/v1/requirements/{row.public_id}/consortia", query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def test_two_suppliers_share_what_neither_can_do_alone(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    row = shared_requirement(buyer)

    body = consortia_of(client_for(buyer), row)

    assert (body["requirement"], body["requirement_version"], body["note"]) == (row.public_id, 1, "")
    assert (body["is_proved"], body["fewest_suppliers"]) == (True, 2)
    assert [(each["process"], each["candidates"]) for each in body["operations"]] == [
        ("turning", 2),
        ("hardening", 2),
        ("plating", 2),
    ]
    assert sets_of(body, suppliers) == [["turner", "plater"], ["far", "plater"], ["turner", "specialist"]]
    first = body["results"][0]
    assert first["lead"] == suppliers["plater"].public_id
    assert [(each["operation"], each["is_core"], each["lead_time_days"]) for each in first["members"]] == [
        ("1", True, 10.0),
        ("2", True, 12.0),
        ("3", True, 8.0),
    ]
    assert first["lead_time_days"] == 30.0
    assert first["mean_score"] == pytest.approx(sum(each["score"] for each in first["members"]) / 3, abs=1e-6)
    assert body["most_mean_score"] == first["mean_score"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "{plater} leads and does 2. hardening, 3. plating; {turner} does 1. turning."),
        ("vi", "{plater} đứng đầu và làm 2. hardening, 3. plating; {turner} làm 1. turning."),
    ],
)
def test_who_does_what_is_said_in_words(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor, language: str, sentence: str
) -> None:
    client = client_for(buyer)
    client.credentials(HTTP_ACCEPT_LANGUAGE=language)

    first = consortia_of(client, shared_requirement(buyer))["results"][0]

    assert first["sentence"] == sentence.format(
        **{name: firm.organisation.trade_name for name, firm in suppliers.items()}
    )


def test_where_lead_time_is_a_gate_all_steps_together_keep_to_it(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    row = shared_requirement(buyer, lead_time_days=25, criteria={"lead_time": {"mode": "must"}})

    body = consortia_of(client_for(buyer), row)

    assert sets_of(body, suppliers) == [["far", "plater"], ["turner", "specialist"]]
    assert [each["lead_time_days"] for each in body["results"]] == [25.0, 23.0]


def test_only_sites_near_the_plant_or_in_a_province_are_taken(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    hai_phong: Province = ProvinceFactory.create(code="31")
    suppliers["far"].sites.update(province=hai_phong)
    client, row = client_for(buyer), shared_requirement(buyer)

    near = consortia_of(client, row, within_km=50)
    there = consortia_of(client, row, province=hai_phong.reference)

    assert sets_of(near, suppliers) == [["turner", "plater"], ["turner", "specialist"]]
    assert [each["candidates"] for each in there["operations"]] == [1, 0, 0]
    assert there["note"] == "No supplier passes the gates of 2. hardening, 3. plating."


def test_a_site_whose_address_names_a_province_of_old_lies_in_that_of_today_as_well(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    hai_phong: Province = ProvinceFactory.create(code="31")
    hai_duong: Province = ProvinceFactory.create(edition="2004", code="30", successor=hai_phong)
    other: Province = ProvinceFactory.create(edition="2004", code="31", successor=hai_phong)
    suppliers["far"].sites.update(province=hai_phong, old_province=hai_duong)
    client, row = client_for(buyer), shared_requirement(buyer)

    found = [consortia_of(client, row, province=each.reference) for each in (hai_phong, hai_duong, other)]

    assert [[each["candidates"] for each in body["operations"]] for body in found] == [[1, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_gates_that_are_not_confirmed_count_only_where_asked(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    steps = ({"process": "turning", "tolerance_mm": 0.02}, *STEPS[1:])
    row, client = (
        shared_requirement(buyer, operations=steps, criteria={"tolerance": {"mode": "must"}}),
        client_for(buyer),
    )

    strict, open_ = consortia_of(client, row), consortia_of(client, row, unconfirmed="true", top=1)

    assert (strict["results"], strict["fewest_suppliers"], strict["most_mean_score"]) == ([], None, None)
    assert strict["note"] == "No supplier passes the gates of 1. turning."
    assert sets_of(open_, suppliers) == [["turner", "plater"]]


def test_fewer_firms_than_are_needed_find_nobody(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    body = consortia_of(client_for(buyer), shared_requirement(buyer), most_firms=1)

    assert body["results"] == []
    assert body["note"].startswith("No set of so few suppliers")


def test_a_requirement_with_one_operation_has_nothing_to_share(buyer: Principal, client_for: ClientFor) -> None:
    make.process("turning")
    row = shared_requirement(buyer, operations=STEPS[:1])

    body = consortia_of(client_for(buyer), row)

    assert (body["results"], body["fewest_suppliers"]) == ([], None)
    assert body["note"] == "The requirement has a single operation: look at its matches instead."


@pytest.mark.parametrize(
    "query",
    [
        *({"within_km": 50}, {"in_corridor": "true"}, {"province": "2025:99"}),
        *({"most_firms": 11}, {"top": 0}, {"within_km": "near"}, {"province": "31"}, {"x": 1}),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor, query: dict[str, Any]
) -> None:
    row = shared_requirement(buyer, plant=None)

    assert client_for(buyer).get(f"/api/v1/requirements/{row.public_id}/consortia", query).status_code == 400


def test_where_only_another_step_counts_each_step_is_still_ranked(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    steps = ({"process": "turning", "tolerance_mm": 0.02}, *STEPS[1:])
    weightless = {"process": {"weight": 0}, "distance": {"mode": "off"}}
    row = shared_requirement(buyer, operations=steps, criteria=weightless)

    found = sets_of(consortia_of(client_for(buyer), row), suppliers)
    assert sorted(found) == [["far", "plater"], ["turner", "plater"], ["turner", "specialist"]]


def test_the_members_are_asked_at_once_and_kept_together(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    row, client = shared_requirement(buyer), client_for(buyer)
    members = [suppliers[name].public_id for name in ("turner", "plater")]

    answer = client.post(
        f"/api/v1/requirements/{row.public_id}/ask-consortium",
        {"suppliers": members, "message": "Together?"},
        format="json",
    )

    assert answer.status_code == 201
    body = answer.json()
    assert answer["Location"] == f"/api/v1/shortlists/{body['shortlist']}"
    assert [(each["supplier"], each["code"]) for each in body["results"]] == [(member, "") for member in members]
    connections = Connection.objects.order_by("pk")
    assert [(each.supplier.public_id, each.message) for each in connections] == [(m, "Together?") for m in members]
    answers = f"/api/v1/shortlists/{body['shortlist']}/answers"
    accepted = [client.get(answers).json()["has_everybody_accepted"]]
    for connection in connections:
        owner = member(organisation=connection.supplier.organisation)
        assert client_for(owner).post(f"/api/v1/connections/{connection.public_id}/accept").status_code == 200
        accepted.append(client.get(answers).json()["has_everybody_accepted"])
    assert accepted == [False, False, True]


@pytest.mark.parametrize("whom", [[], ["turner"], ["turner", "turner"], ["turner", "nobody"]])
def test_a_consortium_that_is_none_is_not_asked(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor, whom: list[str]
) -> None:
    row = shared_requirement(buyer)
    ids = [suppliers[name].public_id if name in suppliers else "sup_0" for name in whom]

    answer = client_for(buyer).post(
        f"/api/v1/requirements/{row.public_id}/ask-consortium", {"suppliers": ids}, format="json"
    )

    assert answer.status_code == 400
    assert (Connection.objects.count(), Shortlist.objects.count(), ShortlistEntry.objects.count()) == (0, 0, 0)


def test_a_closed_requirement_asks_nobody(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    row = shared_requirement(buyer, state=Requirement.State.CLOSED_NO_AWARD)
    ids = [suppliers[name].public_id for name in ("turner", "plater")]

    answer = client_for(buyer).post(
        f"/api/v1/requirements/{row.public_id}/ask-consortium", {"suppliers": ids}, format="json"
    )

    assert answer.status_code == 409
    assert (Connection.objects.count(), Shortlist.objects.count()) == (0, 0)


def test_suppliers_do_not_see_each_other(
    buyer: Principal, suppliers: dict[str, Supplier], client_for: ClientFor
) -> None:
    row = shared_requirement(buyer)
    firm = client_for(member(organisation=suppliers["turner"].organisation))

    assert firm.get(f"/api/v1/requirements/{row.public_id}/consortia").status_code == 404
