"""What is forgotten by itself, and after how long. docs/personal-data.md gives the reasons."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Consent, User
from jobs.models import DueRow
from notifications.models import Delivery
from privacy.models import DataRequest, Farewell

MESSAGES_KEPT = timedelta(days=180)
UNCONFIRMED_KEPT = timedelta(days=30)
REQUEST_DETAILS_KEPT = timedelta(days=730)
FAREWELLS_TRIED = timedelta(days=7)

log = structlog.get_logger(__name__)


def forget_what_is_no_longer_needed() -> dict[str, int]:
    """Each kind in a transaction of its own. Returns how many rows of each were forgotten."""
    forgotten = {}
    for name, forget in KINDS.items():
        with transaction.atomic():
            forgotten[name] = forget()
    log.info("forgotten", **forgotten)
    return forgotten


def _sessions() -> int:
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def _messages() -> int:
    ended = Delivery.objects.filter(state__in=(DueRow.State.DONE, DueRow.State.DEAD))
    return ended.filter(created_at__lt=timezone.now() - MESSAGES_KEPT).delete()[0]


def _unconfirmed() -> int:
    """Accounts of which nobody ever confirmed the address, so that it may be anybody's."""
    stale = User.objects.filter(created_at__lt=timezone.now() - UNCONFIRMED_KEPT, last_login=None, erased_at=None)
    unused = stale.filter(memberships=None, data_requests=None).exclude(emailaddress__verified=True)
    ids = list(unused.exclude(Q(is_staff=True) | Q(is_superuser=True)).values_list("pk", flat=True))
    Consent.objects.filter(person__in=ids).delete()
    return User.objects.filter(pk__in=ids).delete()[1].get("accounts.User", 0)


def _request_details() -> int:
    decided = DataRequest.objects.filter(decided_at__lt=timezone.now() - REQUEST_DETAILS_KEPT)
    return decided.exclude(details="").update(details="")


def _farewells() -> int:
    """Addresses to which the last message could not be sent."""
    return Farewell.objects.filter(due_at__lt=timezone.now() - FAREWELLS_TRIED).delete()[0]


KINDS: dict[str, Callable[[], int]] = {
    "sessions": _sessions,
    "messages": _messages,
    "unconfirmed_accounts": _unconfirmed,
    "request_details": _request_details,
    "farewells": _farewells,
}
