"""Keys for an organisation's software, at /api/v1/api-keys."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.errors import TooManyApiKeysError
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
        "allowed_networks": [],
        "replaces": None,
        "created_at": created["created_at"],
        "created_by": owner.user.public_id,
        "expires_at": created["expires_at"],
        "last_used_at": None,
        "last_used_from": None,
        "last_refused_at": None,
        "last_refused_from": None,
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
        ({"allowed_networks": "203.0.113.0/24"}, "/allowed_networks"),
        ({"allowed_networks": ["203.0.113.0/24", "the office"]}, "/allowed_networks/1"),
        ({"allowed_networks": ["203.0.113.7/24"]}, "/allowed_networks/0"),
        ({"allowed_networks": ["203.0.113.0/33"]}, "/allowed_networks/0"),
        ({"allowed_networks": ["fe80::1%eth0"]}, "/allowed_networks/0"),
        ({"allowed_networks": [7]}, "/allowed_networks/0"),
        ({"allowed_networks": [f"10.0.{n}.0/24" for n in range(21)]}, "/allowed_networks"),
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
    client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries, settings: Settings, rows: int
) -> None:
    settings.API_KEYS_PER_ORGANISATION = 50
    owner = member()
    for _number in range(rows):
        issue_api_key(name="ERP", scopes=["read"], by=owner)

    with django_assert_num_queries(1):
        response = client_for(owner).get(URL)

    assert len(response.json()["results"]) == rows


def test_networks_are_kept_in_their_shortest_form_and_can_be_changed(client_for: ClientFor) -> None:
    client = client_for(member())
    created = post(client, allowed_networks=["2001:0db8::/32", " 203.0.113.7 ", "203.0.113.7/32"])
    address = created["Location"]
    assert created.json()["allowed_networks"] == ["2001:db8::/32", "203.0.113.7/32"]

    assert client.patch(address, {"allowed_networks": []}, format="json").status_code == 428
    refused = client.patch(address, {"allowed_networks": ["x"]}, format="json", headers={"if-match": created["ETag"]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "invalid_network")
    changed = client.patch(
        address, {"name": "MES", "allowed_networks": []}, format="json", headers={"if-match": created["ETag"]}
    )

    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["allowed_networks"]) == ("MES", [])
    stale = client.patch(address, {"name": "ERP"}, format="json", headers={"if-match": created["ETag"]})
    assert stale.status_code == 412


def test_scopes_and_secrets_of_a_key_never_change(client_for: ClientFor) -> None:
    client = client_for(member())
    address = post(client)["Location"]

    for body in ({"scopes": ["write"]}, {"expires_at": iso(timezone.now())}, {"secret_hash": "0" * 64}):
        response = client.patch(address, body, format="json", headers={"if-match": "*"})
        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "unknown_field")
    assert ApiKey.objects.get().scopes == ["read"]


def test_a_key_gets_a_successor_and_both_work_for_a_day(client_for: ClientFor) -> None:
    owner = member()
    old, old_key = issue_api_key(name="ERP", scopes=["write"], allowed_networks=["127.0.0.0/8"], by=owner)
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        response = client_for(owner).post(f"{URL}/{old.public_id}/rotate", {}, format="json")

    assert response.status_code == 201
    new = ApiKey.objects.exclude(pk=old.pk).get()
    assert response["Location"] == f"{URL}/{new.public_id}"
    body = response.json()
    assert (body["replaces"], body["name"], body["scopes"]) == (old.public_id, "ERP", ["read", "write"])
    assert (new.allowed_networks, new.expires_at) == (["127.0.0.0/8"], now + timedelta(days=365))
    old.refresh_from_db()
    assert (old.expires_at, old.version) == (now + timedelta(hours=24), 2)
    for moment, status in ((now + timedelta(hours=23), 200), (now + timedelta(hours=24), 401)):
        with time_machine.travel(moment, tick=False):
            clients = [APIClient(headers={"authorization": f"Bearer {key}"}) for key in (old_key, body["key"])]
            assert [client.get("/api/v1/organisations").status_code for client in clients] == [status, 200]


def test_a_key_is_replaced_once_and_its_successor_only_when_it_is_gone(client_for: ClientFor) -> None:
    owner = member()
    old, _key = issue_api_key(name="ERP", scopes=["read"], by=owner)
    client = client_for(owner)
    new = client.post(f"{URL}/{old.public_id}/rotate", {"overlap_hours": 1}, format="json").json()["id"]

    again = client.post(f"{URL}/{old.public_id}/rotate", {}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "api_key_replaced")
    assert again.json()["existing"] == f"{URL}/{new}"
    too_early = client.post(f"{URL}/{new}/rotate", {}, format="json")
    assert (too_early.status_code, too_early.json()["code"]) == (409, "api_key_replaced")
    assert ApiKey.objects.count() == 2

    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert client.post(f"{URL}/{new}/rotate", {"overlap_hours": 0}, format="json").status_code == 201
        ended = client.post(f"{URL}/{old.public_id}/rotate", {}, format="json")
        assert (ended.status_code, ended.json()["code"]) == (409, "api_key_ended")
        third = ApiKey.objects.order_by("-pk")[0]
        middle = client.post(f"{URL}/{new}/rotate", {}, format="json")
        assert (middle.status_code, middle.json()["code"]) == (409, "api_key_ended")
        assert third.replaces is not None
        assert third.replaces.public_id == new


@pytest.mark.parametrize("hours", [-1, 169, 1.5, "24", None, True])
def test_an_overlap_is_a_week_at_most(client_for: ClientFor, hours: Any) -> None:
    owner = member()
    old, _key = issue_api_key(name="ERP", scopes=["read"], by=owner)

    response = client_for(owner).post(f"{URL}/{old.public_id}/rotate", {"overlap_hours": hours}, format="json")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/overlap_hours")
    assert ApiKey.objects.count() == 1


def test_an_overlap_never_lengthens_a_key_s_life(client_for: ClientFor) -> None:
    owner = member()
    soon = timezone.now() + timedelta(hours=1)
    old, _key = issue_api_key(name="ERP", scopes=["read"], expires_at=soon, by=owner)

    client_for(owner).post(f"{URL}/{old.public_id}/rotate", {"overlap_hours": 100}, format="json")

    old.refresh_from_db()
    assert old.expires_at == soon


def test_an_organisation_has_only_so_many_live_keys(client_for: ClientFor, settings: Settings) -> None:
    settings.API_KEYS_PER_ORGANISATION = 2
    owner = member()
    client = client_for(owner)
    first = post(client)
    post(client)

    refused = post(client)

    assert (refused.status_code, refused.json()["code"], refused.json()["most"]) == (409, "too_many_api_keys", 2)
    assert ApiKey.objects.count() == 2
    assert post(client_for(member())).status_code == 201
    client.delete(first["Location"], headers={"if-match": "*"})
    assert post(client).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_keys_made_at_once_do_not_pass_the_limit_together(settings: Settings) -> None:
    settings.API_KEYS_PER_ORGANISATION = 3
    owner = member()

    def make(_number: int) -> bool:
        try:
            issue_api_key(name="ERP", scopes=["read"], by=owner)
        except TooManyApiKeysError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(8)))

    assert (made.count(True), ApiKey.objects.count()) == (3, 3)


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_owners_rotate_and_change_keys(client_for: ClientFor, role: str) -> None:
    owner = member()
    api_key, _key = issue_api_key(name="ERP", scopes=["write"], by=owner)
    for other in (member(role=role, organisation=owner.organisation), Principal.of_key(api_key), member()):
        client = client_for(other)
        assert client.post(f"{URL}/{api_key.public_id}/rotate", {}, format="json").status_code == 404
        changed = client.patch(f"{URL}/{api_key.public_id}", {}, format="json", headers={"if-match": "*"})
        assert changed.status_code == 404
    api_key.refresh_from_db()
    assert (ApiKey.objects.count(), api_key.version) == (1, 1)
