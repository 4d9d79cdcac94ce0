"""Replacing, describing and removing documents, with their files."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.principals import Principal
from config.uploads.storage import ORPHANED_AFTER, sweep_orphans
from notifications.models import Event
from suppliers.models import Document, Supplier
from suppliers.services.documents import FOLDER
from tests.conftest import ClientFor
from tests.factories.suppliers import CertificateFactory
from tests.fixtures.files import content_of, png, upload
from tests.suppliers.documents.scene import add, contents, files, problem_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_storage")]


def test_replacing_the_file_needs_the_newest_version_and_removes_the_old_one(
    published: Supplier,
    owner: Principal,
    client_for: ClientFor,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client = client_for(owner)
    made = send(client, published)
    (before,) = files()

    def replace(**headers: str) -> Any:
        form = {"file": upload(png(), "b.png"), "shared": "true"}
        with django_capture_on_commit_callbacks(execute=True):
            return client.patch(made["Location"], form, format="multipart", headers=headers)

    assert problem_of(replace())[:2] == (428, "precondition_required")
    assert files() == [before]
    changed = replace(**{"if-match": made["ETag"]})
    assert (changed.status_code, changed.json()["name"], changed.json()["shared"]) == (200, "b.png", True)
    assert problem_of(replace(**{"if-match": made["ETag"]}))[:2] == (412, "stale_version")
    assert files() == [Document.objects.get().stored_as] != [before]
    assert content_of(client.get(changed.json()["content"])) == png()


def test_details_are_changed_without_the_file(published: Supplier, owner: Principal, client_for: ClientFor) -> None:
    certificate = CertificateFactory.create(supplier=published)
    client = client_for(owner)
    made = send(client, published, certificate=certificate.public_id)

    changed = client.patch(
        made["Location"], {"kind": "catalogue", "certificate": None}, format="json", headers={"if-match": made["ETag"]}
    )

    assert (changed.status_code, changed.json()["kind"], changed.json()["certificate"]) == (200, "catalogue", None)
    assert changed.json()["sha256"] == made.json()["sha256"]


def test_a_failed_replacement_keeps_the_old_file_only(
    published: Supplier, owner: Principal, client_for: ClientFor
) -> None:
    client = client_for(owner)
    add(published, by=owner, content=contents(2))
    made = send(client, published)
    before = sorted(files())

    refused = client.patch(
        made["Location"], {"file": upload(contents(2))}, format="multipart", headers={"if-match": made["ETag"]}
    )

    assert problem_of(refused) == (409, "already_exists", [])
    assert sorted(files()) == before


def test_removing_takes_the_file_too(
    published: Supplier,
    owner: Principal,
    client_for: ClientFor,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client = client_for(owner)
    made = send(client, published)

    with django_capture_on_commit_callbacks(execute=True):
        removed = client.delete(made["Location"], headers={"if-match": made["ETag"]})

    assert (removed.status_code, files(), Document.objects.count()) == (204, [], 0)
    assert client.get(made.json()["content"]).status_code == 404
    assert list(Event.objects.order_by("id").values_list("topic", flat=True)) == ["document.added", "document.removed"]


def test_files_without_a_row_are_swept_after_a_day(
    published: Supplier, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sweep_orphans(folder=FOLDER, rows=Document.objects.all()) == 0
    document = add(published, by=owner)
    storages["uploads"].save(f"{FOLDER}/orphan", upload(png()))

    assert sweep_orphans(folder=FOLDER, rows=Document.objects.all()) == 0
    with monkeypatch.context() as later:
        tomorrow = timezone.now() + ORPHANED_AFTER + timedelta(seconds=1)
        later.setattr("config.uploads.storage.timezone.now", lambda: tomorrow)
        assert sweep_orphans(folder=FOLDER, rows=Document.objects.all()) == 1
    assert files() == [document.stored_as]
