"""Who belongs to an organisation, at /api/v1/memberships."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Membership, Organisation
from accounts.principals import Principal
from accounts.services import add_member, issue_api_key, remove_member
from config.api.conditional import version_of
from tests.conftest import ClientFor
from tests.factories.accounts import MembershipFactory, UserFactory, member

pytestmark = pytest.mark.django_db
URL = "/api/v1/memberships"


def organisation_of(principal: Principal) -> Organisation:
    assert principal.organisation is not None
    return principal.organisation


def own(principal: Principal) -> Membership:
    return Membership.objects.get(user=principal.user, organisation=principal.organisation)


def post(client: APIClient, email: Any, role: Any = "editor") -> Any:
    return client.post(URL, {"email": email, "role": role}, format="json")


def patch(client: APIClient, membership: Membership, role: str) -> Any:
    return client.patch(f"{URL}/{membership.public_id}", {"role": role}, format="json", headers={"if-match": "*"})


def delete(client: APIClient, membership: Membership) -> Any:
    return client.delete(f"{URL}/{membership.public_id}", headers={"if-match": "*"})


def test_an_owner_adds_a_person_who_has_confirmed_the_address(client_for: ClientFor) -> None:
    owner, colleague = member(), UserFactory.create(email="lan@firm.example", full_name="Lan")

    response = post(client_for(owner), " LAN@firm.example ", "editor")

    assert response.status_code == 201
    added = Membership.objects.get(user=colleague)
    body = response.json()
    assert body == {
        "id": added.public_id,
        "organisation": organisation_of(owner).public_id,
        "person": {"id": colleague.public_id, "email": "lan@firm.example", "full_name": "Lan"},
        "role": "editor",
        "created_at": body["created_at"],
    }
    assert not UserFactory._meta.model.objects.get(pk=colleague.pk).is_staff


@pytest.mark.parametrize("traits", [{"confirmed": False}, {"is_active": False}], ids=["unconfirmed", "not active"])
def test_only_confirmed_and_active_people_are_added(client_for: ClientFor, traits: dict[str, bool]) -> None:
    owner, stranger = member(), UserFactory.create(**traits)

    for email in (stranger.email, "nobody@firm.example"):
        response = post(client_for(owner), email)
        assert response.status_code == 400
        assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("/email", "unknown_person")]
    assert Membership.objects.count() == 1


NO_ADDRESSES: list[Any] = ["a\x00@b.example", "x" * 1_000_000, "", None, 7, [], {}]
NO_ROLES: list[Any] = ["boss", "", None, 7, {}, "owner\x00"]


@pytest.mark.parametrize(
    ("email", "role"),
    [*((email, "editor") for email in NO_ADDRESSES), *(("a@b.example", role) for role in NO_ROLES)],
)
def test_what_is_no_address_or_role_is_refused(client_for: ClientFor, email: Any, role: Any) -> None:
    assert post(client_for(member()), email, role).status_code == 400
    assert Membership.objects.count() == 1


def test_a_person_is_added_once(client_for: ClientFor) -> None:
    owner = member()
    present = MembershipFactory.create(organisation=owner.organisation, role="viewer")

    response = post(client_for(owner), present.user.email, "owner")

    assert (response.status_code, response.json()["code"]) == (409, "already_exists")
    assert response.json()["existing"] == f"{URL}/{present.public_id}"
    present.refresh_from_db()
    assert present.role == "viewer"


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_is_no_owner_manages_nobody_and_learns_nothing(client_for: ClientFor, role: str) -> None:
    actor = member(role=role)
    colleague = MembershipFactory.create(organisation=actor.organisation, role="owner")
    outsider = UserFactory.create()

    for email in (outsider.email, "nobody@firm.example"):
        assert post(client_for(actor), email).json()["code"] == "owners_only"
    assert patch(client_for(actor), own(actor), "owner").json()["code"] == "owners_only"
    assert delete(client_for(actor), colleague).json()["code"] == "owners_only"
    assert Membership.objects.count() == 2
    assert own(actor).role == role


def test_an_api_key_manages_nobody(client_for: ClientFor) -> None:
    owner = member()
    api_key, _key = issue_api_key(name="ERP", scopes=["write"], by=owner)

    response = post(client_for(Principal.of_key(api_key)), UserFactory.create().email)

    assert (response.status_code, response.json()["code"]) == (403, "owners_only")


def test_another_organisation_s_members_are_not_found(client_for: ClientFor) -> None:
    owner, stranger = member(), member()
    client = client_for(owner)

    assert client.get(f"{URL}/{own(stranger).public_id}").status_code == 404
    assert patch(client, own(stranger), "viewer").status_code == 404
    assert delete(client, own(stranger)).status_code == 404
    assert [row["id"] for row in client.get(URL).json()["results"]] == [own(owner).public_id]
    assert own(stranger).role == "owner"


def test_an_owner_gives_another_role(client_for: ClientFor) -> None:
    owner = member()
    colleague = MembershipFactory.create(organisation=owner.organisation, role="viewer")

    response = patch(client_for(owner), colleague, "owner")

    assert (response.status_code, response.json()["role"]) == (200, "owner")
    assert version_of(response["ETag"]) == 2


def test_the_last_owner_stays(client_for: ClientFor) -> None:
    owner = member()
    MembershipFactory.create(organisation=owner.organisation, role="editor")

    for response in (patch(client_for(owner), own(owner), "viewer"), delete(client_for(owner), own(owner))):
        assert (response.status_code, response.json()["code"]) == (409, "last_owner")
    assert (own(owner).role, own(owner).version) == ("owner", 1)
    assert patch(client_for(owner), own(owner), "owner").status_code == 200


def test_everyone_may_leave_but_the_last_owner(client_for: ClientFor) -> None:
    owner, viewer = member(), member(role="viewer")
    MembershipFactory.create(organisation=owner.organisation, role="owner")
    MembershipFactory.create(organisation=viewer.organisation, role="owner")

    assert delete(client_for(owner), own(owner)).status_code == 204
    assert delete(client_for(viewer), own(viewer)).status_code == 204
    assert Membership.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays() -> None:
    first = member()
    second = Principal.of_member(MembershipFactory.create(organisation=first.organisation, role="owner"))
    start = Barrier(2)

    def leave(who: Principal) -> str:
        membership_id = own(who).pk
        start.wait()
        try:
            remove_member(membership_id=membership_id, by=who)
        except Exception as refusal:  # noqa: BLE001
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "left"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(leave, [first, second]))

    assert outcomes == ["LastOwnerError", "left"]
    assert Membership.objects.count() == 1


def test_staff_put_a_firm_in_someone_s_hands() -> None:
    staff, person = member("agency", "editor"), UserFactory.create()
    firm = organisation_of(member())

    added = add_member(organisation_id=firm.pk, user=person, role="owner", by=staff)

    assert (added.organisation, added.role) == (firm, "owner")


def test_the_agency_s_people_enter_the_admin_while_they_belong_to_it() -> None:
    owner, person = member("agency"), UserFactory.create()

    membership = add_member(organisation_id=organisation_of(owner).pk, user=person, role="viewer", by=owner)
    person.refresh_from_db()
    assert person.is_staff

    remove_member(membership_id=membership.pk, by=owner)
    person.refresh_from_db()
    assert not person.is_staff


@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_takes_one_query_however_long(
    client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    owner = member()
    MembershipFactory.create_batch(rows - 1, organisation=owner.organisation)

    with django_assert_num_queries(1):
        response = client_for(owner).get(URL)

    assert len(response.json()["results"]) == rows
