"""Persons and their own details."""

from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import announce
from accounts.models import Membership, Organisation, User
from accounts.phones import e164
from accounts.principals import Principal
from config.errors import InvalidFactError, NotAllowedError
from config.text import nfc

OF_THE_MACHINE = {"localtime"}
"""What is no place, but wherever the server stands."""


@transaction.atomic
def change_person(*, user_id: int, expected_version: int | None = None, by: Principal, **changes: Any) -> User:
    """Change a person's own `full_name`, `phone`, `language` or `time_zone`.

    Raises:
        NotAllowedError: it is somebody else.
        StaleVersionError: it has changed since `expected_version`.
        InvalidFactError: the phone number or the time zone is none.
    """
    if by.user is None or by.user.pk != user_id:
        raise NotAllowedError
    person = User.objects.select_for_update().get(pk=user_id)
    person.check_version(expected_version)
    if "phone" in changes:
        changes["phone"] = e164(changes["phone"], pointer="/phone")
    if "full_name" in changes:
        changes["full_name"] = nfc(changes["full_name"])
    if "time_zone" in changes and changes["time_zone"] not in available_timezones() - OF_THE_MACHINE:
        raise InvalidFactError(_("No such time zone."), pointer="/time_zone", code="invalid_choice")
    for name in changes.keys() & {"full_name", "phone", "language", "time_zone"}:
        setattr(person, name, changes[name])
    person.save_next_version()
    return person


@transaction.atomic
def set_active(*, user_id: int, active: bool, by: Principal) -> User:
    """Shut a person out, or let them in again. It holds from the next request on.

    Raises:
        NotAllowedError: the actor does not run the agency, or means themselves or a superuser.
    """
    person = User.objects.select_for_update().get(pk=user_id)
    if not by.is_staff or not by.is_owner or person == by.user or person.is_superuser:
        raise NotAllowedError
    if person.is_active != active:
        person.is_active = active
        person.save_next_version()
        announce("user.activated" if active else "user.deactivated", subject=person, actor=by)
    return person


@transaction.atomic
def create_agency_owner(*, email: str, password: str, full_name: str, agency_name: str) -> User:
    """Give the agency an owner from the command line, and make the agency first where there is none.

    A person who has an account keeps its password and name.
    """
    agency = Organisation.objects.select_for_update().filter(kind=Organisation.Kind.AGENCY).order_by("pk").first()
    if agency is None:
        agency = Organisation.objects.create(kind=Organisation.Kind.AGENCY, legal_name=nfc(agency_name))
    person = User.objects.filter(email=email.lower()).first()
    if person is None:
        person = User.objects.create_user(email, password, full_name=nfc(full_name))
    person.is_staff = True
    person.save_next_version()
    person.confirm_email()
    Membership.objects.update_or_create(user=person, organisation=agency, defaults={"role": Membership.Role.OWNER})
    return person
