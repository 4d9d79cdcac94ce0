"""What things that stand somewhere have in common."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.errors import InvalidFactError
from taxonomy.models.places import IndustrialPark, Province


class Located(models.Model):
    """Something at an address, in a province of today, perhaps in an industrial park and on the map.

    `old_province` is the one before July 2025, where the address names it. Degrees are those of WGS 84, north and east.
    """

    address = models.CharField(_("address"), max_length=500, blank=True)
    province = models.ForeignKey(
        Province,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("province"),
    )
    old_province = models.ForeignKey(
        Province,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("province before July 2025"),
        help_text=_("Only where the address names it."),
    )
    park = models.ForeignKey(IndustrialPark, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        abstract = True

    def check_place(self) -> None:
        """See that what is said of the place fits together.

        Raises:
            InvalidFactError: a province is of the wrong edition, the old one or the park lies in another province, or a
                coordinate stands alone.
        """
        self._check_editions()
        if self.province is not None:
            self._check_inside(self.province)
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            detail = _("Latitude and longitude belong together.")
            raise InvalidFactError(detail, pointer=f"/{missing}", code="required")

    def _check_editions(self) -> None:
        if self.province is not None and self.province.edition != Province.Edition.SINCE_2025:
            raise InvalidFactError(_("This is no province of today."), pointer="/province", code="wrong_edition")
        if self.old_province is not None and self.old_province.edition != Province.Edition.BEFORE_2025:
            detail = _("This is no province from before July 2025.")
            raise InvalidFactError(detail, pointer="/old_province", code="wrong_edition")

    def _check_inside(self, province: Province) -> None:
        if self.old_province is not None and self.old_province.successor_id != province.pk:
            detail = _("The old province does not lie in that of today.")
            raise InvalidFactError(detail, pointer="/old_province", code="other_province")
        if self.park is not None and self.park.province_id != province.pk:
            raise InvalidFactError(_("The park lies in another province."), pointer="/park", code="other_province")
