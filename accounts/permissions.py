"""Who may call an endpoint at all."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class SignedIn(BasePermission):
    """A person or an API key, not nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return not request.auth.is_anonymous
