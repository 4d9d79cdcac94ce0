"""Writing requirements through the API: what is refused, and what a change leaves behind."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from buyers.models import Criterion, Operation, Requirement, RequirementVersion
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.buyers import (
    BuyerFactory,
    PlantFactory,
    RequirementFactory,
    buyer_member,
    open_requirement,
    process,
    verified_buyer,
)
from tests.factories.taxonomy import MaterialFactory, StandardFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/requirements"
ANY = {"If-Match": "*"}
TODAY = timezone.localdate()
NEXT_MONTH, IN_TWO_MONTHS = (TODAY + timedelta(days=days) for days in (30, 60))


@pytest.fixture
def body() -> dict[str, Any]:
    """A body that asks a bit of everything."""
    process("MACH.CNC_TURN")
    process("HEAT")
    MaterialFactory.create(code="C45")
    StandardFactory.create(code="ISO9001")
    return {
        "title": "Trục thép",
        "visibility": "matched",
        "description": "As drawn.",
        "part_family": "shafts",
        "hs_code": "848310",
        "operations": [
            {
                "process": "MACH.CNC_TURN",
                "materials": ["C45"],
                "tolerance_mm": 0.02,
                "roughness_um": 0.8,
                "part_size_mm": [120.0, 30.0, 30.0],
                "part_mass_kg": 0.7,
            },
            {
                "process": "HEAT",
                "materials": [],
                "tolerance_mm": None,
                "roughness_um": None,
                "part_size_mm": None,
                "part_mass_kg": None,
            },
        ],
        "monthly_quantity": 5000.0,
        "quantity_unit": "pcs",
        "needed_on": IN_TWO_MONTHS.isoformat(),
        "lead_time_days": 30.0,
        "moq": 500.0,
        "standards_required": ["ISO9001"],
        "standards_preferred": [],
        "near_km": 10.0,
        "far_km": 200.0,
        "export_share_pct": 20.0,
        "track_record_share": 0.95,
        "languages": ["en", "ja"],
        "criteria": {"tolerance": {"mode": "must", "weight": 3.0, "min_level": 2}},
        "nda_needed": True,
        "answer_by": NEXT_MONTH.isoformat(),
        "target_price": "12.5000",
        "target_price_currency": "USD",
    }


def written() -> tuple[int, ...]:
    """How many rows there are of all that a requirement is written to."""
    return (Requirement.objects.count(), Operation.objects.count(), Criterion.objects.count(), Event.objects.count())


def test_a_draft_says_what_was_written(client_for: ClientFor, body: dict[str, Any]) -> None:
    buyer = BuyerFactory.create()
    plant = PlantFactory.create(buyer=buyer)

    response = client_for(buyer_member(buyer)).post(URL, {**body, "plant": plant.public_id})

    requirement = Requirement.objects.get()
    assert response.status_code == 201
    assert response.headers["Location"] == f"{URL}/{requirement.public_id}"
    answer = response.json()
    assert {name: answer[name] for name in body} == body
    assert (answer["plant"], answer["delivery"]["latitude"]) == (plant.public_id, 21.1)
    assert (answer["state"], answer["content_version"], answer["opened_at"]) == ("draft", 1, None)
    assert list(Event.objects.values_list("topic", "audience")) == [("requirement.drafted", [])]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"title": ""}, "/title", "blank"),
    ({"title": "x" * 201}, "/title", "max_length"),
    ({"title": "a\x00b"}, "/title", "invisible"),
    ({"colour": "red"}, "/colour", "unknown_field"),
    ({"state": "open"}, "/state", "unknown_field"),
    ({"operations": []}, "/operations", "no_operations"),
    ({"operations": None}, "/operations", "null"),
    ({"operations": [{"process": "HEAT"}] * 51}, "/operations", "max_length"),
    ({"operations": ["HEAT"]}, "/operations/0", "invalid"),
    ({"operations": [{}]}, "/operations/0/process", "required"),
    ({"operations": [{"process": "NONE"}]}, "/operations/0/process", "unknown_code"),
    ({"operations": [{"process": "HEAT", "materials": ["C45", "X"]}]}, "/operations/0/materials/1", "unknown_code"),
    ({"operations": [{"process": "HEAT", "materials": ["C45"] * 201}]}, "/operations/0/materials", "max_length"),
    ({"operations": [{"process": "HEAT", "depth_mm": 1}]}, "/operations/0/depth_mm", "unknown_field"),
    ({"operations": [{"process": "HEAT", "tolerance_mm": 0}]}, "/operations/0/tolerance_mm", "not_positive"),
    ({"operations": [{"process": "HEAT", "tolerance_mm": -0.1}]}, "/operations/0/tolerance_mm", "not_positive"),
    ({"operations": [{"process": "HEAT", "roughness_um": True}]}, "/operations/0/roughness_um", "not_a_number"),
    ({"operations": [{"process": "HEAT", "part_mass_kg": "1"}]}, "/operations/0/part_mass_kg", "not_a_number"),
    ({"operations": [{"process": "HEAT", "part_mass_kg": 1e13}]}, "/operations/0/part_mass_kg", "max_value"),
    ({"operations": [{"process": "HEAT", "part_size_mm": [1, 2]}]}, "/operations/0/part_size_mm", "min_length"),
    ({"operations": [{"process": "HEAT", "part_size_mm": [1, 2, 0]}]}, "/operations/0/part_size_mm/2", "not_positive"),
    ({"monthly_quantity": 0}, "/monthly_quantity", "not_positive"),
    ({"quantity_unit": ""}, "/quantity_unit", "required"),
    ({"quantity_unit": "lb"}, "/quantity_unit", "invalid_choice"),
    ({"moq": False}, "/moq", "not_a_number"),
    ({"lead_time_days": 10**400}, "/lead_time_days", "not_a_number"),
    ({"standards_required": ["ISO9001", "X"]}, "/standards_required/1", "unknown_code"),
    ({"standards_preferred": "ISO9001"}, "/standards_preferred", "not_a_list"),
    ({"near_km": 200}, "/near_km", "near_not_below_far"),
    ({"near_km": -1}, "/near_km", "min_value"),
    ({"far_km": None}, "/far_km", "null"),
    ({"export_share_pct": 101}, "/export_share_pct", "max_value"),
    ({"track_record_share": 1.1}, "/track_record_share", "max_value"),
    ({"track_record_share": 0}, "/track_record_share", "not_positive"),
    ({"languages": ["EN"]}, "/languages/0", "unknown_language"),
    ({"criteria": {"colour": {}}}, "/criteria/colour", "unknown_field"),
    ({"criteria": {"moq": {"mode": "may"}}}, "/criteria/moq/mode", "invalid_choice"),
    ({"criteria": {"moq": {"weight": -1}}}, "/criteria/moq/weight", "min_value"),
    ({"criteria": {"moq": {"min_level": 5}}}, "/criteria/moq/min_level", "max_value"),
    ({"criteria": {"moq": {"min_level": 1.5}}}, "/criteria/moq/min_level", "invalid"),
    ({"criteria": {"moq": {"min_level": True}}}, "/criteria/moq/min_level", "invalid"),
    ({"answer_by": (IN_TWO_MONTHS + timedelta(days=1)).isoformat()}, "/answer_by", "dates_out_of_order"),
    ({"needed_on": "2027-02-30"}, "/needed_on", "invalid"),
    ({"target_price": "0"}, "/target_price", "not_positive"),
    ({"target_price": "NaN"}, "/target_price", "not_text"),
    ({"target_price_currency": ""}, "/target_price_currency", "required"),
    ({"target_price_currency": "usd"}, "/target_price_currency", "unknown_currency"),
    ({"hs_code": "84"}, "/hs_code", "invalid"),
    ({"plant": "pla_00000000000000000000"}, "/plant", "does_not_exist"),
    ({"plant": 5}, "/plant", "invalid"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), BAD)
def test_a_bad_body_names_the_field_and_writes_nothing(
    client_for: ClientFor, body: dict[str, Any], change: dict[str, Any], pointer: str, code: str
) -> None:
    client = client_for(buyer_member())

    response = client.post(URL, {**body, **change})

    assert response.status_code == 400
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]
    assert written() == (0, 0, 0, 0)


@pytest.mark.parametrize(("change", "pointer", "code"), BAD)
def test_a_bad_change_is_refused_as_a_bad_body_is_and_moves_nothing(
    client_for: ClientFor, body: dict[str, Any], change: dict[str, Any], pointer: str, code: str
) -> None:
    client = client_for(buyer_member())
    url = client.post(URL, body).headers["Location"]
    before = client.get(url)

    response = client.patch(url, change, headers={"If-Match": before.headers["ETag"]})

    assert response.status_code == 400
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]
    assert client.get(url).json() == before.json()
    assert written() == (1, 2, 1, 1)


@pytest.mark.parametrize("missing", ["title", "operations"])
def test_what_every_requirement_needs(client_for: ClientFor, body: dict[str, Any], missing: str) -> None:
    del body[missing]

    response = client_for(buyer_member()).post(URL, body)

    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(f"/{missing}", "required")]
    assert written() == (0, 0, 0, 0)


def test_the_plant_is_one_of_the_buyers_own_also_where_staff_write(client_for: ClientFor, body: dict[str, Any]) -> None:
    buyer = BuyerFactory.create()
    others = PlantFactory.create()
    staff = client_for(member("agency"))

    for client in (client_for(buyer_member(buyer)), staff):
        response = client.post(URL, {**body, "buyer": buyer.public_id, "plant": others.public_id})
        assert [error["pointer"] for error in response.json()["errors"]] == ["/plant"]
    assert staff.post(URL, body).json()["errors"][0]["pointer"] == "/buyer"
    assert written() == (0, 0, 0, 0)
    assert staff.post(URL, {**body, "buyer": buyer.public_id}).json()["buyer"] == buyer.public_id


def test_lists_are_replaced_as_a_whole_and_what_is_absent_stays(client_for: ClientFor, body: dict[str, Any]) -> None:
    client = client_for(buyer_member())
    url = client.post(URL, body).headers["Location"]
    tag = client.get(url).headers["ETag"]

    answer = client.patch(
        url,
        {"operations": [{"process": "HEAT"}], "criteria": {"moq": {"mode": "must"}}, "moq": None},
        headers={"If-Match": tag},
    ).json()

    assert [operation["process"] for operation in answer["operations"]] == ["HEAT"]
    assert answer["criteria"] == {"moq": {"mode": "must", "weight": None, "min_level": 0}}
    assert (answer["moq"], answer["title"], answer["lead_time_days"]) == (None, "Trục thép", 30.0)
    assert (Operation.objects.count(), Criterion.objects.count()) == (1, 1)
    assert client.patch(url, {"title": "late"}, headers={"If-Match": tag}).status_code == 412
    assert client.patch(url, {"title": "blind"}).status_code == 428
    assert client.get(url).json()["title"] == "Trục thép"


def test_the_buyer_of_a_requirement_never_changes(client_for: ClientFor) -> None:
    requirement = RequirementFactory.create()
    client = client_for(buyer_member(requirement.buyer))

    response = client.patch(f"{URL}/{requirement.public_id}", {"buyer": requirement.buyer.public_id}, headers=ANY)

    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [("/buyer", "read_only")]


def test_a_change_of_a_draft_makes_no_version(client_for: ClientFor) -> None:
    requirement = RequirementFactory.create()

    answer = client_for(buyer_member(requirement.buyer)).patch(
        f"{URL}/{requirement.public_id}", {"title": "New"}, headers=ANY
    )

    assert (answer.json()["title"], answer.json()["content_version"]) == ("New", 1)
    assert not RequirementVersion.objects.exists()
    assert list(Event.objects.values_list("topic", "audience")) == [("requirement.draft_changed", [])]


def test_every_change_after_opening_makes_a_version_and_is_told(client_for: ClientFor) -> None:
    requirement = open_requirement(title="One")
    client = client_for(buyer_member(requirement.buyer))
    url = f"{URL}/{requirement.public_id}"

    client.patch(url, {"title": "Two"}, headers=ANY)
    client.patch(url, {"title": "Three"}, headers=ANY)

    kept = RequirementVersion.objects.order_by("number").values_list("number", "content__title")
    assert list(kept) == [(1, "One"), (2, "Two"), (3, "Three")]
    told = Event.objects.order_by("pk").values_list("topic", "payload__content_version", "audience")
    assert list(told) == [("requirement.changed", number, [requirement.buyer.organisation_id]) for number in (2, 3)]


def test_a_change_that_changes_nothing_makes_no_version(client_for: ClientFor, body: dict[str, Any]) -> None:
    client = client_for(buyer_member(verified_buyer()))
    url = client.post(URL, body).headers["Location"]
    opened = client.post(f"{url}/open")

    answer = client.patch(url, body, headers={"If-Match": opened.headers["ETag"]})

    assert answer.headers["ETag"] == opened.headers["ETag"]
    assert RequirementVersion.objects.count() == 1
    assert not Event.objects.filter(topic="requirement.changed").exists()


def test_an_open_one_cannot_be_given_a_day_that_has_passed(client_for: ClientFor) -> None:
    requirement = open_requirement()

    response = client_for(buyer_member(requirement.buyer)).patch(
        f"{URL}/{requirement.public_id}", {"answer_by": (TODAY - timedelta(days=1)).isoformat()}, headers=ANY
    )

    assert response.json()["errors"][0]["code"] == "date_in_the_past"
    requirement.refresh_from_db()
    assert (requirement.answer_by, requirement.content_version, requirement.version) == (None, 1, 1)


@pytest.mark.parametrize("state", ["awarded", "closed_no_award", "withdrawn", "expired"])
def test_what_has_ended_is_not_changed(client_for: ClientFor, state: str) -> None:
    requirement = open_requirement(state=state, title="Old")

    response = client_for(buyer_member(requirement.buyer)).patch(
        f"{URL}/{requirement.public_id}", {"title": "New"}, headers=ANY
    )

    assert (response.status_code, response.json()["code"]) == (409, "requirement_ended")
    requirement.refresh_from_db()
    assert (requirement.title, requirement.version) == ("Old", 1)


def test_only_drafts_are_deleted(client_for: ClientFor) -> None:
    draft = RequirementFactory.create(buyer=verified_buyer())
    opened = open_requirement(draft.buyer)
    client = client_for(buyer_member(draft.buyer))

    assert client.delete(f"{URL}/{draft.public_id}", headers=ANY).status_code == 204
    refused = client.delete(f"{URL}/{opened.public_id}", headers=ANY)

    assert (refused.status_code, refused.json()["code"]) == (409, "transition_not_allowed")
    assert list(Requirement.objects.all()) == [opened]
    assert list(Event.objects.values_list("topic", "subject")) == [("requirement.discarded", draft.public_id)]


def test_the_acts_answer_with_the_requirement_as_it_is_now(client_for: ClientFor) -> None:
    requirement = RequirementFactory.create(buyer=verified_buyer())
    client = client_for(buyer_member(requirement.buyer))
    url = f"{URL}/{requirement.public_id}"

    assert client.post(f"{url}/open").json()["state"] == "open"
    assert client.post(f"{url}/open").json()["code"] == "transition_not_allowed"
    assert client.post(f"{url}/withdraw", {}).json()["errors"][0]["pointer"] == "/reason"
    assert client.post(f"{url}/open", {"force": True}).json()["errors"][0]["code"] == "unknown_field"
    Requirement.objects.update(state="expired")
    reopened = client.post(f"{url}/reopen", {"answer_by": TODAY.isoformat()}).json()
    assert (reopened["state"], reopened["answer_by"]) == ("open", TODAY.isoformat())
    closed = client.post(f"{url}/close", {"reason": "None fits."}).json()
    assert (closed["state"], closed["state_reason"]) == ("closed_no_award", "None fits.")
