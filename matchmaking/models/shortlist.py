"""Suppliers that an organisation keeps in mind, in an order of its own."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Deferrable, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from config.models import Resource
from suppliers.models import Supplier

if TYPE_CHECKING:
    from accounts.principals import Principal


class ShortlistQuerySet(models.QuerySet["Shortlist"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; everyone else those of their organisation."""
        return self if principal.is_staff else self.owned_by(principal)

    def owned_by(self, principal: "Principal") -> Self:
        """What the caller may change: its own organisation's, staff too."""
        if principal.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=principal.organisation_id)

    def naming(self, supplier_id: str) -> Self:
        """Those that a supplier, by public id, is on."""
        return self.filter(pk__in=ShortlistEntry.objects.filter(supplier__public_id=supplier_id).values("shortlist"))

    def with_size(self) -> Self:
        """With the number of suppliers on each."""
        return self.annotate(size=Count("entries"))


class Shortlist(Resource):
    """Suppliers that the members of one organisation have chosen to keep in mind. No supplier learns of it."""

    PREFIX = "shl"

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="shortlists")
    requirement = models.ForeignKey(
        "buyers.Requirement", on_delete=models.SET_NULL, null=True, blank=True, related_name="shortlists"
    )
    name = models.CharField(_("name"), max_length=150)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ShortlistQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortlist")
        verbose_name_plural = _("shortlists")

    def __str__(self) -> str:
        return self.name


class ShortlistEntryQuerySet(models.QuerySet["ShortlistEntry"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Those on lists that the caller sees, each with whether the caller sees the supplier today."""
        on_lists = Shortlist.objects.visible_to(principal).values("pk")
        seen = Supplier.objects.visible_to(principal).filter(pk=OuterRef("supplier_id"))
        return self.filter(shortlist__in=on_lists).annotate(is_supplier_visible=Exists(seen))


class ShortlistEntry(Resource):
    """A supplier on a shortlist."""

    PREFIX = "she"

    shortlist = models.ForeignKey(Shortlist, on_delete=models.CASCADE, related_name="entries")
    supplier = models.ForeignKey("suppliers.Supplier", on_delete=models.CASCADE, related_name="+")
    note = models.TextField(_("note"), max_length=2000, blank=True)
    position = models.PositiveIntegerField(_("position"), help_text=_("From 1, without gaps."))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ShortlistEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortlist entry")
        verbose_name_plural = _("shortlist entries")
        constraints = [
            models.UniqueConstraint(fields=["shortlist", "supplier"], name="shortlist_names_a_supplier_once"),
            # Checked at the end of the transaction: a move passes through positions that others still hold.
            models.UniqueConstraint(
                fields=["shortlist", "position"], name="shortlist_position_taken_once", deferrable=Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="shortlist_position_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.supplier}"
