"""What receivers verify, with the library that the specification names."""

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.principals import Principal
from notifications import services
from notifications.models import WebhookEndpoint
from notifications.webhooks import signing
from tests.fixtures.receiver import Receiver
from tests.notifications.webhooks.scene import TOPIC, announce, attempt, endpoint_of

pytestmark = pytest.mark.django_db


def test_the_reference_library_verifies_what_arrives(owner: Principal, receiver: Receiver) -> None:
    _, secret = endpoint_of(owner, receiver.url)
    announce(owner)

    delivery = attempt()

    (request,) = receiver.received
    verified = Webhook(secret).verify(request.body, request.headers)
    assert verified["type"] == TOPIC
    assert request.headers["webhook-id"] == delivery.public_id
    assert request.headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(request.body + b" ", request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(request.body, request.headers)


def test_for_a_day_after_a_rotation_both_secrets_verify(owner: Principal, receiver: Receiver) -> None:
    endpoint, old = endpoint_of(owner, receiver.url)
    _, new = services.rotate_secret(endpoint_id=endpoint.pk, by=owner)
    announce(owner)
    attempt()
    WebhookEndpoint.objects.update(former_secret_until=timezone.now())
    announce(owner)
    attempt()

    during, after = receiver.received
    for secret in (old, new):
        Webhook(secret).verify(during.body, during.headers)
    Webhook(new).verify(after.body, after.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(after.body, after.headers)


def test_the_secret_is_stored_encrypted_and_read_after_the_key_was_changed(
    owner: Principal, settings: Settings
) -> None:
    endpoint, secret = endpoint_of(owner, "https://a.firm.example/")
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in endpoint.secret

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert signing.decrypted(endpoint.secret) == secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(signing.SecretLostError):
        signing.decrypted(endpoint.secret)


def test_a_secret_that_cannot_be_read_any_more_is_said(owner: Principal, receiver: Receiver) -> None:
    endpoint_of(owner, receiver.url)
    WebhookEndpoint.objects.update(secret=Fernet(Fernet.generate_key()).encrypt(b"x").decode())
    announce(owner)

    assert attempt().last_error == "The secret cannot be read any more: rotate it."
    assert receiver.received == []
