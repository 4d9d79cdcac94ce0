"""How sign-up and log-in behave where django-allauth leaves it to the site."""

import logging
from typing import Any
from urllib.parse import urljoin, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.core import context
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import EMAIL_MAX_LENGTH, Language, User
from accounts.sign_in_log import note_refusal
from config.client_address import client_address

validate_longest = MaxLengthValidator(EMAIL_MAX_LENGTH)
log = logging.getLogger(__name__)


class MailUnavailableError(Exception):
    """The mail server did not take a message. The middleware of signing in answers 503."""


class AccountAdapter(DefaultAccountAdapter):
    """Messages and e-mails in the reader's language, consent noted at sign-up, and honesty when the mail is down."""

    # Those that apps and people meet; django-allauth itself speaks no Vietnamese.
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is not active."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "email_taken": _("Someone has signed up with this e-mail address already."),
        "enter_current_password": _("Enter your current password."),
        "incorrect_code": _("The code is wrong or too old."),
        "incorrect_password": _("The password is wrong."),
        "too_many_login_attempts": _("Too many failed attempts. Try again in a few minutes."),
        "unknown_email": _("No account has this e-mail address."),
        "rate_limited": _("Too many requests. Try again in a minute."),
    }

    def clean_email(self, email: str) -> str:
        """django-allauth would cut a longer address off without a word, and takes letters that look like others."""
        validate_longest(email)
        if not email.isascii():
            raise ValidationError(_("Write the e-mail address in ASCII letters."), code="not_ascii")
        return email

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.language = reader_language()
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff have the admin; everybody else a page that says where to go."""
        return reverse("admin:index" if isinstance(request.user, User) and request.user.is_staff else "home")

    def get_client_ip(self, request: HttpRequest) -> str:
        """By which the limits on failed attempts count."""
        return client_address(request) or "::"

    def clean_password(self, password: str, user: User | None = None) -> str:
        """A code for a new password that went to an address which is the person's no more is worth nothing."""
        pending = context.request.session.get(PASSWORD_RESET_VERIFICATION_SESSION_KEY)
        if user is not None and pending and not _is_address_of(pending.get("email", ""), user):
            raise self.validation_error("incorrect_code")
        cleaned: str = super().clean_password(password, user=user)
        return cleaned

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            note_refusal(credentials.get("email", ""), reason="too_many_attempts")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_refusal(credentials.get("email", ""), reason="wrong_password")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell of a change to the account. The change stands, whether the mail server is there or not."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except MailUnavailableError:
            log.warning("nobody was told of a change to an account")

    def send_mail(self, template_prefix: str, email: str, words: dict[str, Any]) -> None:
        """Send, or say that it did not work: nobody should wait for a code that is not coming."""
        try:
            with translation.override(language_of(email)):
                super().send_mail(template_prefix, email, {**words, **of_this_site(words)})
        except OSError as failure:  # smtplib's errors and time-outs are OSErrors
            log.exception("mail not sent")
            raise MailUnavailableError from failure


def _is_address_of(email: str, user: User) -> bool:
    address = email.lower()
    return user.email == address or bool(EmailAddress.objects.filter(user=user.pk, email=address).exists())


def of_this_site(words: dict[str, Any]) -> dict[str, Any]:
    """The links of a message under `settings.SITE_URL`, whatever host the request named that caused it."""
    links = {name: url for name, url in words.items() if name.endswith("_url") and isinstance(url, str)}
    ours = {name: urljoin(settings.SITE_URL, urlsplit(url).path) for name, url in links.items()}
    host = urlsplit(settings.SITE_URL).netloc
    return {**ours, "current_site": {"domain": host, "name": host}}


def language_of(email: str) -> str:
    """The language of the account with this address, or of the request where there is none."""
    chosen = User.objects.filter(email=email.lower()).values_list("language", flat=True).first()
    return chosen or reader_language()


def reader_language() -> str:
    """The language of this request, among those that the product speaks."""
    language = translation.get_language() or ""
    return language if language in Language.values else Language.VI
