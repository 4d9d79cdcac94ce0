"""Who sees which documents of a firm."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Disclosure, Organisation
from accounts.principals import ANONYMOUS, Principal
from accounts.services import disclose_contacts
from suppliers.models import Document, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.suppliers import CertificateFactory, SupplierFactory
from tests.fixtures.files import content_of, png
from tests.suppliers.documents.scene import PDF, add, contents, documents_of, files, problem_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_storage")]


def buyer_knowing(firm: Organisation | None) -> Principal:
    assert firm is not None
    buyer = member("buyer", organisation=OrganisationFactory.create(kind="buyer", verified_at=timezone.now()))
    assert buyer.organisation is not None
    disclose_contacts(reader=buyer.organisation, subject=firm, reason="con_1")
    return buyer


def test_who_sees_the_contacts_sees_what_is_shared_and_nothing_else(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    private, shared = add(published, by=owner), add(published, by=owner, content=contents(1), shared=True)
    buyer = buyer_knowing(owner.organisation)
    client = client_for(buyer)

    listed = client.get(documents_of(published)).json()["results"]

    assert [row["id"] for row in listed] == [shared.public_id]
    assert listed[0].keys() & {"shared", "sha256"} == set()
    assert content_of(client.get(listed[0]["content"])) == contents(1)
    for rest in ((), ("content",)):
        assert client.get(documents_of(published, private.public_id, *rest)).status_code == 404
    Disclosure.objects.update(until=timezone.now())
    assert client.get(documents_of(published)).json()["results"] == []
    assert client.get(documents_of(published, shared.public_id, "content")).status_code == 404


@pytest.mark.parametrize("kind", ["supplier", "buyer"])
def test_strangers_see_no_documents(kind: str, published: Supplier, owner: Principal, client_for: ClientFor) -> None:
    document = add(published, by=owner, shared=True)
    stranger = client_for(member(kind))

    assert stranger.get(documents_of(published)).json()["results"] == []
    for rest in ((), ("content",)):
        assert stranger.get(documents_of(published, document.public_id, *rest)).status_code == 404
    change: Any = {"format": "json", "headers": {"if-match": "*"}}
    assert stranger.patch(documents_of(published, document.public_id), {"shared": False}, **change).status_code == 404
    assert stranger.delete(documents_of(published, document.public_id), headers={"if-match": "*"}).status_code == 404
    assert problem_of(send(stranger, published, png(), "a.png"))[:2] == (403, "not_allowed")
    assert client_for(ANONYMOUS).get(documents_of(published)).status_code == 401
    assert len(files()) == 1


def test_whoever_is_shown_a_document_may_not_change_it(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    document = add(published, by=owner, shared=True)
    buyer = client_for(buyer_knowing(owner.organisation))

    refused = buyer.delete(documents_of(published, document.public_id), headers={"if-match": "*"})

    assert problem_of(refused)[:2] == (403, "not_allowed")
    assert Document.objects.count() == 1


def test_viewers_of_the_firm_read_and_do_not_write(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    add(published, by=owner)
    viewer = client_for(member(role="viewer", organisation=owner.organisation))

    assert len(viewer.get(documents_of(published)).json()["results"]) == 1
    assert problem_of(send(viewer, published, png(), "a.png"))[:2] == (403, "not_allowed")


def test_documents_of_another_firm_are_not_found_under_this_one(
    published: Supplier, owner: Principal, officer: Principal, client_for: ClientFor
) -> None:
    document = add(published, by=owner)
    other = SupplierFactory.create(published=True)

    assert client_for(officer).get(documents_of(other, document.public_id)).status_code == 404
    assert client_for(officer).get(documents_of(published, document.public_id)).status_code == 200


def test_a_list_takes_the_same_number_of_queries_however_long(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    counts = []
    for number in (1, 49):
        for _ in range(number):
            add(published, by=owner, content=contents(Document.objects.count()))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client_for(owner).get(documents_of(published))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_staff_find_documents_beside_the_firm_and_the_certificate(
    published: Supplier, owner: Principal, officer: Principal
) -> None:
    certificate = CertificateFactory.create(supplier=published)
    document = add(published, by=owner, kind="certificate", certificate=certificate)
    browser = Client(headers={"accept-language": "en"})
    assert officer.user is not None
    browser.force_login(officer.user)
    link = f"/admin/suppliers/document/{document.pk}/download"

    for page in (f"supplier/{published.pk}/change", f"certificate/{certificate.pk}/change", "document"):
        assert f'href="{link}"' in browser.get(f"/admin/suppliers/{page}/").content.decode()
    file: Any = browser.get(link)
    assert (file.status_code, content_of(file)) == (200, PDF)
    assert browser.get("/admin/suppliers/document/0/download").status_code == 404
    assert owner.user is not None
    browser.force_login(owner.user)
    assert browser.get(link).status_code == 302
