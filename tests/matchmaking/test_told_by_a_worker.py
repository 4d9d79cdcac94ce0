"""From an act to those who are told, through a real worker: a webhook over TLS, and the alert of a saved search."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook

from matchmaking import services
from matchmaking.tasks import look_at_changes
from notifications.models import Delivery
from notifications.services import add_endpoint
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.suppliers import CapabilityFactory, SiteFactory, SupplierFactory
from tests.fixtures.certificates import certificate_for
from tests.fixtures.mail import SmtpInbox
from tests.fixtures.receiver import Receiver, serve, status
from tests.fixtures.worker import StartWorker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def secure_receiver(settings: Settings, tmp_path: Path) -> Iterator[tuple[Receiver, Path]]:
    """One at https://127.0.0.1, and the certificate that must be trusted."""
    settings.WEBHOOKS_MAY_GO_TO_LOOPBACK = True
    certificate, key = certificate_for("127.0.0.1", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listening = Receiver()
    server = serve(listening, tls=context)
    yield listening, certificate
    server.shutdown()
    server.server_close()


def told(receiver: Receiver) -> bool:
    return len(receiver.received) > 0 and not Delivery.objects.exclude(state="done").exists()


def test_software_and_people_are_told_of_a_request_by_a_worker(
    secure_receiver: tuple[Receiver, Path], start_worker: StartWorker, smtp_inbox: SmtpInbox
) -> None:
    receiver, certificate = secure_receiver
    receiver.answers = [status(204)]
    buyer, supplier = member("buyer"), member("supplier")
    asked = make.requirement(make.verified_buyer(buyer.organisation))
    firm = make.published_supplier(supplier.organisation)
    _endpoint, secret = add_endpoint(values={"url": receiver.url, "topics": ["connection.requested"]}, by=supplier)
    worker = start_worker(SSL_CERT_FILE=str(certificate))

    connection = services.request_connection(requirement_id=asked.pk, supplier_id=firm.pk, by=buyer)
    worker.wait_until(lambda: told(receiver))

    (request,) = receiver.received
    assert Webhook(secret).verify(request.body, request.headers)["data"]["id"] == connection.public_id
    delivery = Delivery.objects.get(channel="webhook")
    assert (delivery.public_id, delivery.attempts) == (request.headers["webhook-id"], 1)
    assert supplier.user is not None
    assert [message["To"] for message in smtp_inbox.messages] == [supplier.user.email]


def test_a_worker_tells_nobody_whose_certificate_it_does_not_trust(
    secure_receiver: tuple[Receiver, Path], start_worker: StartWorker, smtp_inbox: SmtpInbox
) -> None:
    receiver, _certificate = secure_receiver
    buyer, supplier = member("buyer"), member("supplier")
    asked = make.requirement(make.verified_buyer(buyer.organisation))
    firm = make.published_supplier(supplier.organisation)
    add_endpoint(values={"url": receiver.url, "topics": ["connection.requested"]}, by=supplier)
    worker = start_worker()

    services.request_connection(requirement_id=asked.pk, supplier_id=firm.pk, by=buyer)
    worker.wait_until(lambda: Delivery.objects.filter(channel="webhook", attempts=1).exclude(last_error="").exists())

    assert "certificate" in Delivery.objects.get(channel="webhook").last_error.lower()
    assert receiver.received == []


def test_the_owner_of_a_saved_search_is_alerted_by_a_worker_once(
    start_worker: StartWorker, smtp_inbox: SmtpInbox
) -> None:
    buyer = member("buyer")
    make.verified_buyer(buyer.organisation)
    services.save_search(values={"name": "Everybody", "kind": "suppliers", "alert": "at_once"}, by=buyer)
    firm = SupplierFactory.create(published=True, organisation__trade_name="Phú Tùng")
    CapabilityFactory.create(site=SiteFactory.create(supplier=firm))
    worker = start_worker()
    worker.wait_until_ready()

    for _time in range(2):
        look_at_changes.delay()  # what the schedule does every 30 seconds
    worker.wait_until(lambda: Delivery.objects.filter(channel="email", state="done").exists())

    (message,) = smtp_inbox.messages
    assert buyer.user is not None
    assert message["To"] == buyer.user.email
    text = message.get_body(("plain",))
    assert text is not None
    assert "Phú Tùng" in text.get_content()
    assert Delivery.objects.filter(channel="email").count() == 1
