"""The published facts as columns: every commit seen, own changes seen, nothing of what is not published."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from matchmaking import catalogue
from matchmaking.catalogue import mirror
from matchmaking.catalogue.pulse import Pulse, take_pulse
from matchmaking.engine.model import Fact, SupplierRecord
from matchmaking.engine.records import records_of
from suppliers.models import Capability, Certificate, Supplier
from taxonomy.models import Corridor, Province
from tests.factories import matchmaking as make


def known() -> dict[str, SupplierRecord]:
    return {record.id: record for record in records_of(catalogue.current().columns)}


def tolerance_of(supplier: Supplier) -> float | None:
    (row,) = known()[supplier.public_id].capabilities
    return row.tolerance_mm.value if row.tolerance_mm else None


@pytest.mark.django_db
class TestRecords:
    def test_only_published_suppliers_are_known(self) -> None:
        published = make.published_supplier()
        for state in set(Supplier.State.values) - {Supplier.State.PUBLISHED}:
            make.published_supplier(state=state)

        assert set(known()) == {published.public_id}

    def test_a_capability_becomes_a_record_with_its_figures_and_their_evidence(self) -> None:
        supplier = make.published_supplier(
            languages=["en", "ja"], languages_level=1, languages_observed_on=date(2026, 1, 2)
        )
        make.capability(
            supplier,
            observed_on=date(2026, 3, 4),
            materials=("steel", "brass"),
            tolerance_mm=0.01,
            envelope_mm=[300.0, 200.0, 100.0],
            lead_time_days=30,
            lead_time_days_level=1,
        )

        record = known()[supplier.public_id]

        assert record.languages == Fact(("en", "ja"), 1, date(2026, 1, 2))
        assert record.certificates is None
        assert record.export_share_pct is None
        (row,) = record.capabilities
        assert (row.process, row.role, row.level, row.observed) == ("cnc_turning", "core", 2, date(2026, 3, 4))
        assert row.site == record.sites[0].id
        assert row.materials == Fact(("brass", "steel"), 2, date(2026, 3, 4))
        assert row.tolerance_mm == Fact(0.01, 2, date(2026, 3, 4))
        assert row.envelope_mm == Fact((300.0, 200.0, 100.0), 2, date(2026, 3, 4))
        assert row.lead_time_days == Fact(30.0, 1, date(2026, 3, 4))
        assert row.roughness_um is None

    def test_quantities_are_given_in_base_units(self) -> None:
        supplier = make.published_supplier()
        make.capability(supplier, monthly_capacity=2.5, capacity_unit="t", utilisation_pct=40, moq=0.1)

        (row,) = known()[supplier.public_id].capabilities

        today = timezone.localdate()
        assert row.monthly_capacity == Fact(2500.0, 2, today, "kg")
        assert row.utilisation_pct == Fact(40.0, 2, today)
        assert row.moq == Fact(100.0, 2, today)

    @pytest.mark.parametrize(
        ("capacity", "used_pct", "free"),
        [
            (12_345, 63.0, 4600),
            (12_345, 62.9, 4600),
            (12_345, 0.0, 12_000),
            (9_960, 0.0, 9_960),
            (9_960, 0.05, 9_960),
            (100, 37.5, 62),
            (5, 100.0, 0),
            (0, 50.0, 0),
            (7e11, 99.99999, 70_000),
        ],
    )
    def test_how_much_is_free_is_known_to_two_figures(self, capacity: float, used_pct: float, free: float) -> None:
        supplier = make.published_supplier()
        make.capability(supplier, monthly_capacity=capacity, capacity_unit="pcs", utilisation_pct=used_pct)

        (row,) = known()[supplier.public_id].capabilities

        assert row.monthly_capacity is not None
        assert row.utilisation_pct is not None
        assert row.monthly_capacity.value == capacity
        used = row.utilisation_pct.value
        assert used is not None
        assert 0 <= used <= 100
        assert free <= capacity * (1 - used / 100) <= free * (1 + 1e-9)

    def test_a_utilisation_without_a_capacity_says_nothing(self) -> None:
        supplier = make.published_supplier()
        make.capability(supplier, utilisation_pct=63)

        (row,) = known()[supplier.public_id].capabilities

        assert row.utilisation_pct is None

    def test_rejected_certificates_do_not_count(self) -> None:
        supplier = make.published_supplier()
        make.certificate(supplier, "iso_9001", never_expires=True)
        make.certificate(supplier, "iatf_16949", state=Certificate.State.REJECTED)

        section = known()[supplier.public_id].certificates

        assert section is not None
        assert [(item.standard, item.never_expires) for item in section.items] == [("iso_9001", True)]

    def test_a_certificate_section_filled_in_with_none_is_known_to_be_empty(self) -> None:
        supplier = make.published_supplier(certificates_stated_on=date(2026, 5, 6), certificates_stated_level=2)

        section = known()[supplier.public_id].certificates

        assert section is not None
        assert (section.level, section.observed, section.items) == (2, date(2026, 5, 6), ())

    def test_a_figure_taken_back_counts_for_365_days(self) -> None:
        today = timezone.localdate()
        fresh, stale = make.published_supplier(), make.published_supplier()
        for supplier, days_ago in ((fresh, 364), (stale, 365)):
            withdrawn_on = (today - timedelta(days=days_ago)).isoformat()
            make.capability(supplier, tolerance_mm=0.01, withdrawn={"tolerance_mm": withdrawn_on})

        records = known()

        assert records[fresh.public_id].capabilities[0].tolerance_mm == Fact(0.01, 2, today)
        assert records[stale.public_id].capabilities[0].tolerance_mm is None

    def test_an_old_province_named_by_the_address_is_the_one_that_counts(self) -> None:
        bac_ninh = province("2025", "24")
        bac_giang = province("2004", "24", successor=bac_ninh)
        supplier = make.published_supplier()
        make.site(supplier, province=bac_ninh, old_province=bac_giang)
        make.site(supplier, province=bac_ninh)

        sites = known()[supplier.public_id].sites

        assert sorted(site.province or "" for site in sites) == ["2004:24", "2025:24"]

    def test_a_province_and_those_it_came_from_are_one_place(self) -> None:
        bac_ninh = province("2025", "24")
        province("2004", "24", successor=bac_ninh)
        province("2004", "27", successor=bac_ninh)
        hanoi = province("2025", "01")
        corridor = Corridor.objects.create(code="north", name_en="North")
        corridor.provinces.set([hanoi, bac_ninh])

        taxonomy = catalogue.current().taxonomy

        assert taxonomy.provinces_joined_to("2004:24") == {"2004:24", "2004:27", "2025:24"}
        assert taxonomy.provinces_joined_to("2025:01") == {"2025:01", "2025:24"}

    @pytest.mark.usefixtures("own_catalogue")
    def test_the_number_of_queries_does_not_depend_on_the_number_of_suppliers(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        def add(count: int) -> None:
            for _ in range(count):
                supplier = make.published_supplier()
                make.capability(supplier, materials=("steel", "brass"), tolerance_mm=0.01)
                make.certificate(supplier)

        add(1)
        with django_assert_num_queries(QUERIES_OF_A_FIRST_READ):
            catalogue.current()
        add(49)
        with django_assert_num_queries(QUERIES_OF_A_FIRST_READ):
            assert len(known()) == 50


QUERIES_OF_A_FIRST_READ = 23
"""Two looks for changes, one at the database, eleven for the vocabulary, eight for the facts."""


def province(edition: str, code: str, successor: Province | None = None) -> Province:
    return Province.objects.create(
        edition=edition,
        code=code,
        successor=successor,
        name_vi=f"{edition}:{code}",
        full_name_vi=f"Tỉnh {code}",
        unit_type="province",
        latitude=21,
        longitude=106,
    )


@pytest.mark.django_db(transaction=True)
class TestKeepingUp:
    def test_nothing_new_costs_one_query(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        make.capability(make.published_supplier())
        before = catalogue.current()

        with django_assert_num_queries(1):
            assert catalogue.current() is before

    def test_what_reads_a_changed_supplier_is_planned_once_for_a_connection(self) -> None:
        supplier = make.published_supplier()
        row = make.capability(supplier, tolerance_mm=1.0)
        known()
        connection.close()

        for tolerance_mm in (0.1, 0.2, 0.3):
            Capability.objects.filter(pk=row.pk).update(tolerance_mm=tolerance_mm)
            assert tolerance_of(supplier) == tolerance_mm

        with connection.cursor() as cursor:
            cursor.execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name ~ '^catalogue_'")
            assert cursor.fetchall() == [(3, 0)]

    def test_what_a_pooler_has_lost_is_asked_the_long_way(self) -> None:
        supplier = make.published_supplier()
        row = make.capability(supplier, tolerance_mm=1.0)
        known()
        Capability.objects.filter(pk=row.pk).update(tolerance_mm=0.1)
        known()
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")

        Capability.objects.filter(pk=row.pk).update(tolerance_mm=0.2)

        assert tolerance_of(supplier) == 0.2

    def test_only_changed_suppliers_are_read_again(self) -> None:
        changed, untouched = make.published_supplier(), make.published_supplier()
        row = make.capability(changed, tolerance_mm=0.01)
        make.capability(untouched)
        before = known()

        Capability.objects.filter(pk=row.pk).update(tolerance_mm=0.02)
        with CaptureQueriesContext(connection) as queries:
            after = known()

        look, read = [query["sql"] for query in queries]
        assert "suppliers_capability WHERE" not in look
        assert re.findall(r"EXECUTE catalogue_\w+ \('(.*?)'", read) == [f"{{{changed.pk}}}"]
        assert after[untouched.public_id] == before[untouched.public_id]
        tolerance = after[changed.public_id].capabilities[0].tolerance_mm
        assert tolerance is not None
        assert tolerance.value == 0.02

    def test_what_commits_between_the_look_and_the_reading_is_read_as_well(self) -> None:
        first, second = make.published_supplier(), make.published_supplier()
        for supplier in (first, second):
            make.capability(supplier, tolerance_mm=1.0)
        known()
        Capability.objects.filter(site__supplier=first).update(tolerance_mm=0.1)

        def then_another_changes(*, since: int | None) -> Pulse:
            seen = take_pulse(since=since)
            Capability.objects.filter(site__supplier=second).update(tolerance_mm=0.2)
            return seen

        records = {record.id: record for record in catalogue.current(then_another_changes).records()}

        found = [records[supplier.public_id].capabilities[0].tolerance_mm for supplier in (first, second)]
        assert [fact and fact.value for fact in found] == [0.1, 0.2]

    def test_a_supplier_that_changes_again_and_again_is_there_once_until_it_is_not(self) -> None:
        changing, beside = make.published_supplier(), make.published_supplier()
        row = make.capability(changing, tolerance_mm=1.0)
        make.capability(beside, tolerance_mm=0.5)
        known()
        Capability.objects.filter(site__supplier=beside).update(tolerance_mm=0.4)
        for tolerance_mm in (0.1, 0.2, 0.3):
            Capability.objects.filter(pk=row.pk).update(tolerance_mm=tolerance_mm)
            assert tolerance_of(changing) == tolerance_mm
            assert set(known()) == {changing.public_id, beside.public_id}

        Supplier.objects.filter(pk=changing.pk).update(state=Supplier.State.SUSPENDED)

        assert set(known()) == {beside.public_id}
        assert tolerance_of(beside) == 0.4
        Supplier.objects.filter(pk=beside.pk).update(state=Supplier.State.SUSPENDED)
        assert known() == {}
        Supplier.objects.update(state=Supplier.State.PUBLISHED)
        assert set(known()) == {changing.public_id, beside.public_id}

    def test_a_suspended_supplier_is_gone_at_once(self) -> None:
        supplier = make.published_supplier()
        assert set(known()) == {supplier.public_id}

        Supplier.objects.filter(pk=supplier.pk).update(state=Supplier.State.SUSPENDED)

        assert known() == {}

    def test_a_deleted_supplier_is_gone_at_once(self) -> None:
        supplier = make.published_supplier()
        make.capability(supplier)
        assert set(known()) == {supplier.public_id}

        supplier.delete()

        assert known() == {}

    def test_a_table_emptied_at_one_stroke_leaves_nothing(self) -> None:
        make.published_supplier()
        assert len(known()) == 1

        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE suppliers_supplier CASCADE")

        assert known() == {}

    @pytest.mark.usefixtures("own_catalogue")
    def test_what_a_process_knows_of_a_time_after_a_restore_is_forgotten(self) -> None:
        """A server put back to an earlier moment keeps its files, and gives numbers of transactions once more."""
        supplier = make.published_supplier()
        row = make.capability(supplier, tolerance_mm=1.0)
        known()
        state = mirror._mirror._state
        assert state is not None
        mirror._mirror._state = replace(state, horizon=state.horizon + 1_000_000)

        Capability.objects.filter(pk=row.pk).update(tolerance_mm=0.1)

        assert tolerance_of(supplier) == 0.1
        assert mirror._mirror._state.horizon < state.horizon + 1_000_000

    def test_a_commit_that_ends_after_a_later_one_is_not_missed(self) -> None:
        early, late = make.published_supplier(languages=["vi"]), make.published_supplier(languages=["vi"])
        today = timezone.localdate()
        Supplier.objects.update(languages_observed_on=today)
        catalogue.current()
        started, seen = Barrier(2), Barrier(2)

        def change_slowly() -> None:
            with transaction.atomic():
                Supplier.objects.filter(pk=early.pk).update(languages=["ja"])
                started.wait(10)
                seen.wait(10)
            connection.close()

        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(change_slowly)
            started.wait(10)
            Supplier.objects.filter(pk=late.pk).update(languages=["en"])
            meanwhile = known()
            seen.wait(10)
            slow.result(10)

        assert meanwhile[early.public_id].languages == Fact(("vi",), 0, today)
        assert meanwhile[late.public_id].languages == Fact(("en",), 0, today)
        assert known()[early.public_id].languages == Fact(("ja",), 0, today)

    def test_one_s_own_uncommitted_changes_are_seen_by_nobody_else_and_forgotten_on_rollback(self) -> None:
        supplier = make.published_supplier()

        with transaction.atomic():
            Supplier.objects.filter(pk=supplier.pk).update(state=Supplier.State.SUSPENDED)
            mine = known()
            with ThreadPoolExecutor(1) as pool:
                seen_by_another = pool.submit(_known_on_a_connection_of_its_own).result(10)
            transaction.set_rollback(True)

        assert mine == {}
        assert set(seen_by_another) == {supplier.public_id}
        assert set(known()) == {supplier.public_id}

    def test_many_threads_see_each_change_that_they_make(self) -> None:
        suppliers = [make.published_supplier() for _ in range(8)]
        for supplier in suppliers:
            make.capability(supplier, tolerance_mm=1.0)

        def keep_changing(supplier: Supplier) -> list[float]:
            found = []
            for step in range(1, 11):
                Capability.objects.filter(site__supplier=supplier).update(tolerance_mm=step / 100)
                tolerance = known()[supplier.public_id].capabilities[0].tolerance_mm
                assert tolerance is not None
                found.append(tolerance.value or 0.0)
            connection.close()
            return found

        with ThreadPoolExecutor(len(suppliers)) as pool:
            seen = list(pool.map(keep_changing, suppliers))

        assert seen == [[step / 100 for step in range(1, 11)]] * len(suppliers)

    def test_a_new_day_ends_what_was_taken_back_a_year_ago(self) -> None:
        today = timezone.localdate()
        supplier = make.published_supplier()
        make.capability(supplier, tolerance_mm=0.01, withdrawn={"tolerance_mm": today.isoformat()})
        assert known()[supplier.public_id].capabilities[0].tolerance_mm is not None

        with time_machine.travel(timezone.now() + timedelta(days=365), tick=False):
            assert catalogue.current().as_of == today + timedelta(days=365)
            assert known()[supplier.public_id].capabilities[0].tolerance_mm is None

    def test_a_changed_vocabulary_is_read_again(self) -> None:
        make.process("turning")
        assert catalogue.current().taxonomy.processes == {"turning": None}

        make.process("cnc_turning", below="turning")

        assert catalogue.current().taxonomy.processes == {"cnc_turning": "turning", "turning": None}


def _known_on_a_connection_of_its_own() -> dict[str, SupplierRecord]:
    try:
        return known()
    finally:
        connection.close()
