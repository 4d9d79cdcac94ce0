"""Documents that are taken, and those that leave nothing behind."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.principals import Principal
from config.api.uploads import FORM_BYTES
from config.uploads.checking import MOST_BYTES
from config.uploads.storage import storage
from notifications.models import Event
from suppliers import services
from suppliers.errors import DocumentQuotaError, OwnEntryError
from suppliers.models import Certificate, Document, Evidence, Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import CapabilityFactory, CertificateFactory, SiteFactory, SupplierFactory
from tests.fixtures.crowd import at_once
from tests.fixtures.files import CSV, content_of, jpeg, png, upload, xlsx
from tests.suppliers.documents.scene import PDF, add, contents, documents_of, files, problem_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_storage")]


def test_a_document_is_taken_described_and_handed_out_again(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    certificate = CertificateFactory.create(supplier=published)
    client = client_for(owner)

    made = send(client, published, name="../chứng\u202e chỉ.pdf", kind="certificate", certificate=certificate.public_id)

    assert made.status_code == 201
    document = Document.objects.get()
    assert made["Location"] == documents_of(published, document.public_id)
    body = made.json()
    assert {**body, "created_at": "", "updated_at": ""} == {
        "id": document.public_id,
        "kind": "certificate",
        "name": "chứng chỉ.pdf",
        "media_type": "application/pdf",
        "size_bytes": len(PDF),
        "certificate": certificate.public_id,
        "capability": None,
        "content": documents_of(published, document.public_id, "content"),
        "shared": False,
        "sha256": document.sha256,
        "created_at": "",
        "updated_at": "",
    }
    assert document.uploaded_by == owner.user
    file = client.get(body["content"], headers={"accept": "application/pdf"})
    assert (file.status_code, content_of(file)) == (200, PDF)
    assert {name: file[name] for name in ("Content-Type", "Content-Disposition", "Content-Length")} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename*=utf-8''ch%E1%BB%A9ng%20ch%E1%BB%89.pdf",
        "Content-Length": str(len(PDF)),
    }
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Cache-Control"] == "private, no-store"
    assert file["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.fixture
def on_disk(settings: Settings, tmp_path: Path) -> Path:
    """Uploads as they lie in production: the storage in memory that tests have loses files of threads that meet."""
    folder = tmp_path / "uploads"
    uploads = {**settings.UPLOADS, "OPTIONS": {**settings.UPLOADS["OPTIONS"], "location": str(folder)}}
    settings.STORAGES = {**settings.STORAGES, "uploads": uploads}
    return folder


def test_it_lies_under_a_name_of_chance_that_only_the_product_may_read(
    published: Supplier, owner: Principal, on_disk: Path
) -> None:
    document = add(published, by=owner)

    (file,) = [path for path in on_disk.rglob("*") if path.is_file()]
    assert file == on_disk / document.stored_as
    assert len(file.name) == 40
    assert file.suffix == ""
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert file.read_bytes() == PDF


@pytest.mark.parametrize(("name", "content"), [("a.png", png()), ("a.jpg", jpeg()), ("a.xlsx", xlsx()), ("a.csv", CSV)])
def test_every_kind_of_file_comes_back_byte_for_byte(
    name: str, content: bytes, published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    made = send(client_for(owner), published, content, name)

    assert made.status_code == 201
    assert content_of(client_for(owner).get(made.json()["content"])) == content


def test_a_hostile_file_leaves_nothing_behind(published: Supplier, owner: Principal, client_for: ClientFor) -> None:
    refused = send(client_for(owner), published, b"MZ\x90\x00" * 10, "a.pdf")

    assert problem_of(refused) == (400, "file_type_mismatch", [("/file", "file_type_mismatch")])
    assert refused.json()["detail"] == "Name, type and content of the file do not agree."
    assert (files(), Document.objects.count(), Event.objects.count()) == ([], 0, 0)


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"file": "no file"}, "/file", "invalid"),
        ({"kind": "photo"}, "/kind", "invalid_choice"),
        ({"kind": ""}, "/kind", "invalid_choice"),
        ({"colour": "red"}, "/colour", "unknown_field"),
        ({"sha256": "0"}, "/sha256", "unknown_field"),
        ({"shared": "perhaps"}, "/shared", "invalid"),
        ({"certificate": "cer_0000"}, "/certificate", "does_not_exist"),
        ({"certificate": "\x00"}, "/certificate", "invalid"),
        ({"capability": "a" * 500}, "/capability", "does_not_exist"),
        ({"kind": ["other", "catalogue"]}, "/kind", "invalid"),
    ],
)
def test_a_form_that_says_something_wrong_is_refused_at_the_field(
    fields: dict[str, Any], pointer: str, code: str, published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    refused = send(client_for(owner), published, **fields)

    assert problem_of(refused) == (400, "invalid", [(pointer, code)])
    assert files() == []


def test_two_files_in_one_form_are_refused(published: Supplier, owner: Principal, client_for: ClientFor) -> None:
    refused = send(client_for(owner), published, file=[upload(PDF, "a.pdf"), upload(png(), "b.png")])

    assert problem_of(refused) == (400, "invalid", [("/file", "invalid")])


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x", 400),
        (b"nothing of the kind", "multipart/form-data", 400),
        (b"x", "multipart/form-data; boundary=" + "x" * 300, 415),
        (b"", "multipart/form-data; boundary=x", 400),
        (b'{"kind": "other"}', "application/json", 400),
        (PDF, "application/pdf", 415),
        (b"<x/>", "text/xml", 415),
    ],
)
def test_bodies_that_are_no_form_are_refused(
    body: Any, content_type: str, status: int, published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    refused = client_for(owner).generic("POST", documents_of(published), body, content_type)

    assert problem_of(refused)[0] == status
    assert Document.objects.count() == 0


def test_what_is_too_long_is_refused_before_it_is_read(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    refused = client_for(owner).generic(
        "POST",
        documents_of(published),
        "x" * (MOST_BYTES + FORM_BYTES + 1),
        "multipart/form-data; boundary=x",
    )

    assert problem_of(refused) == (413, "file_too_large", [])
    assert refused.json()["most_bytes"] == MOST_BYTES


def test_a_file_a_byte_too_large_is_refused(published: Supplier, owner: Principal, client_for: ClientFor) -> None:
    refused = send(client_for(owner), published, PDF + b"\n" * MOST_BYTES)

    assert problem_of(refused) == (413, "file_too_large", [])
    assert refused.json()["detail"] == "The file has more than 10 MB."
    assert files() == []


def test_the_same_file_twice_is_noticed_within_a_firm_only(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    first = send(client_for(owner), published)
    other = member("supplier")

    again = send(client_for(owner), published, name="another name.pdf")

    assert problem_of(again) == (409, "already_exists", [])
    assert again.json()["existing"] == first["Location"]
    assert len(files()) == 1
    assert send(client_for(other), SupplierFactory.create(organisation=other.organisation)).status_code == 201


def test_a_firm_s_documents_are_counted_and_weighed(
    published: Supplier, owner: Principal, client_for: ClientFor, settings: Settings
) -> None:
    settings.DOCUMENTS_PER_FIRM = 2
    add(published, by=owner, content=contents(1))
    add(published, by=owner, content=contents(2))

    refused = send(client_for(owner), published, contents(3))

    assert problem_of(refused) == (409, "document_quota_reached", [])
    assert {name: refused.json()[name] for name in ("files", "most_files")} == {"files": 2, "most_files": 2}
    settings.DOCUMENTS_PER_FIRM, settings.DOCUMENT_BYTES_PER_FIRM = 3, 3 * len(contents(1)) - 1
    assert problem_of(send(client_for(owner), published, contents(3))) == (409, "document_quota_reached", [])
    settings.DOCUMENT_BYTES_PER_FIRM += 1
    assert send(client_for(owner), published, contents(3)).status_code == 201
    assert len(files()) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_disk")
def test_of_many_uploads_at_the_last_moment_only_as_many_as_there_is_room_for_are_kept(
    published: Supplier, owner: Principal, settings: Settings
) -> None:
    settings.DOCUMENTS_PER_FIRM = 3

    def try_to_add(number: int) -> bool:
        try:
            add(published, by=owner, content=contents(number))
        except DocumentQuotaError:
            return False
        return True

    kept = at_once([partial(try_to_add, number) for number in range(8)])

    assert sum(kept) == 3
    assert sorted(files()) == sorted(Document.objects.values_list("stored_as", flat=True))


def test_a_document_is_about_one_thing_of_its_own_firm(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    client = client_for(owner)
    certificate = CertificateFactory.create(supplier=published)
    capability = CapabilityFactory.create(site=SiteFactory.create(supplier=published))
    foreign = CertificateFactory.create(supplier=SupplierFactory.create(published=True))
    both: Any = {"certificate": certificate.public_id, "capability": capability.public_id}

    assert problem_of(send(client, published, **both)) == (400, "one_only", [("/capability", "one_only")])
    assert problem_of(send(client, published, certificate=foreign.public_id))[2] == [("/certificate", "does_not_exist")]
    assert send(client, published, capability=capability.public_id).json()["capability"] == capability.public_id


def test_the_scan_of_a_certificate_documents_it_until_it_is_removed(published: Supplier, owner: Principal) -> None:
    certificate = CertificateFactory.create(supplier=published, observed_on=date(2026, 1, 31))

    document = add(published, by=owner, kind="certificate", certificate=certificate)

    certificate.refresh_from_db()
    assert (certificate.level, certificate.observed_on, certificate.state) == (1, timezone.localdate(), "declared")
    said = Evidence.objects.latest("id")
    assert (said.act, said.level, said.source, said.asserted_by) == ("entered", 1, document.public_id, owner.user)
    services.remove_document(document_id=document.pk, by=owner)
    certificate.refresh_from_db()
    assert certificate.level == 0
    assert Evidence.objects.latest("id").act == "withdrawn"


def test_a_scan_takes_nothing_from_a_checked_certificate(
    published: Supplier, owner: Principal, officer: Principal
) -> None:
    certificate = CertificateFactory.create(supplier=published, checked=True)

    document = add(published, by=owner, kind="certificate", certificate=certificate)
    services.remove_document(document_id=document.pk, by=owner)

    kept = Certificate.objects.get(pk=certificate.pk)
    assert (kept.level, kept.state, kept.version) == (2, "checked", certificate.version)


def test_an_officer_who_uploads_a_scan_does_not_check_it(published: Supplier, officer: Principal) -> None:
    certificate = CertificateFactory.create(supplier=published)
    add(published, by=officer, kind="certificate", certificate=certificate)

    with pytest.raises(OwnEntryError):
        services.check_certificate(certificate_id=certificate.pk, by=officer)


def test_a_file_that_a_scanner_took_away_is_gone_and_the_document_still_described(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    client = client_for(owner)
    send(client, published)
    document = Document.objects.get()
    storage().delete(document.stored_as)

    gone = client.get(documents_of(published, document.public_id, "content"))

    assert (gone.status_code, gone.json()["code"]) == (410, "document_lost")
    assert client.get(documents_of(published, document.public_id)).status_code == 200
