"""How tests reach the profiles of firms."""

from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from accounts.principals import Principal
from suppliers.models import Supplier
from tests.factories.accounts import OrganisationFactory, member

SUPPLIERS = "/api/v1/suppliers"


FIGURES: dict[str, Any] = {
    "tolerance_mm": 0.01,
    "monthly_capacity": 12345.0,
    "capacity_unit": "pcs",
    "utilisation_pct": 40.0,
    "lead_time_days": 20.0,
    "sample_lead_time_days": 5.0,
    "moq": 100.0,
}


def verified_buyer() -> Principal:
    return member("buyer", organisation=OrganisationFactory.create(kind="buyer", verified_at=timezone.now()))


def path(supplier: Supplier, *rest: str) -> str:
    return "/".join([SUPPLIERS, supplier.public_id, *rest])


def write(client: APIClient, method: str, url: str, body: Any = None, *, etag: str | None = None) -> Any:
    headers = {"If-Match": etag} if etag else {}
    return getattr(client, method)(url, body, format="json", headers=headers)


def problem_of(response: Any) -> tuple[int, str, list[tuple[str, str]]]:
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, body["code"], [(error["pointer"], error["code"]) for error in body["errors"]]
