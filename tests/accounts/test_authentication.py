"""How a request says who it is, and what it may do with that at all."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts import keys
from accounts.models import ApiKey
from accounts.principals import Principal
from accounts.services import issue_api_key, revoke_api_key
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory, member

pytestmark = pytest.mark.django_db
URL = "/api/v1/organisations"


def client_with(**headers: str) -> APIClient:
    return APIClient(headers={"accept-language": "en", **headers})


def client_with_key(key: str, **headers: str) -> APIClient:
    return client_with(authorization=f"Bearer {key}", **headers)


def issued(principal: Principal, *scopes: str) -> tuple[ApiKey, str]:
    return issue_api_key(name="ERP", scopes=scopes or ("read",), by=principal)


def test_a_key_is_stored_only_as_a_keyed_hash() -> None:
    api_key, key = issued(member())

    prefix, _dot, secret = key.partition(".")
    stored = ApiKey.objects.get()
    assert (prefix, len(prefix), len(secret)) == (api_key.visible_prefix, 11, 43)
    assert stored.secret_hash == keys.digest(key)
    assert not any(secret in str(value) for value in vars(stored).values())


def test_a_key_acts_for_its_organisation_and_one_query_finds_it(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    owner = member()
    _api_key, key = issued(owner)
    client_with_key(key).get(URL)

    with django_assert_num_queries(2):  # the key with its organisation; the list
        response = client_with_key(key).get(URL)

    assert response.status_code == 200
    assert owner.organisation is not None
    assert [row["id"] for row in response.json()["results"]] == [owner.organisation.public_id]


def test_the_last_use_of_a_key_is_noted_once_a_minute_and_is_no_change_of_the_key() -> None:
    api_key, key = issued(member())
    start = timezone.now()

    with time_machine.travel(start, tick=False):
        client_with_key(key).get(URL)
    with time_machine.travel(start + timedelta(seconds=59), tick=False):
        client_with_key(key).get(URL)
    api_key.refresh_from_db()
    assert (api_key.last_used_at, api_key.version) == (start, 1)

    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        client_with_key(key).get(URL)
    api_key.refresh_from_db()
    assert api_key.last_used_at == start + timedelta(seconds=61)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "malformed_authorization"),
        ("Bearer", "malformed_authorization"),
        ("Bearer ", "malformed_authorization"),
        ("Basic dXNlcjpwYXNz", "malformed_authorization"),
        ("Bearer mk_12345678", "malformed_authorization"),
        ("Bearer mk_12345678." + "a" * 42, "malformed_authorization"),
        ("Bearer mk_12345678." + "a" * 44, "malformed_authorization"),
        ("Bearer mk_12345678." + "ă" * 43, "malformed_authorization"),
        ("Bearer mk_1234567\x00." + "a" * 43, "malformed_authorization"),
        ("Bearer " + "a" * 100_000, "malformed_authorization"),
        ("Bearer mk_12345678." + "a" * 43, "unknown_api_key"),
    ],
)
def test_a_header_that_is_no_key_is_a_401_that_says_how(header: str, code: str) -> None:
    response = client_with(authorization=header).get(URL)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code


def test_the_right_prefix_with_another_secret_is_refused() -> None:
    api_key, _key = issued(member())

    response = client_with_key(f"{api_key.visible_prefix}.{'a' * 43}").get(URL)

    assert (response.status_code, response.json()["code"]) == (401, "unknown_api_key")
    api_key.refresh_from_db()
    assert api_key.last_used_at is None


def test_another_pepper_makes_every_key_useless(settings: Settings) -> None:
    _api_key, key = issued(member())
    settings.API_KEY_PEPPER = "another pepper " * 4

    assert client_with_key(key).get(URL).json()["code"] == "unknown_api_key"


def test_a_key_and_a_session_token_at_once_are_refused_whichever_is_right() -> None:
    _api_key, key = issued(member())
    browser = Client()
    browser.force_login(UserFactory.create())

    for token in (browser.session.session_key or "", "x"):
        response = client_with_key(key, **{"x-session-token": token}).get(URL)
        assert (response.status_code, response.json()["code"]) == (401, "two_credentials")


def test_a_revoked_key_is_refused_from_that_moment() -> None:
    owner = member()
    api_key, key = issued(owner)
    revoke_api_key(api_key_id=api_key.pk, by=owner)

    response = client_with_key(key).get(URL)

    assert (response.status_code, response.json()["code"]) == (401, "api_key_ended")
    assert "WWW-Authenticate" in response


def test_an_expired_key_is_refused() -> None:
    api_key, key = issue_api_key(
        name="ERP", scopes=["read"], expires_at=timezone.now() + timedelta(days=30), by=member()
    )

    with time_machine.travel(api_key.expires_at - timedelta(seconds=1), tick=False):
        assert client_with_key(key).get(URL).status_code == 200
    with time_machine.travel(api_key.expires_at, tick=False):
        assert client_with_key(key).get(URL).json()["code"] == "api_key_ended"


def test_a_key_that_may_only_read_changes_nothing() -> None:
    owner = member()
    _api_key, key = issued(owner, "read")

    response = client_with_key(key).post(f"{URL}", {"kind": "buyer"}, format="json")

    assert (response.status_code, response.json()["code"]) == (403, "scope_missing")


def test_a_key_of_the_agency_only_reads_even_if_its_row_says_write() -> None:
    _api_key, key = issued(member("agency"), "read")
    ApiKey.objects.update(scopes=["read", "write"])

    assert client_with_key(key).get(URL).status_code == 200
    response = client_with_key(key).post(URL, {}, format="json")
    assert (response.status_code, response.json()["code"]) == (403, "agency_keys_only_read")


def test_a_key_that_may_write_may_read() -> None:
    api_key, key = issued(member(), "write")

    assert api_key.scopes == ["read", "write"]
    assert client_with_key(key).get(URL).status_code == 200


def test_a_key_says_nothing_about_a_person() -> None:
    _api_key, key = issued(member())

    response = client_with_key(key).get("/api/v1/me")

    assert (response.status_code, response.json()["code"]) == (403, "person_required")


def test_nobody_is_asked_to_sign_in() -> None:
    response = client_with().get("/api/v1/me")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert response.json()["code"] == "not_authenticated"


def browser_of(principal: Principal) -> Client:
    assert principal.user is not None
    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    browser.force_login(principal.user)
    return browser


def test_a_session_token_signs_a_person_in() -> None:
    person = member()
    token = browser_of(person).session.session_key
    assert token is not None
    assert person.user is not None

    response = client_with(**{"x-session-token": token}).get("/api/v1/me")

    assert response.status_code == 200
    assert response.json()["email"] == person.user.email


@pytest.mark.parametrize("token", ["", "a", "a" * 32, "A" * 32, "\x00" * 32, "a" * 100_000])
def test_a_token_of_no_session_is_a_401(token: str) -> None:
    response = client_with(**{"x-session-token": token}).get("/api/v1/me")

    assert (response.status_code, response.json()["code"]) == (401, "session_ended")


def test_the_browser_session_reads_freely_and_changes_only_with_the_csrf_token() -> None:
    person = member()
    browser = browser_of(person)
    read = browser.get("/api/v1/me")
    assert read.status_code == 200

    refused = browser.patch(
        "/api/v1/me", {"full_name": "Other"}, content_type="application/json", headers={"if-match": read["ETag"]}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert browser.get("/api/v1/me").json()["full_name"] != "Other"


def test_a_person_who_is_no_longer_active_is_out_at_once() -> None:
    person = member()
    browser = browser_of(person)
    token = browser.session.session_key or ""
    assert person.user is not None
    person.user.is_active = False
    person.user.save()

    assert browser.get("/api/v1/me").status_code == 401
    assert client_with(**{"x-session-token": token}).get("/api/v1/me").status_code == 401


def test_a_person_without_an_organisation_is_signed_in_and_sees_nothing() -> None:
    person = Principal(user=UserFactory.create())

    response = browser_of(person).get("/api/v1/me")

    assert response.status_code == 200
    assert (response.json()["acting_for"], response.json()["memberships"]) == (None, [])
    assert browser_of(person).get(URL).json()["results"] == []


def test_a_person_of_two_organisations_acts_for_the_first_and_chooses_the_other_by_header() -> None:
    person = member("supplier")
    second = MembershipFactory.create(user=person.user, organisation=OrganisationFactory.create(kind="buyer"))
    assert person.organisation is not None
    browser = browser_of(person)

    assert browser.get("/api/v1/me").json()["acting_for"] == person.organisation.public_id
    chosen = browser.get("/api/v1/me", headers={"x-organisation": second.organisation.public_id})
    assert chosen.json()["acting_for"] == second.organisation.public_id


@pytest.mark.parametrize("named", ["", "org_00000000000000000000", "\x00", "'; --", "a" * 100_000])
def test_an_organisation_header_that_names_none_of_yours_is_refused(named: str) -> None:
    person = member()
    _api_key, key = issued(person)

    for client in (browser_of(person), client_with_key(key)):
        response = client.get("/api/v1/organisations", headers={"x-organisation": named})
        assert (response.status_code, response.json()["code"]) == (403, "foreign_organisation")


def test_whether_a_foreign_organisation_exists_is_not_said() -> None:
    person, stranger = member(), member()
    assert stranger.organisation is not None

    foreign = browser_of(person).get(URL, headers={"x-organisation": stranger.organisation.public_id})
    missing = browser_of(person).get(URL, headers={"x-organisation": "org_" + "0" * 20})

    assert foreign.status_code == 403
    assert {**foreign.json(), "request_id": ""} == {**missing.json(), "request_id": ""}
