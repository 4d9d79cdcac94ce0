"""The published facts as records: each as its row says, nothing of what is not published."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from matchmaking import catalogue
from matchmaking.engine.model import Fact
from suppliers.models import Certificate, Supplier
from taxonomy.models import Corridor
from tests.factories import matchmaking as make
from tests.factories.suppliers import province
from tests.matchmaking.catalogue.scene import known

QUERIES_OF_A_FIRST_READ = 23
"""Two looks for changes, one at the database, eleven for the vocabulary, eight for the facts."""


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
        bac_ninh = province("24")
        bac_giang = province("24", edition="2004", successor=bac_ninh)
        supplier = make.published_supplier()
        make.site(supplier, province=bac_ninh, old_province=bac_giang)
        make.site(supplier, province=bac_ninh)

        sites = known()[supplier.public_id].sites

        assert sorted(site.province or "" for site in sites) == ["2004:24", "2025:24"]

    def test_a_province_and_those_it_came_from_are_one_place(self) -> None:
        bac_ninh = province("24")
        province("24", edition="2004", successor=bac_ninh)
        province("27", edition="2004", successor=bac_ninh)
        hanoi = province("01")
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
