"""Where else a firm is listed: its key in the lists that named it after the one it came from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from suppliers.models.supplier import Supplier


class Listing(models.Model):
    """A person said that this entry of a list is that firm, so that nobody is asked again when the list comes again."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="listings")
    source = models.CharField(_("source"), max_length=100)
    source_ref = models.CharField(_("key in the list"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("place in a list")
        verbose_name_plural = _("places in lists")
        constraints = [models.UniqueConstraint(fields=["source", "source_ref"], name="listing_once_per_source")]

    def __str__(self) -> str:
        return f"{self.source}: {self.source_ref}"
