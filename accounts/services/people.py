"""Persons and their own details."""

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.phones import e164
from accounts.principals import Principal
from config.errors import NotAllowedError


@transaction.atomic
def change_person(*, user_id: int, expected_version: int | None = None, by: Principal, **changes: Any) -> User:
    """Change a person's own `full_name`, `phone` or `language`.

    Raises:
        NotAllowedError: it is somebody else.
        StaleVersionError: it has changed since `expected_version`.
        InvalidFactError: the phone number is none.
    """
    if by.user is None or by.user.pk != user_id:
        raise NotAllowedError
    person = User.objects.select_for_update().get(pk=user_id)
    person.check_version(expected_version)
    if "phone" in changes:
        changes["phone"] = e164(changes["phone"], pointer="/phone")
    for name in changes.keys() & {"full_name", "phone", "language"}:
        setattr(person, name, changes[name])
    person.save_next_version()
    return person
