"""Lists of firms: order, bad parameters, and as many queries for fifty rows as for one."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Organisation
from suppliers.models import Capability, Certificate, Site, Supplier
from suppliers.models.search import SupplierSearch
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    material,
    process,
    standard,
)
from tests.suppliers.search.scene import SUPPLIERS, errors_of, found, ids, named, verified_buyer

pytestmark = pytest.mark.django_db


def walked(client: APIClient, **query: str) -> list[str]:
    """Ids through all pages of one row, then back: both ways give the same."""
    answer = client.get(SUPPLIERS, {**query, "page_size": "1"}).json()
    there, back = [answer], []
    while there[-1]["next"]:
        there.append(client.get(there[-1]["next"]).json())
    back.append(there[-1])
    while back[-1]["previous"]:
        back.append(client.get(back[-1]["previous"]).json())
    ids_there = [row["id"] for page in there for row in page["results"]]
    assert [row["id"] for page in reversed(back) for row in page["results"]] == ids_there
    return ids_there


def test_firms_are_sorted_by_name_without_accents_and_legal_form(anonymous_client: APIClient) -> None:
    second = named("Công ty TNHH Đúc Đồng")
    third = named("Công ty Cổ phần Đức Minh")
    first = named("Cơ khí An Phát")
    also_first = named("Co khi An Phat")

    assert walked(anonymous_client, ordering="name") == ids(first, also_first, second, third)
    assert walked(anonymous_client, ordering="-name", q="duc") == ids(third, second)


def test_firms_are_sorted_by_distance_where_it_is_asked_for(client_for: ClientFor) -> None:
    def at(latitude: float) -> Supplier:
        supplier = SupplierFactory.create(published=True)
        SiteFactory.create(supplier=supplier, latitude=latitude, longitude=105.85)
        return supplier

    far, near, middle, also_near = at(21.4), at(21.03), at(21.2), at(21.03)
    SiteFactory.create(supplier=far, latitude=21.3, longitude=105.85)
    client = client_for(verified_buyer())
    place = {"near": "21.03,105.85", "within_km": "100"}

    assert walked(client, ordering="distance", **place) == ids(near, also_near, middle, far)
    assert walked(client, ordering="-distance", **place) == ids(far, middle, also_near, near)
    assert errors_of(client, ordering="distance") == (400, [("ordering", "unknown_name")])
    for hidden in ("published_at", "updated_at", "tax_code", "organisation__legal_name"):
        assert errors_of(client, ordering=hidden) == (400, [("ordering", "unknown_name")])


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"q": "x" * 201}, "q", "max_length"),
        ({"process": "NONE"}, "process", "invalid_choice"),
        ({"process__in": "MACH,NONE"}, "process__in", "unknown_code"),
        ({"process__in": ",".join(f"P{n}" for n in range(51))}, "process__in", "max_length"),
        ({"material": "NONE"}, "material", "invalid_choice"),
        ({"corridor": "NONE"}, "corridor", "invalid_choice"),
        ({"province": "24"}, "province", "invalid"),
        ({"province__in": "2025:01,24"}, "province__in", "invalid"),
        ({"valid_on": "2026-11-25"}, "valid_on", "incomplete"),
        ({"standard": "ISO9001", "valid_on": "25/13/2026"}, "valid_on", "invalid"),
        ({"standard_level__gte": "2"}, "standard_level__gte", "incomplete"),
        ({"standard": "ISO9001", "standard_level__gte": "5"}, "standard_level__gte", "max_value"),
        ({"monthly_capacity__gte": "5"}, "monthly_capacity__gte", "incomplete"),
        ({"capacity_unit": "pcs"}, "capacity_unit", "incomplete"),
        ({"monthly_capacity__gte": "NaN", "capacity_unit": "pcs"}, "monthly_capacity__gte", "invalid"),
        ({"monthly_capacity__gte": "1e400", "capacity_unit": "pcs"}, "monthly_capacity__gte", "invalid"),
        ({"monthly_capacity__gte": "9" * 400, "capacity_unit": "pcs"}, "monthly_capacity__gte", "invalid"),
        ({"monthly_capacity__gte": "-1", "capacity_unit": "pcs"}, "monthly_capacity__gte", "min_value"),
        ({"monthly_capacity__gte": "1", "capacity_unit": "bushel"}, "capacity_unit", "invalid_choice"),
        ({"near": "21.03,105.85"}, "near", "incomplete"),
        ({"within_km": "5"}, "within_km", "incomplete"),
        ({"near": "NaN,105", "within_km": "5"}, "near", "invalid"),
        ({"near": "inf,1e5", "within_km": "5"}, "near", "invalid"),
        ({"near": "91,105", "within_km": "5"}, "near", "invalid"),
        ({"near": "21", "within_km": "5"}, "near", "invalid"),
        ({"near": "21.03,105.85", "within_km": "1001"}, "within_km", "max_value"),
        ({"near": "21.03,105.85", "within_km": "infinity"}, "within_km", "invalid"),
        ({"state": "nonsense"}, "state", "invalid_choice"),
        ({"state__in": "draft,nonsense"}, "state__in", "invalid_choice"),
    ],
)
def test_bad_parameters_are_named(query: dict[str, str], pointer: str, code: str, client_for: ClientFor) -> None:
    process("MACH"), standard("ISO9001")

    assert errors_of(client_for(member("agency")), **query) == (400, [(pointer, code)])


QUERIES: list[dict[str, str]] = [
    {"q": "mechanics"},
    {"process": "MACH", "material": "NYLON", "province": "2025:01"},
    {"standard": "ISO9001", "valid_on": "2026-11-25", "standard_level__gte": "0"},
    {"near": "21.03,105.85", "within_km": "50"},
    {"monthly_capacity__gte": "1", "capacity_unit": "pcs", "process": "MACH"},
]


@pytest.mark.parametrize("query", QUERIES)
def test_fifty_rows_cost_as_many_queries_as_one(query: dict[str, str], client_for: ClientFor) -> None:
    client = client_for(verified_buyer())

    def queries(rows: int) -> int:
        found(client, **query)  # the process keeps the vocabulary that it reads
        with CaptureQueriesContext(connection) as asked:
            assert len(found(client, **query)) == rows
        return len(asked)

    firm_in_every_list()
    few = queries(1)
    for _ in range(49):
        firm_in_every_list()
    count_rows()

    assert queries(50) == few


def count_rows() -> None:
    """As PostgreSQL does on its own soon after rows were written; not in a transaction that ends before.

    Where it last saw these tables, they may have been full of rows of tests that were undone, and of none that stood.
    It would plan the list for no rows, and then read all that is left there once for each pair of firms.
    """
    tables = (each._meta.db_table for each in (Organisation, Supplier, SupplierSearch, Site, Capability, Certificate))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def firm_in_every_list() -> None:
    """One that each of the `QUERIES` finds."""
    firm = SupplierFactory.create(published=True)
    site = SiteFactory.create(supplier=firm, latitude=21.03, longitude=105.85)
    CapabilityFactory.create(
        site=site, process=process("MACH"), materials=["NYLON"], monthly_capacity=5.0, capacity_unit="pcs"
    )
    CertificateFactory.create(supplier=firm, valid_from=None, never_expires=True, expires_on=None)


def test_a_list_shows_what_stands_below_a_firm_from_the_moment_it_changes(anonymous_client: APIClient) -> None:
    firm = SupplierFactory.create(published=True)
    site = SiteFactory.create(supplier=firm)
    able = CapabilityFactory.create(site=site, process=process("TURN"))
    held = CertificateFactory.create(supplier=firm, standard=standard("ISO9001"), level=0, state="declared")
    CertificateFactory.create(supplier=firm, standard=standard("AS9100"), level=1, never_expires=True, expires_on=None)

    def shown(*names: str) -> list[Any]:
        (row,) = anonymous_client.get(SUPPLIERS).json()["results"]
        return [row[name] for name in names]

    assert shown("processes", "materials") == [["TURN"], []]
    assert [each["standard"] for each in shown("standards")[0]] == ["AS9100", "ISO9001"]

    able.materials.add(material("STEEL"))
    CapabilityFactory.create(site=site, process=process("MILL"))
    assert shown("processes", "materials") == [["MILL", "TURN"], ["STEEL"]]

    Certificate.objects.filter(pk=held.pk).update(
        level=2, state="checked", valid_from=date(2026, 1, 1), expires_on=date(2027, 1, 1)
    )
    assert shown("standards")[0][1] == {
        "standard": "ISO9001",
        "state": "checked",
        "level": 2,
        "valid_from": "2026-01-01",
        "expires_on": "2027-01-01",
        "never_expires": False,
    }

    Certificate.objects.filter(pk=held.pk).update(state="rejected")
    able.delete()
    site.province = None
    site.save()
    assert shown("processes", "materials", "provinces") == [["MILL"], [], []]
    assert [each["standard"] for each in shown("standards")[0]] == ["AS9100"]


def test_a_code_with_signs_of_formats_is_refused_as_any_other(anonymous_client: APIClient) -> None:
    answer = anonymous_client.get(SUPPLIERS, {"process__in": "100%s%(x)s%"})

    assert answer.status_code == 400
    assert "“100%s%(x)s%”" in answer.json()["errors"][0]["detail"]
