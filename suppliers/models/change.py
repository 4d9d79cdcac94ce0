"""Which firms' facts changed lately, in an order that no reader can miss a commit of."""

from typing import Self

from django.db import connections, models
from django.utils.translation import gettext_lazy as _


class SupplierChangeQuerySet(models.QuerySet["SupplierChange"]):
    def since(self, horizon: int) -> Self:
        """Firms touched by transaction `horizon` or a later one, some of them known already: that does no harm."""
        return self.filter(changed_in__gte=horizon)

    def current_horizon(self) -> int:
        """The oldest transaction that still runs. Ask for it before reading changes and facts, in that order."""
        with connections[self.db].cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            return int(cursor.fetchone()[0])


class SupplierChange(models.Model):
    """The transaction that last touched a firm's facts. Kept by triggers, read by whoever mirrors the facts.

    A transaction that a reader did not see was still running then, so its number is not below the horizon of that
    moment: reading everything since that horizon misses no commit, in whatever order they finish.
    """

    supplier_id = models.BigIntegerField(primary_key=True)
    changed_in = models.BigIntegerField(db_index=True)

    objects = SupplierChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of facts")
        verbose_name_plural = _("changes of facts")

    def __str__(self) -> str:
        return f"{self.supplier_id} in {self.changed_in}"
