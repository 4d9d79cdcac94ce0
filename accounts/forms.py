"""What sign-up asks beyond e-mail address and password."""

import unicodedata

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignUpForm(forms.Form):
    """A name, and consent to the terms in force; django-allauth adds the rest."""

    full_name = forms.CharField(label=_("Full name"), max_length=150)
    terms_version = forms.CharField(
        label=_("Version of the terms that you agree to"), max_length=20, initial=lambda: settings.TERMS_VERSION
    )

    def clean_full_name(self) -> str:
        return " ".join(unicodedata.normalize("NFC", self.cleaned_data["full_name"]).split())

    def clean_terms_version(self) -> str:
        agreed: str = self.cleaned_data["terms_version"]
        if agreed != settings.TERMS_VERSION:
            raise ValidationError(
                _("The terms in force are those of %(version)s."),
                code="other_terms",
                params={"version": settings.TERMS_VERSION},
            )
        return agreed

    def signup(self, request: HttpRequest, user: User) -> None:
        """What django-allauth calls once the account exists."""
        user.full_name = self.cleaned_data["full_name"]
        user.terms_version = self.cleaned_data["terms_version"]
        user.terms_agreed_at = timezone.now()
        user.save()
