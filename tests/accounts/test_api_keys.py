"""Keys for an organisation's software, at /api/v1/api-keys."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import ApiKey
from accounts.principals import Principal
from accounts.services import issue_api_key
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.fixtures.hostile import NOT_A_NAME

pytestmark = pytest.mark.django_db
URL = "/api/v1/api-keys"


def post(client: APIClient, **changes: Any) -> Any:
    return client.post(URL, {"name": "ERP", "scopes": ["read"], **changes}, format="json")


def test_an_owner_makes_a_key_and_sees_its_secret_this_once(client_for: ClientFor) -> None:
    owner = member()
    client = client_for(owner)
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        response = post(client, scopes=["write"])

    assert response.status_code == 201
    stored = ApiKey.objects.get()
    created = response.json()
    key = created.pop("key")
    assert key.startswith(f"{stored.visible_prefix}.")
    assert owner.user is not None
    assert created == {
        "id": stored.public_id,
        "name": "ERP",
        "prefix": stored.visible_prefix,
        "scopes": ["read", "write"],
        "created_at": created["created_at"],
        "created_by": owner.user.public_id,
        "expires_at": created["expires_at"],
        "last_used_at": None,
        "revoked_at": None,
    }
    assert stored.expires_at == now + timedelta(days=365)
    again = client.get(response["Location"])
    assert again.json() == created
    assert key not in client.get(URL).content.decode()
    assert APIClient(headers={"authorization": f"Bearer {key}"}).get("/api/v1/organisations").status_code == 200


def iso(moment: datetime) -> str:
    return moment.isoformat()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["admin"]}, "/scopes/0"),
        ({"scopes": "read"}, "/scopes"),
        ({"scopes": ["read"] * 100}, "/scopes"),
        ({"scopes": [{"a": 1}]}, "/scopes/0"),
        ({"expires_at": iso(timezone.now() + timedelta(days=366))}, "/expires_at"),
        ({"expires_at": iso(timezone.now() - timedelta(days=1))}, "/expires_at"),
        ({"expires_at": "tomorrow"}, "/expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-23:59"}, "/expires_at"),
        ({"expires_at": 7}, "/expires_at"),
        ({"secret_hash": "0"}, "/secret_hash"),
        *[({"name": value}, "/name") for value in NOT_A_NAME.values()],
    ],
)
def test_what_is_wrong_is_named_and_no_key_is_made(client_for: ClientFor, changes: Any, pointer: str) -> None:
    response = post(client_for(member()), **changes)

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert ApiKey.objects.count() == 0


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_owners_make_and_see_keys(client_for: ClientFor, role: str) -> None:
    owner = member()
    api_key, _key = issue_api_key(name="ERP", scopes=["write"], by=owner)
    for other in (member(role=role, organisation=owner.organisation), Principal.of_key(api_key)):
        client = client_for(other)

        assert post(client).json()["code"] == "owners_only"
        assert client.get(URL).json()["results"] == []
        assert client.get(f"{URL}/{api_key.public_id}").status_code == 404
    assert ApiKey.objects.count() == 1


def test_the_agency_s_keys_only_read(client_for: ClientFor) -> None:
    client = client_for(member("agency"))

    response = post(client, scopes=["read", "write"])
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/scopes")
    assert post(client, scopes=["read"]).status_code == 201


def test_a_key_is_revoked_and_stays_listed_as_such(client_for: ClientFor) -> None:
    owner = member()
    api_key, _key = issue_api_key(name="ERP", scopes=["read"], by=owner)
    client = client_for(owner)
    address = f"{URL}/{api_key.public_id}"
    assert client.delete(address).status_code == 428

    tag = client.get(address)["ETag"]
    assert client.delete(address, headers={"if-match": tag}).status_code == 204
    revoked = client.get(address).json()["revoked_at"]
    assert revoked is not None
    assert client.delete(address, headers={"if-match": tag}).status_code == 412
    assert client.delete(address, headers={"if-match": "*"}).status_code == 204
    assert client.get(address).json()["revoked_at"] == revoked


def test_another_organisation_s_key_is_not_found(client_for: ClientFor) -> None:
    api_key, _key = issue_api_key(name="ERP", scopes=["read"], by=member())
    stranger = client_for(member())

    assert stranger.get(f"{URL}/{api_key.public_id}").status_code == 404
    assert stranger.delete(f"{URL}/{api_key.public_id}", headers={"if-match": "*"}).status_code == 404
    api_key.refresh_from_db()
    assert api_key.revoked_at is None


def test_the_database_itself_takes_no_plain_secret_and_no_life_beyond_a_year() -> None:
    api_key, key = issue_api_key(name="ERP", scopes=["read"], by=member())

    for change in ({"secret_hash": key}, {"expires_at": timezone.now() + timedelta(days=368)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiKey.objects.filter(pk=api_key.pk).update(**change)


@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_takes_one_query_however_long(
    client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    owner = member()
    for _number in range(rows):
        issue_api_key(name="ERP", scopes=["read"], by=owner)

    with django_assert_num_queries(1):
        response = client_for(owner).get(URL)

    assert len(response.json()["results"]) == rows
