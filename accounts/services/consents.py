"""Saying yes or no to what personal data are used for."""

from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.consent_texts import in_force
from accounts.errors import TermsNeededError
from accounts.events import announce
from accounts.models import Consent, User
from accounts.principals import Principal
from config.errors import InvalidFactError, NotAllowedError


@transaction.atomic
def state_consent(
    *, purpose: str, text_version: str, given: bool, language: str, address: str | None = None, by: Principal
) -> Consent:
    """Write down what the person says now of a purpose. Earlier statements stay.

    Args:
        text_version: what the person has read. To agree, it must be the one in force.
        language: in which it was read.
        address: from which the statement came.

    Raises:
        NotAllowedError: software asks.
        InvalidFactError: agrees to another version than the one in force.
        TermsNeededError: withdraws the terms, without which there is no account.
    """
    if by.user is None:
        raise NotAllowedError
    if given and text_version != in_force(purpose).version:
        raise InvalidFactError(
            _("The terms in force are those of %(version)s.") % {"version": in_force(purpose).version},
            pointer="/text_version",
            code="other_terms",
        )
    if not given and purpose == Consent.Purpose.TERMS:
        raise TermsNeededError(data_requests="/api/v1/me/data-requests")
    consent = record_consent(by.user, purpose=purpose, given=given, language=language, address=address)
    announce("consent.given" if given else "consent.withdrawn", subject=by.user, actor=by, reason=purpose)
    return consent


def record_consent(person: User, *, purpose: str, given: bool, language: str, address: str | None) -> Consent:
    """The row of a statement about the text in force."""
    text = in_force(purpose)
    return Consent.objects.create(
        person=person,
        purpose=purpose,
        text_version=text.version,
        text_language=language,
        text_sha256=text.sha256(language),
        given=given,
        address=address,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )


def purposes_of(person: User) -> list[dict[str, Any]]:
    """For each purpose the text in force, what the person last said, and whether it should be asked again.

    Terms are asked for anew with each version. Sharing of contacts goes with the terms unless the person has objected.
    """
    said = {consent.purpose: consent for consent in person.consents.order_by("pk")}
    return [_standing(purpose, said.get(purpose)) for purpose in Consent.Purpose.values]


def _standing(purpose: str, last: Consent | None) -> dict[str, Any]:
    text = in_force(purpose)
    agreed = last is not None and last.given and last.text_version == text.version
    return {
        "purpose": purpose,
        "text_version": text.version,
        "given": last.given if last else None,
        "given_text_version": last.text_version if last else None,
        "stated_at": last.created_at if last else None,
        "needed": purpose == Consent.Purpose.TERMS and not agreed,
    }
