"""Which firms' facts changed lately, in an order that no reader can miss a commit of."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SupplierChange(models.Model):
    """The transaction that last touched a firm's facts. Kept by triggers, read by whoever mirrors the facts.

    A transaction that a reader did not see was still running then, so its number is not below the horizon of that
    moment: reading everything since that horizon misses no commit, in whatever order they finish.
    """

    supplier_id = models.BigIntegerField(primary_key=True)
    changed_in = models.BigIntegerField(db_index=True)

    class Meta:
        verbose_name = _("change of facts")
        verbose_name_plural = _("changes of facts")

    def __str__(self) -> str:
        return f"{self.supplier_id} in {self.changed_in}"
