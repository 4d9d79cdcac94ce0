"""Giving software a key, and taking it back."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import keys
from accounts.errors import OwnersOnlyError
from accounts.events import announce
from accounts.models import ApiKey
from accounts.principals import Principal
from config.errors import InvalidFactError

LONGEST_LIFE = timedelta(days=365)


@transaction.atomic
def issue_api_key(
    *, name: str, scopes: Collection[str], expires_at: datetime | None = None, by: Principal
) -> tuple[ApiKey, str]:
    """Make a key for the software of the actor's organisation.

    Args:
        scopes: of `ApiKey.Scope`; a key that may write may also read.
        expires_at: a year from now at most, which is the default.

    Returns:
        The row, and the key itself, which is stored nowhere and cannot be shown again.

    Raises:
        OwnersOnlyError: the actor is not an owner.
        InvalidFactError: no or unknown scopes, write access for the agency, or a life outside a year from now.
    """
    if not by.is_owner or by.organisation is None:
        raise OwnersOnlyError
    prefix, key = keys.new_key()
    api_key = ApiKey.objects.create(
        organisation=by.organisation,
        name=name,
        visible_prefix=prefix,
        secret_hash=keys.digest(key),
        scopes=_granted(set(scopes), by=by),
        created_by=by.user,
        expires_at=_end_of_life(expires_at),
    )
    announce("api_key.issued", subject=api_key, actor=by)
    return api_key, key


@transaction.atomic
def revoke_api_key(*, api_key_id: int, expected_version: int | None = None, by: Principal) -> ApiKey:
    """End a key at once. Revoking it again changes nothing.

    Raises:
        ApiKey.DoesNotExist: there is none, or the actor is neither an owner of its organisation nor staff.
        StaleVersionError: it has changed since `expected_version`.
    """
    api_key = ApiKey.objects.revocable_by(by).select_for_update(of=("self",)).get(pk=api_key_id)
    api_key.check_version(expected_version)
    if api_key.revoked_at is None:
        api_key.revoked_at = timezone.now()
        api_key.save_next_version()
        announce("api_key.revoked", subject=api_key, actor=by)
    return api_key


def _granted(scopes: set[str], *, by: Principal) -> list[str]:
    if not scopes or not scopes <= set(ApiKey.Scope.values):
        raise InvalidFactError(_("Name at least one known scope."), pointer="/scopes")
    if by.is_staff and scopes != {ApiKey.Scope.READ}:
        raise InvalidFactError(_("API keys of the agency may only read."), pointer="/scopes")
    if ApiKey.Scope.WRITE in scopes:
        scopes = scopes | {ApiKey.Scope.READ}
    return sorted(scopes)


def _end_of_life(wished: datetime | None) -> datetime:
    now = timezone.now()
    if wished is None:
        return now + LONGEST_LIFE
    if not now < wished <= now + LONGEST_LIFE:
        raise InvalidFactError(_("A moment in the coming 365 days."), pointer="/expires_at")
    return wished
