"""Telling the world what happened. `publish` is called inside the transaction in which it happened."""

import logging
from collections.abc import Iterable
from typing import Any

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerError

from accounts.principals import Principal
from config.models import Resource
from notifications.models import Event

log = logging.getLogger(__name__)


def publish(
    topic: str,
    *,
    subject: Resource,
    actor: Principal,
    audience: Iterable[int | None] = (),
    payload: dict[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Write an event to the outbox. It is sent on only if the surrounding transaction commits.

    Args:
        topic: what happened, past tense, such as `connection.accepted`.
        audience: ids of the organisations whose members are to be told.
        payload: public ids and codes only; who reads it later may see less than who wrote it.
        reason: why, in the actor's words, where the act asks for a reason.

    Raises:
        TransactionManagementError: there is no transaction that the event could belong to.
    """
    with transaction.atomic(durable=False):
        event = Event.objects.create(
            topic=topic,
            subject=subject.public_id,
            audience=sorted({organisation for organisation in audience if organisation is not None}),
            payload=payload or {},
            actor=actor.user,
            actor_organisation=actor.organisation,
            reason=reason,
            request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        )
    transaction.on_commit(lambda: wake_workers(), robust=True)
    return event


def wake_workers() -> None:
    """Ask a worker to look for due rows now. The schedule would find them anyway, a few seconds later."""
    from notifications.tasks import deliver_due

    try:
        deliver_due.apply_async(retry=False, expires=5)
    except BrokerError:
        log.warning("the broker is away; the schedule will deliver")
