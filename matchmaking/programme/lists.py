"""Where the rows behind each figure are: lists of the admin, already filtered."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from suppliers.models import Supplier

EVERYTHING = {"queue": "all"}
"""Lists that open with what waits for staff show the rest as well."""


def firms(**filters: Any) -> str:
    return _list("suppliers_supplier", EVERYTHING | filters)


def registered_firms() -> str:
    return firms(state__in=",".join(state for state in Supplier.State if state != Supplier.State.ARCHIVED))


def published_firms(**filters: Any) -> str:
    return firms(state__exact=Supplier.State.PUBLISHED.value, **filters)


def certificates(**filters: Any) -> str:
    return _list("suppliers_certificate", EVERYTHING | filters)


def open_requirements(**filters: Any) -> str:
    return _list("buyers_requirement", {"state__exact": "open"} | filters)


def requirements(**filters: Any) -> str:
    return _list("buyers_requirement", filters)


def rows(model: str, **filters: Any) -> str:
    """The list of a model, written as `app_model`."""
    return _list(model, filters)


def _list(model: str, filters: dict[str, Any]) -> str:
    address = reverse(f"admin:{model}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address
