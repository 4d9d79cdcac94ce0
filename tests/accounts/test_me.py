"""A person's own details, at /api/v1/me."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.principals import Principal
from tests.conftest import ClientFor
from tests.factories.accounts import MembershipFactory, UserFactory, member
from tests.fixtures.hostile import NOT_A_NAME

pytestmark = pytest.mark.django_db
URL = "/api/v1/me"


def patch(client: APIClient, body: Any, if_match: str = "*") -> Any:
    return client.patch(URL, body, format="json", headers={"if-match": if_match})


def test_it_tells_who_you_are_and_for_whom_you_act(client_for: ClientFor) -> None:
    user = UserFactory.create(email="lan@firm.example", full_name="Lan", phone="+84901234567", language="vi")
    first = MembershipFactory.create(user=user, role="editor")

    response = client_for(Principal.of_member(first)).get(URL)

    organisation = first.organisation
    assert response.json() == {
        "id": user.public_id,
        "email": "lan@firm.example",
        "full_name": "Lan",
        "phone": "+84901234567",
        "language": "vi",
        "time_zone": "Asia/Ho_Chi_Minh",
        "acting_for": organisation.public_id,
        "memberships": [
            {
                "id": first.public_id,
                "organisation": {
                    "id": organisation.public_id,
                    "kind": "supplier",
                    "legal_name": organisation.legal_name,
                    "trade_name": organisation.trade_name,
                },
                "role": "editor",
            }
        ],
    }


def test_a_person_changes_name_telephone_and_language(client_for: ClientFor) -> None:
    person = member()
    client = client_for(person)
    tag = client.get(URL)["ETag"]

    response = patch(client, {"full_name": "  Nguyễn  Lan ", "phone": "0901 234 567", "language": "vi"}, tag)

    assert response.status_code == 200
    body = response.json()
    assert (body["full_name"], body["phone"], body["language"]) == ("Nguyễn Lan", "+84901234567", "vi")
    assert patch(client, {"full_name": "Other"}, tag).status_code == 412
    assert client.get(URL).json()["full_name"] == "Nguyễn Lan"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"phone": "12"}, "/phone"),
        ({"phone": None}, "/phone"),
        ({"language": "de"}, "/language"),
        ({"email": "other@firm.example"}, "/email"),
        ({"is_staff": True}, "/is_staff"),
        *[({"full_name": value}, "/full_name") for value in NOT_A_NAME.values() if not isinstance(value, str)],
        ({"full_name": "x" * 151}, "/full_name"),
        ({"full_name": "a\u202eb"}, "/full_name"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changes(client_for: ClientFor, body: Any, pointer: str) -> None:
    person = member()
    assert person.user is not None

    response = patch(client_for(person), body)

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    person.user.refresh_from_db()
    assert person.user.version == 1


@pytest.mark.parametrize("memberships", [1, 50])
def test_it_takes_two_queries_however_many_memberships(
    client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries, memberships: int
) -> None:
    person = member()
    MembershipFactory.create_batch(memberships - 1, user=person.user)

    with django_assert_num_queries(2):  # the person; the memberships with their organisations
        response = client_for(person).get(URL)

    assert len(response.json()["memberships"]) == memberships


def test_if_match_may_list_tags_of_which_one_must_be_current_and_strong(client_for: ClientFor) -> None:
    client = client_for(member())
    old = client.get(URL)["ETag"]
    current = patch(client, {"full_name": "Lan"})["ETag"]

    for stale in (f'{old}, "other"', f"W/{current}", f'{old}, W/{current}, "a,b"', f"{old},,"):
        refused = patch(client, {"full_name": "Mai"}, stale)
        assert (refused.status_code, refused.json()["code"]) == (412, "stale_version")
    assert client.get(URL).json()["full_name"] == "Lan"

    assert patch(client, {"full_name": "Mai"}, f'"other" , {old},{current}, W/"x"').status_code == 200
    assert client.get(URL).json()["full_name"] == "Mai"
