"""What a new process finds out about the admin's pages, and draws of them, before anybody asks for one."""

from collections.abc import Iterator
from io import BytesIO
from itertools import product
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.sessions.backends.base import SessionBase
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.urls import get_resolver, reverse
from django.utils.http import urlencode
from django.utils.translation import override

from accounts.models import Membership, User


def read_ahead() -> None:
    """List the pages for each standing: their addresses take long to find for the first time."""
    for request in _of_each_standing("index"):
        admin.site.get_app_list(request)


def draw_ahead(page: Any, **query: str) -> None:
    """Draw a list for each standing: templates, patterns and texts take long when they are used for the first time."""
    for request in _of_each_standing(f"{page.opts.app_label}_{page.opts.model_name}_changelist", urlencode(query)):
        drawn = page.changelist_view(request)
        drawn.context_data["has_permission"] = True  # though nobody has signed in
        drawn.render()


def _of_each_standing(page: str, query: str = "") -> Iterator[HttpRequest]:
    """Requests for a page of the admin, of nobody in particular, each while its language is spoken."""
    if "admin" not in get_resolver().namespace_dict:  # a server of other addresses may be without
        return
    asked = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "QUERY_STRING": query}
    for role, (language, _name) in product(Membership.Role.values, settings.LANGUAGES):
        with override(language):
            request = WSGIRequest({**asked, "PATH_INFO": reverse(f"admin:{page}"), "wsgi.input": BytesIO()})
            request.user = User(pk=0, is_staff=True)
            request.user.role_in_agency = role
            request.session = SessionBase()
            yield request
