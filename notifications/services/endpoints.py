"""An organisation's webhook endpoints: adding, changing, switching, new secrets, telling again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.principals import Principal
from config.errors import InvalidFactError, NotAllowedError
from jobs.models import DueRow
from notifications.errors import DeliveryPendingError, EndpointInactiveError, TooManyEndpointsError
from notifications.models import Delivery, WebhookEndpoint
from notifications.models.webhook import manages_webhooks
from notifications.relay import webhook_delivery
from notifications.services.publishing import publish
from notifications.topics import REPLAYED, TEST_TOPIC, webhook_topics
from notifications.webhooks.addresses import UnfitAddressError, parse
from notifications.webhooks.signing import encrypted, new_secret

MOST_ENDPOINTS = 20
"""Of one organisation."""
FORMER_SECRET_SIGNS = timedelta(hours=24)
"""How long the secret before a rotation signs beside the new one."""

Reason = WebhookEndpoint.DisabledReason


@transaction.atomic
def add_endpoint(*, values: Mapping[str, Any], by: Principal) -> tuple[WebhookEndpoint, str]:
    """Let an address be told of events.

    Args:
        values: url and topics, and description.

    Returns:
        The row, and the secret with which it is signed; it is not shown again.

    Raises:
        NotAllowedError: the caller is neither an owner nor a key with the scope `webhooks`.
        InvalidFactError: the address is none that is told, or there are no such topics.
        TooManyEndpointsError: the organisation has `MOST_ENDPOINTS`.
    """
    if not manages_webhooks(by) or by.organisation is None:
        raise NotAllowedError
    _check(values, by.organisation)
    # Whoever adds one at the same time waits here, so that two cannot pass the limit together.
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation.pk)
    if WebhookEndpoint.objects.filter(organisation=by.organisation).count() >= MOST_ENDPOINTS:
        raise TooManyEndpointsError(limit=MOST_ENDPOINTS)
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        organisation=by.organisation, created_by=by.user, secret=encrypted(secret), **values
    )
    publish("webhook_endpoint.added", subject=endpoint, actor=by)
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    *, endpoint_id: int, values: Mapping[str, Any], by: Principal, expected_version: int | None = None
) -> WebhookEndpoint:
    """Change address, topics or description.

    Raises:
        WebhookEndpoint.DoesNotExist: there is none, or the caller does not manage it.
        StaleVersionError: it has changed since `expected_version`.
        InvalidFactError: as `add_endpoint`.
    """
    endpoint = _locked(endpoint_id, by=by)
    endpoint.check_version(expected_version)
    _check(values, endpoint.organisation)
    for name, value in values.items():
        setattr(endpoint, name, value)
    endpoint.resting_until = None
    endpoint.save_next_version()
    publish("webhook_endpoint.changed", subject=endpoint, actor=by)
    return endpoint


@transaction.atomic
def remove_endpoint(*, endpoint_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Remove an endpoint with its log; what it has not been told yet it is not told any more.

    Raises:
        WebhookEndpoint.DoesNotExist, StaleVersionError: as `change_endpoint`.
    """
    endpoint = _locked(endpoint_id, by=by)
    endpoint.check_version(expected_version)
    publish("webhook_endpoint.removed", subject=endpoint, actor=by)
    endpoint.delete()


@transaction.atomic
def rotate_secret(*, endpoint_id: int, by: Principal) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint a new secret. The former one signs too for `FORMER_SECRET_SIGNS`, so that nothing is lost.

    Raises:
        WebhookEndpoint.DoesNotExist: as `change_endpoint`.
    """
    endpoint = _locked(endpoint_id, by=by)
    secret = new_secret()
    endpoint.former_secret, endpoint.secret = endpoint.secret, encrypted(secret)
    endpoint.former_secret_until = timezone.now() + FORMER_SECRET_SIGNS
    endpoint.save_next_version()
    publish("webhook_endpoint.secret_rotated", subject=endpoint, actor=by)
    return endpoint, secret


@transaction.atomic
def disable_endpoint(*, endpoint_id: int, by: Principal) -> WebhookEndpoint:
    """Tell an endpoint nothing more. What waits for it waits on.

    Raises:
        WebhookEndpoint.DoesNotExist: as `change_endpoint`.
    """
    endpoint = _locked(endpoint_id, by=by)
    return endpoint if not endpoint.is_active else _switched(endpoint, Reason.BY_HAND, by=by)


@transaction.atomic
def enable_endpoint(*, endpoint_id: int, by: Principal) -> WebhookEndpoint:
    """Tell it again, from what happens now on, and what still waits.

    Raises:
        WebhookEndpoint.DoesNotExist: as `change_endpoint`.
    """
    endpoint = _locked(endpoint_id, by=by)
    return endpoint if endpoint.is_active else _switched(endpoint, None, by=by)


@transaction.atomic
def send_test_event(*, endpoint_id: int, by: Principal) -> Delivery:
    """Tell the endpoint of nothing, to see whether it listens.

    Raises:
        WebhookEndpoint.DoesNotExist: as `change_endpoint`.
        EndpointInactiveError: it is switched off.
    """
    endpoint = _locked(endpoint_id, by=by)
    if not endpoint.is_active:
        raise EndpointInactiveError
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(resting_until=None)
    event = publish(TEST_TOPIC, subject=endpoint, actor=by)
    delivery = webhook_delivery(endpoint, event)
    delivery.save()
    return delivery


@transaction.atomic
def replay_delivery(*, delivery_id: int, by: Principal) -> Delivery:
    """Tell it once more, under the same id, whether it was taken or given up.

    Raises:
        Delivery.DoesNotExist: there is none, or the caller does not manage its endpoint.
        DeliveryPendingError: it is not finished yet.
        EndpointInactiveError: the endpoint is switched off.
    """
    rows = Delivery.objects.visible_to(by).select_related("endpoint", "event").select_for_update(of=("self",))
    delivery = rows.get(pk=delivery_id)
    if delivery.state not in (DueRow.State.DONE, DueRow.State.DEAD):
        raise DeliveryPendingError(state=delivery.state)
    if delivery.endpoint is None or not delivery.endpoint.is_active:
        raise EndpointInactiveError
    Delivery.objects.filter(pk=delivery.pk).try_anew()
    publish(REPLAYED, subject=delivery.endpoint, actor=by, payload={"delivery": delivery.public_id})
    return delivery


def _switched(endpoint: WebhookEndpoint, reason: Reason | None, *, by: Principal) -> WebhookEndpoint:
    endpoint.is_active, endpoint.disabled_reason = reason is None, reason or ""
    endpoint.resting_until = None
    endpoint.save_next_version()
    topic = "webhook_endpoint.enabled" if reason is None else "webhook_endpoint.switched_off"
    publish(topic, subject=endpoint, actor=by)
    return endpoint


def _locked(endpoint_id: int, *, by: Principal) -> WebhookEndpoint:
    visible = WebhookEndpoint.objects.visible_to(by).select_related("organisation")
    return visible.select_for_update(of=("self",), no_key=True).get(pk=endpoint_id)


def _check(values: Mapping[str, Any], organisation: Organisation) -> None:
    if "url" in values:
        try:
            parse(values["url"])
        except UnfitAddressError as unfit:
            raise InvalidFactError(unfit.reason, pointer="/url", code="unfit_address") from unfit
    offered = webhook_topics(organisation.kind)
    for place, topic in enumerate(values.get("topics", ())):
        if topic not in offered:
            raise InvalidFactError(
                _("Your organisation is not told of this."), pointer=f"/topics/{place}", code="topic_not_offered"
            )
