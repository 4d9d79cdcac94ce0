"""Every error of the API as `application/problem+json` (RFC 9457)."""

import logging
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from django.views.csrf import csrf_failure as html_csrf_failure
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import set_rollback

from config import errors
from config.api.csrf import NO_CSRF_TOKEN
from config.api.parsers import ContentTooLarge

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
NOT_PREPARED = frozenset({"42P01", "42703", "42883"})
"""PostgreSQL's codes for a table, column or function that is not there: migrations have not been applied yet."""
MOST_FAULTS = 100
"""How many faults of one request are told of."""
LONGEST_TEXT = 500
"""Characters of a pointer or detail, which may quote what was sent."""
STATUS_OF: list[tuple[type[errors.DomainError], int]] = [
    (errors.StaleVersionError, 412),
    (errors.ConflictError, 409),
    (errors.GoneError, 410),
    (errors.NotAllowedError, 403),
    (errors.TooLargeError, 413),
    (errors.InvalidFactError, 400),
    (errors.DomainError, 409),
]
PRIVATE = "private, no-store"
TITLES = {
    400: gettext_lazy("The request cannot be understood."),
    401: gettext_lazy("Please sign in."),
    403: gettext_lazy("You may not do this."),
    404: gettext_lazy("There is nothing here."),
    405: gettext_lazy("This address does not answer that method."),
    406: gettext_lazy("Answers are JSON only."),
    409: gettext_lazy("The current state does not permit this."),
    411: gettext_lazy("The body must come with its length."),
    413: gettext_lazy("The body is too large."),
    415: gettext_lazy("The body must be JSON."),
    422: gettext_lazy("The request contradicts an earlier one."),
    428: gettext_lazy("The request must name a version."),
    429: gettext_lazy("Too many requests."),
    500: gettext_lazy("An error of ours."),
    503: gettext_lazy("The service is not available now."),
}
log = logging.getLogger(__name__)


class PreconditionRequired(exceptions.APIException):
    """A change was sent without saying which version it is based on."""

    status_code = 428
    default_code = "precondition_required"

    def __init__(self) -> None:
        super().__init__(_("Send If-Match with the ETag that you read."))


def problem(
    request: HttpRequest, *, status: int, code: str, title: str = "", detail: str = "", **members: Any
) -> dict[str, Any]:
    """The body of a problem. `code` is stable; title and detail are in the reader's language."""
    return {
        "type": f"urn:problem-type:{code}",
        "title": title or str(TITLES.get(status, HTTPStatus(status).phrase)),
        "status": status,
        "detail": _short(detail),
        "instance": request.path,
        "code": code,
        "errors": [],
        "request_id": request.META.get("HTTP_X_REQUEST_ID", ""),
        **members,
    }


def handle(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. Undoes the transaction of the request, whatever the error.

    Returns None for a crash, which then reaches `server_error`.
    """
    request: HttpRequest = context["request"]
    described = describe(request, exc)
    if described is None:
        return None
    set_rollback()
    body, headers = described
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def describe(request: HttpRequest, exc: BaseException) -> tuple[dict[str, Any], dict[str, str]] | None:
    """The body and headers that tell of `exc`, or None where it is a fault of ours."""
    if isinstance(exc, errors.DomainError):
        return _of_domain(request, exc), {}
    if isinstance(exc, Http404 | ObjectDoesNotExist):
        exc = exceptions.NotFound()
    elif isinstance(exc, RequestDataTooBig):
        exc = ContentTooLarge()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, ModelValidationError):
        exc = exceptions.ValidationError(as_serializer_error(exc))
    if isinstance(exc, exceptions.ValidationError):
        return _of_validation(request, exc), {}
    if isinstance(exc, exceptions.APIException):
        return _of_api(request, exc)
    return _of_database(request, exc)


def _of_domain(request: HttpRequest, exc: errors.DomainError) -> dict[str, Any]:
    status = next(status for family, status in STATUS_OF if isinstance(exc, family))
    members: dict[str, Any] = {key: value for key, value in exc.context.items() if value is not None}
    if isinstance(exc, errors.InvalidFactError):
        members["errors"] = [_fault(exc.pointer, exc.code, str(exc.detail))]
    return problem(request, status=status, code=exc.code, title=str(exc.title), detail=str(exc.detail), **members)


def _of_validation(request: HttpRequest, exc: exceptions.ValidationError) -> dict[str, Any]:
    found = list(islice(_flatten(exc.detail), MOST_FAULTS))
    title = _("The request is not valid.")
    return problem(request, status=400, code="invalid", title=title, detail=found[0]["detail"], errors=found)


def _of_api(request: HttpRequest, exc: exceptions.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    headers: dict[str, str] = {}
    if authenticate := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = authenticate
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = f"{int(wait)}"
    codes = exc.get_codes()
    code = codes if isinstance(codes, str) else exc.default_code
    return problem(request, status=exc.status_code, code=code, detail=str(exc.detail)), headers


def _of_database(request: HttpRequest, exc: BaseException) -> tuple[dict[str, Any], dict[str, str]] | None:
    if isinstance(exc, IntegrityError):
        log.warning("refused by a constraint", exc_info=exc)
        detail = _("This contradicts something that is already stored.")
        return problem(request, status=409, code="conflict", detail=detail, rule=_diagnosis(exc, "constraint_name")), {}
    if isinstance(exc, DataError):
        return problem(request, status=400, code="invalid", detail=_("A value is out of range.")), {}
    if isinstance(exc, OperationalError | InterfaceError):
        log.error("database not available", exc_info=exc)
        return _unavailable(request, _("The service is busy or restarting. Please try again shortly."))
    if isinstance(exc, ProgrammingError) and _diagnosis(exc, "sqlstate") in NOT_PREPARED:
        log.error("the database is not that of this release", exc_info=exc)
        return _unavailable(request, _("The database is being prepared for this release. Please try again shortly."))
    return None


def _unavailable(request: HttpRequest, detail: str) -> tuple[dict[str, Any], dict[str, str]]:
    body = problem(request, status=503, code="unavailable", detail=detail)
    return body, {"Retry-After": str(RETRY_AFTER_SECONDS)}


def _diagnosis(exc: DatabaseError, name: str) -> str:
    """What PostgreSQL says of an error, by psycopg2's name for it."""
    return getattr(getattr(exc.__cause__, "diag", None), name, None) or ""


def _flatten(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """One entry for each message in DRF's nested error detail, with its JSON pointer (RFC 6901)."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            step = "" if key == "non_field_errors" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            yield from _flatten(value, pointer + step)
    elif isinstance(detail, list | tuple):
        for index, value in enumerate(detail):
            is_message = isinstance(value, exceptions.ErrorDetail)
            yield from _flatten(value, pointer if is_message else f"{pointer}/{index}")
    else:
        yield _fault(pointer, getattr(detail, "code", "invalid"), str(detail))


def _fault(pointer: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": _short(pointer), "code": code, "detail": _short(detail)}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _respond(request: HttpRequest, **parts: Any) -> JsonResponse:
    return _as_problem(problem(request, **parts), {})


def _as_problem(body: dict[str, Any], headers: Mapping[str, str]) -> JsonResponse:
    headers = {"Cache-Control": PRIVATE, **headers}
    return JsonResponse(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return _respond(request, status=413, code="content_too_large", detail=_("The body is too large."))
    return _respond(request, status=400, code="bad_request", detail=_("The request cannot be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    if not _is_api(request):
        return defaults.permission_denied(request, exception)
    return _respond(request, status=403, code="permission_denied", detail=_("You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: also for paths that no route knows."""
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return _respond(request, status=404, code="not_found", detail=_("There is nothing here."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a crash, or the database being away before a view was reached."""
    if not _is_api(request):
        return defaults.server_error(request)
    exc = sys.exc_info()[1]
    if exc is not None and (described := describe(request, exc)):
        return _as_problem(*described)
    detail = _("An error of ours. It has been recorded under the request id.")
    return _respond(request, status=500, code="internal_error", detail=detail)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    if not _is_api(request):
        return html_csrf_failure(request, reason)
    log.info("refused for its CSRF token: %s", reason)
    return _respond(request, status=403, code="csrf_failed", detail=_(NO_CSRF_TOKEN))
