"""What staff do with support programmes: write them, publish them, close them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from config.errors import InvalidFactError
from notifications.services import publish
from suppliers.models import SupportProgramme
from suppliers.services.access import require_staff
from suppliers.services.states import checked_reason
from suppliers.support.errors import SupportClosedError, SupportEndedError, SupportInUseError
from taxonomy.models import Province

State = SupportProgramme.State
LISTS = frozenset({"standards", "sectors", "provinces"})
CHANGEABLE = LISTS | {
    *("kind", "name_vi", "name_en", "description_vi", "description_en", "standing"),
    *("employees_least", "employees_most", "budget_vnd", "opens_on", "closes_on"),
}


@transaction.atomic
def create_support_programme(*, values: Mapping[str, Any], by: Principal) -> SupportProgramme:
    """Start a programme, as a draft that only staff see.

    Args:
        values: of `CHANGEABLE`.

    Raises:
        NotAllowedError: the actor is no officer.
        InvalidFactError: a value is not valid.
    """
    require_staff(by)
    programme = SupportProgramme()
    _fill(programme, values)
    programme.save()
    _set_lists(programme, values)
    publish("support_programme.created", subject=programme, actor=by)
    return programme


@transaction.atomic
def change_support_programme(
    *, programme_id: int, values: Mapping[str, Any], by: Principal, expected_version: int | None = None
) -> SupportProgramme:
    """Change some of `CHANGEABLE`, also while it runs. What was granted stays granted.

    Raises:
        SupportProgramme.DoesNotExist, NotAllowedError: see `lock_programme_as_staff`.
        StaleVersionError: it has changed since `expected_version`.
        SupportClosedError: it is closed.
        InvalidFactError: a value is not valid, or the budget less than what was granted.
    """
    programme = lock_programme_as_staff(programme_id, by=by)
    programme.check_version(expected_version)
    if programme.state == State.CLOSED:
        raise SupportClosedError
    _fill(programme, values)
    programme.save_next_version()
    _set_lists(programme, values)
    publish("support_programme.changed", subject=programme, actor=by, payload={"changed": sorted(values)})
    return programme


@transaction.atomic
def publish_support_programme(*, programme_id: int, by: Principal) -> SupportProgramme:
    """Show it to suppliers, who apply from its first day to its last.

    Raises:
        SupportProgramme.DoesNotExist, NotAllowedError: see `lock_programme_as_staff`.
        TransitionError: it is no draft.
        SupportEndedError: its last day has passed.
    """
    programme = lock_programme_as_staff(programme_id, by=by)
    programme.move(State.PUBLISHED)
    if programme.closes_on < timezone.localdate():
        raise SupportEndedError(closes_on=programme.closes_on.isoformat())
    programme.save_next_version()
    publish("support_programme.published", subject=programme, actor=by)
    return programme


@transaction.atomic
def close_support_programme(*, programme_id: int, reason: str, by: Principal) -> SupportProgramme:
    """End it before its last day. Applications that are there are still decided and finished.

    Raises:
        SupportProgramme.DoesNotExist, NotAllowedError: see `lock_programme_as_staff`.
        InvalidFactError: no reason is given.
        TransitionError: it is not published.
    """
    programme = lock_programme_as_staff(programme_id, by=by)
    programme.move(State.CLOSED, reason=checked_reason(reason))
    programme.save_next_version()
    publish("support_programme.closed", subject=programme, actor=by, reason=programme.state_reason)
    return programme


@transaction.atomic
def remove_support_programme(*, programme_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Throw away a draft.

    Raises:
        SupportProgramme.DoesNotExist, NotAllowedError: see `lock_programme_as_staff`.
        StaleVersionError: it has changed since `expected_version`.
        SupportInUseError: it was published.
    """
    programme = lock_programme_as_staff(programme_id, by=by)
    programme.check_version(expected_version)
    if programme.state != State.DRAFT:
        raise SupportInUseError
    publish("support_programme.removed", subject=programme, actor=by)
    programme.delete()


def lock_programme_as_staff(programme_id: int, *, by: Principal) -> SupportProgramme:
    """A programme that staff write or grant from, locked.

    Raises:
        SupportProgramme.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no officer.
    """
    programme = SupportProgramme.objects.visible_to(by).select_for_update(of=("self",)).get(pk=programme_id)
    require_staff(by)
    return programme


def _fill(programme: SupportProgramme, values: Mapping[str, Any]) -> None:
    """Put values in, if what comes of it is a programme."""
    if unknown := sorted(values.keys() - CHANGEABLE):
        raise InvalidFactError(_("Unknown field."), pointer=f"/{unknown[0]}", code="unknown_field")
    for name in values.keys() - LISTS:
        setattr(programme, name, values[name])
    for name in ("name_vi", "name_en"):
        if not getattr(programme, name).strip():
            raise InvalidFactError(_("Give a name in both languages."), pointer=f"/{name}", code="required")
    _check_bounds(programme)
    _check_budget(programme)
    if any(place.edition != Province.Edition.SINCE_2025 for place in values.get("provinces", ())):
        raise InvalidFactError(_("Only provinces of today."), pointer="/provinces", code="not_in_force")


def _check_bounds(programme: SupportProgramme) -> None:
    if programme.closes_on < programme.opens_on:
        raise InvalidFactError(_("Closes before it opens."), pointer="/closes_on", code="before_start")
    least, most = programme.employees_least, programme.employees_most
    if least is not None and most is not None and most < least:
        raise InvalidFactError(_("Less than the least number."), pointer="/employees_most", code="below_least")


def _check_budget(programme: SupportProgramme) -> None:
    if programme.budget_vnd < 0:
        raise InvalidFactError(_("At least %(bound)g.") % {"bound": 0}, pointer="/budget_vnd", code="min_value")
    if programme.budget_vnd < programme.granted_vnd:
        granted = _("%(granted)s VND are granted already.") % {"granted": programme.granted_vnd}
        raise InvalidFactError(granted, pointer="/budget_vnd", code="below_granted")


def _set_lists(programme: SupportProgramme, values: Mapping[str, Any]) -> None:
    for name in values.keys() & LISTS:
        getattr(programme, name).set(values[name])
