"""Many firms that are stored at once: found as they are, told with the same history as one, or not there at all."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from accounts.principals import Principal
from config.errors import InvalidFactError
from notifications.models import Event
from suppliers.models import Capability, Certificate, Evidence, Site, Supplier, SupplierChange, SupplierSearch
from suppliers.services import NewFirm, register_firms
from tests.factories.accounts import tax_code
from tests.factories.suppliers import material, process, province, standard

pytestmark = pytest.mark.django_db

WRITTEN = (Organisation, Supplier, SupplierSearch, SupplierChange, Site, Capability, Certificate, Evidence, Event)
TIMES_WRITTEN = "SELECT n_tup_ins, n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'suppliers_suppliersearch'"


def _firm(serial: int, **said: Any) -> NewFirm:
    return NewFirm(
        public_id=f"sup_{serial}",
        source_ref=str(serial),
        organisation={"legal_name": f"Cơ khí An {serial}", "tax_code": tax_code(serial)},
        profile={"employees_total": serial, "languages": ["vi"]},
        site={"address": "Lô 5", "province": province("01")},
        **{
            "processes": [process("turning", below=process("machining")), process("milling")],
            "materials": [material("s45c")],
            "standards": [standard("iso_9001")],
            **said,
        },
    )


def _rows() -> list[int]:
    return [model._default_manager.count() for model in WRITTEN]


def _found_by() -> list[dict[str, Any]]:
    return [dict(row) for row in SupplierSearch.objects.order_by("supplier_id").values()]


def _times_written() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(TIMES_WRITTEN)
        return cursor.fetchone() or (0, 0)


def test_firms_are_found_by_all_they_have_which_is_gathered_once(officer: Principal) -> None:
    before = _times_written()

    register_firms([_firm(1), _firm(2, processes=[], materials=[], standards=[])], by=officer)

    written, changed = (after - was for after, was in zip(_times_written(), before, strict=True))
    assert (written, changed) == (2, 2)
    found = _found_by()
    assert [row["process_codes"] for row in found] == [["milling", "turning"], []]
    assert [row["material_codes"] for row in found] == [["s45c"], []]
    assert [row["province_references"] for row in found] == [["2025:01"]] * 2
    assert [[each["standard"] for each in row["standards_held"]] for row in found] == [["iso_9001"], []]
    assert list(Supplier.objects.able_to(["machining"]).values_list("public_id", flat=True)) == ["sup_1"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT suppliers_refresh_search(array_agg(id)) FROM suppliers_supplier")
    assert _found_by() == found
    assert set(SupplierChange.objects.values_list("supplier_id", flat=True)) == set(
        Supplier.objects.values_list("pk", flat=True)
    )


def test_the_history_of_each_tells_the_firm_then_its_place_then_what_it_makes_and_holds(officer: Principal) -> None:
    register_firms([_firm(1), _firm(2)], by=officer, source="fair")

    for firm in Supplier.objects.all():
        history = list(Evidence.objects.filter(supplier=firm).order_by("pk").values_list("fact", flat=True))
        assert history == [
            *("languages", "employees_total", "certificates", "site", "process", "materials", "process", "materials"),
            "certificate",
        ]
    said = Evidence.objects.filter(subject="sup_2", fact="employees_total").get()
    assert (said.value, said.asserted_by, said.asserted_for) == (2, officer.user, officer.organisation)
    assert list(Event.objects.order_by("pk").values_list("topic", flat=True)) == [
        *["organisation.created"] * 2,
        *["supplier.created"] * 2,
    ]


def test_a_firm_that_the_database_refuses_leaves_nothing_of_the_others(officer: Principal) -> None:
    register_firms([_firm(1)], by=officer, source="fair")
    before = _rows()
    same_key = NewFirm(public_id="sup_3", source_ref="1", organisation={"legal_name": "A"}, profile={}, site={})

    with pytest.raises(IntegrityError, match="supplier_imported_once_per_source"), transaction.atomic():
        register_firms([_firm(2), same_key], by=officer, source="fair")

    assert _rows() == before
    register_firms([_firm(2)], by=officer, source="fair")
    assert [row["name_key"] for row in _found_by()] == ["co khi an 1", "co khi an 2"]


def test_a_firm_that_says_what_cannot_be_leaves_nothing_of_the_others(officer: Principal) -> None:
    before = _rows()
    impossible = _firm(2)
    wrong = NewFirm(**{**vars(impossible), "profile": {"employees_total": 1, "employees_engineers": 2}})

    with pytest.raises(InvalidFactError):
        register_firms([_firm(1), wrong], by=officer)

    assert _rows() == before


def test_more_firms_take_no_more_statements(officer: Principal) -> None:
    def statements(firms: list[NewFirm]) -> int:
        with CaptureQueriesContext(connection) as asked:
            register_firms(firms, by=officer)
        return len(asked)

    assert statements([_firm(1)]) == statements([_firm(serial) for serial in range(2, 32)]) == 14
