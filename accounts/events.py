"""Telling the apps above that something happened here.

This app sits below notifications, which keeps the outbox, so it cannot write events itself. It sends a signal inside
the transaction of the act; notifications listens and writes the row. A listener's error undoes the act.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.dispatch import Signal

from accounts.principals import Principal
from config.models import Resource

happened = Signal()
"""Sent with the arguments of `announce`."""

all_happened = Signal()
"""Sent with the arguments of `announce_all`."""

log = structlog.get_logger(__name__)


def announce(
    topic: str,
    *,
    subject: Resource,
    actor: Principal,
    audience: Iterable[int | None] = (),
    people: Iterable[int] = (),
    payload: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Say that something happened. Call it inside the transaction in which it did.

    Args:
        topic: past tense, such as `api_key.issued`.
        audience: ids of the organisations whose members are to be told.
        people: ids of persons to be told.
        payload: the words that the topic's message shows.
        reason: why, in the actor's words, where the act asks for a reason.
    """
    told = {"audience": list(audience), "people": list(people), "payload": payload or {}, "reason": reason}
    happened.send(sender=None, topic=topic, subject=subject, actor=actor, **told)
    log.info(topic, subject=subject.public_id, actor=actor.user.public_id if actor.user else None)


def announce_all(topic: str, *, subjects: Sequence[Resource], actor: Principal) -> None:
    """Say that the same happened to many things, of which nobody is told. Call it inside the transaction."""
    all_happened.send(sender=None, topic=topic, subjects=subjects, actor=actor)
    log.info(topic, subjects=len(subjects), actor=actor.user.public_id if actor.user else None)
