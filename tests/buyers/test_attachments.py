"""Drawings and specifications of a requirement: who adds and removes them, who sees them, what is refused."""

from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.principals import Principal
from buyers import services
from buyers.models import Requirement, RequirementAttachment, RequirementAudience
from buyers.services.attachments import FOLDER
from buyers.tasks import sweep_attachments
from config.uploads.storage import ORPHANED_AFTER
from matchmaking.services import accept_connection, request_connection
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.buyers import RequirementFactory, attachment, buyer_member, open_requirement, verified_buyer
from tests.factories.matchmaking import published_supplier
from tests.fixtures.files import CSV, content_of, jpeg, kept_in, pdf, png, upload, xlsx

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_storage")]
ANY = {"If-Match": "*"}
QUERIES_OF_A_LIST = 2
ENDED = ["expired", "withdrawn", "awarded", "closed_no_award"]


@pytest.fixture
def asked() -> Requirement:
    return open_requirement()


@pytest.fixture
def owner(asked: Requirement) -> Principal:
    return buyer_member(asked.buyer)


def address(requirement: Requirement, *rest: str) -> str:
    return "/".join([f"/api/v1/requirements/{requirement.public_id}/attachments", *rest])


def send(client: APIClient, requirement: Requirement, content: bytes = CSV, name: str = "a.csv", **parts: Any) -> Any:
    form = {"file": upload(content, name), "kind": "drawing", **parts}
    return client.post(address(requirement), form, format="multipart")


def files() -> int:
    return len(kept_in(FOLDER))


def nothing_was_kept() -> bool:
    told = Event.objects.filter(topic__startswith="requirement.attachment").exists()
    return not (RequirementAttachment.objects.exists() or files() or told)


class TestAdding:
    @pytest.mark.parametrize("state", ["draft", "open"])
    def test_a_drawing_is_taken_described_and_handed_out_again(self, state: str, client_for: ClientFor) -> None:
        requirement = {"draft": RequirementFactory.create, "open": open_requirement}[state](buyer=verified_buyer())
        client = client_for(buyer_member(requirement.buyer))

        made = send(client, requirement, pdf(), "trục thép.pdf")
        file: Any = client.get(made.json()["content"])

        (kept,) = RequirementAttachment.objects.all()
        assert (made.status_code, made["Location"]) == (201, address(requirement, kept.public_id))
        assert made.json() == {
            "id": kept.public_id,
            "requirement": requirement.public_id,
            "kind": "drawing",
            "name": "trục thép.pdf",
            "media_type": "application/pdf",
            "size_bytes": len(pdf()),
            "sha256": kept.sha256,
            "content": address(requirement, kept.public_id, "content"),
            "created_at": made.json()["created_at"],
        }
        assert content_of(file) == pdf()
        assert file["Content-Disposition"].startswith("attachment; ")
        assert (file["X-Content-Type-Options"], file["Cache-Control"]) == ("nosniff", "private, no-store")
        event = Event.objects.get(topic="requirement.attachment_added")
        assert (event.subject, event.payload["attachment"]) == (requirement.public_id, kept.public_id)

    @pytest.mark.parametrize(
        ("name", "content"), [("a.png", png()), ("a.jpg", jpeg()), ("a.xlsx", xlsx()), ("a.csv", CSV)]
    )
    def test_every_kind_of_file_comes_back_byte_for_byte(
        self, asked: Requirement, owner: Principal, client_for: ClientFor, name: str, content: bytes
    ) -> None:
        made = send(client_for(owner), asked, content, name, kind="specification")

        assert (made.status_code, made.json()["kind"]) == (201, "specification")
        assert content_of(client_for(owner).get(made.json()["content"])) == content

    @pytest.mark.parametrize(
        ("content", "name", "status", "code"),
        [
            (b"MZ\x90\x00 a program", "drawing.exe", 400, "file_type"),
            (b"MZ\x90\x00 a program", "drawing.pdf", 400, "file_type_mismatch"),
            (CSV, "drawing.png", 400, "file_type_mismatch"),
            (pdf(inside=b"<</OpenAction<</S/JavaScript>>>>"), "drawing.pdf", 400, "file_active"),
            (b"", "drawing.pdf", 400, "file_empty"),
            (CSV + b"x" * 10 * 1024**2, "drawing.csv", 413, "file_too_large"),
        ],
    )
    def test_a_file_that_is_not_taken_leaves_nothing_behind(
        self,
        asked: Requirement,
        owner: Principal,
        client_for: ClientFor,
        content: bytes,
        name: str,
        status: int,
        code: str,
    ) -> None:
        refused = send(client_for(owner), asked, content, name)

        problem = refused.json()
        assert (refused.status_code, (problem["errors"] or [problem])[0]["code"]) == (status, code)
        assert nothing_was_kept()

    @pytest.mark.parametrize(
        ("parts", "pointer", "code"),
        [
            ({"kind": "photo"}, "/kind", "invalid_choice"),
            ({"kind": ""}, "/kind", "invalid_choice"),
            ({"file": "no file"}, "/file", "invalid"),
            ({"sha256": "0"}, "/sha256", "unknown_field"),
            ({"file": [upload(CSV, "a.csv"), upload(CSV, "b.csv")]}, "/file", "invalid"),
        ],
    )
    def test_a_form_that_says_something_wrong_is_refused_at_the_field(
        self,
        asked: Requirement,
        owner: Principal,
        client_for: ClientFor,
        parts: dict[str, Any],
        pointer: str,
        code: str,
    ) -> None:
        refused = send(client_for(owner), asked, **parts)

        assert refused.status_code == 400
        assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [(pointer, code)]
        assert nothing_was_kept()

    @pytest.mark.parametrize("state", ENDED)
    def test_what_has_ended_takes_no_more_and_gives_none_away(self, client_for: ClientFor, state: str) -> None:
        buyer = verified_buyer()
        requirement, client = open_requirement(buyer, state=state), client_for(buyer_member(buyer))
        kept = attachment(requirement)
        before = files()

        refused = [send(client, requirement), client.delete(address(requirement, kept.public_id), headers=ANY)]

        assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(409, "requirement_ended")] * 2
        assert RequirementAttachment.objects.get() == kept
        assert files() == before
        assert not Event.objects.filter(topic__startswith="requirement.attachment").exists()

    @pytest.mark.parametrize(
        ("who", "status"),
        [("viewer", 403), ("another buyer", 404), ("supplier", 403), ("officer", 201), ("viewing staff", 403)],
    )
    def test_only_the_buyer_and_staff_on_its_behalf_write(
        self, asked: Requirement, client_for: ClientFor, who: str, status: int
    ) -> None:
        kept = attachment(asked)
        supplier = member("supplier")
        published_supplier(supplier.organisation)
        callers = {
            "viewer": buyer_member(asked.buyer, role="viewer"),
            "another buyer": buyer_member(),
            "supplier": supplier,
            "officer": member("agency", role="editor"),
            "viewing staff": member("agency", role="viewer"),
        }
        client, before = client_for(callers[who]), files()

        added = send(client, asked)
        removed = client.delete(address(asked, kept.public_id), headers=ANY)

        assert (added.status_code, removed.status_code) == (status, {201: 204}.get(status, status))
        if status != 201:
            assert RequirementAttachment.objects.get() == kept
            assert files() == before
            assert not Event.objects.filter(topic__startswith="requirement.attachment").exists()

    def test_the_same_file_is_kept_once(self, asked: Requirement, owner: Principal, client_for: ClientFor) -> None:
        first = send(client_for(owner), asked)

        again = send(client_for(owner), asked, name="b.csv", kind="other")

        assert (again.status_code, again.json()["code"]) == (409, "already_exists")
        assert again.json()["existing"] == first["Location"]
        assert RequirementAttachment.objects.count() == files() == 1

    def test_a_requirement_has_room_for_so_many_files_and_bytes(
        self, asked: Requirement, owner: Principal, client_for: ClientFor, settings: Settings
    ) -> None:
        client = client_for(owner)
        send(client, asked)
        settings.ATTACHMENTS_PER_REQUIREMENT = 1

        too_many = send(client, asked, png(), "a.png")
        settings.ATTACHMENTS_PER_REQUIREMENT = 2
        settings.ATTACHMENT_BYTES_PER_REQUIREMENT = len(CSV) + len(png()) - 1
        too_large = send(client, asked, png(), "a.png")

        for refused in (too_many, too_large):
            assert (refused.status_code, refused.json()["code"]) == (409, "attachment_quota_reached")
        assert {name: too_many.json()[name] for name in ("files", "most_files")} == {"files": 1, "most_files": 1}
        assert RequirementAttachment.objects.count() == files() == 1
        settings.ATTACHMENT_BYTES_PER_REQUIREMENT += 1
        assert send(client, asked, png(), "a.png").status_code == 201


class TestRemoving:
    def test_a_removed_attachment_is_gone_with_its_file(
        self,
        asked: Requirement,
        owner: Principal,
        client_for: ClientFor,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        client = client_for(owner)
        made = send(client, asked)
        unnamed = client.delete(made["Location"])
        stale = client.delete(made["Location"], headers={"If-Match": '"7-0"'})
        kept = files()

        with django_capture_on_commit_callbacks(execute=True):
            removed = client.delete(made["Location"], headers={"If-Match": made["ETag"]})

        assert (unnamed.status_code, stale.status_code, kept) == (428, 412, 1)
        assert (removed.status_code, client.get(made["Location"]).status_code, files()) == (204, 404, 0)
        assert Event.objects.filter(topic="requirement.attachment_removed", subject=asked.public_id).count() == 1

    def test_a_discarded_draft_takes_its_files_along(
        self, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        buyer = verified_buyer()
        draft = RequirementFactory.create(buyer=buyer)
        attachment(draft)
        attachment(draft)
        assert files() == 2

        with django_capture_on_commit_callbacks(execute=True):
            services.discard_requirement(requirement_id=draft.pk, by=buyer_member(buyer))

        assert (RequirementAttachment.objects.count(), files()) == (0, 0)

    def test_files_without_a_row_are_swept_up_once_they_are_old(
        self, asked: Requirement, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = attachment(asked)
        storages["uploads"].save(f"{FOLDER}/orphan", upload(png()))
        sweep_attachments()
        assert files() == 2

        tomorrow = timezone.now() + ORPHANED_AFTER * 1.01
        monkeypatch.setattr("config.uploads.storage.timezone.now", lambda: tomorrow)
        sweep_attachments()

        assert files() == 1
        assert storages["uploads"].exists(kept.stored_as)

    def test_a_file_that_a_scanner_took_away_is_gone_and_still_described(
        self, asked: Requirement, owner: Principal, client_for: ClientFor
    ) -> None:
        kept = attachment(asked)
        storages["uploads"].delete(kept.stored_as)

        gone = client_for(owner).get(address(asked, kept.public_id, "content"))

        assert (gone.status_code, gone.json()["code"]) == (410, "document_lost")
        assert client_for(owner).get(address(asked, kept.public_id)).status_code == 200


class TestReading:
    def test_suppliers_read_those_of_public_requirements_once_they_are_open(self, client_for: ClientFor) -> None:
        requirement, draft = open_requirement(), RequirementFactory.create(buyer=verified_buyer())
        kept, hidden = attachment(requirement), attachment(draft)
        client = client_for(member("supplier"))

        listed = client.get(address(requirement)).json()["results"]

        assert [row["id"] for row in listed] == [kept.public_id]
        assert client.get(listed[0]["content"]).status_code == 200
        for path in (address(draft), address(draft, hidden.public_id), address(draft, hidden.public_id, "content")):
            assert client.get(path).status_code == 404

    @pytest.mark.parametrize("hidden", [{"visibility": "anonymous"}, {"nda_needed": True}])
    def test_those_of_a_hidden_buyer_open_when_both_have_agreed(
        self, client_for: ClientFor, hidden: dict[str, Any]
    ) -> None:
        requirement, supplier = open_requirement(**hidden), member("supplier")
        firm = published_supplier(supplier.organisation)
        assert supplier.organisation is not None
        RequirementAudience.objects.create(
            requirement=requirement, organisation=supplier.organisation, reason=RequirementAudience.Reason.MATCH
        )
        drawing = attachment(requirement, name="kanto-shaft.pdf")
        client = client_for(supplier)
        paths = [address(requirement, drawing.public_id), address(requirement, drawing.public_id, "content")]
        connection = request_connection(
            requirement_id=requirement.pk, supplier_id=firm.pk, message="", by=buyer_member(requirement.buyer)
        )

        before = client.get(address(requirement))
        refused = [client.get(path).status_code for path in paths]
        accept_connection(connection_id=connection.pk, by=supplier)
        after = client.get(address(requirement)).json()["results"]

        assert before.json()["results"] == []
        assert refused == [404, 404]
        assert [row["name"] for row in after] == ["kanto-shaft.pdf"]
        assert [client.get(path).status_code for path in paths] == [200, 200]

    def test_an_attachment_is_found_below_its_own_requirement_alone(
        self, asked: Requirement, owner: Principal, client_for: ClientFor
    ) -> None:
        kept, other = attachment(asked), open_requirement(asked.buyer)

        assert client_for(owner).get(address(other, kept.public_id)).status_code == 404
        assert client_for(owner).get(address(other)).json()["results"] == []
        for path in (address(asked), address(asked, kept.public_id), address(asked, kept.public_id, "content")):
            assert client_for(buyer_member()).get(path).status_code == 404

    def test_a_list_takes_as_many_queries_for_fifty_as_for_one(
        self, asked: Requirement, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        attachment(asked)
        client = client_for(member("supplier"))
        with django_assert_num_queries(QUERIES_OF_A_LIST):
            assert len(client.get(address(asked)).json()["results"]) == 1
        kept = {"media_type": "text/csv", "size_bytes": 1, "kind": "other"}
        RequirementAttachment.objects.bulk_create(
            RequirementAttachment(requirement=asked, name=f"{n}.csv", sha256=f"{n:064x}", stored_as=f"{n}", **kept)
            for n in range(49)
        )

        with django_assert_num_queries(QUERIES_OF_A_LIST):
            assert len(client.get(address(asked)).json()["results"]) == 50
