"""Triggers that look firms up one by one: written back and forth with rows there, and after each kind of change."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from suppliers.models import Capability, Site, Supplier, SupplierChange, SupplierSearch
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    material,
    process,
    standard,
)
from tests.factories.taxonomy import SectorFactory

pytestmark = pytest.mark.django_db
OPERATIONS = [
    *import_module("suppliers.migrations.0022_firm_by_firm").Migration.operations,
    *import_module("matchmaking.migrations.0011_firms_of_reports").Migration.operations,
    *import_module("suppliers.migrations.0023_one_firm_for_each_search_row").Migration.operations,
]


def _sql(statement: str, *parameters: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


def _noted() -> set[int]:
    return set(SupplierChange.objects.values_list("supplier_id", flat=True))


def _found_by() -> list[dict[str, Any]]:
    return [dict(row) for row in SupplierSearch.objects.order_by("supplier_id").values()]


def _gathered_anew() -> list[dict[str, Any]]:
    _sql("SELECT suppliers_refresh_search(array_agg(id)) FROM suppliers_supplier")
    return _found_by()


def _make_firms() -> None:
    """One with a certificate, one with a sector and two sites, and one that can make nothing."""
    machining = process("machining")
    rows = [
        CapabilityFactory.create(process=process(code, below=machining), materials=["s45c", "al6061"][: n + 1])
        for n, code in enumerate(["cnc_turning", "cnc_milling"])
    ]
    firms = [row.site.supplier for row in rows]
    CertificateFactory.create(supplier=firms[0], standard=standard("iso_9001"))
    firms[1].sectors.add(SectorFactory.create())
    SiteFactory.create(supplier=firms[1])
    SiteFactory.create()


def test_what_firms_are_found_by_is_the_same_before_and_after() -> None:
    _make_firms()
    after = _found_by()
    assert [row["process_codes"] for row in after] == [["cnc_turning"], ["cnc_milling"], []]
    assert _gathered_anew() == after

    for operation in reversed(OPERATIONS):
        _sql(operation.reverse_sql)
    assert _gathered_anew() == after
    Capability.objects.update(process=process("cnc_grinding"))
    written_before = _found_by()

    for operation in OPERATIONS:
        _sql(operation.sql)
    assert _gathered_anew() == written_before != after


def _without_its_site(row: Capability) -> None:
    """First what stands above: the database asks for order only at the end of a transaction."""
    _sql("DELETE FROM suppliers_site WHERE id = %s", row.site_id)
    _sql("DELETE FROM suppliers_capability WHERE id = %s", row.pk)
    _sql("DELETE FROM suppliers_capability_materials WHERE capability_id = %s", row.pk)


ACTS: dict[str, Callable[[Capability, Site], Any]] = {
    "moved": lambda row, site: Capability.objects.filter(pk=row.pk).update(site=site),
    "site moved": lambda row, site: Site.objects.filter(pk=row.site_id).update(supplier=site.supplier),
    "deleted with its site": lambda row, _: _without_its_site(row),
    "firm deleted": lambda row, _: Supplier.objects.filter(pk=row.site.supplier_id).delete(),
    "materials swapped": lambda row, _: row.materials.set([material("new")]),
    "all in one statement": lambda *_: Capability.objects.update(process=process("cnc_grinding")),
}


@pytest.mark.parametrize("what", ACTS)
def test_whatever_happens_firms_are_noted_and_found_by_what_they_have(what: str) -> None:
    _make_firms()
    row = Capability.objects.order_by("pk")[0]
    site = SiteFactory.create()
    firm = row.site.supplier_id
    SupplierChange.objects.all().delete()

    ACTS[what](row, site)

    expected = {firm}
    if what in ("moved", "site moved"):
        expected |= {site.supplier_id}
    if what == "all in one statement":
        expected = set(Capability.objects.values_list("site__supplier_id", flat=True))
    assert _noted() == expected
    found = _found_by()
    assert _gathered_anew() == found


@pytest.mark.django_db(transaction=True)
def test_tables_can_be_emptied_at_one_stroke_and_filled_again() -> None:
    _make_firms()
    _sql("TRUNCATE suppliers_capability CASCADE")
    row = CapabilityFactory.create()
    assert _gathered_anew()[-1]["process_codes"] == [row.process.code]
    _sql("TRUNCATE suppliers_supplier CASCADE")
    assert _found_by() == []
    row = CapabilityFactory.create()
    assert _found_by()[0]["process_codes"] == [row.process.code]
