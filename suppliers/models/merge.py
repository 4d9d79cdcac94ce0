"""That two stored firms were one."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.models import Resource
from suppliers.models.supplier import Supplier

if TYPE_CHECKING:
    from accounts.principals import Principal


class SupplierMergeQuerySet(models.QuerySet["SupplierMerge"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all, nobody else any."""
        return self if principal.is_staff else self.none()

    def in_force(self) -> Self:
        return self.filter(undone_at=None)


class SupplierMerge(Resource):
    """Staff found two stored firms to be one: what was the one's is the survivor's since, until that is undone."""

    PREFIX = "mrg"

    survivor = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="merges", verbose_name=_("firm that stays")
    )
    merged = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="merged_into", verbose_name=_("firm that was merged")
    )
    reason = models.CharField(_("reason"), max_length=1000)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changes = models.JSONField(
        default=list,
        encoder=DjangoJSONEncoder,
        help_text=_("What was written, in order: model, column, value before and after, rows."),
    )
    stayed = models.JSONField(
        _("what stayed"), default=list, help_text=_("What the survivor had already: name of the model, and of the row.")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undone_reason = models.CharField(_("why it was undone"), max_length=1000, blank=True)

    objects = SupplierMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of firms")
        verbose_name_plural = _("merges of firms")
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="supplier_merged_into_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("merged")), name="merge_is_of_two_firms"),
            models.CheckConstraint(
                condition=Q(undone_at=None) | ~Q(undone_reason=""), name="merge_undone_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged} → {self.survivor}"
