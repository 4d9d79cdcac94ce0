"""What is forgotten by itself, and after how long. docs/personal-data.md gives the reasons."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Consent, Invitation, User
from jobs.models import DueRow
from notifications.models import Delivery, Reaction
from privacy.models import DataRequest, Farewell

Forget = Callable[[datetime], int]

ENDED = (DueRow.State.DONE, DueRow.State.DEAD)

log = structlog.get_logger(__name__)


def forget_what_is_no_longer_needed() -> dict[str, int]:
    """Each kind in a transaction of its own. Returns how many rows of each were forgotten."""
    now, forgotten = timezone.now(), {}
    for name, forget in KINDS.items():
        with transaction.atomic():
            forgotten[name] = forget(now - timedelta(days=settings.KEPT_DAYS.get(name, 0)))
    log.info("forgotten", **forgotten)
    return forgotten


def _sessions(before: datetime) -> int:
    return Session.objects.filter(expire_date__lt=before).delete()[0]


def _notes_of_sessions(before: datetime) -> int:
    """From where and with what somebody signed in, once the session is no more."""
    live = Session.objects.filter(expire_date__gte=before)
    deleted: int = UserSession.objects.exclude(session_key__in=live.values("session_key")).delete()[0]
    return deleted


def _messages(before: datetime) -> int:
    ended = Delivery.objects.filter(state__in=ENDED).exclude(channel=Delivery.Channel.WEBHOOK)
    return ended.filter(created_at__lt=before).delete()[0]


def _webhook_deliveries(before: datetime) -> int:
    """With their attempts."""
    ended = Delivery.objects.filter(state__in=ENDED, channel=Delivery.Channel.WEBHOOK, due_at__lt=before)
    return ended.filter(created_at__lt=before).delete()[1].get("notifications.Delivery", 0)


def _reactions(before: datetime) -> int:
    return Reaction.objects.filter(state__in=ENDED, event__created_at__lt=before).delete()[0]


def _unconfirmed_accounts(before: datetime) -> int:
    """Accounts of which nobody ever confirmed the address, so that it may be anybody's."""
    stale = User.objects.filter(created_at__lt=before, last_login=None, erased_at=None)
    unused = stale.filter(memberships=None, data_requests=None).exclude(emailaddress__verified=True)
    ids = list(unused.exclude(Q(is_staff=True) | Q(is_superuser=True)).values_list("pk", flat=True))
    Consent.objects.filter(person__in=ids).delete()
    return User.objects.filter(pk__in=ids).delete()[1].get("accounts.User", 0)


def _request_details(before: datetime) -> int:
    return DataRequest.objects.filter(decided_at__lt=before).exclude(details="").update(details="")


def _invitations(before: datetime) -> int:
    """Answered, withdrawn or expired."""
    return Invitation.objects.filter(decided_at__lt=before).delete()[0]


def _farewells(before: datetime) -> int:
    """Addresses to which the last message could not be sent."""
    return Farewell.objects.filter(due_at__lt=before).delete()[0]


KINDS: dict[str, Forget] = {
    "sessions": _sessions,
    "notes_of_sessions": _notes_of_sessions,
    "messages": _messages,
    "webhook_deliveries": _webhook_deliveries,
    "reactions": _reactions,
    "unconfirmed_accounts": _unconfirmed_accounts,
    "request_details": _request_details,
    "invitations": _invitations,
    "farewells": _farewells,
}
"""What each kind forgets of the time before a moment: now, less the kind's `settings.KEPT_DAYS`."""


def register(name: str, forget: Forget) -> None:
    """Let `forget` forget its kind from now on too. An app above does so in its AppConfig.ready.

    Raises:
        ValueError: another kind has this name.
    """
    if KINDS.setdefault(name, forget) is not forget:
        raise ValueError(f"there are two kinds of rows with the name {name}")
