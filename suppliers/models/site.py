"""Where firms work."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.constraints import coordinates_on_earth
from config.models import Resource
from suppliers.models.supplier import Supplier
from taxonomy.distance import on_grid
from taxonomy.models import Located

if TYPE_CHECKING:
    from accounts.principals import Principal


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, principal: "Principal") -> Self:
        return self.filter(supplier__in=Supplier.objects.visible_to(principal))

    def owned_by(self, principal: "Principal") -> Self:
        return self.filter(supplier__in=Supplier.objects.owned_by(principal))


class Site(Located, Resource):
    """A place where a firm works. The address stays as it was given.

    All that goes by distance, for whichever reader, goes by the place on the grid: from many distances a reader could
    work out the coordinates, which are the firm's own.
    """

    PREFIX = "sit"

    class Role(models.TextChoices):
        PRODUCTION = "production", _("Production")
        OFFICE = "office", _("Office")
        WAREHOUSE = "warehouse", _("Warehouse")

    class CoordinateSource(models.TextChoices):
        GIVEN = "given", _("given")
        PARK = "park", _("of the industrial park")
        WARD = "ward", _("centre of the ward")

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.PRODUCTION)
    coordinates_from = models.CharField(max_length=8, choices=CoordinateSource.choices, blank=True)
    grid_latitude, grid_longitude = (
        models.GeneratedField(expression=on_grid(column), output_field=models.FloatField(null=True), db_persist=True)
        for column in ("latitude", "longitude")
    )

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.CheckConstraint(
                condition=coordinates_on_earth(),
                name="site_coordinates_are_a_pair_on_earth",
            ),
        ]
        indexes = [
            GistIndex(
                fields=["grid_latitude", "grid_longitude"],
                condition=Q(role="production"),
                name="site_of_production_on_grid",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.address or self.public_id
