"""How a request says who it is: an API key, a session token, or the browser's session. All give a Principal."""

import re
from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request
from structlog import get_logger
from structlog.contextvars import bind_contextvars

from accounts import keys, services
from accounts.models import ApiKey, User
from accounts.principals import Principal
from accounts.second_factor import is_required_by, lacks_second_factor
from accounts.sessions import keep_alive
from accounts.sign_in_log import note
from config.api.csrf import NO_CSRF_TOKEN
from config.client_address import client_address

ORGANISATION_HEADER = "X-Organisation"
NO_DIGEST = "0" * 64
CREDENTIAL_PARAMETERS = frozenset(
    {"api_key", "apikey", "api-key", "key", "access_token", "auth_token", "token", "bearer", "authorization"}
    | {"session_token", "x-session-token", "sessionid", "password"}
)
"""Under which credentials are put into URLs; no endpoint has a parameter of such a name."""
log = get_logger(__name__)
_SESSION_TOKEN = re.compile(r"[0-9a-z]{32}")


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer mk_….…`, for software. Any other Authorization header is refused."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Principal] | None:
        _refuse_credentials_in_url(request)
        header = request.headers.get("Authorization")
        if header is None:
            return None
        if "X-Session-Token" in request.headers:
            detail = _("Send either an API key or a session token, not both: it is not clear which of them counts.")
            raise AuthenticationFailed(detail, code="two_credentials")
        api_key = _usable_key(header)
        bind_contextvars(api_key=api_key.public_id, organisation=api_key.organisation.public_id)
        _check_organisation_of(api_key, request)
        address = client_address(request)
        if not api_key.may_come_from(address):
            services.note_refusal(api_key_id=api_key.pk, address=address)
            note("api_key_refused", account=api_key.public_id, reason="foreign_network")
            raise _foreign_network(address)
        api_key.note_use(address)
        return AnonymousUser(), Principal.of_key(api_key)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class SessionTokenAuthentication(BaseAuthentication):
    """`X-Session-Token`, which signing in at /auth/app/v1/ gives to apps."""

    def authenticate(self, request: Request) -> tuple[User, Principal] | None:
        token = request.headers.get("X-Session-Token")
        if token is None:
            return None
        found = XSessionTokenAuthentication().authenticate(request) if _SESSION_TOKEN.fullmatch(token) else None
        if found is None or not keep_alive(found[1], found[0]):
            raise AuthenticationFailed(_("The session has ended. Sign in again."), code="session_ended")
        return found[0], principal_of(request, found[0], session=found[1])

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="api"'


class CookieAuthentication(SessionAuthentication):
    """The browser's session, for the documentation page. Changes need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Principal] | None:
        found = super().authenticate(request)
        return (found[0], principal_of(request, found[0], session=request.session)) if found else None

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as refusal:
            log.info("csrf_refused", reason=str(refusal.detail))
            raise PermissionDenied(_(NO_CSRF_TOKEN), code="csrf_failed") from None


def principal_of(request: Request, user: User, *, session: SessionBase) -> Principal:
    """The person, acting for the organisation that `X-Organisation` names, or for the first one joined.

    Raises:
        PermissionDenied: the person does not belong to the organisation named (whether it exists is not said), or acts
            for one that requires a second factor in a session without it.
    """
    bind_contextvars(user=user.public_id)
    principal = _acting(request, user)
    if is_required_by(principal.organisation) and lacks_second_factor(user, session):
        detail = _("This organisation requires a second factor. Set one up, or give its code, and come back.")
        raise PermissionDenied(detail, code="second_factor_required")
    return principal


def _acting(request: Request, user: User) -> Principal:
    wanted = request.headers.get(ORGANISATION_HEADER)
    memberships = user.memberships.select_related("organisation").order_by("pk")
    if wanted is None:
        first = memberships.first()
        return Principal.of_member(first, user=user) if first else Principal(user=user)
    chosen = memberships.filter(organisation__public_id=wanted).first() if "\x00" not in wanted else None
    if chosen is None:
        raise _foreign_organisation()
    return Principal.of_member(chosen, user=user)


def _usable_key(header: str) -> ApiKey:
    scheme, _space, key = header.partition(" ")
    prefix = keys.prefix_of(key.strip()) if scheme.lower() == "bearer" else None
    if prefix is None:
        raise AuthenticationFailed(
            _("Send the API key as: Authorization: Bearer <key>."), code="malformed_authorization"
        )
    api_key = ApiKey.objects.for_requests().filter(visible_prefix=prefix).first()
    if not keys.matches(key.strip(), api_key.secret_hash if api_key else NO_DIGEST) or api_key is None:
        note("api_key_refused", account=prefix, reason="unknown")
        raise AuthenticationFailed(_("This API key is not known."), code="unknown_api_key")
    if not api_key.is_usable:
        note("api_key_refused", account=api_key.public_id, reason="ended")
        raise AuthenticationFailed(_("This API key has expired or was revoked."), code="api_key_ended")
    return api_key


def _refuse_credentials_in_url(request: Request) -> None:
    """URLs end up in logs and histories, so a key or token in one is refused even if a header is right."""
    for name, values in request.query_params.lists():
        if name.lower() in CREDENTIAL_PARAMETERS or any(keys.contains_key(value) for value in values):
            detail = _("Never put a key into a URL: send it as Authorization: Bearer <key>, and replace this one.")
            raise AuthenticationFailed(detail, code="credential_in_url")


def _check_organisation_of(api_key: ApiKey, request: Request) -> None:
    if request.headers.get(ORGANISATION_HEADER, api_key.organisation.public_id) != api_key.organisation.public_id:
        raise _foreign_organisation()


def _foreign_network(address: str | None) -> PermissionDenied:
    detail = _("This API key may not be used from the address %s. An owner can change its allowed networks.")
    return PermissionDenied(detail % (address or "?"), code="network_not_allowed")


def _foreign_organisation() -> PermissionDenied:
    return PermissionDenied(_("X-Organisation names no organisation that you belong to."), code="foreign_organisation")
