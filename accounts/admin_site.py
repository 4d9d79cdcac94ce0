"""The admin's site. What it offers follows from a person's standing, and is listed once for each standing."""

from typing import Any

from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import get_language
from unfold.sites import UnfoldAdminSite


class AgencyAdminConfig(AdminConfig):
    """Django's admin with this site in the place of its own."""

    default_site = "accounts.admin_site.AgencySite"


class AgencySite(UnfoldAdminSite):
    """The pages of the agency's people."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lists: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """All pages that a person may see. Dozens of permissions, addresses and translated names go into it."""
        if app_label is not None:
            asked: list[dict[str, Any]] = super().get_app_list(request, app_label)
            return asked
        key = seen_by(request)
        if key not in self._lists:
            self._lists[key] = super().get_app_list(request)
        return [{**app, "models": list(app["models"])} for app in self._lists[key]]


def seen_by(request: HttpRequest) -> tuple[str, str]:
    """The standing of who asks, and their language: on these the list depends."""
    return getattr(request.user, "standing_in_admin", ""), get_language() or ""
