"""What the sides of a connection write to each other."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.principals import Principal
from matchmaking import services
from matchmaking.models import Message
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.files import CSV, upload
from tests.matchmaking.connections.scene import URL, Sides, files_kept, messages_of, post, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_storage")]
QUERIES_OF_A_LIST = 3


def test_an_organisation_writes_so_many_and_no_more_are_mailed(
    sides: Sides, client_for: ClientFor, settings: Settings
) -> None:
    settings.LIMITS = {**settings.LIMITS, "message": "2/hour"}
    connection = sides.request()
    colleague = member("supplier", organisation=sides.supplier.organisation)
    writers = [sides.supplier, colleague, sides.supplier, sides.buyer]

    answers = [post(client_for(writer), messages_of(connection), {"text": "Xin chào"}) for writer in writers]

    assert [answer.status_code for answer in answers] == [201, 201, 429, 201]
    assert Message.objects.count() == Event.objects.filter(topic="message.received").count() == 3


def test_both_sides_write_and_read(sides: Sides, client_for: ClientFor) -> None:
    connection = sides.request()

    asked = post(client_for(sides.supplier), messages_of(connection), {"text": "Bản vẽ ở đâu?"})
    answered = post(client_for(sides.buyer), messages_of(connection), {"text": "Chúng tôi gửi sau."})
    read = client_for(sides.buyer).get(messages_of(connection)).json()["results"]

    assert (asked.status_code, answered.status_code) == (201, 201)
    assert asked["Location"].startswith(f"{messages_of(connection)}/msg_")
    assert [(row["side"], row["text"]) for row in read] == [
        ("buyer", "Chúng tôi gửi sau."),
        ("supplier", "Bản vẽ ở đâu?"),
    ]
    told = Event.objects.filter(topic="message.received").order_by("pk")
    assert [event.audience for event in told] == [[sides.buyer.organisation_id], [sides.supplier.organisation_id]]
    assert "Bản vẽ" not in str(told[0].payload)


def test_messages_are_found_by_side_and_since_when(sides: Sides, client_for: ClientFor) -> None:
    connection, client = sides.request(), client_for(sides.buyer)
    first = make.message_with_file(connection)
    second = Message.objects.create(connection=connection, side="supplier", text="Xin chào")

    def found(**query: str) -> list[str]:
        return [row["id"] for row in client.get(messages_of(connection), query).json()["results"]]

    assert found(side="supplier") == [second.public_id]
    assert found(created_at__gte=second.created_at.isoformat()) == [second.public_id]
    assert found(created_at__lte=first.created_at.isoformat()) == [first.public_id]
    assert client.get(messages_of(connection), {"side": "nobody"}).status_code == 400


def test_the_agency_writes_to_both(sides: Sides, client_for: ClientFor) -> None:
    connection = sides.request()

    sent = post(client_for(member("agency")), messages_of(connection), {"text": "Xin hai bên trao đổi."})

    assert (sent.status_code, sent.json()["side"]) == (201, "agency")
    both = sorted([sides.buyer.organisation_id or 0, sides.supplier.organisation_id or 0])
    assert Event.objects.get(topic="message.received").audience == both


@pytest.mark.parametrize("state", ["declined", "withdrawn", "expired", "lost"])
def test_what_has_ended_takes_no_more(sides: Sides, client_for: ClientFor, state: str) -> None:
    ended = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state=state)

    response = post(client_for(sides.buyer), messages_of(ended), {"text": "Xin chào"})

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
    sides: Sides, client_for: ClientFor, state: str, side: str, standing: str, refusal: tuple[int, str]
) -> None:
    connection = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state=state)
    other = {"buyer": sides.supplier, "supplier": sides.buyer}[side]
    services.send_message(connection_id=connection.pk, text="Xin chào", by=other)
    row: Any = {"buyer": sides.requirement.buyer, "supplier": sides.firm}[side]
    type(row).objects.filter(pk=row.pk).update(state=standing)
    client = client_for(getattr(sides, side))

    refused = post(client, messages_of(connection), {"text": "Xin chào"})
    attached = send(client, connection, files=upload(CSV, "gia.csv"))
    answered = post(client_for(other), messages_of(connection), {"text": "Còn đó không?"})
    read = client.get(messages_of(connection))

    for response in (refused, attached):
        assert (response.status_code, response.json()["code"]) == refusal
        assert response.json()["state"] == standing
    assert files_kept() == 0
    assert answered.status_code == 201
    assert [message["text"] for message in read.json()["results"]] == ["Còn đó không?", "Xin chào"]


@pytest.mark.parametrize("who", ["stranger", "viewer"])
def test_nobody_else_writes(sides: Sides, client_for: ClientFor, who: str) -> None:
    connection = sides.request()
    callers: dict[str, Principal] = {
        "stranger": member("buyer"),
        "viewer": member(role="viewer", organisation=sides.buyer.organisation),
    }

    response = post(client_for(callers[who]), messages_of(connection), {"text": "Xin chào"})

    assert response.status_code == {"stranger": 404, "viewer": 403}[who]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "/text"), ({"text": " "}, "/text"), ({"text": "x" * 4001}, "/text"), ({"text": "Xin", "x": 1}, "/x")],
)
def test_what_says_nothing_or_too_much_is_refused(
    sides: Sides, client_for: ClientFor, body: dict[str, Any], pointer: str
) -> None:
    connection = sides.request()

    response = post(client_for(sides.buyer), messages_of(connection), body)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)
    assert not Message.objects.exists()


@pytest.mark.parametrize("form", ["json", "multipart"])
def test_a_message_of_a_megabyte_is_refused(sides: Sides, client_for: ClientFor, form: str) -> None:
    connection = sides.request()

    response = client_for(sides.buyer).post(messages_of(connection), {"text": "x" * 1024**2}, format=form)

    assert response.status_code in (400, 413)
    assert not Message.objects.exists()
    assert not Event.objects.filter(topic="message.received").exists()


def test_a_list_takes_as_many_queries_for_fifty_as_for_one(
    sides: Sides, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    connection, client = sides.request(), client_for(sides.buyer)
    services.send_message(connection_id=connection.pk, text="1", by=sides.buyer)
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        assert len(client.get(messages_of(connection)).json()["results"]) == 1
    Message.objects.bulk_create(Message(connection=connection, side="buyer", text=f"{n}") for n in range(49))

    with django_assert_num_queries(QUERIES_OF_A_LIST):
        assert len(client.get(messages_of(connection)).json()["results"]) == 50


def test_an_nda_hides_the_buyer_s_name_until_both_have_agreed(client_for: ClientFor) -> None:
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
