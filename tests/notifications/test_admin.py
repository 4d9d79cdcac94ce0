"""Staff see what was told to whom, and have what was given up tried again. They change nothing else."""

import pytest
from django.test import Client
from django.urls import reverse

from jobs.models import ATTEMPTS
from notifications.models import Delivery, Event, Reaction, WebhookEndpoint
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.notifications import connection_requested

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff_client() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def dead_delivery() -> Delivery:
    event = connection_requested(OrganisationFactory.create())
    return Delivery.objects.create(
        event=event, recipient=UserFactory.create(), channel="email", state="dead", attempts=ATTEMPTS, last_error="550"
    )


@pytest.mark.parametrize("model", ["event", "delivery", "reaction"])
def test_lists_and_searches_open(staff_client: Client, dead_delivery: Delivery, model: str) -> None:
    Reaction.objects.create(event=dead_delivery.event, subscriber="tests.nobody")

    page = staff_client.get(reverse(f"admin:notifications_{model}_changelist"), {"q": dead_delivery.event.subject})

    assert page.status_code == 200
    assert "connection.requested" in page.content.decode()


def test_an_event_shows_its_deliveries_and_cannot_be_changed(staff_client: Client, dead_delivery: Delivery) -> None:
    address = reverse("admin:notifications_event_change", args=[dead_delivery.event_id])

    assert dead_delivery.reader.email in staff_client.get(address).content.decode()
    assert staff_client.post(address, {"topic": "forged"}).status_code == 403
    assert staff_client.get(reverse("admin:notifications_event_add")).status_code == 403
    assert Event.objects.get().topic == "connection.requested"


def test_a_message_that_was_given_up_is_tried_again_on_request(staff_client: Client, dead_delivery: Delivery) -> None:
    wish = {"action": "try_again", "_selected_action": [dead_delivery.pk]}

    page = staff_client.post(reverse("admin:notifications_delivery_changelist"), wish, follow=True)

    assert "1 will be tried again." in page.content.decode()
    dead_delivery.refresh_from_db()
    assert (dead_delivery.state, dead_delivery.give_up_after) == ("due", 2 * ATTEMPTS)


def test_of_a_webhook_s_address_staff_see_the_host_alone(staff_client: Client) -> None:
    secret = "https://hooks.receiver.example/in/s3cr3t-path?token=s3cr3t-query"
    endpoint = WebhookEndpoint.objects.create(
        organisation=OrganisationFactory.create(), url=secret, topics=["connection.accepted"], secret="sealed"
    )
    event = connection_requested(OrganisationFactory.create())
    delivery = Delivery.objects.create(event=event, endpoint=endpoint, channel="webhook")

    pages = [
        staff_client.get(reverse(f"admin:notifications_{page}", args=args)).content.decode()
        for page, args in (
            ("webhookendpoint_changelist", ()),
            ("webhookendpoint_change", (endpoint.pk,)),
            ("delivery_changelist", ()),
            ("delivery_change", (delivery.pk,)),
            ("event_change", (event.pk,)),
        )
    ]

    for page in pages:
        assert "https://hooks.receiver.example" in page
        assert "s3cr3t" not in page
    found = staff_client.get(reverse("admin:notifications_webhookendpoint_changelist"), {"q": "s3cr3t"})
    assert "hooks.receiver.example" not in found.content.decode()


def test_who_may_only_look_cannot_have_anything_tried_again(dead_delivery: Delivery) -> None:
    client = Client()
    client.force_login(UserFactory.create(is_staff=True))

    client.post(
        reverse("admin:notifications_delivery_changelist"),
        {"action": "try_again", "_selected_action": [dead_delivery.pk]},
    )

    dead_delivery.refresh_from_db()
    assert dead_delivery.state == "dead"
