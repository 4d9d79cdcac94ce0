"""Making the report of a quarter: what happened in it, and how the programme stands on the day."""

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.models import Requirement
from config.errors import InvalidFactError, NotAllowedError
from matchmaking.engine.canonical import sha256
from matchmaking.models import Connection, ProgrammeReport
from matchmaking.programme.figures import figures_on
from matchmaking.programme.quarters import Quarter
from suppliers.models import Evidence, Supplier


@transaction.atomic
def make_report(*, quarter: Quarter, by: Principal) -> ProgrammeReport:
    """Freeze the figures of today as the report of a quarter that has begun; the same again on the same day makes none.

    Args:
        quarter: this one or the one before, whose last days' figures are often wanted on the first days of the next.

    Raises:
        NotAllowedError: the actor is no officer who may write.
        InvalidFactError: it is another quarter.
    """
    if not by.is_staff or not by.can_write:
        raise NotAllowedError
    today = timezone.localdate()
    if quarter not in (Quarter.of(today), Quarter.of(today).preceding):
        raise InvalidFactError(
            _("A report is of the present quarter or of the one before it."), pointer="/quarter", code="out_of_range"
        )
    figures = {"quarter": _happened_in(quarter), **figures_on(today)}
    report, _made = ProgrammeReport.objects.get_or_create(
        quarter=str(quarter),
        day=today,
        defaults={"figures": figures, "sha256": sha256(figures), "made_by": by.user},
    )
    return report


def _happened_in(quarter: Quarter) -> dict[str, Any]:
    """What began within the quarter, by the day in Vietnam, as far as it has lasted."""
    first, after = _start(quarter.first_day), _start(quarter.following.first_day)
    within = {"gte": first, "lt": after}

    def when(field: str) -> dict[str, Any]:
        return {f"{field}__{lookup}": moment for lookup, moment in within.items()}

    opened = Requirement.objects.exclude(state=Requirement.State.DRAFT).filter(**when("opened_at"))
    agreed = Connection.objects.filter(state__in=Connection.OPENED, **when("decided_at"))
    contracts = Connection.objects.filter(state=Connection.State.CONTRACT, **when("state_since"))
    return {
        "name": str(quarter),
        "first_day": quarter.first_day.isoformat(),
        "last_day": quarter.last_day.isoformat(),
        "firms_published": Supplier.objects.filter(**when("published_at")).count(),
        "facts_checked": Evidence.objects.filter(act=Evidence.Act.CHECKED, **when("created_at")).count(),
        "requirements_opened": opened.count(),
        "connections_agreed": agreed.count(),
        "contracts": contracts.count(),
    }


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())
