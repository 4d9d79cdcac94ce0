"""Firms are found by what they do, where they are, and what they hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from suppliers.models import Site, Supplier, SupplierSearch
from suppliers.services import add_capability, remove_capability
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    material,
    process,
    province,
    published_supplier,
    standard,
)
from tests.factories.taxonomy import CorridorFactory
from tests.suppliers.search.scene import DAY, SUPPLIERS, found, ids, verified_buyer

pytestmark = pytest.mark.django_db


def test_a_process_or_material_finds_all_that_lies_below_it_at_any_depth(anonymous_client: APIClient) -> None:
    machining = process("MACH")
    turning = process("MACH.TURN", below=machining)
    process("MACH.TURN.CNC", below=turning)
    steel = material("STEEL")
    material("SUS304", below=material("STEEL.SS", below=steel))
    grandchild = published_supplier(processes=("MACH.TURN.CNC",), materials=["SUS304"])
    child = published_supplier(processes=("MACH.TURN",), materials=["STEEL.SS"])
    parent = published_supplier(processes=("MACH",), materials=["STEEL"])
    other = published_supplier(processes=("PLATING",), materials=["NYLON"])

    assert found(anonymous_client, process="MACH") == ids(grandchild, child, parent)
    assert found(anonymous_client, process="MACH.TURN") == ids(grandchild, child)
    assert found(anonymous_client, process__in="MACH.TURN.CNC,PLATING") == ids(grandchild, other)
    assert found(anonymous_client, material="STEEL") == ids(grandchild, child, parent)
    assert found(anonymous_client, material="SUS304") == ids(grandchild)
    assert found(anonymous_client, material__in="SUS304,NYLON", process="PLATING") == ids(other)


def test_a_change_is_found_by_the_next_request(anonymous_client: APIClient) -> None:
    firm = published_supplier(processes=("PLATING",))
    by = member("supplier", organisation=firm.organisation)
    site = firm.sites.get()

    added = add_capability(supplier_id=firm.pk, values={"process": process("MACH"), "site": site}, by=by)
    assert found(anonymous_client, process="MACH") == ids(firm)
    remove_capability(capability_id=added.pk, by=by)
    assert found(anonymous_client, process="MACH") == []
    firm.organisation.trade_name = "Thăng Long"
    firm.organisation.save()
    assert found(anonymous_client, q="thang") == ids(firm)


def test_an_entry_that_moves_in_its_tree_takes_its_firms_along(anonymous_client: APIClient) -> None:
    turning = process("TURN", below=process("MACH"))
    firm = published_supplier(processes=("TURN",))

    turning.parent = process("CUT")
    turning.save()

    assert found(anonymous_client, process="MACH") == []
    assert found(anonymous_client, process="CUT") == ids(firm)


def test_a_firm_can_be_deleted_with_all_that_it_is_found_by(anonymous_client: APIClient) -> None:
    firm = published_supplier(materials=["NYLON"])
    CertificateFactory.create(supplier=firm)

    firm.delete()

    assert not SupplierSearch.objects.exists()
    assert found(anonymous_client, material="NYLON") == []


def test_a_standard_is_held_by_whoever_holds_one_that_implies_it(anonymous_client: APIClient) -> None:
    iatf, iso = standard("IATF16949"), standard("ISO9001")
    iatf.implies.add(iso)
    automotive = published_supplier()
    CertificateFactory.create(supplier=automotive, standard=iatf)
    plain = published_supplier()
    CertificateFactory.create(supplier=plain, standard=iso)
    rejected = published_supplier()
    CertificateFactory.create(supplier=rejected, standard=iso, state="rejected")

    assert found(anonymous_client, standard="ISO9001") == ids(automotive, plain)
    assert found(anonymous_client, standard="IATF16949") == ids(automotive)
    assert found(anonymous_client, standard="ISO9001", valid_on=timezone.localdate()) == ids(automotive, plain)


@pytest.mark.parametrize(
    ("dates", "is_valid"),
    [
        ({"valid_from": DAY, "expires_on": DAY}, True),
        ({"valid_from": None, "expires_on": DAY}, True),
        ({"valid_from": DAY + timedelta(1), "expires_on": DAY + timedelta(9)}, False),
        ({"valid_from": None, "expires_on": DAY - timedelta(1)}, False),
        ({"valid_from": None, "expires_on": None}, False),
        ({"valid_from": DAY, "expires_on": None, "never_expires": True}, True),
        ({"valid_from": DAY + timedelta(1), "expires_on": None, "never_expires": True}, False),
    ],
)
def test_valid_on_a_day_means_valid_for_sure(
    dates: dict[str, Any], is_valid: bool, anonymous_client: APIClient
) -> None:
    firm = published_supplier()
    CertificateFactory.create(supplier=firm, **dates)

    assert found(anonymous_client, standard="ISO9001", valid_on=DAY) == (ids(firm) if is_valid else [])
    assert found(anonymous_client, standard="ISO9001") == ids(firm)


def test_day_level_and_state_are_asked_of_one_certificate(anonymous_client: APIClient) -> None:
    firm = published_supplier()
    CertificateFactory.create(supplier=firm, level=3, expires_on=DAY - timedelta(1), valid_from=None)
    CertificateFactory.create(supplier=firm, level=1, expires_on=DAY + timedelta(1), valid_from=None)

    assert found(anonymous_client, standard="ISO9001", valid_on=DAY, standard_level__gte=1) == ids(firm)
    assert found(anonymous_client, standard="ISO9001", valid_on=DAY, standard_level__gte=2) == []
    assert found(anonymous_client, standard="ISO9001", standard_level__gte=3) == ids(firm)


def test_a_province_is_found_in_either_edition_and_a_corridor_by_the_old_one_where_it_is_named(
    anonymous_client: APIClient,
) -> None:
    bac_ninh = province("24")
    bac_giang = province("24", edition="2004", successor=bac_ninh)
    named_old, new_only = published_supplier(), published_supplier()
    Site.objects.filter(supplier=named_old).update(province=bac_ninh, old_province=bac_giang)
    Site.objects.filter(supplier=new_only).update(province=bac_ninh)
    CorridorFactory.create(code="OLD").provinces.set([bac_giang])
    CorridorFactory.create(code="NEW").provinces.set([bac_ninh])
    CorridorFactory.create(code="BOTH").provinces.set([bac_ninh, bac_giang])
    CorridorFactory.create(code="NONE")

    assert found(anonymous_client, province="2025:24") == ids(named_old, new_only)
    assert found(anonymous_client, province="2004:24") == ids(named_old)
    assert found(anonymous_client, province__in="2004:24,2025:01") == ids(named_old)
    assert found(anonymous_client, corridor="OLD") == ids(named_old)
    assert found(anonymous_client, corridor="NEW") == ids(new_only)
    assert found(anonymous_client, corridor="BOTH") == ids(named_old, new_only)
    assert found(anonymous_client, corridor="NONE") == []


def test_distance_counts_sites_of_production_on_the_map(client_for: ClientFor) -> None:
    def at(latitude: float | None, longitude: float | None, role: str = "production") -> Supplier:
        supplier = SupplierFactory.create(published=True)
        SiteFactory.create(supplier=supplier, latitude=latitude, longitude=longitude, role=role)
        return supplier

    here, fifty = at(21.03, 105.85), at(21.4799, 105.85)  # on the grid 50.038 km to the north
    at(21.03, 105.85, role="office")
    at(None, None)
    client = client_for(verified_buyer())

    assert found(client, near="21.03,105.85", within_km=50) == ids(here)
    assert found(client, near="21.03,105.85", within_km=50.04) == ids(here, fifty)
    answer = client.get(f"{SUPPLIERS}?near=21.03,105.85&within_km=60").json()["results"]
    assert [row["distance_km"] for row in answer] == [50.0, 0.0]
    assert "distance_km" not in client.get(f"{SUPPLIERS}/{here.public_id}").json()


def test_no_distance_tells_more_of_a_place_than_the_square_of_the_grid_that_it_lies_in(client_for: ClientFor) -> None:
    def at(latitude: float, longitude: float) -> Supplier:
        supplier = SupplierFactory.create(published=True)
        SiteFactory.create(supplier=supplier, latitude=latitude, longitude=longitude)
        return supplier

    firms = [at(21.0251, 105.8549), at(21.0349, 105.8451), at(21.03, 105.85), at(21.0287, 105.8533)]

    for reader in (verified_buyer(), member("agency")):
        client = client_for(reader)
        for near in ("21.0251,105.8549", "21.0349,105.8451", "21.0288,105.8534"):
            place = {"near": near, "within_km": "900"}
            rows = client.get(SUPPLIERS, place).json()["results"]
            assert len({row["distance_km"] for row in rows}) == 1
            for order in ("distance", "-distance"):
                rows = client.get(SUPPLIERS, {**place, "ordering": order}).json()["results"]
                assert [row["id"] for row in rows] == ids(*firms)[:: 1 if order == "distance" else -1]
        assert found(client, near="21.0251,105.8549", within_km=0.1) == []
        assert found(client, near="21.03,105.85", within_km=0) == ids(*firms)


@pytest.mark.parametrize(("near", "km"), [("0,179.9", 30), ("0,-179.95", 30), ("89.9,0", 60), ("-90,0", 1000)])
def test_distance_knows_the_date_line_and_the_poles(near: str, km: float, client_for: ClientFor) -> None:
    for latitude, longitude in ((0.0, -179.9), (89.9, 180.0), (-85.0, 77.0)):
        SiteFactory.create(supplier=SupplierFactory.create(published=True), latitude=latitude, longitude=longitude)

    assert len(found(client_for(verified_buyer()), near=near, within_km=km)) == 1


def test_capacity_is_asked_of_one_capability_in_any_unit_of_its_kind(client_for: ClientFor) -> None:
    tonnes = published_supplier(monthly_capacity=1.5, capacity_unit="t")
    kilograms = published_supplier(monthly_capacity=1500.0, capacity_unit="kg")
    pieces = published_supplier(monthly_capacity=5000.0, capacity_unit="pcs")
    client = client_for(verified_buyer())

    assert found(client, monthly_capacity__gte=1500, capacity_unit="kg") == ids(tonnes, kilograms)
    assert found(client, monthly_capacity__gte="1.5001", capacity_unit="t") == []
    assert found(client, monthly_capacity__lte="1.5", capacity_unit="t") == ids(tonnes, kilograms)
    assert found(client, monthly_capacity__gte=0, capacity_unit="pcs") == ids(pieces)
    assert found(client, monthly_capacity__gte=1, monthly_capacity__lte=4999, capacity_unit="pcs") == []


def test_capacity_is_that_of_the_process_asked_for(client_for: ClientFor) -> None:
    firm = published_supplier(processes=("PLATING",), monthly_capacity=9.0, capacity_unit="t")
    CapabilityFactory.create(
        site=firm.sites.get(), process=process("TURN", below=process("MACH")), monthly_capacity=1.0, capacity_unit="t"
    )
    client = client_for(verified_buyer())

    assert found(client, monthly_capacity__gte=5, capacity_unit="t", process="MACH") == []
    assert found(client, monthly_capacity__gte=1, capacity_unit="t", process="MACH") == ids(firm)
    assert found(client, monthly_capacity__gte=5, capacity_unit="t", process__in="MACH,PLATING") == ids(firm)


def test_a_capacity_taken_back_is_found_as_long_as_it_is_shown(client_for: ClientFor) -> None:
    today = timezone.localdate()
    figures: dict[str, Any] = {"monthly_capacity": 9.0, "capacity_unit": "t"}
    shown = published_supplier(**figures, withdrawn={"monthly_capacity": str(today - timedelta(364))})
    published_supplier(**figures, withdrawn={"monthly_capacity": str(today - timedelta(365))})

    assert found(client_for(verified_buyer()), monthly_capacity__gte=1, capacity_unit="t") == ids(shown)
