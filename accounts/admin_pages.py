"""What a new process finds out about the admin's pages before anybody asks for one."""

from itertools import product

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import get_resolver
from django.utils.translation import override

from accounts.models import Membership, User


def read_ahead() -> None:
    """List the pages for each standing: their addresses take long to find for the first time."""
    if "admin" not in get_resolver().namespace_dict:  # a server of other addresses may be without
        return
    request = HttpRequest()
    for role, (language, _name) in product(Membership.Role.values, settings.LANGUAGES):
        person = User(is_staff=True)
        person.role_in_agency = role
        request.user = person
        with override(language):
            admin.site.get_app_list(request)
