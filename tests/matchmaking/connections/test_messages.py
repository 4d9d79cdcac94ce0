"""What the sides of a connection write to each other, and the files that come with it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.principals import Principal
from matchmaking import services
from matchmaking.models import Attachment, Connection, Message
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.files import CSV, pdf, upload
from tests.matchmaking.connections.scene import URL, Sides, post

QUERIES_OF_A_LIST = 2


def address(connection: Connection) -> str:
    return f"{URL}/{connection.public_id}/messages"


def send(client: APIClient, connection: Connection, **parts: Any) -> Any:
    return client.post(address(connection), parts, format="multipart")


def files_kept() -> int:
    try:
        return len(storages["uploads"].listdir("attachments")[1])
    except FileNotFoundError:
        return 0


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """Files of these tests lie in a folder of their own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "uploads": {**settings.STORAGES["uploads"], "OPTIONS": {"location": str(tmp_path)}},
    }


@pytest.mark.django_db
class TestWriting:
    def test_an_organisation_writes_so_many_and_no_more_are_mailed(
        self, sides: Sides, client_for: ClientFor, settings: Settings
    ) -> None:
        settings.LIMITS = {**settings.LIMITS, "message": "2/hour"}
        connection = sides.request()
        colleague = member("supplier", organisation=sides.supplier.organisation)
        writers = [sides.supplier, colleague, sides.supplier, sides.buyer]

        answers = [post(client_for(writer), address(connection), {"text": "Xin chào"}) for writer in writers]

        assert [answer.status_code for answer in answers] == [201, 201, 429, 201]
        assert Message.objects.count() == Event.objects.filter(topic="message.received").count() == 3

    def test_both_sides_write_and_read(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()

        asked = post(client_for(sides.supplier), address(connection), {"text": "Bản vẽ ở đâu?"})
        answered = post(client_for(sides.buyer), address(connection), {"text": "Chúng tôi gửi sau."})
        read = client_for(sides.buyer).get(address(connection)).json()["results"]

        assert (asked.status_code, answered.status_code) == (201, 201)
        assert asked["Location"].startswith(f"{address(connection)}/msg_")
        assert [(row["side"], row["text"]) for row in read] == [
            ("buyer", "Chúng tôi gửi sau."),
            ("supplier", "Bản vẽ ở đâu?"),
        ]
        told = Event.objects.filter(topic="message.received").order_by("pk")
        assert [event.audience for event in told] == [[sides.buyer.organisation_id], [sides.supplier.organisation_id]]
        assert "Bản vẽ" not in str(told[0].payload)

    def test_the_agency_writes_to_both(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()

        sent = post(client_for(member("agency")), address(connection), {"text": "Xin hai bên trao đổi."})

        assert (sent.status_code, sent.json()["side"]) == (201, "agency")
        both = sorted([sides.buyer.organisation_id or 0, sides.supplier.organisation_id or 0])
        assert Event.objects.get(topic="message.received").audience == both

    @pytest.mark.parametrize("state", ["declined", "withdrawn", "expired", "lost"])
    def test_what_has_ended_takes_no_more(self, sides: Sides, client_for: ClientFor, state: str) -> None:
        ended = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state=state)

        response = post(client_for(sides.buyer), address(ended), {"text": "Xin chào"})

        assert (response.status_code, response.json()["code"]) == (409, "connection_ended")
        assert response.json()["state"] == state
        assert not Message.objects.exists()

    @pytest.mark.parametrize("state", ["accepted", "contract"])
    @pytest.mark.parametrize(
        ("side", "standing", "refusal"),
        [
            ("buyer", "suspended", (403, "buyer_not_verified")),
            ("buyer", "registered", (403, "buyer_not_verified")),
            ("supplier", "suspended", (409, "supplier_not_published")),
            ("supplier", "archived", (409, "supplier_not_published")),
        ],
    )
    def test_whom_staff_do_not_vouch_for_reads_and_writes_nothing(
        self, sides: Sides, client_for: ClientFor, state: str, side: str, standing: str, refusal: tuple[int, str]
    ) -> None:
        connection = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state=state)
        other = {"buyer": sides.supplier, "supplier": sides.buyer}[side]
        services.send_message(connection_id=connection.pk, text="Xin chào", by=other)
        row: Any = {"buyer": sides.requirement.buyer, "supplier": sides.firm}[side]
        type(row).objects.filter(pk=row.pk).update(state=standing)
        client = client_for(getattr(sides, side))

        refused = post(client, address(connection), {"text": "Xin chào"})
        attached = send(client, connection, file=upload(CSV, "gia.csv"))
        answered = post(client_for(other), address(connection), {"text": "Còn đó không?"})
        read = client.get(address(connection))

        for response in (refused, attached):
            assert (response.status_code, response.json()["code"]) == refusal
            assert response.json()["state"] == standing
        assert files_kept() == 0
        assert answered.status_code == 201
        assert [message["text"] for message in read.json()["results"]] == ["Còn đó không?", "Xin chào"]

    @pytest.mark.parametrize("who", ["stranger", "viewer"])
    def test_nobody_else_writes(self, sides: Sides, client_for: ClientFor, who: str) -> None:
        connection = sides.request()
        callers: dict[str, Principal] = {
            "stranger": member("buyer"),
            "viewer": member(role="viewer", organisation=sides.buyer.organisation),
        }

        response = post(client_for(callers[who]), address(connection), {"text": "Xin chào"})

        assert response.status_code == {"stranger": 404, "viewer": 403}[who]
        assert not Message.objects.exists()

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [({}, "/text"), ({"text": " "}, "/text"), ({"text": "x" * 4001}, "/text"), ({"text": "Xin", "x": 1}, "/x")],
    )
    def test_what_says_nothing_or_too_much_is_refused(
        self, sides: Sides, client_for: ClientFor, body: dict[str, Any], pointer: str
    ) -> None:
        connection = sides.request()

        response = post(client_for(sides.buyer), address(connection), body)

        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)
        assert not Message.objects.exists()

    @pytest.mark.parametrize("form", ["json", "multipart"])
    def test_a_message_of_a_megabyte_is_refused(self, sides: Sides, client_for: ClientFor, form: str) -> None:
        connection = sides.request()

        response = client_for(sides.buyer).post(address(connection), {"text": "x" * 1024**2}, format=form)

        assert response.status_code in (400, 413)
        assert not Message.objects.exists()
        assert not Event.objects.filter(topic="message.received").exists()

    def test_a_list_takes_as_many_queries_for_fifty_as_for_one(
        self, sides: Sides, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        connection, client = sides.request(), client_for(sides.buyer)
        services.send_message(connection_id=connection.pk, text="1", by=sides.buyer)
        with django_assert_num_queries(QUERIES_OF_A_LIST):
            assert len(client.get(address(connection)).json()["results"]) == 1
        Message.objects.bulk_create(Message(connection=connection, side="buyer", text=f"{n}") for n in range(49))

        with django_assert_num_queries(QUERIES_OF_A_LIST):
            assert len(client.get(address(connection)).json()["results"]) == 50


@pytest.mark.django_db
class TestAttaching:
    def test_a_file_comes_with_a_message_and_is_handed_out(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()

        sent = send(client_for(sides.supplier), connection, text="Báo giá", file=upload(CSV, "gia.csv"))
        attached = client_for(sides.buyer).get(sent["Location"]).json()["attachment"]
        file: Any = client_for(sides.buyer).get(attached["content"])

        assert sent.status_code == 201
        assert (attached["name"], attached["media_type"], attached["size_bytes"]) == ("gia.csv", "text/csv", len(CSV))
        assert b"".join(file.streaming_content) == CSV
        assert file["Content-Disposition"] == 'attachment; filename="gia.csv"'
        assert file["X-Content-Type-Options"] == "nosniff"
        assert files_kept() == 1

    @pytest.mark.parametrize(
        ("content", "name", "code"),
        [
            (b"MZ\x90\x00 a program", "drawing.exe", "file_type"),
            (b"MZ\x90\x00 a program", "drawing.pdf", "file_type_mismatch"),
            (CSV, "drawing.png", "file_type_mismatch"),
            (b"", "drawing.pdf", "file_empty"),
        ],
    )
    def test_a_file_of_a_wrong_kind_is_refused_and_nothing_kept(
        self, sides: Sides, client_for: ClientFor, content: bytes, name: str, code: str
    ) -> None:
        connection = sides.request()

        response = send(client_for(sides.buyer), connection, text="Bản vẽ", file=upload(content, name))

        assert (response.status_code, response.json()["errors"][0]["code"]) == (400, code)
        assert not Message.objects.exists()
        assert files_kept() == 0
        assert not Event.objects.filter(topic="message.received").exists()

    @pytest.mark.parametrize(
        ("text", "name", "expected"),
        [
            (b"Gi\xe1 s\xe0n", b"gia.csv", [("/text", "not_utf8")]),
            ("Giá".encode(), b"gi\xe1.csv", []),  # whose part it is cannot be read
        ],
    )
    def test_a_form_that_is_not_in_utf_8_is_refused_and_nothing_kept(
        self, sides: Sides, client_for: ClientFor, text: bytes, name: bytes, expected: Any
    ) -> None:
        connection = sides.request()
        form = (
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + text + b"\r\n"
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n'
            b"Content-Type: text/csv\r\n\r\n" + CSV + b"\r\n--x--\r\n"
        )

        response: Any = client_for(sides.buyer).post(
            address(connection), form, content_type="multipart/form-data; boundary=x"
        )

        assert response.status_code == 400
        assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == expected
        assert not Message.objects.exists()
        assert files_kept() == 0

    def test_there_are_so_many_files_and_no_more(self, sides: Sides, client_for: ClientFor, settings: Settings) -> None:
        settings.ATTACHMENTS_PER_CONNECTION = 1
        connection, client = sides.request(), client_for(sides.buyer)
        send(client, connection, file=upload(CSV, "1.csv"))

        response = send(client, connection, file=upload(CSV, "2.csv"))

        assert (response.status_code, response.json()["code"]) == (409, "attachment_quota_reached")
        assert Attachment.objects.count() == Message.objects.count() == files_kept() == 1

    @pytest.mark.parametrize("hidden", [{"visibility": "anonymous"}, {"nda_needed": True}])
    def test_what_is_under_an_nda_opens_when_both_have_agreed(
        self, client_for: ClientFor, hidden: dict[str, Any]
    ) -> None:
        sides = Sides(**hidden)
        connection, client = sides.request(), client_for(sides.supplier)
        sent = send(client_for(sides.buyer), connection, text="Bản vẽ", file=upload(pdf(), "kanto-shaft.pdf"))
        content = sent.json()["attachment"]["content"]

        before = client.get(sent["Location"])
        refused = client.get(content)
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)
        after = client.get(sent["Location"])

        assert (before.json()["attachment"], before.json()["attachment_withheld"]) == (None, True)
        assert "kanto" not in before.content.decode()
        assert refused.status_code == 404
        assert (after.json()["attachment"]["name"], after.json()["attachment_withheld"]) == ("kanto-shaft.pdf", False)
        assert client.get(content).status_code == 200

    def test_an_nda_hides_the_buyer_s_name_until_both_have_agreed(self, client_for: ClientFor) -> None:
        sides = Sides(nda_needed=True)
        name, client = str(sides.buyer.organisation), client_for(sides.supplier)
        requirement = f"/api/v1/requirements/{sides.requirement.public_id}"
        public = client.get(requirement)
        connection = sides.request()
        asked = client.get(f"{URL}/{connection.public_id}")
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)

        assert name not in public.content.decode() + asked.content.decode()
        assert "buyer" not in public.json()
        assert asked.json()["buyer_name"] is None
        assert client.get(requirement).json()["buyer_name"] == name
