"""Where firms work: provinces with their editions, coordinates and where they come from."""

from typing import Any

import pytest

from accounts.principals import Principal
from config.errors import InvalidFactError
from suppliers import services
from suppliers.models import Evidence, Site, Supplier
from taxonomy.distance import nearest_line
from taxonomy.models import IndustrialPark, Province
from tests.factories.suppliers import SiteFactory, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def bac_ninh() -> Province:
    return province("24")


@pytest.fixture
def old_bac_giang(bac_ninh: Province) -> Province:
    """Before July 2025 the same code was another province, which has become part of today's."""
    return province("24", edition="2004", successor=bac_ninh)


@pytest.fixture
def park(bac_ninh: Province) -> IndustrialPark:
    return IndustrialPark.objects.create(
        code="que_vo", name_vi="KCN Quế Võ", kind="industrial_park", province=bac_ninh, latitude=21.15, longitude=106.15
    )


def place(site: Site) -> tuple[Any, ...]:
    fresh = Site.objects.get(pk=site.pk)
    return fresh.province, fresh.old_province, fresh.latitude, fresh.longitude, fresh.coordinates_from


def test_the_old_province_gives_todays(draft: Supplier, owner: Principal, old_bac_giang: Province) -> None:
    site = services.add_site(supplier_id=draft.pk, values={"old_province": old_bac_giang}, by=owner)

    assert place(site)[:2] == (old_bac_giang.successor, old_bac_giang)


def test_coordinates_come_from_the_park_unless_given(draft: Supplier, owner: Principal, park: IndustrialPark) -> None:
    site = services.add_site(supplier_id=draft.pk, values={"park": park}, by=owner)
    assert place(site) == (park.province, None, 21.15, 106.15, "park")

    services.change_site(site_id=site.pk, values={"latitude": 21.2, "longitude": 106.2}, by=owner)
    assert place(site)[2:] == (21.2, 106.2, "given")

    services.change_site(site_id=site.pk, values={"name": "Plant 1"}, by=owner)
    assert place(site)[2:] == (21.2, 106.2, "given")

    services.change_site(site_id=site.pk, values={"latitude": None, "longitude": None}, by=owner)
    assert place(site)[2:] == (21.15, 106.15, "park")

    services.change_site(site_id=site.pk, values={"park": None}, by=owner)
    assert place(site)[2:] == (None, None, "")


def test_contradictions_about_the_place_are_refused(
    draft: Supplier, owner: Principal, bac_ninh: Province, old_bac_giang: Province, park: IndustrialPark
) -> None:
    hanoi = province("01")
    refusals: list[tuple[dict[str, Any], str, str]] = [
        ({"province": old_bac_giang}, "/province", "wrong_edition"),
        ({"province": hanoi, "old_province": old_bac_giang}, "/old_province", "other_province"),
        ({"province": hanoi, "old_province": bac_ninh}, "/old_province", "wrong_edition"),
        ({"old_province": bac_ninh}, "/old_province", "wrong_edition"),
        ({"province": hanoi, "park": park}, "/park", "other_province"),
        ({"latitude": 21.0}, "/longitude", "required"),
        ({"longitude": 105.0}, "/latitude", "required"),
        ({"latitude": 91.0, "longitude": 105.0}, "/latitude", "max_value"),
        ({"latitude": 21.0, "longitude": float("nan")}, "/longitude", "not_a_number"),
        ({"planet": "Mars"}, "/planet", "unknown_field"),
    ]

    for values, pointer, code in refusals:
        with pytest.raises(InvalidFactError) as refused:
            services.add_site(supplier_id=draft.pk, values=values, by=owner)
        assert (refused.value.pointer, refused.value.code) == (pointer, code)

    assert Site.objects.count() == Evidence.objects.count() == 0


@pytest.mark.parametrize(
    ("latitude", "longitude", "line"),
    [
        (21.0349999, 105.8450001, (21.03, 105.85)),
        (-0.005, 179.999, (0.0, 180.0)),
        (90.0, -180.0, (90.0, -180.0)),
        (10.125, 10.375, (10.12, 10.38)),
        (8.675, 106.665, None),
        (None, None, (None, None)),
    ],
)
def test_the_grid_is_the_same_in_queries_and_for_the_ranking(
    latitude: float | None, longitude: float | None, line: tuple[float | None, float | None] | None
) -> None:
    site = SiteFactory.create(latitude=latitude, longitude=longitude)
    site.refresh_from_db()

    stored = (site.grid_latitude, site.grid_longitude)

    assert stored == (line or stored)
    assert stored == tuple(None if degrees is None else nearest_line(degrees) for degrees in (latitude, longitude))


@pytest.mark.parametrize("blank", [{"latitude": None, "longitude": None}, {"province": None, "address": ""}])
def test_a_published_place_can_be_replaced_but_not_blanked(
    blank: dict[str, Any], published: Supplier, owner: Principal
) -> None:
    site = SiteFactory.create(supplier=published, latitude=21.0, longitude=105.0, coordinates_from="given")
    before = place(site)

    with pytest.raises(InvalidFactError) as refused:
        services.change_site(site_id=site.pk, values=blank, by=owner)

    assert refused.value.code == "not_blanked"
    assert place(site) == before
    services.change_site(site_id=site.pk, values={"latitude": 20.0, "longitude": 106.0}, by=owner)
    assert place(site)[2:4] == (20.0, 106.0)


def test_a_draft_place_can_be_blanked(draft: Supplier, owner: Principal) -> None:
    site = SiteFactory.create(supplier=draft, latitude=21.0, longitude=105.0, coordinates_from="given", address="")

    values = {"latitude": None, "longitude": None, "province": None}
    services.change_site(site_id=site.pk, values=values, by=owner)

    assert place(site) == (None, None, None, None, "")
