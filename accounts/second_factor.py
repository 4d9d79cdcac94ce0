"""Second factors, of whom one is required: it must have been used to sign in, not merely exist."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import Organisation, User
from config.encryption import cipher

PURPOSE = "second factors"
MAIN_FACTORS = [Authenticator.Type.TOTP]
"""Recovery codes stand in for them, and are none by themselves."""


def is_required_by(organisation: Organisation | None) -> bool:
    """Whether who acts for the organisation needs a second factor: the agency's people do, and whose owners say so."""
    if organisation is None:
        return False
    of_agency = organisation.kind == Organisation.Kind.AGENCY
    return organisation.second_factor_required or (of_agency and settings.STAFF_MFA_REQUIRED)


def lacks_second_factor(user: User, session: SessionBase) -> bool:
    """Whether this person has none, or has not used it in this session."""
    return not (has_second_factor(user) and used_second_factor(user, session))


def has_second_factor(user: User) -> bool:
    return bool(is_mfa_enabled(user, types=MAIN_FACTORS))


def used_second_factor(user: User, session: SessionBase) -> bool:
    """Whether a code of the authenticator app, or a recovery code, was given in this session."""
    request = HttpRequest()
    request.session = session
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted where they are stored, and staff keep theirs."""

    def encrypt(self, text: str) -> str:
        return cipher(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return cipher(PURPOSE).decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # The key was changed without keeping the old one: the factor answers no code, and is set up anew.
            return ""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (settings.STAFF_MFA_REQUIRED and authenticator.user.is_staff)


class SecondFactorKeptError(Exception):
    """Staff tried to remove their second factor. The middleware of signing in answers 403."""


@receiver(pre_delete, sender=Authenticator, dispatch_uid="accounts.second_factor.keep")
def keep(instance: Authenticator, origin: Any, **_signal: Any) -> None:
    """django-allauth asks the adapter on its pages only, not where apps remove a factor."""
    if origin is instance and instance.type in MAIN_FACTORS and not MFAAdapter().can_delete_authenticator(instance):
        raise SecondFactorKeptError


@receiver(authenticator_added, dispatch_uid="accounts.second_factor.added")
def note_use(request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    """Setting a factor up takes a code of it, so this session has used it. Older ones have not, and end."""
    if authenticator.type in MAIN_FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        end_other_sessions(request, user)


@receiver(authenticator_removed, dispatch_uid="accounts.second_factor.removed")
def end_others(request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    if authenticator.type in MAIN_FACTORS:
        end_other_sessions(request, user)
