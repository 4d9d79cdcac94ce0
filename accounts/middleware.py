"""Middleware of signing in."""

import logging
from collections.abc import Callable

from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from accounts.adapter import MailUnavailableError
from config.api.parsers import loads

RETRY_AFTER_SECONDS = 60
log = logging.getLogger(__name__)


class SigningInMiddleware:
    """Errors that django-allauth does not foresee, answered in its own form.

    Bodies under /auth/ are held to the same strict JSON as those under /api/: without this a lone surrogate or a
    bottomless nesting ends as a 500. A mail server that is away is a 503: nobody should wait for a code in vain.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/auth/") and request.method != "GET" and request.body:
            try:
                loads(request.body)
            except (ValueError, RecursionError):
                return _refusal(400, "invalid_json", _("The body is not valid JSON."))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, MailUnavailableError):
            return _try_again("mail_unavailable", _("The e-mail could not be sent. Try again in a minute."))
        if isinstance(exception, IntegrityError | OperationalError) and request.path.startswith("/auth/"):
            # Such as two sign-ups with one address at the same moment, or a database that restarts.
            log.warning("signing in was interrupted", exc_info=exception)
            return _try_again("busy", _("The service is busy or restarting. Please try again shortly."))
        return None


def _try_again(code: str, message: str) -> HttpResponse:
    response = _refusal(503, code, message)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _refusal(status: int, code: str, message: str) -> HttpResponse:
    return JsonResponse({"status": status, "errors": [{"code": code, "message": message}]}, status=status)
