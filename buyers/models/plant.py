"""Where buyers want parts delivered."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from buyers.models.buyer import Buyer
from config.changes import ChangesKept
from config.constraints import coordinates_on_earth
from config.models import Resource
from taxonomy.distance import Spot
from taxonomy.models import Located, Province

if TYPE_CHECKING:
    from accounts.principals import Principal

COUNTING_PROVINCE = ("old_province", "province", "park__old_province", "park__province")
"""Where a plant is, the first that is known: as its address says, else as its park does."""


class PlantQuerySet(models.QuerySet["Plant"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; a buyer its own. Suppliers read of a plant only through requirements."""
        return self.filter(buyer__in=Buyer.objects.visible_to(principal))

    def in_provinces(self, references: Iterable[str]) -> Self:
        """Those with one of these as their `province_key`: edition and code, such as `2025:24`."""
        named = Q(pk__in=[])
        for edition, _colon, code in (reference.partition(":") for reference in references):
            named |= Q(edition=edition, code=code)
        return self.alias(counting=Coalesce(*COUNTING_PROVINCE)).filter(
            counting__in=Province.objects.filter(named).values("pk")
        )

    def within(self, km: float, *, of: Spot) -> Self:
        """Those not farther than `km` from a place, by their own coordinates, else by those of their park."""
        own = self.alias(own_km=of.distance_km()).filter(of.around(km), own_km__lte=km)
        there = self.filter(latitude=None).alias(park_km=of.distance_km("park__"))
        of_park = there.filter(of.around(km, "park__"), park_km__lte=km)
        return self.filter(Q(pk__in=own.values("pk")) | Q(pk__in=of_park.values("pk")))

    def with_places(self) -> Self:
        """Read together with province and park."""
        return self.select_related("province", "old_province", "park", "park__province", "park__old_province")


class Plant(Located, Resource):
    """Where a buyer wants parts delivered."""

    PREFIX = "pla"

    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="plants")
    name = models.CharField(_("name"), max_length=150)

    objects = PlantQuerySet.as_manager()

    class Meta:
        verbose_name = _("plant")
        verbose_name_plural = _("plants")
        constraints = [
            models.CheckConstraint(
                condition=coordinates_on_earth(),
                name="plant_coordinates_are_a_pair_on_earth",
            ),
            models.UniqueConstraint(fields=["buyer", "name"], name="plant_named_once"),
            ChangesKept(
                name="plant_changes_kept",
                columns=["buyer", "name", "address", "province", "old_province", "park", "latitude", "longitude"],
                below="buyer",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def coordinates(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees: its own, else those of its park."""
        for place in (self, self.park):
            if place is not None and place.latitude is not None and place.longitude is not None:
                return place.latitude, place.longitude
        return None

    @cached_property
    def province_key(self) -> str | None:
        """Edition and code of its province, the old one where the address names it; else those of its park."""
        places = (self, self.park) if self.park else (self,)
        for place in places:
            if province := place.old_province or place.province:
                return province.reference
        return None
