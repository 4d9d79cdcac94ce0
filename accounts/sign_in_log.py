"""A log line for each attempt to sign in and each change of what one signs in with: which account, how it went.

The address is bound to every line of a request. An account goes by its public id; an e-mail address that belongs to
none by a keyed hash, so that lines about the same one are found together and name nobody.
"""

from typing import Any

import structlog
from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import Signal
from django.utils.crypto import salted_hmac

from accounts.models import User

NAMES: dict[Signal, str] = {
    user_logged_in: "signed_in",
    user_logged_out: "signed_out",
    account.user_signed_up: "signed_up",
    account.password_changed: "password_changed",
    account.password_reset: "password_reset",
    account.password_reset_code_rejected: "password_reset_code_refused",
    account.email_confirmed: "email_confirmed",
    account.email_verification_code_rejected: "email_code_refused",
    account.email_added: "email_added",
    account.email_changed: "email_changed",
    account.email_removed: "email_removed",
    mfa.authentication_failed: "second_factor_refused",
    mfa.authenticator_added: "second_factor_added",
    mfa.authenticator_removed: "second_factor_removed",
    mfa.authenticator_reset: "recovery_codes_renewed",
}
"""What a line is called, by what happened."""
REFUSED = "_refused"
"""How the name of a line ends that is a warning."""

log = structlog.get_logger(__name__)


def note_refusal(email: str, *, reason: str) -> None:
    """That somebody did not get in with this address: `wrong_password`, or `too_many_attempts` for the time being."""
    note("sign_in_refused", account=account_of(email), reason=reason)


def note(name: str, **told: str) -> None:
    (log.warning if name.endswith(REFUSED) else log.info)(name, **told)


def account_of(email: str) -> str:
    """The public id of the account with this e-mail address, or a hash of an address that has none."""
    address = email.strip().lower()
    known = User.objects.filter(email=address).values_list("public_id", flat=True).first()
    return known or f"unknown:{salted_hmac(__name__, address, algorithm='sha256').hexdigest()[:16]}"


def _listen(signal: Signal, name: str) -> None:
    def hear(**told: Any) -> None:
        person = told.get("user") or getattr(told.get("email_address"), "user", None)
        if isinstance(person, User):
            note(name, account=person.public_id)

    signal.connect(hear, weak=False, dispatch_uid=f"accounts.sign_in_log.{name}")


for _signal, _name in NAMES.items():
    _listen(_signal, _name)
