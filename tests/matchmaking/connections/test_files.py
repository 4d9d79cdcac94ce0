"""Files that come with the messages of a connection."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.principals import Principal
from matchmaking import services
from matchmaking.models import Attachment, Connection, Message
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.files import CSV, content_of, pdf, png, upload
from tests.matchmaking.connections.scene import URL, Sides, files_kept, messages_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_storage")]
QUERIES_OF_A_LIST = 2
MB = 1024 * 1024


def files_of(connection: Connection) -> str:
    return f"{URL}/{connection.public_id}/files"


def nothing_was_sent() -> bool:
    told = Event.objects.filter(topic="message.received").exists()
    return not (Message.objects.exists() or Attachment.objects.exists() or files_kept() or told)


def test_a_file_comes_with_a_message_and_is_handed_out(sides: Sides, client_for: ClientFor) -> None:
    connection = sides.request()

    sent = send(client_for(sides.supplier), connection, text="Báo giá", files=upload(CSV, "gia.csv"))
    (shown,) = client_for(sides.buyer).get(sent["Location"]).json()["files"]
    file: Any = client_for(sides.buyer).get(shown["content"])

    assert sent.status_code == 201
    assert (shown["name"], shown["media_type"], shown["size_bytes"]) == ("gia.csv", "text/csv", len(CSV))
    assert shown["message"] == sent.json()["id"]
    assert content_of(file) == CSV
    assert file["Content-Disposition"] == 'attachment; filename="gia.csv"'
    assert file["X-Content-Type-Options"] == "nosniff"
    assert files_kept() == 1


def test_several_files_come_with_one_message_in_their_order(sides: Sides, client_for: ClientFor) -> None:
    connection, client = sides.request(), client_for(sides.buyer)
    files = [upload(pdf(), "bản vẽ.pdf"), upload(png(), "anh.png"), upload(CSV, "gia.csv")]

    sent = send(client_for(sides.supplier), connection, files=files)
    listed = client.get(files_of(connection)).json()["results"]

    assert [shown["name"] for shown in sent.json()["files"]] == ["bản vẽ.pdf", "anh.png", "gia.csv"]
    assert [shown["name"] for shown in listed] == ["gia.csv", "anh.png", "bản vẽ.pdf"]
    assert [content_of(client.get(shown["content"])) for shown in listed] == [CSV, png(), pdf()]
    assert client.get(f"{files_of(connection)}/{listed[0]['id']}").json() == listed[0]
    assert files_kept() == 3
    assert Event.objects.filter(topic="message.received").count() == 1


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\x00 a program", "drawing.exe", "file_type"),
        (b"MZ\x90\x00 a program", "drawing.pdf", "file_type_mismatch"),
        (CSV, "drawing.png", "file_type_mismatch"),
        (pdf(inside=b"<</OpenAction<</S/JavaScript>>>>"), "drawing.pdf", "file_active"),
        (b"", "drawing.pdf", "file_empty"),
    ],
)
def test_where_one_file_is_of_a_wrong_kind_nothing_is_kept(
    sides: Sides, client_for: ClientFor, content: bytes, name: str, code: str
) -> None:
    connection = sides.request()
    files = [upload(CSV, "gia.csv"), upload(content, name)]

    response = send(client_for(sides.buyer), connection, text="Bản vẽ", files=files)

    assert response.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]] == [("/files/1", code)]
    assert nothing_was_sent()


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (b"Gi\xe1 s\xe0n", b"gia.csv", [("/text", "not_utf8")]),
        ("Giá".encode(), b"gi\xe1.csv", []),  # whose part it is cannot be read
    ],
)
def test_a_form_that_is_not_in_utf_8_is_refused_and_nothing_kept(
    sides: Sides, client_for: ClientFor, text: bytes, name: bytes, expected: Any
) -> None:
    connection = sides.request()
    form = (
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + text + b"\r\n"
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="' + name + b'"\r\n'
        b"Content-Type: text/csv\r\n\r\n" + CSV + b"\r\n--x--\r\n"
    )

    response: Any = client_for(sides.buyer).post(
        messages_of(connection), form, content_type="multipart/form-data; boundary=x"
    )

    assert response.status_code == 400
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == expected
    assert nothing_was_sent()


@pytest.mark.parametrize(
    ("parts", "pointers"),
    [
        ({"text": ["one", "two"]}, ["/text"]),
        ({"files": ["no file"]}, ["/files"]),
        ({"files": [upload(CSV, f"{n}.csv") for n in range(11)]}, ["/files"]),
        ({"file": upload(CSV, "gia.csv")}, ["/file"]),
        ({"text": "Giá", "more": upload(CSV, "gia.csv")}, ["/more"]),
    ],
)
def test_a_form_that_says_something_wrong_is_refused_at_the_field(
    sides: Sides, client_for: ClientFor, parts: dict[str, Any], pointers: list[str]
) -> None:
    response = send(client_for(sides.buyer), sides.request(), **parts)

    assert response.status_code == 400
    assert [fault["pointer"] for fault in response.json()["errors"]] == pointers
    assert nothing_was_sent()


def test_more_parts_than_a_form_may_have_are_refused(sides: Sides, client_for: ClientFor) -> None:
    files = [upload(CSV, f"{n}.csv") for n in range(101)]

    response = send(client_for(sides.buyer), sides.request(), files=files)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert nothing_was_sent()


def test_files_that_are_too_large_together_are_refused_by_the_length_of_the_form(
    sides: Sides, client_for: ClientFor
) -> None:
    files = [upload(CSV + b"x" * 6 * MB, f"{n}.csv") for n in range(2)]

    response = send(client_for(sides.buyer), sides.request(), files=files)

    assert (response.status_code, response.json()["code"]) == (413, "file_too_large")
    assert response.json()["detail"] == "The files have more than 10 MB together."
    assert nothing_was_sent()


def test_a_connection_holds_so_many_files_and_no_more(sides: Sides, client_for: ClientFor, settings: Settings) -> None:
    settings.ATTACHMENTS_PER_CONNECTION = 2
    connection, client = sides.request(), client_for(sides.buyer)
    send(client, connection, files=upload(CSV, "1.csv"))

    response = send(client, connection, text="Và", files=[upload(CSV, "2.csv"), upload(CSV, "3.csv")])

    assert (response.status_code, response.json()["code"]) == (409, "attachment_quota_reached")
    assert {name: response.json()[name] for name in ("files", "most_files")} == {"files": 1, "most_files": 2}
    assert Attachment.objects.count() == Message.objects.count() == files_kept() == 1
    assert send(client, connection, files=upload(CSV, "2.csv")).status_code == 201


def test_files_of_a_connection_have_room_for_so_many_bytes(
    sides: Sides, client_for: ClientFor, settings: Settings
) -> None:
    settings.ATTACHMENT_BYTES_PER_CONNECTION = 3 * len(CSV) - 1
    connection, client = sides.request(), client_for(sides.buyer)
    send(client, connection, files=upload(CSV, "1.csv"))

    response = send(client, connection, files=[upload(CSV, "2.csv"), upload(CSV, "3.csv")])

    assert (response.status_code, response.json()["code"]) == (409, "attachment_quota_reached")
    assert Attachment.objects.count() == Message.objects.count() == files_kept() == 1


@pytest.mark.parametrize("hidden", [{"visibility": "anonymous"}, {"nda_needed": True}])
def test_what_is_under_an_nda_opens_when_both_have_agreed(client_for: ClientFor, hidden: dict[str, Any]) -> None:
    sides = Sides(**hidden)
    connection, client = sides.request(), client_for(sides.supplier)
    drawn = upload(pdf(), "kanto-shaft.pdf")
    sent = send(client_for(sides.buyer), connection, text="Bản vẽ", files=[drawn, upload(CSV, "kanto.csv")])
    send(client, connection, text="Máy của chúng tôi", files=upload(png(), "may.png"))
    (drawing, _table) = sent.json()["files"]
    paths = [drawing["content"], f"{files_of(connection)}/{drawing['id']}"]

    before, listed = client.get(sent["Location"]), client.get(files_of(connection))
    refused = [client.get(path).status_code for path in paths]
    services.accept_connection(connection_id=connection.pk, by=sides.supplier)
    after = client.get(sent["Location"]).json()

    assert (before.json()["files"], before.json()["files_withheld"]) == ([], True)
    assert [shown["name"] for shown in listed.json()["results"]] == ["may.png"]
    assert "kanto" not in before.content.decode() + listed.content.decode()
    assert refused == [404, 404]
    assert ([shown["name"] for shown in after["files"]], after["files_withheld"]) == (
        ["kanto-shaft.pdf", "kanto.csv"],
        False,
    )
    assert [client.get(path).status_code for path in paths] == [200, 200]
    assert len(client.get(files_of(connection)).json()["results"]) == 3


def test_what_the_buyer_and_the_agency_see_is_not_withheld(client_for: ClientFor) -> None:
    sides = Sides(nda_needed=True)
    connection = sides.request()
    send(client_for(sides.buyer), connection, files=upload(pdf(), "kanto-shaft.pdf"))

    for reader in (sides.buyer, member("agency")):
        (message,) = client_for(reader).get(messages_of(connection)).json()["results"]
        assert ([shown["name"] for shown in message["files"]], message["files_withheld"]) == (
            ["kanto-shaft.pdf"],
            False,
        )
        assert len(client_for(reader).get(files_of(connection)).json()["results"]) == 1


def test_a_file_is_found_below_its_own_connection_alone(sides: Sides, client_for: ClientFor) -> None:
    connection = sides.request()
    other = make.ConnectionFactory.create(supplier=sides.firm)
    sent = send(client_for(sides.buyer), connection, files=upload(CSV, "gia.csv")).json()["files"][0]["id"]
    client = client_for(sides.supplier)
    callers: dict[str, Principal] = {"stranger": member("supplier"), "other buyer": member("buyer")}

    assert client.get(f"{files_of(connection)}/{sent}").status_code == 200
    assert client.get(f"{files_of(other)}/{sent}").status_code == 404
    for caller in callers.values():
        for path in (files_of(connection), f"{files_of(connection)}/{sent}", f"{files_of(connection)}/{sent}/content"):
            assert client_for(caller).get(path).status_code == 404


def test_a_list_of_files_takes_as_many_queries_for_fifty_as_for_one(
    sides: Sides, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    connection, client = sides.request(), client_for(sides.supplier)
    make.message_with_file(connection)
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        assert len(client.get(files_of(connection)).json()["results"]) == 1
    message = make.message_with_file(connection)
    Attachment.objects.bulk_create(
        Attachment(
            message=message, name="a.csv", media_type="text/csv", size_bytes=1, sha256="0" * 64, stored_as=f"{n}"
        )
        for n in range(48)
    )

    with django_assert_num_queries(QUERIES_OF_A_LIST):
        assert len(client.get(files_of(connection)).json()["results"]) == 50
