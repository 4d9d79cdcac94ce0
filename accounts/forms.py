"""What sign-up asks beyond e-mail address and password."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.consent_texts import in_force
from accounts.models import Consent, User
from accounts.services.consents import record_consent
from config.client_address import client_address
from config.models import NOTHING_VISIBLE
from config.text import is_visible, nfc


def terms_in_force() -> str:
    """Version of the terms to which who signs up must agree."""
    return in_force(Consent.Purpose.TERMS).version


class SignUpForm(forms.Form):
    """A name, and consent to the terms in force; django-allauth adds the rest."""

    full_name = forms.CharField(label=_("Full name"), max_length=150)
    terms_version = forms.CharField(
        label=_("Version of the terms that you agree to"), max_length=20, initial=lambda: terms_in_force()
    )

    def clean_full_name(self) -> str:
        name = nfc(self.cleaned_data["full_name"])
        if not is_visible(name):
            raise ValidationError(NOTHING_VISIBLE, code="nothing_visible")
        return name

    def clean_terms_version(self) -> str:
        agreed: str = self.cleaned_data["terms_version"]
        if agreed != terms_in_force():
            raise ValidationError(
                _("The terms in force are those of %(version)s."),
                code="other_terms",
                params={"version": terms_in_force()},
            )
        return agreed

    def signup(self, request: HttpRequest, user: User) -> None:
        """What django-allauth calls once the account exists."""
        user.full_name = self.cleaned_data["full_name"]
        user.save()
        record_consent(
            user,
            purpose=Consent.Purpose.TERMS,
            given=True,
            language=user.language,
            address=client_address(request),
        )
