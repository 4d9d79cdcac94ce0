"""A buyer's plants."""

import unicodedata

import pytest

from buyers.models import Plant, RequirementVersion
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.buyers import (
    BuyerFactory,
    PlantFactory,
    RequirementFactory,
    buyer_member,
    open_requirement,
    verified_buyer,
)
from tests.factories.taxonomy import IndustrialParkFactory, OldProvinceFactory, ProvinceFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/plants"
ANY = {"If-Match": "*"}


def test_a_buyer_adds_a_plant_with_the_edition_of_its_province(client_for: ClientFor) -> None:
    buyer = BuyerFactory.create()
    province = ProvinceFactory.create(code="24")
    OldProvinceFactory.create(code="27", successor=province)
    IndustrialParkFactory.create(code="vsip", province=province)
    body = {
        "name": "Line 1",
        "address": "KCN VSIP",
        "province": "2025:24",
        "old_province": "2004:27",
        "park": "vsip",
        "latitude": 21.05,
        "longitude": 106.0,
    }

    response = client_for(buyer_member(buyer)).post(URL, body)

    assert response.status_code == 201
    answer = response.json()
    assert {name: answer[name] for name in body} == body
    assert answer["buyer"] == buyer.public_id
    assert Plant.objects.get().province_key == "2004:27"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/name", "required"),
        ({"name": "A", "latitude": 21.0}, "/longitude", "required"),
        ({"name": "A", "latitude": 91, "longitude": 105}, "/latitude", "max_value"),
        ({"name": "A", "latitude": True, "longitude": 105}, "/latitude", "not_a_number"),
        ({"name": "A", "province": "24"}, "/province", "invalid"),
        ({"name": "A", "province": "2025:99"}, "/province", "unknown_code"),
        ({"name": "A", "province": "2004:27"}, "/province", "wrong_edition"),
        ({"name": "A", "old_province": "2025:24"}, "/old_province", "wrong_edition"),
        ({"name": "A", "province": "2025:25", "old_province": "2004:27"}, "/old_province", "other_province"),
        ({"name": "A", "park": "nowhere"}, "/park", "unknown_code"),
        ({"name": "A", "province": "2025:25", "park": "park_in_24"}, "/park", "other_province"),
        ({"name": "A", "colour": "red"}, "/colour", "unknown_field"),
    ],
)
def test_a_bad_plant_names_the_field_and_writes_nothing(
    client_for: ClientFor, body: dict[str, object], pointer: str, code: str
) -> None:
    plant = PlantFactory.create(name="Line 1")
    bac_ninh = ProvinceFactory.create(code="24")
    OldProvinceFactory.create(code="27", successor=bac_ninh)
    IndustrialParkFactory.create(code="park_in_24", province=bac_ninh)
    ProvinceFactory.create(code="25")

    response = client_for(buyer_member(plant.buyer)).post(URL, body)

    assert response.status_code == 400
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]
    assert Plant.objects.count() == 1


def test_a_second_plant_of_the_same_name_is_refused_and_points_at_the_first(client_for: ClientFor) -> None:
    plant = PlantFactory.create(name="Nhà máy số 1")
    client = client_for(buyer_member(plant.buyer))

    refused = client.post(URL, {"name": unicodedata.normalize("NFD", "Nhà máy số 1")})

    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")
    assert client.get(refused.json()["existing"]).json()["name"] == "Nhà máy số 1"
    assert Plant.objects.count() == 1
    assert client_for(buyer_member(BuyerFactory.create())).post(URL, {"name": "Nhà máy số 1"}).status_code == 201


def test_staff_name_the_buyer_that_they_write_for(client_for: ClientFor) -> None:
    buyer = BuyerFactory.create()
    staff = client_for(member("agency"))

    unnamed = staff.post(URL, {"name": "A"})
    named = staff.post(URL, {"name": "A", "buyer": buyer.public_id})

    assert (unnamed.status_code, unnamed.json()["errors"][0]["pointer"]) == (400, "/buyer")
    assert (named.status_code, Plant.objects.get().buyer) == (201, buyer)


def test_a_buyer_cannot_write_for_another(client_for: ClientFor) -> None:
    other = BuyerFactory.create()

    response = client_for(buyer_member()).post(URL, {"name": "A", "buyer": other.public_id})

    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "does_not_exist")
    assert not Plant.objects.exists()


def test_who_has_not_registered_as_a_buyer_is_told_so(client_for: ClientFor) -> None:
    response = client_for(member("buyer")).post(URL, {"name": "A"})

    assert (response.status_code, response.json()["code"]) == (409, "buyer_missing")


def test_moving_a_plant_makes_a_version_of_what_is_open_and_leaves_drafts_alone(client_for: ClientFor) -> None:
    buyer = verified_buyer()
    plant = PlantFactory.create(buyer=buyer)
    asked = open_requirement(buyer, plant=plant)
    draft = RequirementFactory.create(buyer=buyer, plant=plant)
    client = client_for(buyer_member(buyer))

    client.patch(f"{URL}/{plant.public_id}", {"latitude": 20.9}, headers=ANY)
    client.patch(f"{URL}/{plant.public_id}", {"latitude": 20.9}, headers=ANY)

    asked.refresh_from_db()
    draft.refresh_from_db()
    assert (asked.content_version, draft.content_version) == (2, 1)
    latitudes = RequirementVersion.objects.order_by("number").values_list("content__delivery__latitude", flat=True)
    assert list(latitudes) == [21.1, 20.9]
    assert Event.objects.filter(topic="requirement.changed", subject=asked.public_id).count() == 1


def test_a_plant_that_a_requirement_names_stays(client_for: ClientFor) -> None:
    plant = PlantFactory.create()
    requirement = RequirementFactory.create(buyer=plant.buyer, plant=plant)
    client = client_for(buyer_member(plant.buyer))

    refused = client.delete(f"{URL}/{plant.public_id}", headers=ANY)

    assert (refused.status_code, refused.json()["code"]) == (409, "plant_in_use")
    assert Plant.objects.count() == 1
    requirement.delete()
    assert client.delete(f"{URL}/{plant.public_id}", headers=ANY).status_code == 204
    assert not Plant.objects.exists()


def test_another_buyers_plant_is_not_there(client_for: ClientFor) -> None:
    plant = PlantFactory.create()
    for client in (client_for(buyer_member()), client_for(member("supplier"))):
        url = f"{URL}/{plant.public_id}"
        assert client.get(url).status_code == 404
        assert client.patch(url, {"name": "B"}, headers=ANY).status_code == 404
        assert client.delete(url, headers=ANY).status_code == 404
        assert client.get(URL).json()["results"] == []
    assert Plant.objects.get().version == 1


def test_a_name_is_one_name_however_its_accents_are_spelt(client_for: ClientFor) -> None:
    client = client_for(buyer_member(BuyerFactory.create()))
    composed, decomposed = "Nhà máy Tụ điện", unicodedata.normalize("NFD", "Nhà máy Tụ điện")
    assert composed != decomposed
    client.post(URL, {"name": decomposed})

    again = client.post(URL, {"name": composed})

    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert [plant.name for plant in Plant.objects.all()] == [composed]
    for spelt in (composed, decomposed):
        found = client.get(URL, {"name__contains": spelt}).json()["results"]
        assert [plant["name"] for plant in found] == [composed], spelt


@pytest.mark.parametrize("reference", ["province", "park"])
def test_an_empty_reference_is_refused_and_not_taken_for_none(reference: str, client_for: ClientFor) -> None:
    refused = client_for(buyer_member(BuyerFactory.create())).post(URL, {"name": "Works", reference: ""})

    assert (refused.status_code, [fault["pointer"] for fault in refused.json()["errors"]]) == (400, [f"/{reference}"])
    assert Plant.objects.count() == 0
