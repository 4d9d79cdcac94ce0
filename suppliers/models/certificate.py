"""Which standards firms say they meet, and whether that was checked."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from config.models import Resource
from config.states import Stateful
from suppliers.models.capability import Capability
from suppliers.models.evidence import EvidenceLevel, level_field
from suppliers.models.site import Site
from suppliers.models.supplier import Supplier, SupplierQuerySet

if TYPE_CHECKING:
    from accounts.principals import Principal


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Those of visible firms; a rejected one only to its firm and to staff."""
        visible = self.filter(supplier__in=Supplier.objects.visible_to(principal))
        if principal.is_staff:
            return visible
        own = Q(supplier__organisation_id=principal.organisation_id) if principal.is_supplier else Q()
        return visible.filter(~Q(state=Certificate.State.REJECTED) | own) if own else visible.standing()

    def standing(self) -> Self:
        """Declared or checked: not rejected."""
        return self.exclude(state=Certificate.State.REJECTED)

    def of_standards(self, codes: Iterable[str]) -> Self:
        return self.filter(standard__code__in=codes)

    def valid_on(self, day: date) -> Self:
        """Valid for sure: the last day, included, must be known, or that there is none. A missing first day is open."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(never_expires=True) | Q(expires_on__gte=day))

    def counting(self) -> Self:
        """Those that put their firm at international standard on each day on which they are valid: checked with the
        issuer or better, to a standard that counts, of a published firm that makes something at a site of production,
        as at least a document shows."""
        documented = Capability.objects.filter(
            site__supplier=OuterRef("supplier"),
            site__role=Site.Role.PRODUCTION,
            process_level__gte=EvidenceLevel.DOCUMENTED,
        )
        proved = Q(level__gte=EvidenceLevel.CHECKED, standard__counts_as_international=True)
        return self.standing().filter(proved, Exists(documented), supplier__state=Supplier.State.PUBLISHED)

    def firms(self) -> SupplierQuerySet:
        """The firms that list them."""
        return Supplier.objects.filter(pk__in=self.values("supplier"))

    def owned_by(self, principal: "Principal") -> Self:
        return self.filter(supplier__in=Supplier.objects.owned_by(principal))


class Certificate(Stateful, Resource):
    """A firm's proof that it meets a standard, for one site or as a whole. It ends by date, never by hand."""

    PREFIX = "cer"

    class State(models.TextChoices):
        DECLARED = "declared", _("Declared")
        CHECKED = "checked", _("Checked")
        REJECTED = "rejected", _("Rejected")

    TRANSITIONS: ClassVar = {State.DECLARED: frozenset({State.CHECKED, State.REJECTED})}

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="certificates")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, related_name="certificates")
    standard = models.ForeignKey(
        "taxonomy.Standard", on_delete=models.PROTECT, related_name="+", verbose_name=_("standard")
    )
    number = models.CharField(_("number"), max_length=80, blank=True)
    issuing_body = models.CharField(_("issuing body"), max_length=150, blank=True)
    accreditation_body = models.CharField(_("accreditation body"), max_length=150, blank=True)
    scope = models.CharField(_("scope"), max_length=500, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    expires_on = models.DateField(
        _("expires on"), null=True, blank=True, help_text=_("Last day of validity, included.")
    )
    never_expires = models.BooleanField(_("never expires"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DECLARED)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    level = level_field()
    observed_on = models.DateField()

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(valid_from=None) | Q(expires_on__gte=F("valid_from")),
                name="certificate_expires_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(never_expires=False) | Q(expires_on=None), name="certificate_expires_or_never_does"
            ),
            models.UniqueConstraint(
                fields=["supplier", "standard", "number"], name="certificate_listed_once", nulls_distinct=False
            ),
        ]
        indexes = [models.Index(fields=["standard", "supplier"], name="certificate_by_standard")]

    def __str__(self) -> str:
        return f"{self.standard} {self.number}".strip()
