"""One base for all processes of a machine: made once, used while it is right, replaced in the background."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from matchmaking import catalogue
from matchmaking.catalogue import mirror
from matchmaking.catalogue.mirror import Mirror
from matchmaking.catalogue.shelf import shelf
from suppliers.models import Capability, Supplier
from taxonomy.models import Process
from tests.factories import matchmaking as make
from tests.matchmaking.shelf.scene import change, files, ids, merging, reading, told, tolerance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_catalogue")]


class TestSharing:
    def test_the_second_process_takes_what_the_first_has_read(self, own_catalogue: Path) -> None:
        supplier = make.published_supplier()
        make.capability(supplier, tolerance_mm=0.01)
        with reading() as by_the_first:
            first = Mirror().current()

        with reading() as by_the_second:
            second = Mirror().current()

        assert by_the_first == ["all"]
        assert by_the_second == []
        assert second.records() == first.records()
        assert files(own_catalogue) == [".base", ".lock"]
        assert not second.columns.tolerance_mm.value.flags.writeable

    def test_a_later_process_reads_what_has_changed_since_the_base_was_made(self) -> None:
        changed, other = make.published_supplier(), make.published_supplier()
        row = make.capability(changed, tolerance_mm=0.01)
        make.capability(other, tolerance_mm=0.05)
        Mirror().current()
        mark = shelf().mark()
        Capability.objects.filter(pk=row.pk).update(tolerance_mm=0.02)
        new = make.published_supplier()

        later = Mirror()
        with reading() as read:
            assert tolerance(later, changed) == 0.02

        assert read == [f"{{{changed.pk},{new.pk}}}"]
        assert tolerance(later, other) == 0.05
        assert new.public_id in ids(later)
        assert shelf().mark() == mark

    def test_many_that_start_at_once_make_one_base(self, log_lines: StringIO) -> None:
        supplier = make.published_supplier()

        def start(_number: int) -> list[str]:
            try:
                return ids(Mirror())
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(start, range(4)))

        assert found == [[supplier.public_id]] * 4
        assert [line["event"] for line in told(log_lines)].count("catalogue_base_written") == 1


class TestMerging:
    def test_a_new_base_holds_what_has_changed_and_everybody_goes_over_to_it(self) -> None:
        kept, changed, gone = (make.published_supplier() for _ in range(3))
        for supplier in (kept, changed, gone):
            make.capability(supplier, tolerance_mm=0.01)
        web = Mirror()
        before = web.current()
        old_mark = shelf().mark()
        Capability.objects.filter(site__supplier=changed).update(tolerance_mm=0.02)
        Supplier.objects.filter(pk=gone.pk).update(state=Supplier.State.SUSPENDED)

        assert catalogue.merge(at_least=1)

        assert shelf().mark() != old_mark
        with reading() as read:
            after = web.current()
        assert read == []
        assert after.layers.is_pure
        assert sorted(record.id for record in after.records()) == sorted([kept.public_id, changed.public_id])
        assert tolerance(web, changed) == 0.02
        assert len(before.records()) == 3  # whoever has the old one open reads on

    def test_few_changes_are_not_worth_a_new_base(self) -> None:
        supplier = make.published_supplier()
        Mirror().current()
        mark = shelf().mark()
        Supplier.objects.filter(pk=supplier.pk).update(languages=["en"])

        assert not catalogue.merge()
        assert shelf().mark() == mark

    def test_where_there_is_no_base_one_is_made(self) -> None:
        make.published_supplier()

        assert catalogue.merge()

        with reading() as read:
            assert len(ids(Mirror())) == 1
        assert read == []

    def test_where_changes_heap_up_the_process_that_finds_them_makes_a_new_base_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mirror, "TOO_MANY_CHANGES", 3)
        suppliers = [make.published_supplier() for _ in range(3)]
        for supplier in suppliers:
            make.capability(supplier, tolerance_mm=0.01)
        web = Mirror()
        web.current()
        mark = shelf().mark()

        change(suppliers[0], 0.02)
        assert tolerance(web, suppliers[0]) == 0.02
        assert (merging(web), shelf().mark()) == (None, mark)  # one that is new, and one that does not count any more
        change(suppliers[1], 0.03)
        assert tolerance(web, suppliers[1]) == 0.03
        thread = merging(web)
        assert thread is not None
        thread.join(30)

        assert shelf().mark() != mark
        assert web.current().layers.is_pure
        assert [tolerance(web, supplier) for supplier in suppliers] == [0.02, 0.03, 0.01]
        mark = shelf().mark()
        for supplier in suppliers:
            change(supplier, 0.04)
        assert [tolerance(web, supplier) for supplier in suppliers] == [0.04, 0.04, 0.04]
        assert (merging(web), shelf().mark()) == (thread, mark)  # not again so soon

    def test_where_a_worker_merges_already_a_process_leaves_it_to_that(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mirror, "TOO_MANY_CHANGES", 1)
        supplier = make.published_supplier()
        make.capability(supplier, tolerance_mm=0.01)
        web = Mirror()
        web.current()
        mark = shelf().mark()
        change(supplier, 0.02)

        with shelf().locked(wait=True):
            assert tolerance(web, supplier) == 0.02
            thread = merging(web)
            assert thread is not None
            thread.join(30)

        assert not thread.is_alive()
        assert shelf().mark() == mark

    def test_while_somebody_makes_a_base_nobody_else_does(self) -> None:
        make.published_supplier()
        with shelf().locked(wait=True):
            assert not catalogue.merge()
        assert shelf().mark() is None

    def test_a_change_during_the_merge_is_not_lost(self) -> None:
        early, late = make.published_supplier(), make.published_supplier()
        web = Mirror()
        web.current()
        Supplier.objects.filter(pk=early.pk).update(state=Supplier.State.SUSPENDED)
        catalogue.merge(at_least=1)
        Supplier.objects.filter(pk=late.pk).update(state=Supplier.State.SUSPENDED)

        assert ids(web) == []
        assert ids(Mirror()) == []


class TestTime:
    def test_a_new_day_reads_only_those_that_read_differently_from_then_on(self) -> None:
        today = timezone.localdate()
        turning, other = make.published_supplier(), make.published_supplier()
        make.capability(turning, tolerance_mm=0.01, withdrawn={"tolerance_mm": today.isoformat()})
        make.capability(other, tolerance_mm=0.05)
        running = Mirror()
        assert tolerance(running, turning) == 0.01
        mark = shelf().mark()

        for days, expected, count in ((364, 0.01, 0), (365, None, 1), (366, None, 0)):
            with time_machine.travel(timezone.now() + timedelta(days=days), tick=False), reading() as read:
                assert tolerance(running, turning) == expected
                assert running.current().as_of == today + timedelta(days=days)
            assert read == [f"{{{turning.pk}}}"] * count
            with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
                assert tolerance(Mirror(), turning) == expected
                assert tolerance(Mirror(), other) == 0.05
        assert shelf().mark() == mark

    def test_a_base_of_a_day_to_come_is_not_used(self) -> None:
        supplier = make.published_supplier()
        today = timezone.localdate()
        withdrawn_on = (today - timedelta(days=364)).isoformat()
        make.capability(supplier, tolerance_mm=0.01, withdrawn={"tolerance_mm": withdrawn_on})
        with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
            assert tolerance(Mirror(), supplier) is None

        assert tolerance(Mirror(), supplier) == 0.01


class TestVocabulary:
    def test_codes_that_are_added_leave_the_base_as_it_is(self) -> None:
        make.capability(make.published_supplier(), "turning")
        web = Mirror()
        web.current()
        mark = shelf().mark()
        make.process("cnc_turning", below="turning")
        new = make.published_supplier()
        make.capability(new, "cnc_turning", tolerance_mm=0.03)

        with reading() as read:
            assert web.current().taxonomy.processes == {"cnc_turning": "turning", "turning": None}

        assert read == [f"{{{new.pk}}}"]
        assert shelf().mark() == mark
        assert tolerance(web, new) == 0.03

    def test_a_code_that_is_changed_means_a_new_base(self) -> None:
        supplier = make.published_supplier()
        make.capability(supplier, "turning")
        web = Mirror()
        web.current()
        mark = shelf().mark()

        Process.objects.filter(code="turning").update(code="lathe_work")

        (record,) = web.current().records()
        assert [row.process for row in record.capabilities] == ["lathe_work"]
        assert shelf().mark() != mark


def test_each_database_has_files_of_its_own() -> None:
    here = shelf()
    database = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "another"
    try:
        assert (shelf().folder, shelf().name == here.name) == (here.folder, False)
    finally:
        connection.settings_dict["NAME"] = database


def test_nothing_is_left_open_to_other_users(own_catalogue: Path) -> None:
    make.published_supplier()
    Mirror().current()

    assert {path.stat().st_mode & 0o077 for path in own_catalogue.iterdir()} == {0}
    assert files(own_catalogue) == [".base", ".lock"]
