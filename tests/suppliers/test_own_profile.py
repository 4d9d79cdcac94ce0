"""How a firm's people and software find its own profile among all that they may read: `?mine=true`."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiKey
from accounts.principals import Principal
from accounts.services import issue_api_key
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories.suppliers import SupplierFactory, published_supplier

pytestmark = pytest.mark.django_db
SUPPLIERS = "/api/v1/suppliers"


def found(client: APIClient, mine: str) -> set[str]:
    response = client.get(SUPPLIERS, {"mine": mine})
    assert response.status_code == 200
    return {row["id"] for row in response.json()["results"]}


@pytest.mark.parametrize("state", Supplier.State.values)
def test_a_key_finds_the_profile_of_its_firm_in_any_state(owner: Principal, state: str) -> None:
    published_supplier()
    own = SupplierFactory.create(
        organisation=owner.organisation, state=state, state_reason="Incomplete.", published_at=timezone.now()
    )
    key = issue_api_key(name="ERP", scopes=[ApiKey.Scope.READ], by=owner)[1]

    assert found(APIClient(headers={"authorization": f"Bearer {key}"}), "true") == {own.public_id}


def test_without_it_everything_that_one_may_read_is_listed(owner: Principal, client_for: ClientFor) -> None:
    other, own = published_supplier(), SupplierFactory.create(organisation=owner.organisation)

    assert found(client_for(owner), "false") == {other.public_id, own.public_id}


def test_staff_have_no_firm_of_their_own(officer: Principal, client_for: ClientFor) -> None:
    published_supplier()

    assert found(client_for(officer), "true") == set()


def test_strangers_are_asked_to_sign_in(anonymous_client: APIClient) -> None:
    published_supplier()

    refused = anonymous_client.get(SUPPLIERS, {"mine": "true"})

    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")
    assert refused["WWW-Authenticate"]


def test_anything_but_yes_or_no_is_refused(owner: Principal, client_for: ClientFor) -> None:
    refused = client_for(owner).get(SUPPLIERS, {"mine": "maybe"})

    assert refused.status_code == 400
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/mine"]
