"""What was given up, in the hands of staff: seen, and tried again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiKey
from accounts.principals import Principal
from notifications import services
from notifications.models import DeadLetter, Delivery, Event, Reaction, WebhookEndpoint
from notifications.tasks import deliver_due
from tests.conftest import ClientFor
from tests.factories.accounts import UserFactory, member
from tests.factories.notifications import connection_requested
from tests.fixtures.mail import SmtpInbox

pytestmark = pytest.mark.django_db
URL = "/api/v1/dead-letters"


@pytest.fixture
def officer() -> Principal:
    return member("agency")


@pytest.fixture
def letter(smtp_inbox: SmtpInbox) -> Delivery:
    """An e-mail to an address that bounces."""
    reader = member()
    assert reader.organisation is not None
    connection_requested(reader.organisation)
    smtp_inbox.answer_to_address = "550 No such mailbox"
    deliver_due()
    smtp_inbox.answer_to_address = "250 Ok"
    return Delivery.objects.get(channel="email")


def test_staff_see_why_and_have_it_sent_again(
    letter: Delivery, officer: Principal, client_for: ClientFor, smtp_inbox: SmtpInbox
) -> None:
    client = client_for(officer)

    (row,) = client.get(URL).json()["results"]
    again = client.post(f"{URL}/{letter.public_id}/replay")
    deliver_due()

    assert row["id"] == letter.public_id
    assert (row["channel"], row["topic"], row["state"]) == ("email", "connection.requested", "dead")
    assert (row["person"], row["endpoint"]) == (letter.reader.public_id, None)
    assert row["last_error"] == "550 No such mailbox"
    assert (again.status_code, again.json()["state"]) == (200, "due")
    (message,) = smtp_inbox.messages
    assert str(message["Message-ID"]).startswith(f"<{letter.public_id}@")
    assert client.get(URL).json()["results"] == []
    event = Event.objects.get(topic="dead_letter.replayed")
    assert (event.actor, event.payload) == (officer.user, {"delivery": letter.public_id})


def test_a_second_time_there_is_no_letter(letter: Delivery, officer: Principal, client_for: ClientFor) -> None:
    client = client_for(officer)

    statuses = [client.post(f"{URL}/{letter.public_id}/replay").status_code for _ in range(2)]

    assert statuses == [200, 404]
    assert Event.objects.filter(topic="dead_letter.replayed").count() == 1


def test_to_others_there_are_none_not_even_their_own(letter: Delivery, client_for: ClientFor) -> None:
    client = client_for(Principal(user=letter.recipient))

    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}/{letter.public_id}").status_code == 404
    assert client.post(f"{URL}/{letter.public_id}/replay").status_code == 404


def test_who_may_only_look_has_nothing_sent_again(letter: Delivery, client_for: ClientFor) -> None:
    viewer = member("agency", role="viewer")

    assert client_for(viewer).get(f"{URL}/{letter.public_id}").status_code == 200
    assert client_for(viewer).post(f"{URL}/{letter.public_id}/replay").status_code == 403
    letter.refresh_from_db()
    assert letter.state == "dead"


def test_a_webhook_gets_its_whole_number_of_attempts_if_its_endpoint_is_on(
    officer: Principal, client_for: ClientFor
) -> None:
    owner = member()
    assert owner.organisation is not None
    values = {"url": "https://hooks.firm.example/", "topics": ["connection.requested"]}
    endpoint, _ = services.add_endpoint(values=values, by=owner)
    event = connection_requested(owner.organisation)
    letter = Delivery.objects.create(event=event, endpoint=endpoint, channel="webhook", state="dead", attempts=10)
    WebhookEndpoint.objects.update(is_active=False, disabled_reason="failing")
    client = client_for(officer)

    refused = client.post(f"{URL}/{letter.public_id}/replay")
    WebhookEndpoint.objects.update(is_active=True, disabled_reason="")
    taken = client.post(f"{URL}/{letter.public_id}/replay")

    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_endpoint_inactive")
    assert (taken.status_code, taken.json()["endpoint"]) == (200, endpoint.public_id)
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.give_up_after) == ("due", 10, 20)


def test_what_is_tried_anew_in_the_admin_gets_as_many_attempts_as_its_channel_has_and_waits_for_no_rest(
    letter: Delivery,
) -> None:
    owner = member()
    values = {"url": "https://hooks.firm.example/", "topics": ["connection.requested"]}
    endpoint, _ = services.add_endpoint(values=values, by=owner)
    webhook = Delivery.objects.create(
        event=letter.event, endpoint=endpoint, channel="webhook", state="dead", attempts=10
    )
    WebhookEndpoint.objects.update(resting_until=timezone.now() + timedelta(hours=1))

    assert Delivery.objects.filter(pk__in=[letter.pk, webhook.pk]).revive() == 2

    for row, attempts in ((letter, letter.attempts + 12), (webhook, 20)):
        row.refresh_from_db()
        assert (row.state, row.give_up_after) == ("due", attempts)
    endpoint.refresh_from_db()
    assert endpoint.resting_until is None


def test_keys_of_the_agency_look_and_change_nothing(
    letter: Delivery, officer: Principal, client_for: ClientFor
) -> None:
    key = ApiKey(organisation=officer.organisation, scopes=["read"], name="Monitor")
    client = client_for(Principal.of_key(key))

    assert len(client.get(f"{URL}?channel=email&topic=connection.requested").json()["results"]) == 1
    assert client.get(f"{URL}?channel=webhook").json()["results"] == []
    assert client.post(f"{URL}/{letter.public_id}/replay").status_code == 403


@pytest.fixture
def failed(letter: Delivery) -> Reaction:
    """Work of the product, for the same event, that failed for good."""
    return Reaction.objects.create(
        event=letter.event, subscriber="refresh audiences", state="dead", attempts=12, last_error="KeyError: 'x'"
    )


def test_work_of_the_product_that_failed_stands_beside_and_is_done_again(
    letter: Delivery, failed: Reaction, officer: Principal, client_for: ClientFor
) -> None:
    client, own_id = client_for(officer), f"rea_{failed.pk}"

    rows = client.get(URL).json()["results"]
    (row,) = client.get(f"{URL}?channel=reaction").json()["results"]
    again = client.post(f"{URL}/{own_id}/replay")

    assert {each["id"] for each in rows} == {own_id, letter.public_id}
    assert (row["id"], row["subscriber"], row["topic"]) == (own_id, "refresh audiences", "connection.requested")
    assert (row["person"], row["endpoint"], row["last_error"]) == (None, None, "KeyError: 'x'")
    assert (again.status_code, again.json()["state"]) == (200, "due")
    failed.refresh_from_db()
    assert (failed.state, failed.give_up_after) == ("due", 24)
    assert [each["id"] for each in client.get(URL).json()["results"]] == [letter.public_id]
    assert client.post(f"{URL}/{own_id}/replay").status_code == 404


def test_staff_have_both_kinds_tried_again_in_one_list_of_the_admin(letter: Delivery, failed: Reaction) -> None:
    client, address = Client(headers={"accept-language": "en"}), reverse("admin:notifications_deadletter_changelist")
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    page = client.get(address).content.decode()
    chosen = list(DeadLetter.objects.values_list("pk", flat=True))

    told = client.post(address, {"action": "try_again", "_selected_action": chosen}, follow=True).content.decode()

    assert "refresh audiences" in page
    assert letter.reader.email in page
    assert "2 will be tried again." in told
    for row in (letter, failed):
        row.refresh_from_db()
        assert row.state == "due"


@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_costs_the_same_queries_whatever_its_length(
    rows: int, officer: Principal, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader = member()
    assert reader.organisation is not None
    for _ in range(rows):
        event = connection_requested(reader.organisation)
        Delivery.objects.create(event=event, recipient=reader.user, channel="email", state="dead")
        Reaction.objects.create(event=event, subscriber="x", state="dead")
    client = client_for(officer)

    with django_assert_num_queries(1):
        page = client.get(f"{URL}?page_size=200")

    assert len(page.json()["results"]) == 2 * rows
