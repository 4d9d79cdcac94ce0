"""Telling endpoints of events: what is due, several receivers at a time, each attempt noted."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop, override
from structlog.contextvars import bound_contextvars

from accounts.models import Membership
from accounts.principals import ANONYMOUS
from jobs.working import work_off
from notifications.models import Attempt, Delivery, Event, WebhookEndpoint
from notifications.relay import may_hear
from notifications.services.publishing import publish
from notifications.topics import TEST, TEST_TOPIC, TOPICS
from notifications.webhooks.addresses import UnfitAddressError
from notifications.webhooks.signing import SecretLostError, headers_for
from notifications.webhooks.transport import NoReplyError, Reply, post
from notifications.webhooks.waiting import TRIES, asked_wait, wait_after

RECEIVERS_AT_A_TIME = 8
LOCK = 7_300_912_544
"""Of PostgreSQL's advisory locks: held by the one task that tells endpoints."""
GONE = 410
NO_LONGER = gettext_noop("The endpoint is no longer to be told.")

log = structlog.get_logger(__name__)


def tell_due(*, within: timedelta = timedelta(seconds=20)) -> None:
    """Tell the endpoints what is due, unless another worker is at it already."""
    with _alone() as is_alone:
        if not is_alone:
            return
        with ThreadPoolExecutor(RECEIVERS_AT_A_TIME) as pool:
            for worked in [pool.submit(_work_off, within) for _ in range(RECEIVERS_AT_A_TIME)]:
                worked.result()


def tell(delivery: Delivery) -> None:
    """Make one attempt at a claimed delivery, and note what came of it."""
    event, endpoint = delivery.event, delivery.endpoint
    if endpoint is None:
        raise ValueError(f"{delivery} goes to a person")
    with bound_contextvars(request_id=event.request_id, event_id=event.public_id, delivery_id=delivery.public_id):
        if not may_hear(endpoint, event):
            Delivery.objects.put_back(delivery, error=NO_LONGER, retry_in=None)
            return
        started_at, clock = timezone.now(), monotonic()
        with override("en"):  # whoever reads what went wrong is told in its own language then
            reply, error = _attempt(delivery, endpoint, at=started_at)
        duration_ms = round((monotonic() - clock) * 1000)
        tried = Attempt(
            delivery=delivery,
            number=delivery.attempts,
            started_at=started_at,
            duration_ms=duration_ms,
            status_code=reply.status_code if reply else None,
            reply=reply.beginning if reply else "",
            error=error[:200],
        )
        asked = asked_wait(reply.status_code, reply.retry_after, at=started_at) if reply else timedelta()
        _settle(delivery, endpoint, tried, asked=asked)


def content_of(event: Event) -> bytes:
    """What is told: topic, moment, ids, the address of the thing, codes. The rest is asked for with one's own key."""
    topic = TEST if event.topic == TEST_TOPIC else TOPICS[event.topic]
    told = topic.thin(subject=event.subject, payload=event.payload)
    moment = event.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    body = {"type": event.topic, "timestamp": moment, "data": told}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


@transaction.atomic
def switch_off(endpoint: WebhookEndpoint, reason: WebhookEndpoint.DisabledReason) -> None:
    """Switch it off, and tell the owners by e-mail."""
    row = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    if not row.is_active:
        return
    row.is_active, row.disabled_reason = False, reason
    row.save_next_version()
    owners = Membership.objects.filter(organisation=row.organisation_id, role=Membership.Role.OWNER)
    payload: dict[str, Any] = {"url": row.url, "reason": reason.value}
    publish(
        "webhook_endpoint.disabled",
        subject=row,
        actor=ANONYMOUS,
        audience=[row.organisation_id],
        people=owners.values_list("user_id", flat=True),
        payload=payload,
    )


def _work_off(within: timedelta) -> None:
    try:
        rows = Delivery.objects.to_endpoints().select_related("event", "endpoint__organisation")
        work_off(rows, tell, lease=settings.WEBHOOK_LEASE, within=within)
    finally:
        connections.close_all()


def _attempt(delivery: Delivery, endpoint: WebhookEndpoint, *, at: datetime) -> tuple[Reply | None, str]:
    """What came back, and what went wrong."""
    body = content_of(delivery.event)
    try:
        signed = headers_for(body, message_id=delivery.public_id, at=at, stored_secrets=endpoint.secrets_at(at))
        headers = {**signed, "Content-Type": "application/json", "User-Agent": "SupplierMatchmaking/1"}
        reply = post(endpoint.url, body, headers)
    except UnfitAddressError as failure:
        return None, str(failure)
    except NoReplyError as failure:
        return None, str(failure)
    except SecretLostError:
        return None, gettext_noop("The secret cannot be read any more: rotate it.")
    return reply, "" if 200 <= reply.status_code < 300 else _fault_of(reply)


def _fault_of(reply: Reply) -> str:
    if 300 <= reply.status_code < 400:
        return gettext_noop("Redirects are not followed.")
    return f"{reply.status_code}"


@transaction.atomic
def _settle(delivery: Delivery, endpoint: WebhookEndpoint, tried: Attempt, *, asked: timedelta) -> None:
    """Note the attempt and what becomes of the delivery, if this worker still holds it.

    Args:
        asked: how long the receiver wants to be left alone, with everything that waits for it.
    """
    if not Delivery.objects.held(delivery).select_for_update().exists():
        log.info("told_after_the_lease", topic=delivery.event.topic)
        return
    tried.save()
    if not tried.error:
        Delivery.objects.finish(delivery, delivered_at=Now())
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(succeeded_at=Now(), resting_until=None)
        return
    is_gone = tried.status_code == GONE
    is_last = is_gone or delivery.attempts >= delivery.give_up_after
    tries_of_this_round = delivery.attempts - (delivery.give_up_after - TRIES)  # a replay starts a new one
    retry_in = None if is_last else max(wait_after(tries_of_this_round), asked)
    Delivery.objects.put_back(delivery, error=tried.error, retry_in=retry_in)
    rest = settings.WEBHOOK_REST if tried.status_code is None else asked
    if rest:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(resting_until=Now() + rest)
    if is_gone:
        switch_off(endpoint, WebhookEndpoint.DisabledReason.GONE)
    elif is_last:
        _switch_off_if_nothing_worked(endpoint, since=delivery.created_at)


def _switch_off_if_nothing_worked(endpoint: WebhookEndpoint, *, since: datetime) -> None:
    worked = WebhookEndpoint.objects.filter(pk=endpoint.pk, succeeded_at__gte=since)
    if not worked.exists():
        switch_off(endpoint, WebhookEndpoint.DisabledReason.FAILING)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else is here; nobody comes in until the block ends, or this process does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (is_alone,) = cursor.fetchone() or (False,)
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
