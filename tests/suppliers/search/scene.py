"""How tests look for firms."""

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from django.utils import timezone
from rest_framework.test import APIClient

from accounts.principals import Principal
from suppliers.models import Supplier
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.suppliers import (
    SupplierFactory,
)

SUPPLIERS = "/api/v1/suppliers"


DAY = date(2026, 11, 25)


def verified_buyer() -> Principal:
    return member("buyer", organisation=OrganisationFactory.create(kind="buyer", verified_at=timezone.now()))


def named(legal_name: str, trade_name: str = "", **fields: Any) -> Supplier:
    organisation = OrganisationFactory.create(legal_name=legal_name, trade_name=trade_name)
    return SupplierFactory.create(published=True, organisation=organisation, **fields)


def found(client: APIClient, **query: Any) -> list[str]:
    """Ids of the firms in the list, oldest first."""
    answer = client.get(f"{SUPPLIERS}?{urlencode(query, quote_via=quote)}")
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]][::-1]


def ids(*suppliers: Supplier) -> list[str]:
    return [supplier.public_id for supplier in suppliers]


def errors_of(client: APIClient, **query: Any) -> tuple[int, list[tuple[str, str]]]:
    answer = client.get(f"{SUPPLIERS}?{urlencode(query, quote_via=quote)}")
    return answer.status_code, [
        (error["pointer"].lstrip("/"), error["code"]) for error in answer.json().get("errors", [])
    ]
