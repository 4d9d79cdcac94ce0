"""Middleware of signing in."""

import logging
from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_out
from django.db import IntegrityError, OperationalError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError
from structlog.contextvars import bind_contextvars

from accounts.adapter import MailUnavailableError
from accounts.models import User
from accounts.second_factor import SecondFactorKeptError
from accounts.sessions import keep_alive
from config.api.parsers import loads
from config.api.throttling import LimitsUnavailable, TooManyRequests, address_of, check, limiter

RETRY_AFTER_SECONDS = 60
SIGNING_IN = ("/auth/", "/accounts/")
SIGNED_OUT = "accounts.signed_out"
"""Of `request.META`: somebody was signed out in this request."""
INTERRUPTIONS = (IntegrityError, OperationalError, RedisError)
log = logging.getLogger(__name__)


class SessionLimitsMiddleware:
    """Signs a browser out whose session was idle, or lasted, too long. Whoever is signed out, so or on their own wish,
    has the browser forget what it kept of this site.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = request.session.session_key is not None  # without a cookie there is none to ask for
        if has_session and isinstance(request.user, User):
            bind_contextvars(user=request.user.public_id)
            if not keep_alive(request.session, request.user):
                logout(request)
        response = self.get_response(request)
        if SIGNED_OUT in request.META:
            response["Clear-Site-Data"] = '"cache", "storage"'  # the cookie of the session is taken back by itself
        return response


@receiver(user_logged_out, dispatch_uid="accounts.middleware.note_signing_out")
def note_signing_out(request: HttpRequest | None, **_signal: object) -> None:
    if request is not None:
        request.META[SIGNED_OUT] = True


class SigningInMiddleware:
    """Errors that django-allauth does not foresee, answered in its own form.

    Bodies under /auth/ are held to the same strict JSON as those under /api/: without this a lone surrogate or a
    bottomless nesting ends as a 500. A mail server that is away is a 503: nobody should wait for a code in vain. While
    Redis is away, where tries are counted, nobody can try.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/auth/") and request.method != "GET" and request.body:
            try:
                loads(request.body)
            except (ValueError, RecursionError):
                return _refusal(request, 400, "invalid_json", _("The body is not valid JSON."))
        return _refused_for_now(request) or self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, MailUnavailableError):
            return _try_again(request, "mail_unavailable", _("The e-mail could not be sent. Try again in a minute."))
        if isinstance(exception, SecondFactorKeptError):
            return _refusal(request, 403, "second_factor_required", _("Staff keep their second factor."))
        if isinstance(exception, NotImplementedError) and request.path.startswith("/auth/"):
            # django-allauth routes what this site does not offer, such as signing in by telephone number.
            return _refusal(request, 404, "not_found", _("There is nothing here."))
        if isinstance(exception, INTERRUPTIONS) and request.path.startswith(SIGNING_IN):
            # Such as two sign-ups with one address at the same moment, or a database that restarts.
            log.warning("signing in was interrupted", exc_info=exception)
            return _try_again(request, "busy", _("The service is busy or restarting. Please try again shortly."))
        return None


def _refused_for_now(request: HttpRequest) -> HttpResponse | None:
    """Tries count by address. Signing out, a DELETE or a page of its own, is no try and stays open."""
    if request.method != "POST" or not request.path.startswith(SIGNING_IN) or request.path == reverse("account_logout"):
        return None
    try:
        check(limiter.charge("sign_in", address_of(request)))
    except LimitsUnavailable as away:
        return _try_again(request, "unavailable", str(away.detail), wait=away.wait)
    except TooManyRequests as refusal:
        return _refusal(request, 429, "too_many_requests", str(refusal.detail), wait=refusal.wait)
    return None


def _try_again(request: HttpRequest, code: str, message: str, *, wait: int = RETRY_AFTER_SECONDS) -> HttpResponse:
    return _refusal(request, 503, code, message, wait=wait)


def _refusal(request: HttpRequest, status: int, code: str, message: str, *, wait: int | None = None) -> HttpResponse:
    """In django-allauth's form for programs, in plain words for pages."""
    headers = {} if wait is None else {"Retry-After": str(wait)}
    if not request.path.startswith("/auth/"):
        return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8", headers=headers)
    return JsonResponse(
        {"status": status, "errors": [{"code": code, "message": message}]}, status=status, headers=headers
    )
