"""Triggers note every change of facts, and readers miss no commit."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from suppliers.models import Capability, Certificate, Site, Supplier, SupplierChange
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    material,
    process,
)
from tests.factories.taxonomy import SectorFactory


def _forget() -> None:
    SupplierChange.objects.all().delete()


def _noted() -> list[int]:
    return list(SupplierChange.objects.order_by("supplier_id").values_list("supplier_id", flat=True))


@pytest.mark.django_db
def test_every_kind_of_change_notes_its_firm_and_no_other() -> None:
    SupplierFactory.create()
    capability = CapabilityFactory.create()
    certificate = CertificateFactory.create(supplier=capability.supplier)
    firm = capability.supplier
    acts: dict[str, Callable[[], Any]] = {
        "profile": lambda: Supplier.objects.filter(pk=firm.pk).update(export_share_pct=10),
        "site": lambda: Site.objects.filter(supplier=firm).update(latitude=21.0, longitude=105.0),
        "figure": lambda: Capability.objects.filter(pk=capability.pk).update(tolerance_mm=0.02),
        "material added": lambda: capability.materials.add(material("al6061")),
        "material removed": lambda: capability.materials.clear(),
        "sector added": lambda: firm.sectors.add(SectorFactory.create()),
        "sector removed": lambda: firm.sectors.clear(),
        "certificate": lambda: Certificate.objects.filter(pk=certificate.pk).update(number="1"),
        "certificate removed": lambda: certificate.delete(),
        "capability removed": lambda: capability.delete(),
        "site removed": lambda: Site.objects.filter(supplier=firm).delete(),
        "firm removed": lambda: Supplier.objects.filter(pk=firm.pk).delete(),
    }
    pk = firm.pk
    for act in acts.values():
        _forget()
        act()
        assert _noted() == [pk]


@pytest.mark.django_db
def test_a_capability_that_moves_to_another_firm_notes_both() -> None:
    capability, other = CapabilityFactory.create(), SiteFactory.create()
    firms = sorted([capability.supplier.pk, other.supplier.pk])
    _forget()

    Capability.objects.filter(pk=capability.pk).update(site=other)

    assert _noted() == firms


@pytest.mark.django_db
def test_a_thousand_capabilities_in_one_statement_note_each_firm_once() -> None:
    sites = [SiteFactory.create() for _ in range(4)]
    turning, today = process("cnc_turning"), timezone.localdate()
    _forget()

    with CaptureQueriesContext(connection) as queries:
        Capability.objects.bulk_create(
            [Capability(site=sites[n % 4], process=turning, process_observed_on=today) for n in range(1000)]
        )

    assert len(queries) == 1
    assert _noted() == sorted(site.supplier_id for site in sites)


@pytest.mark.django_db
def test_a_statement_that_touches_no_row_notes_nothing() -> None:
    _forget()

    Capability.objects.filter(pk=-1).update(tolerance_mm=1.0)

    assert _noted() == []


@contextmanager
def _open_transaction(supplier: Supplier, share: float) -> Iterator[threading.Event]:
    """Another connection that has changed the firm and commits when told to."""
    changed, commit = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                Supplier.objects.filter(pk=supplier.pk).update(export_share_pct=share)
                changed.set()
                commit.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert changed.wait(30)
    try:
        yield commit
    finally:
        commit.set()
        thread.join()


def _oldest_running_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


class _Mirror:
    """A reader that follows the feed by its contract: horizon first, then the changes, then the facts."""

    def __init__(self) -> None:
        self.horizon = 0
        self.shares: dict[int, float | None] = {}

    def catch_up(self) -> set[int]:
        horizon = _oldest_running_transaction()
        changes = SupplierChange.objects.filter(changed_in__gte=self.horizon)
        firms = set(changes.values_list("supplier_id", flat=True))
        self.shares.update(Supplier.objects.filter(pk__in=firms).values_list("pk", "export_share_pct"))
        self.horizon = horizon
        return firms


@pytest.mark.django_db(transaction=True)
def test_a_reader_misses_no_commit_that_finishes_out_of_order() -> None:
    early, late = SupplierFactory.create(), SupplierFactory.create()
    mirror = _Mirror()
    mirror.catch_up()

    with _open_transaction(early, 11.0) as commit_early:
        with _open_transaction(late, 22.0):
            pass  # begun later, committed first
        mirror.catch_up()
        assert mirror.shares == {early.pk: None, late.pk: 22.0}
        commit_early.set()
    mirror.catch_up()

    assert mirror.shares == {early.pk: 11.0, late.pk: 22.0}


@pytest.mark.django_db(transaction=True)
def test_a_firm_changed_by_two_overlapping_transactions_is_read_after_each() -> None:
    firm, other = SupplierFactory.create(), SupplierFactory.create()
    mirror = _Mirror()
    mirror.catch_up()

    with _open_transaction(other, 1.0) as commit_other:
        Supplier.objects.filter(pk=firm.pk).update(export_share_pct=5.0)
        mirror.catch_up()
        assert mirror.shares[firm.pk] == 5.0
        commit_other.set()
    mirror.catch_up()
    assert mirror.shares == {firm.pk: 5.0, other.pk: 1.0}

    Supplier.objects.filter(pk=firm.pk).update(export_share_pct=6.0)
    assert mirror.catch_up() >= {firm.pk}
    assert mirror.shares[firm.pk] == 6.0


@pytest.mark.django_db
def test_a_change_is_not_below_the_horizon_of_its_own_transaction() -> None:
    firm = SupplierFactory.create()
    change = SupplierChange.objects.get(supplier_id=firm.pk)

    assert _oldest_running_transaction() <= change.changed_in
