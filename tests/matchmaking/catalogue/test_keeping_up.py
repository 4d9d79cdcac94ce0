"""The published facts as of now: every commit seen, own changes seen by nobody else."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
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
from matchmaking.engine.model import Fact
from suppliers.models import Capability, Supplier
from tests.factories import matchmaking as make
from tests.fixtures.crowd import at_once
from tests.matchmaking.catalogue.scene import known, tolerance_of


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
            (seen_by_another,) = at_once([known])
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
            return found

        seen = at_once([partial(keep_changing, supplier) for supplier in suppliers])

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
