"""Who sees which requirements, and which of their fields."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.principals import Principal
from buyers.api.v1.serializers import RequirementSerializer
from buyers.models import Requirement, RequirementAudience
from buyers.visibility import READERS_OF
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.buyers import (
    PlantFactory,
    RequirementFactory,
    buyer_member,
    open_requirement,
    process,
    verified_buyer,
)
from tests.factories.taxonomy import ProvinceFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/requirements"
ANY = {"If-Match": "*"}
# Longer than what a moment of time or an id holds by chance.
PRICE = "48213.57"
LATITUDE = 21.137642
ONLY_ITS_BUYER = {
    *("state_reason", "alert_min_score", "target_price", "target_price_currency"),
    *("created_at", "updated_at"),
}
WHOSE_IT_IS = {"buyer", "buyer_name", "plant", "delivery", "content_version"}


def requirement_to_hide(**fields: Any) -> Requirement:
    """An open one with a plant, a price and a reason for its state."""
    buyer = verified_buyer()
    plant = PlantFactory.create(buyer=buyer, latitude=LATITUDE, province=ProvinceFactory.create(code="24"))
    price = {"target_price": PRICE, "target_price_currency": "USD"}
    return open_requirement(buyer, plant=plant, state_reason="Secret.", **{**price, **fields})


def tell(requirement: Requirement, supplier: Principal, **fields: Any) -> None:
    organisation_id = supplier.organisation_id
    assert organisation_id is not None
    RequirementAudience.objects.create(
        requirement=requirement, organisation_id=organisation_id, reason="match", **fields
    )


def ids_for(client: APIClient, query: str = "") -> list[str]:
    return [row["id"] for row in client.get(f"{URL}{query}").json()["results"]]


def test_the_table_names_every_field_that_is_answered() -> None:
    assert set(READERS_OF) == set(RequirementSerializer().fields)


def test_its_buyer_and_staff_read_every_field(client_for: ClientFor) -> None:
    requirement = requirement_to_hide(visibility="anonymous")

    for reader in (buyer_member(requirement.buyer), member("agency")):
        assert set(client_for(reader).get(f"{URL}/{requirement.public_id}").json()) == set(READERS_OF)


def test_a_supplier_reads_a_public_one_without_the_price(client_for: ClientFor) -> None:
    requirement = requirement_to_hide()

    answer = client_for(member("supplier")).get(f"{URL}/{requirement.public_id}")

    assert set(answer.json()) == set(READERS_OF) - ONLY_ITS_BUYER
    assert answer.json()["buyer"] == requirement.buyer.public_id
    assert PRICE.encode() not in answer.content
    assert b"Secret" not in answer.content


def test_a_supplier_that_matches_reads_an_anonymous_one_with_its_province_only(client_for: ClientFor) -> None:
    requirement = requirement_to_hide(visibility="anonymous")
    supplier = member("supplier")
    tell(requirement, supplier)
    client = client_for(supplier)

    answer = client.get(f"{URL}/{requirement.public_id}")

    assert set(answer.json()) == set(READERS_OF) - ONLY_ITS_BUYER - WHOSE_IT_IS
    assert answer.json()["province"] == "2025:24"
    assert client.get(URL).json()["results"] == [answer.json()]
    plant = requirement.plant
    assert plant is not None
    organisation = requirement.buyer.organisation
    hidden = (plant.public_id, plant.name, str(LATITUDE), requirement.buyer.public_id, organisation.trade_name, PRICE)
    assert [secret for secret in hidden if secret.encode() in answer.content] == []
    assert client.get(f"{URL}/{requirement.public_id}/history").status_code == 404


def test_who_knows_the_buyer_reads_an_anonymous_one_as_a_public_one(client_for: ClientFor) -> None:
    requirement = requirement_to_hide(visibility="anonymous")
    supplier = member("supplier")
    tell(requirement, supplier, knows_buyer=True)
    client = client_for(supplier)

    answer = client.get(f"{URL}/{requirement.public_id}").json()

    assert set(answer) == set(READERS_OF) - ONLY_ITS_BUYER
    assert client.get(f"{URL}/{requirement.public_id}/history").status_code == 200


@pytest.mark.parametrize("query", ["buyer=x", "plant=x", "target_price=9.99", "buyer__state=verified", "near_km=1"])
def test_no_filter_reaches_what_is_hidden(client_for: ClientFor, query: str) -> None:
    response = client_for(member("supplier")).get(f"{URL}?{query}")

    assert response.status_code == 400


def test_a_search_finds_no_words_of_the_buyer_or_plant(client_for: ClientFor) -> None:
    requirement = requirement_to_hide(visibility="anonymous", title="Shaft", description="Steel")
    supplier = member("supplier")
    tell(requirement, supplier)
    client = client_for(supplier)
    plant = requirement.plant
    assert plant is not None

    assert ids_for(client, "?q=shaft") == [requirement.public_id]
    assert ids_for(client, "?q=STEEL") == [requirement.public_id]
    for word in (plant.name, requirement.buyer.organisation.trade_name, "Secret", PRICE):
        assert ids_for(client, f"?q={word}") == []


def test_suppliers_see_open_public_ones_and_what_they_are_told_of(client_for: ClientFor) -> None:
    supplier = member("supplier")
    public = open_requirement()
    told = open_requirement(visibility="matched")
    tell(told, supplier)
    ended = open_requirement(state="withdrawn")
    told_and_ended = open_requirement(visibility="matched", state="awarded")
    tell(told_and_ended, supplier)
    draft = RequirementFactory.create()
    tell(draft, supplier)
    not_told = open_requirement(visibility="matched")
    hidden = open_requirement(visibility="anonymous")

    client = client_for(supplier)

    assert ids_for(client) == [told_and_ended.public_id, told.public_id, public.public_id]
    for one in (ended, draft, not_told, hidden):
        assert client.get(f"{URL}/{one.public_id}").status_code == 404
    assert ids_for(client_for(member("supplier"))) == [public.public_id]


def test_what_a_suspended_buyer_asks_in_public_is_out_of_sight(client_for: ClientFor) -> None:
    requirement = open_requirement()
    type(requirement.buyer).objects.update(state="suspended")

    assert client_for(member("supplier")).get(f"{URL}/{requirement.public_id}").status_code == 404


@pytest.mark.parametrize("who", ["other buyer", "supplier", "unregistered buyer"])
def test_anothers_draft_is_not_there_whatever_is_tried(client_for: ClientFor, who: str) -> None:
    draft = RequirementFactory.create(buyer=verified_buyer())
    readers: dict[str, Callable[[], Principal]] = {
        "other buyer": buyer_member,
        "supplier": lambda: member("supplier"),
        "unregistered buyer": lambda: member("buyer"),
    }
    client = client_for(readers[who]())
    url = f"{URL}/{draft.public_id}"

    assert client.get(url).status_code == 404
    assert client.patch(url, {"title": "Mine"}, headers=ANY).status_code == 404
    assert client.delete(url, headers=ANY).status_code == 404
    assert client.get(f"{url}/history").status_code == 404
    bodies = {"withdraw": {"reason": "x"}, "close": {"reason": "x"}, "reopen": {"answer_by": "2030-01-01"}}
    for act in ("open", "withdraw", "award", "close", "reopen"):
        assert client.post(f"{url}/{act}", bodies.get(act)).status_code == 404
    assert ids_for(client) == []
    draft.refresh_from_db()
    assert (draft.state, draft.version) == ("draft", 1)


def test_a_supplier_that_sees_a_requirement_may_not_change_it(client_for: ClientFor) -> None:
    requirement = open_requirement(title="Shaft")
    client = client_for(member("supplier"))
    url = f"{URL}/{requirement.public_id}"

    assert client.patch(url, {"title": "Mine"}, headers=ANY).status_code == 403
    assert client.delete(url, headers=ANY).status_code == 403
    assert client.post(f"{url}/withdraw", {"reason": "x"}).status_code == 403
    assert client.post(URL, {"title": "x", "operations": [{"process": "MACH.CNC_TURN"}]}).status_code == 403
    requirement.refresh_from_db()
    assert (requirement.title, requirement.state, requirement.version) == ("Shaft", "open", 1)


def test_nobody_signed_in_sees_nothing(anonymous_client: APIClient) -> None:
    requirement = open_requirement()

    assert anonymous_client.get(URL).status_code == 401
    assert anonymous_client.get(f"{URL}/{requirement.public_id}").status_code == 401


def test_a_group_of_processes_finds_what_lies_below_it(client_for: ClientFor) -> None:
    turning = open_requirement()
    process("HEAT.NITRIDE")
    client = client_for(member("supplier"))

    assert ids_for(client, "?process=MACH") == [turning.public_id]
    assert ids_for(client, "?process=MACH.CNC_TURN&state=open") == [turning.public_id]
    assert ids_for(client, "?process=HEAT") == []
    assert client.get(f"{URL}?process=NONE").status_code == 400


def test_the_province_filter_goes_by_the_province_that_is_shown(client_for: ClientFor) -> None:
    requirement = requirement_to_hide()
    client = client_for(member("supplier"))

    assert ids_for(client, "?province=2025:24") == [requirement.public_id]
    assert ids_for(client, "?province=2004:24") == []
    assert client.get(f"{URL}?province=24").status_code == 400


def test_history_tells_the_buyer_all_and_suppliers_nothing_from_before_the_opening(client_for: ClientFor) -> None:
    price = {"target_price": PRICE, "target_price_currency": "USD"}
    requirement = RequirementFactory.create(buyer=verified_buyer(), title="One", **price)
    by = buyer_member(requirement.buyer)
    buyer, supplier = client_for(by), client_for(member("supplier"))
    url = f"{URL}/{requirement.public_id}"
    buyer.patch(url, {"title": "Two"}, headers=ANY)
    buyer.post(f"{url}/open")
    buyer.patch(url, {"title": "Three"}, headers=ANY)

    own = buyer.get(f"{url}/history").json()["results"]
    seen = supplier.get(f"{url}/history")

    assert [entry["topic"] for entry in own] == [
        "requirement.changed",
        "requirement.opened",
        "requirement.draft_changed",
    ]
    assert by.user is not None
    assert (own[0]["actor"], own[0]["acted_for"]) == (by.user.full_name, "buyer")
    assert [entry["content"] and entry["content"]["title"] for entry in own] == ["Three", "Two", None]
    assert own[0]["content"]["target_price"] == f"{PRICE}00"
    results = seen.json()["results"]
    assert [(entry["topic"], entry["actor"]) for entry in results] == [
        ("requirement.changed", None),
        ("requirement.opened", None),
    ]
    assert PRICE.encode() not in seen.content
    assert "reason" not in results[0]
