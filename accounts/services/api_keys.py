"""Giving software a key, and taking it back."""

from collections.abc import Collection
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import keys
from accounts.errors import ApiKeyEndedError, ApiKeyReplacedError, OwnersOnlyError, TooManyApiKeysError
from accounts.events import announce
from accounts.models import ApiKey, Membership, Organisation
from accounts.principals import ANONYMOUS, Principal
from config.errors import InvalidFactError

LONGEST_LIFE = timedelta(days=365)
LONGEST_OVERLAP_HOURS = 7 * 24
WARNED_BEFORE_DAYS = (30, 7)
REFUSALS_ARE_TOLD_EVERY = timedelta(days=1)


@transaction.atomic
def issue_api_key(
    *,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    allowed_networks: Collection[str] = (),
    by: Principal,
) -> tuple[ApiKey, str]:
    """Make a key for the software of the actor's organisation.

    Args:
        scopes: of `ApiKey.Scope`; a key that may write may also read.
        expires_at: a year from now at most, which is the default.
        allowed_networks: in CIDR notation, IPv4 or IPv6, from which alone the key works; none for any.

    Returns:
        The row, and the key itself, which is stored nowhere and cannot be shown again.

    Raises:
        OwnersOnlyError: the actor is not an owner.
        InvalidFactError: no or unknown scopes, write access for the agency, a life outside a year from now, or what is
            no network.
        TooManyApiKeysError: the organisation has as many live keys as one may have.
    """
    if not by.is_owner or by.organisation is None:
        raise OwnersOnlyError
    # Whoever makes a key at the same time waits here, and then counts this one.
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation.pk)
    if ApiKey.objects.filter(organisation=by.organisation).live().count() >= settings.API_KEYS_PER_ORGANISATION:
        raise TooManyApiKeysError(most=settings.API_KEYS_PER_ORGANISATION)
    api_key, key = _new_key(
        by.organisation,
        by=by,
        name=name,
        scopes=_granted(set(scopes), by=by),
        expires_at=_end_of_life(expires_at),
        allowed_networks=_networks(allowed_networks),
    )
    announce("api_key.issued", subject=api_key, actor=by)
    return api_key, key


@transaction.atomic
def change_api_key(
    *,
    api_key_id: int,
    name: str | None = None,
    allowed_networks: Collection[str] | None = None,
    expected_version: int | None = None,
    by: Principal,
) -> ApiKey:
    """Give a key another name, or let it work from other networks.

    Raises:
        ApiKey.DoesNotExist: there is none, or the actor is not an owner of its organisation.
        StaleVersionError: it has changed since `expected_version`.
        InvalidFactError: one of the networks is none.
        ApiKeyEndedError: it was revoked or has expired.
    """
    api_key = _locked(api_key_id, by=by)
    api_key.check_version(expected_version)
    _require_usable(api_key)
    if name is not None:
        api_key.name = name
    if allowed_networks is not None:
        api_key.allowed_networks = _networks(allowed_networks)
    api_key.save_next_version()
    announce("api_key.changed", subject=api_key, actor=by)
    return api_key


@transaction.atomic
def rotate_api_key(*, api_key_id: int, overlap_hours: int = 24, by: Principal) -> tuple[ApiKey, str]:
    """Make a successor with the same name, scopes and networks, for another year. The old key works on for a while.

    Args:
        overlap_hours: how long; 0 ends the old key at once. It never lives longer than it would have.

    Returns:
        The successor, and the key itself, which cannot be shown again.

    Raises:
        ApiKey.DoesNotExist: there is none, or the actor is not an owner of its organisation.
        ApiKeyEndedError: it was revoked or has expired.
        ApiKeyReplacedError: it has a successor, or its predecessor still works.
    """
    old = _locked(api_key_id, by=by)
    _require_usable(old)
    successor = ApiKey.objects.filter(replaces=old).first()
    if successor is not None:
        raise ApiKeyReplacedError(existing=f"/api/v1/api-keys/{successor.public_id}")
    if old.replaces is not None and old.replaces.is_usable:
        raise ApiKeyReplacedError(_("The key that this one replaces still works. Revoke it first."))
    new, key = _new_key(
        old.organisation,
        by=by,
        name=old.name,
        scopes=old.scopes,
        expires_at=_end_of_life(None),
        allowed_networks=old.allowed_networks,
        replaces=old,
    )
    old.expires_at = min(old.expires_at, timezone.now() + timedelta(hours=overlap_hours))
    old.save_next_version()
    announce("api_key.rotated", subject=new, actor=by)
    return new, key


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


@transaction.atomic
def note_refusal(*, api_key_id: int, address: str | None) -> None:
    """Remember that a right key came from a network that it does not allow, and tell its owners, once a day at most.

    Either their software has moved, or somebody else has the key.
    """
    api_key = ApiKey.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=api_key_id)
    now, told = timezone.now(), api_key.refusal_told_at
    is_due = told is None or told <= now - REFUSALS_ARE_TOLD_EVERY
    if is_due:
        _tell_owners("api_key.refused", api_key, address=address or "?")
    ApiKey.objects.filter(pk=api_key_id).update(
        last_refused_at=now, last_refused_from=address, refusal_told_at=now if is_due else told
    )


def warn_of_expiring_keys() -> int:
    """Tell owners of keys that end within 30 days, and again within 7. Safe to run at any time.

    Not of keys that were made for so short a life, nor of those that have a successor.
    """
    told = 0
    for days in sorted(WARNED_BEFORE_DAYS):
        ending = ApiKey.objects.live().filter(expires_at__lte=timezone.now() + timedelta(days=days), replaced_by=None)
        meant_to_last = ending.filter(expires_at__gt=F("created_at") + timedelta(days=days))
        untold = meant_to_last.exclude(warned_days__lte=days)
        for pk in untold.order_by("pk").values_list("pk", flat=True):
            told += _warn(pk, days)
    return told


@transaction.atomic
def _warn(api_key_id: int, days: int) -> int:
    free = ApiKey.objects.select_for_update(of=("self",), skip_locked=True).select_related("organisation")
    api_key = free.exclude(warned_days__lte=days).filter(pk=api_key_id).first()
    if api_key is None:
        return 0
    ApiKey.objects.filter(pk=api_key_id).update(warned_days=days)
    _tell_owners("api_key.expiring", api_key, expires_on=timezone.localtime(api_key.expires_at).date().isoformat())
    return 1


def _tell_owners(topic: str, api_key: ApiKey, **words: str) -> None:
    owners = Membership.objects.filter(organisation=api_key.organisation, role=Membership.Role.OWNER)
    announce(
        topic,
        subject=api_key,
        actor=ANONYMOUS,
        audience=[api_key.organisation_id],
        people=list(owners.values_list("user_id", flat=True)),
        payload={"key_name": api_key.name, "prefix": api_key.visible_prefix, **words},
    )


def _locked(api_key_id: int, *, by: Principal) -> ApiKey:
    visible = ApiKey.objects.visible_to(by).select_related("replaces", "organisation")
    return visible.select_for_update(of=("self",)).get(pk=api_key_id)


def _require_usable(api_key: ApiKey) -> None:
    if not api_key.is_usable:
        raise ApiKeyEndedError


def _new_key(organisation: Organisation, *, by: Principal, **fields: Any) -> tuple[ApiKey, str]:
    prefix, key = keys.new_key()
    row = ApiKey.objects.create(
        organisation=organisation,
        created_by=by.user,
        visible_prefix=prefix,
        secret_hash=keys.digest(key),
        **fields,
    )
    return row, key


def _networks(given: Collection[str]) -> list[str]:
    """In their shortest form; an address by itself is the network of this one address."""
    if len(given) > ApiKey.MOST_NETWORKS:
        detail = _("At most %(most)s networks.") % {"most": ApiKey.MOST_NETWORKS}
        raise InvalidFactError(detail, pointer="/allowed_networks")
    return sorted({_network(text, index) for index, text in enumerate(given)})


def _network(text: str, index: int) -> str:
    try:
        if "%" in text:  # a zone means something on one machine only
            raise ValueError(text)
        return str(ip_network(text.strip()))
    except ValueError:
        detail = _("A network such as 203.0.113.0/24 or 2001:db8::/32, with no bits beyond its prefix.")
        raise InvalidFactError(detail, pointer=f"/allowed_networks/{index}", code="invalid_network") from None


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
