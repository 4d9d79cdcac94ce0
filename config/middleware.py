"""Middleware of the whole site."""

import logging
import re
import uuid
from collections.abc import Callable

import structlog
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django_structlog.signals import bind_extra_request_finished_metadata, bind_extra_request_metadata

from config.client_address import client_address

MOST_READ_AWAY = 64 * 1024 * 1024
CHUNK = 64 * 1024
log = logging.getLogger(__name__)
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIdMiddleware:
    """Give every request an id, the caller's own where it is harmless, and send it back.

    django_structlog reads the same header, so the id is also in every log line and Celery task.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")  # request.headers would keep a copy of the old value
        request_id = given if _ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = request_id
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class ReadAwayMiddleware:
    """Read what is left of a body that nobody wanted, and throw it away.

    Many clients send all of it before they listen: without this they would see a connection that broke, and not the
    answer that says why.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        left = 0 if hasattr(request, "_body") else MOST_READ_AWAY
        try:
            while left > 0 and (chunk := request.read(min(left, CHUNK))):
                left -= len(chunk)
        except UnreadablePostError:
            log.info("the client hung up while sending")
        return response


@receiver(bind_extra_request_finished_metadata, dispatch_uid="config.middleware.tell_user_agent")
def tell_user_agent(request: HttpRequest, log_kwargs: dict[str, object], **_signal: object) -> None:
    """Name the caller's program in the line that tells how the request ended."""
    log_kwargs["user_agent"] = request.META.get("HTTP_USER_AGENT")


@receiver(bind_extra_request_metadata, dispatch_uid="config.middleware.bind_address")
def bind_address(request: HttpRequest, **_signal: object) -> None:
    """Tell every log line, and the record of disclosures, where the request comes from."""
    structlog.contextvars.bind_contextvars(ip=client_address(request))
