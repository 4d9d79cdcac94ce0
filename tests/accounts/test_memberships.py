"""Who belongs to an organisation, at /api/v1/memberships."""

from functools import partial
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.errors import LastOwnerError
from accounts.models import Membership, Organisation
from accounts.principals import Principal
from accounts.services import add_member, change_role, remove_member
from config.api.conditional import version_of
from tests.conftest import ClientFor
from tests.factories.accounts import MembershipFactory, UserFactory, member
from tests.fixtures.crowd import at_once

pytestmark = pytest.mark.django_db
URL = "/api/v1/memberships"


def organisation_of(principal: Principal) -> Organisation:
    assert principal.organisation is not None
    return principal.organisation


def own(principal: Principal) -> Membership:
    return Membership.objects.get(user=principal.user, organisation=principal.organisation)


def patch(client: APIClient, membership: Membership, role: str) -> Any:
    return client.patch(f"{URL}/{membership.public_id}", {"role": role}, format="json", headers={"if-match": "*"})


def delete(client: APIClient, membership: Membership) -> Any:
    return client.delete(f"{URL}/{membership.public_id}", headers={"if-match": "*"})


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_is_no_owner_manages_nobody_and_learns_nothing(client_for: ClientFor, role: str) -> None:
    actor = member(role=role)
    colleague = MembershipFactory.create(organisation=actor.organisation, role="owner")

    assert patch(client_for(actor), own(actor), "owner").json()["code"] == "owners_only"
    assert delete(client_for(actor), colleague).json()["code"] == "owners_only"
    assert Membership.objects.count() == 2
    assert own(actor).role == role


def test_nobody_is_added_without_being_asked(client_for: ClientFor) -> None:
    body = {"email": UserFactory.create().email, "role": "owner"}

    assert client_for(member()).post(URL, body, format="json").status_code == 405
    assert Membership.objects.count() == 1


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

    response = patch(client_for(owner), colleague, "editor")

    assert (response.status_code, response.json()["role"]) == (200, "editor")
    assert version_of(response["ETag"]) == 2


def test_the_last_owner_stays(client_for: ClientFor) -> None:
    owner = member()
    MembershipFactory.create(organisation=owner.organisation, role="editor")

    for response in (patch(client_for(owner), own(owner), "viewer"), delete(client_for(owner), own(owner))):
        assert (response.status_code, response.json()["code"]) == (409, "last_owner")
    assert (own(owner).role, own(owner).version) == ("owner", 1)
    assert patch(client_for(owner), own(owner), "owner").status_code == 200


def test_everyone_may_leave_but_the_last_owner_of_others(client_for: ClientFor) -> None:
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
    MembershipFactory.create(organisation=first.organisation, role="viewer")

    def leave(membership_id: int, who: Principal) -> str:
        try:
            remove_member(membership_id=membership_id, by=who)
        except LastOwnerError:
            return "refused"
        return "left"

    outcomes = at_once([partial(leave, own(who).pk, who) for who in (first, second)])

    assert sorted(outcomes) == ["left", "refused"]
    assert Membership.objects.count() == 2


def test_staff_put_a_firm_in_someone_s_hands() -> None:
    staff, person = member("agency", "editor"), UserFactory.create()
    firm = organisation_of(member())

    added = add_member(organisation_id=firm.pk, user=person, role="owner", by=staff)

    assert (added.organisation, added.role) == (firm, "owner")


def test_staff_may_take_a_firm_s_last_owner_but_the_agency_keeps_one() -> None:
    staff, firm = member("agency"), member()
    MembershipFactory.create(organisation=firm.organisation, role="viewer")

    assert change_role(membership_id=own(firm).pk, role="viewer", by=staff).role == "viewer"
    with pytest.raises(LastOwnerError):
        remove_member(membership_id=own(staff).pk, by=staff)
    assert own(staff).role == "owner"


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
