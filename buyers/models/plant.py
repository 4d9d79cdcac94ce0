"""Where buyers want parts delivered."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from buyers.models.buyer import Buyer
from config.constraints import coordinates_on_earth
from config.models import Resource
from taxonomy.models import Located

if TYPE_CHECKING:
    from accounts.principals import Principal


class PlantQuerySet(models.QuerySet["Plant"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; a buyer its own. Suppliers read of a plant only through requirements."""
        return self.filter(buyer__in=Buyer.objects.visible_to(principal))

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

    @property
    def province_key(self) -> str | None:
        """Edition and code of its province, the old one where the address names it; else those of its park."""
        places = (self, self.park) if self.park else (self,)
        for place in places:
            if province := place.old_province or place.province:
                return province.reference
        return None
