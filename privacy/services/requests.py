"""Requests about personal data: asked, acknowledged, extended, done, refused, withdrawn."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.principals import Principal
from config.api.throttling import check, limiter
from config.errors import InvalidFactError, NotAllowedError
from jobs.services import ask_for_job
from notifications.services import publish
from privacy.errors import RequestOpenError
from privacy.models import (
    ACKNOWLEDGE_WITHIN_WORKING_DAYS,
    DONE_WITHIN,
    EXTENDED_TO,
    DataRequest,
    working_days_after,
)
from privacy.services.copies import EXPORT
from privacy.services.handling import decided, locked, require_officer, tell, tell_staff, told

State = DataRequest.State


@transaction.atomic
def ask_about_data(*, kind: str, details: str = "", password: str = "", by: Principal) -> DataRequest:
    """Ask something about one's own personal data. A copy is made at once, by a job; everything else is for staff.

    Args:
        password: the person's own, needed for erasure: it cannot be undone, so a session left open is not enough.

    Raises:
        NotAllowedError: software asks.
        InvalidFactError: the password is wrong, or details are needed.
        RequestOpenError: the same is asked already.
        TooManyRequests: too many wrong passwords.
    """
    if by.user is None:
        raise NotAllowedError
    person = User.objects.select_for_update(no_key=True).get(pk=by.user.pk)
    if waiting := DataRequest.objects.open().filter(person=person, kind=kind).first():
        raise RequestOpenError(existing=f"/api/v1/me/data-requests/{waiting.public_id}")
    if kind == DataRequest.Kind.ERASURE:
        _confirm(person, password)
    if kind == DataRequest.Kind.RECTIFICATION and not details.strip():
        raise InvalidFactError(_("Say what is wrong, and what is right."), pointer="/details", code="required")
    request = _new(kind, details, person=person)
    if kind == DataRequest.Kind.EXPORT:
        request.job = ask_for_job(kind=EXPORT, parameters={"data_request": request.public_id}, by=by)
        request.save()
    tell("data_request.received", request, by=by)
    if kind != DataRequest.Kind.EXPORT:
        tell_staff(request, by=by)
    return request


@transaction.atomic
def note_request(*, organisation: Organisation, kind: str, details: str = "", by: Principal) -> DataRequest:
    """Note what an organisation's contact person asks who has no account.

    Raises:
        NotAllowedError: the actor is no officer.
    """
    require_officer(by)
    request = _new(kind, details, organisation=organisation)
    tell_staff(request, by=by)
    return request


@transaction.atomic
def acknowledge_request(*, request_id: int, by: Principal) -> DataRequest:
    """Say that the request was read and is being worked on.

    Raises:
        NotAllowedError, OwnRequestError: the actor is no officer, or it is their own.
        TransitionError: it is past that.
    """
    request = locked(request_id, by=by)
    request.move(State.ACKNOWLEDGED)
    request.acknowledged_at = timezone.now()
    return told("data_request.acknowledged", request, by=by)


@transaction.atomic
def extend_request(*, request_id: int, reason: str, by: Principal) -> DataRequest:
    """Take until 20 days after the request, once, and say why.

    Raises:
        NotAllowedError, OwnRequestError, TransitionError: as in `acknowledge_request`.
        InvalidFactError: no reason is given.
    """
    request = locked(request_id, by=by)
    request.move(State.EXTENDED, reason=_given(reason))
    request.due_on = timezone.localdate(request.created_at) + EXTENDED_TO
    request.acknowledged_at = request.acknowledged_at or timezone.now()
    return told("data_request.extended", request, by=by)


@transaction.atomic
def complete_request(*, request_id: int, reason: str = "", by: Principal) -> DataRequest:
    """Say that what was asked is done, with a word on how. Erasure has an act of its own.

    Raises:
        NotAllowedError, OwnRequestError, TransitionError: as in `acknowledge_request`.
    """
    request = locked(request_id, by=by)
    if request.kind == DataRequest.Kind.ERASURE:
        raise NotAllowedError(_("Carry the erasure out instead."))
    return decided("data_request.done", request, State.DONE, reason=reason, by=by)


@transaction.atomic
def refuse_request(*, request_id: int, reason: str, by: Principal) -> DataRequest:
    """Say that what was asked is not done, and why.

    Raises:
        NotAllowedError, OwnRequestError, TransitionError: as in `acknowledge_request`.
        InvalidFactError: no reason is given.
    """
    request = locked(request_id, by=by)
    return decided("data_request.refused", request, State.REFUSED, reason=_given(reason), by=by)


@transaction.atomic
def withdraw_request(*, request_id: int, by: Principal) -> DataRequest:
    """Take one's own request back.

    Raises:
        DataRequest.DoesNotExist: it is somebody else's.
        TransitionError: it has been decided.
    """
    request = DataRequest.objects.visible_to(by).select_for_update(of=("self",)).get(pk=request_id)
    request.move(State.WITHDRAWN)
    request.save_next_version()
    publish("data_request.withdrawn", subject=request, actor=by, payload={"kind": request.kind})
    return request


def _new(kind: str, details: str, **whose: Any) -> DataRequest:
    today = timezone.localdate()
    return DataRequest.objects.create(
        kind=kind,
        details=details,
        acknowledge_by=working_days_after(today, ACKNOWLEDGE_WITHIN_WORKING_DAYS),
        due_on=today + DONE_WITHIN,
        **whose,
    )


def _confirm(person: User, password: str) -> None:
    check(limiter.charge("confirm", person.public_id))
    if not person.check_password(password):
        raise InvalidFactError(_("The password is wrong."), pointer="/password", code="incorrect_password")


def _given(reason: str) -> str:
    if not reason.strip():
        raise InvalidFactError(_("Say why."), pointer="/reason", code="required")
    return reason.strip()
