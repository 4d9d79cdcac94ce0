"""Notifications in the product: each reader's own, in the language of the request, read once or unread again."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership
from accounts.principals import Principal
from accounts.services import issue_api_key
from notifications import relay
from notifications.models import Delivery, Event, Notification
from tests.conftest import ClientFor
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.notifications import REQUIREMENT_TITLE, connection_requested

pytestmark = pytest.mark.django_db
URL = "/api/v1/notifications"


def tell(reader: Principal, number: int = 1) -> list[Notification]:
    """That many notifications for the reader, oldest first."""
    assert reader.organisation is not None
    for _ in range(number):
        connection_requested(reader.organisation)
    relay.fan_out_all()
    return list(Notification.objects.filter(recipient=reader.user, channel="in_app").order_by("pk"))


def ids_of(page: Any) -> list[str]:
    return [row["id"] for row in page.json()["results"]]


def test_who_is_told_finds_it_in_the_product_in_the_language_of_the_request(
    reader: Principal, client_for: ClientFor
) -> None:
    (row,) = tell(reader)
    client = client_for(reader)

    (english,) = client.get(URL).json()["results"]
    vietnamese = client.get(f"{URL}/{row.public_id}", headers={"accept-language": "vi"}).json()

    assert english["id"] == row.public_id
    assert english["id"].startswith("ntf_")
    assert (english["topic"], english["subject"]) == ("connection.requested", row.event.subject)
    assert english["title"] == f"Kyoto Pumps would like to talk to you: {REQUIREMENT_TITLE}"
    assert english["text"].startswith("Kyoto Pumps asks Mechanics for a connection about the requirement")
    assert "Dear" not in english["text"]
    assert english["url"].endswith(f"/api/v1/connections/{row.event.subject}")
    assert english["read_at"] is None
    assert vietnamese["title"] == f"Kyoto Pumps muốn trao đổi với Quý vị: {REQUIREMENT_TITLE}"


@pytest.mark.parametrize("unread", ["maybe", "1", "True"])
def test_a_filter_that_is_neither_true_nor_false_is_refused_and_not_passed_over(
    reader: Principal, client_for: ClientFor, unread: str
) -> None:
    tell(reader)

    refused = client_for(reader).get(f"{URL}?unread={unread}")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/unread")


def test_reading_is_noted_once_and_taken_back(reader: Principal, client_for: ClientFor) -> None:
    first, second = tell(reader, 2)
    client = client_for(reader)
    assert client.get(f"{URL}/unread").json() == {"unread": 2}

    read = client.post(f"{URL}/{first.public_id}/read").json()
    again = client.post(f"{URL}/{first.public_id}/read").json()

    assert read["read_at"] is not None
    assert again["read_at"] == read["read_at"]
    assert client.get(f"{URL}/unread").json() == {"unread": 1}
    assert ids_of(client.get(f"{URL}?unread=true")) == [second.public_id]
    assert ids_of(client.get(f"{URL}?unread=false")) == [first.public_id]
    assert client.post(f"{URL}/{first.public_id}/keep-unread").json()["read_at"] is None
    assert client.get(f"{URL}/unread").json() == {"unread": 2}


def test_all_are_read_up_to_the_one_that_was_shown(reader: Principal, client_for: ClientFor) -> None:
    rows = tell(reader, 3)
    client = client_for(reader)

    assert client.post(f"{URL}/read-all", {"until": rows[1].public_id}).json() == {"unread": 1}
    assert ids_of(client.get(f"{URL}?unread=true")) == [rows[2].public_id]
    assert client.post(f"{URL}/read-all").json() == {"unread": 0}


def test_nobody_reads_or_marks_what_another_was_told(reader: Principal, client_for: ClientFor) -> None:
    (row,) = tell(reader)
    colleague = client_for(member(organisation=reader.organisation))

    assert ids_of(colleague.get(URL)) == []
    for act in ("read", "keep-unread"):
        assert colleague.post(f"{URL}/{row.public_id}/{act}").status_code == 404
    refused = colleague.post(f"{URL}/read-all", {"until": row.public_id})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/until")
    row.refresh_from_db()
    assert row.read_at is None


def test_software_has_no_notifications(reader: Principal, client_for: ClientFor) -> None:
    tell(reader)
    key, _ = issue_api_key(name="ERP", scopes=["read"], by=reader)

    client = client_for(Principal.of_key(key))

    assert ids_of(client.get(URL)) == []
    assert client.get("/api/v1/notification-preferences").json()["code"] == "person_required"


def test_who_has_left_reads_no_more_of_what_the_organisation_was_told(reader: Principal, client_for: ClientFor) -> None:
    (row,) = tell(reader)
    Membership.objects.filter(user=reader.user).delete()

    client = client_for(Principal(user=reader.user))

    assert ids_of(client.get(URL)) == []
    assert client.get(f"{URL}/{row.public_id}").status_code == 404
    assert client.get(f"{URL}/unread").json() == {"unread": 0}


def test_an_event_of_an_older_release_is_listed_by_the_name_of_its_topic_alone(
    reader: Principal, client_for: ClientFor
) -> None:
    tell(reader, 2)
    first, second = Event.objects.order_by("pk")
    Event.objects.filter(pk=first.pk).update(payload={})
    Event.objects.filter(pk=second.pk).update(topic="something.forgotten")

    (row,) = client_for(reader).get(URL).json()["results"]

    assert (row["title"], row["text"]) == ("Request of a buyer", "")


@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_costs_the_same_queries_whatever_its_length(
    rows: int, reader: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tell(reader, rows)
    client = client_for(reader)

    with django_assert_num_queries(1):
        page = client.get(f"{URL}?page_size=200")

    assert len(page.json()["results"]) == rows


def test_a_person_in_two_organisations_that_are_told_gets_one(reader: Principal) -> None:
    other = OrganisationFactory.create()
    assert reader.user is not None
    Membership.objects.create(user=reader.user, organisation=other, role="viewer")
    (row,) = tell(reader)

    Event.objects.update(audience=[reader.organisation_id, other.pk], state="due")
    relay.fan_out_all()

    told = Delivery.objects.filter(recipient=reader.user).order_by("channel")
    assert [(each.channel, each.state) for each in told] == [("email", "due"), ("in_app", "done")]
    assert told[1].pk == row.pk


def test_a_stranger_with_a_browser_is_asked_to_sign_in() -> None:
    assert Client().get(URL).status_code == 401
