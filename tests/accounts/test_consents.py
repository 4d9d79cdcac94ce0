"""Consent: texts in two languages, statements that stay, and what a no changes."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from accounts.consent_texts import TEXTS, ConsentText, in_force
from accounts.models import Consent, Language
from accounts.principals import ANONYMOUS, Principal
from accounts.services import contacts_of, disclose_contacts, issue_api_key, record_consent
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories.accounts import member

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/consents"
KNOWN_TEXTS = {
    "terms 2026-11 vi": "c010fc4c1f5507d8c06588e6d09fae2b1901cd060c28b336416887e2114122f1",
    "terms 2026-11 en": "67bdd7902fc67da77c927274f1761295f91d60ca31b312c9e51f5306d1ed8a6b",
    "contact_sharing 2026-11 vi": "ae5f677d2b99b17a916071d2a933a737c4ab0c72c1d4db625cd2b6bb23a66d50",
    "contact_sharing 2026-11 en": "2bca1bdfbe603aaf659c9fdecbf61852c5ff50a29b26d4232db52a19173368a7",
}


def say(client: APIClient, purpose: str = "terms", *, given: Any = True, version: str = "2026-11") -> Any:
    return client.post(URL, {"purpose": purpose, "given": given, "text_version": version}, format="json")


def key_of(owner: Principal) -> Principal:
    return Principal.of_key(issue_api_key(name="ERP", scopes=["read", "write"], by=owner)[0])


def standing(client: APIClient, purpose: str) -> dict[str, Any]:
    return next(row for row in client.get(URL).json()["purposes"] if row["purpose"] == purpose)


def test_a_text_that_people_agreed_to_stays_as_it_was() -> None:
    """A change of meaning is a new version, with an entry of its own in TEXTS and here."""
    texts = {
        f"{text.purpose} {text.version} {language}": text.sha256(language)
        for text in TEXTS
        for language in Language.values
    }

    assert texts == KNOWN_TEXTS


@pytest.mark.parametrize(("language", "heading"), [("vi", "# Điều khoản sử dụng"), ("en", "# Terms of use")])
def test_anybody_reads_the_texts_in_their_language(language: str, heading: str, client_for: ClientFor) -> None:
    answer = client_for(ANONYMOUS).get("/api/v1/consent-texts", headers={"accept-language": language})

    terms = next(text for text in answer.json()["results"] if text["purpose"] == "terms")
    assert terms["text"].startswith(heading)
    assert (terms["version"], terms["valid_from"], terms["is_in_force"]) == ("2026-11", "2026-11-01", True)
    assert (terms["language"], terms["sha256"]) == (language, in_force("terms").sha256(language))


def test_a_statement_is_written_down_with_text_time_and_address(client_for: ClientFor) -> None:
    person = member()
    client = client_for(person)
    assert standing(client, "terms") == {
        "purpose": "terms",
        "text_version": "2026-11",
        "given": None,
        "given_text_version": None,
        "stated_at": None,
        "needed": True,
    }

    answer = client.post(
        URL,
        {"purpose": "terms", "given": True, "text_version": "2026-11"},
        format="json",
        headers={"x-request-id": "r-1"},
    )

    assert answer.status_code == 201
    consent = Consent.objects.get()
    assert (consent.person, consent.given, consent.text_language) == (person.user, True, "en")
    assert (consent.text_sha256, consent.address) == (in_force("terms").sha256("en"), "127.0.0.1")
    assert consent.request_id == "r-1"
    assert standing(client, "terms")["needed"] is False
    assert Event.objects.get().topic == "consent.given"


def test_every_statement_stays_and_the_newest_counts(client_for: ClientFor) -> None:
    client = client_for(member())

    for given in (False, True, False):
        assert say(client, "contact_sharing", given=given).status_code == 201

    assert standing(client, "contact_sharing")["given"] is False
    assert [row["given"] for row in client.get(URL).json()["history"]] == [False, True, False]


def test_a_new_version_asks_again(client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    person = member()
    assert person.user is not None
    client = client_for(person)
    say(client)
    newer = ConsentText(purpose="terms", version="2026-10b", valid_from=in_force("terms").valid_from)
    monkeypatch.setattr("accounts.consent_texts.TEXTS", (*TEXTS, newer))

    assert standing(client, "terms") | {"stated_at": None} == {
        "purpose": "terms",
        "text_version": "2026-10b",
        "given": True,
        "given_text_version": "2026-11",
        "stated_at": None,
        "needed": True,
    }
    assert client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"purpose": "terms", "given": True, "text_version": "2020-01"}, "/text_version", "other_terms"),
        ({"purpose": "spam", "given": True, "text_version": "2026-11"}, "/purpose", "invalid_choice"),
        ({"purpose": "terms", "text_version": "2026-11"}, "/given", "required"),
        ({"purpose": "terms", "given": True, "text_version": "2026-11", "person": "x"}, "/person", "unknown_field"),
    ],
)
def test_a_statement_that_says_nothing_is_refused(
    body: dict[str, Any], pointer: str, code: str, client_for: ClientFor
) -> None:
    refused = client_for(member()).post(URL, body, format="json")

    assert (refused.status_code, [(row["pointer"], row["code"]) for row in refused.json()["errors"]]) == (
        400,
        [(pointer, code)],
    )
    assert Consent.objects.count() == 0


def test_terms_are_left_with_the_account(client_for: ClientFor) -> None:
    client = client_for(member())
    say(client)

    refused = say(client, given=False)

    assert (refused.status_code, refused.json()["code"]) == (409, "terms_needed")
    assert refused.json()["data_requests"] == "/api/v1/me/data-requests"
    assert Consent.objects.count() == 1


def test_who_objects_is_no_longer_shown_to_the_other_side(client_for: ClientFor) -> None:
    seller, buyer = member("supplier"), member("buyer")
    colleague = member("supplier", "editor", seller.organisation)
    assert seller.organisation is not None
    assert buyer.organisation is not None
    disclose_contacts(reader=buyer.organisation, subject=seller.organisation, reason="con_1")

    def seen(by: Principal) -> list[str]:
        assert seller.organisation is not None
        return [contact.email for contact in contacts_of(seller.organisation, reader=by)]

    assert seller.user is not None
    assert colleague.user is not None
    both = [seller.user.email, colleague.user.email]
    assert seen(buyer) == both
    say(client_for(colleague), "contact_sharing", given=False)
    assert (seen(buyer), seen(seller), seen(member("agency"))) == ([seller.user.email], both, both)
    say(client_for(colleague), "contact_sharing", given=True)
    assert seen(buyer) == both


def test_only_people_agree(client_for: ClientFor) -> None:
    software = client_for(key_of(member()))

    assert client_for(ANONYMOUS).get(URL).status_code == 401
    for refused in (software.get(URL), say(software)):
        assert (refused.status_code, refused.json()["code"]) == (403, "person_required")
    assert Consent.objects.count() == 0


@pytest.mark.parametrize("change", [{"given": False}, {"text_version": "1"}, {"purpose": "contact_sharing"}])
def test_no_statement_can_be_changed_afterwards(change: dict[str, Any]) -> None:
    person = member().user
    assert person is not None
    record_consent(person, purpose="terms", given=True, language="vi", address="192.0.2.1")

    with pytest.raises(IntegrityError, match="stays as it was stated"), transaction.atomic():
        Consent.objects.update(**change)

    Consent.objects.update(address=None, request_id="")
    assert Consent.objects.get().given is True
