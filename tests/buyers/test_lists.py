"""A list costs the same number of queries with one row and with fifty."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from buyers import services
from buyers.models import Buyer
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.buyers import PlantFactory, buyer_member, open_requirement, process, verified_buyer
from tests.factories.taxonomy import (
    IndustrialParkFactory,
    MaterialFactory,
    ProvinceFactory,
    SectorFactory,
    StandardFactory,
)

pytestmark = pytest.mark.django_db


def queries(client: APIClient, url: str, *, rows: int) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(url)
    assert len(response.json()["results"]) == rows
    return len(captured)


def full_requirement(buyer: Buyer) -> None:
    """Open, with everything that is read from other tables."""
    plant = PlantFactory.create(
        buyer=buyer, province=ProvinceFactory.create(code="24"), park=IndustrialParkFactory.create()
    )
    codes = [MaterialFactory.create().code, StandardFactory.create().code]
    process("MACH.CNC_TURN")
    by = buyer_member(buyer)
    values = {
        "title": "Shaft",
        "plant": plant,
        "operations": [{"process": "MACH.CNC_TURN", "materials": codes[:1]}] * 2,
        "standards_required": codes[1:],
        "criteria": {"moq": {"weight": 2.0}},
    }
    requirement = services.create_requirement(values=values, by=by)
    services.open_requirement(requirement_id=requirement.pk, by=by)


def requirement(_buyer: Buyer) -> None:
    full_requirement(verified_buyer())


def plant(buyer: Buyer) -> None:
    PlantFactory.create(buyer=buyer, province=ProvinceFactory.create(), park=IndustrialParkFactory.create())


def buyer(_buyer: Buyer) -> None:
    verified_buyer().sectors.add(SectorFactory.create())


@pytest.mark.parametrize(("kind", "make"), [("requirements", requirement), ("plants", plant), ("buyers", buyer)])
def test_fifty_rows_cost_staff_as_many_queries_as_one(
    client_for: ClientFor, kind: str, make: Callable[[Buyer], Any]
) -> None:
    first = verified_buyer()
    Buyer.objects.exclude(pk=first.pk).delete()
    client = client_for(member("agency"))
    extra = 1 if kind == "buyers" else 0
    make(first)
    few = queries(client, f"/api/v1/{kind}", rows=1 + extra)
    for _ in range(49 - extra):
        make(first)

    assert queries(client, f"/api/v1/{kind}", rows=50) == few


def test_fifty_rows_cost_a_supplier_as_many_queries_as_one(client_for: ClientFor) -> None:
    client = client_for(member("supplier"))
    full_requirement(verified_buyer())
    few = queries(client, "/api/v1/requirements", rows=1)
    for _ in range(49):
        full_requirement(verified_buyer())

    assert queries(client, "/api/v1/requirements", rows=50) == few


def test_fifty_entries_of_a_history_cost_as_many_queries_as_one(client_for: ClientFor) -> None:
    asked = open_requirement()
    by = buyer_member(asked.buyer)
    client = client_for(by)
    url = f"/api/v1/requirements/{asked.public_id}/history"
    services.change_requirement(requirement_id=asked.pk, values={"title": "1"}, by=by)
    few = queries(client, url, rows=1)
    for number in range(49):
        services.change_requirement(requirement_id=asked.pk, values={"title": f"New {number}"}, by=by)

    assert queries(client, url, rows=50) == few
