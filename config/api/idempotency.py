"""`Idempotency-Key`: a POST that is sent again changes nothing again, and is answered as it was the first time.

After the IETF's draft-ietf-httpapi-idempotency-key-header-07. Where the rows lie is named in the settings as a string:
this package sits below every app.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

_ACCEPTABLE = re.compile(r"[!-~]{1,255}")
NOWHERE = "-"
"""In place of the organisation that somebody acts for."""
_REPEATED_HEADERS = ("ETag", "Location")

Handler = Callable[..., HttpResponseBase]


class MalformedIdempotencyKey(APIException):
    status_code = 400
    default_code = "malformed_idempotency_key"
    default_detail = _("An Idempotency-Key is 1 to 255 visible ASCII characters, without spaces.")


class IdempotencyKeyInUse(APIException):
    """The first request with this key is still running."""

    status_code = 409
    default_code = "idempotency_key_in_use"
    default_detail = _("A request with this Idempotency-Key is still running. Try again in a moment.")
    wait = 1


class IdempotencyKeyReused(APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used for another request. Make a new one for each.")


def given_key(request: Request) -> str | None:
    """The request's Idempotency-Key.

    Raises:
        MalformedIdempotencyKey: it is empty, too long, or has characters that headers had better not have.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _ACCEPTABLE.fullmatch(key):
        raise MalformedIdempotencyKey
    return key


def once(handler: Handler, *, key: str, secrets: frozenset[str]) -> Handler:
    """The handler of a POST, such that what is sent with this key is carried out once.

    The key's row commits together with what the request did: either both are there, or neither. A refusal leaves
    nothing behind, so that the same key serves again once its cause is mended. Nobody's requests, which change
    nothing, are not remembered.

    Args:
        secrets: members of the answer that are stored nowhere; when the answer is repeated they are null, lists
            empty.
    """

    def handle(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        owner = _owner_of(request)
        if owner is None:
            return handler(request, *args, **kwargs)
        asked = _fingerprint(request, role=request.auth.role)
        with transaction.atomic():
            stored = _find(owner, key, asked) or _of_a_newcomer(request, key)
            if stored is not None:
                return _repeated(stored)
            response = handler(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            else:
                _rows().remember(owner=owner, key=key, fingerprint=asked, **_answer_in(response, secrets))
        return response

    return handle


def _rows() -> Any:
    return apps.get_model(settings.IDEMPOTENCY_MODEL).objects


def _owner_of(request: Request) -> str | None:
    """Who may use the key: the person or software, for the organisation acted for. None for nobody."""
    principal = request.auth
    if principal.is_anonymous:
        return None
    organisation = principal.organisation.public_id if principal.organisation else NOWHERE
    return f"{principal.caller_id} {organisation}"


def _of_a_newcomer(request: Request, key: str) -> Any:
    """The row of the same request by the same person when it belonged nowhere yet: what it asked then may be what made
    it a member, as founding an organisation does, or joining one."""
    owner = f"{request.auth.caller_id} {NOWHERE}"
    asked = _fingerprint(request, role=None)
    return _rows().unexpired().filter(owner=owner, key=key, fingerprint=asked).first()


def _fingerprint(request: Request, *, role: str | None) -> str:
    """A digest of what is asked, and in which role: the address and the body, as it is understood.

    Who has another role by now is not shown again what the earlier one got.
    """
    body = dict(request.data.lists()) if isinstance(request.data, QueryDict) else request.data
    asked = [request.get_full_path(), role, body]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=_digest_of_file).encode()).hexdigest()


def _digest_of_file(value: Any) -> list[str | None]:
    if not isinstance(value, UploadedFile):
        raise TypeError(f"{value!r} in the body of a request")
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [value.name, digest.hexdigest()]


def _find(owner: str, key: str, asked: str) -> Any:
    """The row of an earlier request with this key; None for the first, which then holds the key's lock.

    Raises:
        IdempotencyKeyInUse: another transaction holds the lock.
        IdempotencyKeyReused: the earlier request asked something else.
    """
    if not _rows().lock(owner=owner, key=key):
        raise IdempotencyKeyInUse
    stored = _rows().unexpired().filter(owner=owner, key=key).first()
    if stored is not None and stored.fingerprint != asked:
        raise IdempotencyKeyReused
    return stored


def _answer_in(response: HttpResponseBase, secrets: frozenset[str]) -> dict[str, Any]:
    if not isinstance(response, Response):
        raise TypeError("a POST is answered by a Response, which can be stored")
    body = response.data
    if body is not None and secrets:
        body = {**body, **{name: [] if isinstance(body[name], list) else None for name in secrets & body.keys()}}
    return {
        "status": response.status_code,
        "body": "" if body is None else JSONRenderer().render(body).decode(),
        "headers": {name: response[name] for name in _REPEATED_HEADERS if name in response},
    }


def _repeated(stored: Any) -> HttpResponse:
    headers = {**stored.headers, "Idempotent-Replayed": "true"}
    return HttpResponse(stored.body, status=stored.status, content_type="application/json", headers=headers)
