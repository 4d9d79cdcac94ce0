"""Distances of columns, against those that a query computes."""

import math
from random import Random

import numpy as np
import pytest

from suppliers.models import Supplier
from taxonomy.distance import Spot, nearest_line
from tests.factories.suppliers import SiteFactory

HANOI = Spot(latitude=21.0285, longitude=105.8542)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spot", [HANOI, Spot(latitude=21.03, longitude=105.85), Spot(latitude=-17.5, longitude=179.99)]
)
def test_columns_find_whom_a_query_finds_also_at_the_very_distance_of_a_site(spot: Spot) -> None:
    random = Random(5)  # noqa: S311 (not a secret)
    sites = [
        SiteFactory.create(latitude=spot.latitude + random.gauss(0, 2), longitude=east)
        for east in (spot.longitude, *(105 + random.gauss(0, 2) for _ in range(8)), -179.995)
    ]
    latitudes, longitudes = (
        np.array([nearest_line(getattr(site, name)) for site in sites] + [np.nan]) for name in ("latitude", "longitude")
    )
    near = Supplier.objects.producing_within(1000, of=spot)
    distances = [row.distance_km for row in near]  # type: ignore[attr-defined]  # annotated
    assert len(distances) > 1

    for km in [0.0, 1e-9, 1000.0, *distances, *(math.nextafter(each, 0.0) for each in distances)]:
        asked = set(Supplier.objects.producing_within(km, of=spot).values_list("pk", flat=True))
        found = np.flatnonzero(spot.are_within(km, latitudes, longitudes)).tolist()
        assert {sites[place].supplier_id for place in found} == asked


def test_nobody_is_near_where_no_site_is_on_the_map() -> None:
    nowhere = np.array([np.nan, np.nan])

    assert HANOI.are_within(1000, nowhere, nowhere).tolist() == [False, False]
    assert HANOI.are_within(1000, nowhere[:0], nowhere[:0]).tolist() == []
