"""Who may call an endpoint at all. What they may see and do there is the querysets' and services' matter."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiKey
from accounts.principals import Principal


class SignedIn(BasePermission):
    """A person, or an API key with the scope that the method needs: `read` for safe methods, else `write`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        principal: Principal = request.auth
        if principal.is_anonymous:
            return False
        if principal.api_key is not None:
            self._check_scope(principal, self.scope_for(request))
        return True

    def scope_for(self, request: Request) -> str:
        return ApiKey.Scope.READ if request.method in SAFE_METHODS else ApiKey.Scope.WRITE

    def _check_scope(self, principal: Principal, scope: str) -> None:
        if scope not in principal.scopes:
            raise PermissionDenied(_("This API key lacks the scope: %s.") % scope, code="scope_missing")
        if scope == ApiKey.Scope.WRITE and principal.is_staff:
            raise PermissionDenied(_("API keys of the agency may only read."), code="agency_keys_only_read")


class OpenToReaders(SignedIn):
    """For what is published: nobody need sign in to read it. Who does sees more, and must be let in as elsewhere."""

    def has_permission(self, request: Request, view: Any) -> bool:
        reads_as_nobody = request.method in SAFE_METHODS and request.auth.is_anonymous
        return reads_as_nobody or super().has_permission(request, view)


class SignedInToRead(SignedIn):
    """For a POST that changes nothing, such as a preview: an API key needs only the scope `read`."""

    def scope_for(self, request: Request) -> str:
        return ApiKey.Scope.READ


class CanWrite(SignedIn):
    """Owners and editors, and keys that may write. Others may read."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if request.method not in SAFE_METHODS and not request.auth.can_write:
            raise PermissionDenied(_("Your role in this organisation does not permit changes."), code="not_allowed")
        return True
