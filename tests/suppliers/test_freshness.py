"""Firms are told what ends or grows old: once, on time, and also after days on which nothing ran."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from notifications.models import Event
from suppliers.models import Capability, Certificate, Supplier
from suppliers.services import ask_for_capacity, warn_of_certificates
from suppliers.tasks import look_for_what_grows_old
from tests.factories.suppliers import CapabilityFactory, CertificateFactory, SiteFactory, SupplierFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 26)


def told() -> list[str]:
    """Facts, without the ids in them."""
    return [" ".join([fact.split()[0], *fact.split()[2:]]) for fact in Event.objects.values_list("fact", flat=True)]


def certificate(*, ends_in: int, **fields: object) -> Certificate:
    if "supplier" not in fields:
        fields["supplier"] = SupplierFactory.create(published=True)
    return CertificateFactory.create(valid_from=None, expires_on=TODAY + timedelta(days=ends_in), **fields)


class TestCertificates:
    def test_each_of_the_days_is_told_once_however_often_it_runs(self) -> None:
        row = certificate(ends_in=61)
        ends = row.expires_on

        for day in range(70):
            for _ in range(2):
                warn_of_certificates(today=TODAY + timedelta(days=day))

        assert told() == [
            f"certificate.expiring {ends} 60",
            f"certificate.expiring {ends} 30",
            f"certificate.expiring {ends} 7",
            f"certificate.expired {ends}",
        ]
        event = Event.objects.earliest("pk")
        assert (event.topic, event.subject) == ("certificate.expiring", row.supplier.public_id)
        assert event.audience == [row.supplier.organisation_id]
        assert event.payload == {
            "supplier_name": str(row.supplier),
            "certificate": row.public_id,
            "standard": row.standard.code,
            "expires_on": "2027-01-26",
        }

    def test_of_days_that_were_missed_only_the_nearest_is_told(self) -> None:
        certificate(ends_in=20)

        assert [warn_of_certificates(today=TODAY) for _ in range(2)] == [1, 0]
        assert told() == ["certificate.expiring 2026-12-16 30"]

    def test_a_new_last_day_is_told_anew(self) -> None:
        row = certificate(ends_in=5)
        warn_of_certificates(today=TODAY)
        Certificate.objects.filter(pk=row.pk).update(expires_on=TODAY + timedelta(days=50))

        warn_of_certificates(today=TODAY)

        assert told() == ["certificate.expiring 2026-12-01 7", "certificate.expiring 2027-01-15 60"]

    @pytest.mark.parametrize(
        ("ends_in", "state"), [(-31, "published"), (61, "published"), (5, "draft"), (5, "suspended"), (5, "archived")]
    )
    def test_what_ended_long_ago_or_ends_later_or_nobody_looks_for_is_not_told(self, ends_in: int, state: str) -> None:
        certificate(ends_in=ends_in, supplier=SupplierFactory.create(state=state, published_at=timezone.now()))

        assert warn_of_certificates(today=TODAY) == 0

    def test_a_rejected_or_replaced_one_is_not_told(self) -> None:
        supplier = SupplierFactory.create(published=True)
        certificate(ends_in=5, state=Certificate.State.REJECTED)
        certificate(ends_in=5, supplier=supplier, number="old")
        certificate(ends_in=900, supplier=supplier, number="new")

        assert warn_of_certificates(today=TODAY) == 0

    def test_one_for_another_site_replaces_nothing(self) -> None:
        supplier = SupplierFactory.create(published=True)
        certificate(ends_in=5, supplier=supplier, number="whole firm")
        certificate(ends_in=900, supplier=supplier, number="one site", site=SiteFactory.create(supplier=supplier))

        assert warn_of_certificates(today=TODAY) == 1

    @pytest.mark.parametrize("rows", [1, 50])
    def test_what_was_told_costs_the_same_queries_however_much_it_is(
        self, rows: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        supplier = SupplierFactory.create(published=True)
        for number in range(rows):
            certificate(ends_in=5, supplier=supplier, number=str(number), site=SiteFactory.create(supplier=supplier))
        warn_of_certificates(today=TODAY)

        with django_assert_num_queries(2):
            assert warn_of_certificates(today=TODAY) == 0


class TestCapacity:
    def figures(self, *, days_old: int, supplier: Supplier | None = None) -> Capability:
        observed_on = TODAY - timedelta(days=days_old)
        site = SiteFactory.create(supplier=supplier or SupplierFactory.create(published=True))
        return CapabilityFactory.create(
            site=site, monthly_capacity=500.0, capacity_unit="piece", monthly_capacity_observed_on=observed_on
        )

    def test_a_firm_is_asked_once_for_all_of_its_old_figures(self) -> None:
        supplier = SupplierFactory.create(published=True)
        older, old = (self.figures(days_old=days, supplier=supplier) for days in (120, 100))
        self.figures(days_old=90, supplier=supplier)

        assert [ask_for_capacity(today=TODAY) for _ in range(2)] == [1, 0]
        event = Event.objects.get()
        assert (event.topic, event.subject) == ("capacity.outdated", supplier.public_id)
        assert event.payload["capabilities"] == [older.public_id, old.public_id]
        assert event.payload["observed_on"] == "2026-07-29"

    def test_it_is_asked_again_after_each_further_90_days(self) -> None:
        self.figures(days_old=90)

        asked = [day for day in range(200) if ask_for_capacity(today=TODAY + timedelta(days=day))]

        assert asked == [1, 90, 180]

    def test_figures_that_were_taken_back_or_of_firms_that_nobody_finds_are_not_asked_for(self) -> None:
        row = self.figures(days_old=100)
        Capability.objects.filter(pk=row.pk).update(withdrawn={"monthly_capacity": "2026-11-01"})
        self.figures(days_old=100, supplier=SupplierFactory.create(state="draft"))

        assert ask_for_capacity(today=TODAY) == 0


def test_the_schedule_does_both() -> None:
    supplier = SupplierFactory.create(published=True)
    CertificateFactory.create(supplier=supplier, expires_on=timezone.localdate() + timedelta(days=7))
    long_ago = timezone.localdate() - timedelta(days=100)
    figures = {"monthly_capacity": 5.0, "capacity_unit": "piece", "monthly_capacity_observed_on": long_ago}
    CapabilityFactory.create(site=SiteFactory.create(supplier=supplier), **figures)

    look_for_what_grows_old()
    look_for_what_grows_old()

    assert sorted(Event.objects.values_list("topic", flat=True)) == ["capacity.outdated", "certificate.expiring"]
