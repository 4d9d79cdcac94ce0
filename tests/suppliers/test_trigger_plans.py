"""What triggers look up stays cheap for many rows, whatever the planner believes of tables."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Organisation
from suppliers.imports.apply import WRITTEN
from suppliers.models import Capability, Supplier, SupplierChange
from tests.factories.suppliers import CapabilityFactory, material, process

pytestmark = pytest.mark.django_db

READ_THROUGH = """
SELECT relname, coalesce(seq_scan, 0) FROM pg_stat_xact_user_tables
WHERE relname IN ('suppliers_site', 'suppliers_capability', 'suppliers_supplier', 'suppliers_suppliersearch')
"""
ROWS_LOOKED_AT = "SELECT coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = %s"
LOOKED_UP = "SELECT coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables WHERE relname = %s"


def _figures(sql: str, *parameters: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return sorted(cursor.fetchall())


@contextmanager
def nothing_read_through() -> Iterator[None]:
    before = _figures(READ_THROUGH)
    yield
    assert _figures(READ_THROUGH) == before


@pytest.fixture
def rows() -> list[Capability]:
    """Forty capabilities of forty firms in tables that were empty when they were last analysed."""
    CapabilityFactory.create(materials=["s45c"])
    Supplier.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {WRITTEN}")
    return [CapabilityFactory.create() for _ in range(40)]


def test_firms_of_many_new_capabilities_are_looked_up_one_by_one(rows: list[Capability]) -> None:
    milling, today = process("cnc_milling"), timezone.localdate()
    new = [Capability(site=row.site, process=milling, process_observed_on=today) for row in rows]

    with nothing_read_through():
        Capability.objects.bulk_create(new)


def test_firms_of_many_new_materials_are_looked_up_one_by_one(rows: list[Capability]) -> None:
    made_of, steel = Capability.materials.through, material("s45c")
    new = [made_of(capability=row, material=steel) for row in rows]
    [(before,)] = _figures(LOOKED_UP, "suppliers_capability")

    with nothing_read_through():
        made_of.objects.bulk_create(new)

    [(after,)] = _figures(LOOKED_UP, "suppliers_capability")
    assert int(str(after)) - int(str(before)) >= 3 * len(rows)  # for the feed, for the search, and to gather anew


def test_firms_of_many_new_names_are_looked_up_one_by_one(rows: list[Capability]) -> None:
    SupplierChange.objects.all().delete()
    organisations = [row.site.supplier.organisation_id for row in rows]

    with nothing_read_through():
        Organisation.objects.filter(pk__in=organisations).update(legal_name="Renamed", name_key="renamed")

    assert SupplierChange.objects.count() == len(rows)
    assert set(Supplier.objects.values_list("search__name_key", flat=True)) == {"renamed"}


def test_what_a_firm_is_found_by_is_not_compared_with_all_firms(rows: list[Capability]) -> None:
    firms = [row.site.supplier_id for row in rows]
    [(before,)] = _figures(ROWS_LOOKED_AT, "suppliers_supplier")

    with connection.cursor() as cursor:
        cursor.execute("SELECT suppliers_refresh_search(%s)", [firms])

    [(after,)] = _figures(ROWS_LOOKED_AT, "suppliers_supplier")
    assert int(str(after)) - int(str(before)) == 2 * len(rows)  # for its name, and whether it is there
