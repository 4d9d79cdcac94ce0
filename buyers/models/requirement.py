"""What buyers need."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buyers.models.asked import Operation
from buyers.models.audience import RequirementAudience
from buyers.models.buyer import Buyer
from buyers.models.plant import Plant
from config.constraints import MAX_FIGURE, positive
from config.models import Resource
from config.states import Stateful
from taxonomy.models import Province
from taxonomy.units import CHOICES as UNIT_CHOICES

if TYPE_CHECKING:
    from accounts.principals import Principal


NEAR_KM = 50.0
FAR_KM = 500.0
"""Distances within which a supplier is near, and from which it is too far, unless the buyer says otherwise."""


class RequirementQuerySet(models.QuerySet["Requirement"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff all; a buyer its own; a supplier the open public ones and those it is in the audience of.

        What a suspended buyer asks in public is out of sight until it is reinstated.
        """
        if principal.is_staff:
            return self
        if principal.is_buyer:
            return self.filter(buyer__organisation_id=principal.organisation_id)
        if not principal.is_supplier:
            return self.none()
        told = Q(pk__in=RequirementAudience.objects.of(principal).values("requirement_id"))
        public = Q(
            state=Requirement.State.OPEN,
            visibility=Requirement.Visibility.PUBLIC,
            buyer__state=Buyer.State.VERIFIED,
        )
        return self.filter(public | (told & ~Q(state=Requirement.State.DRAFT)))

    def owned_by(self, principal: "Principal") -> Self:
        """What the caller may change: its own; staff any, on the buyer's behalf."""
        if principal.is_staff:
            return self
        return self.filter(buyer__organisation_id=principal.organisation_id) if principal.is_buyer else self.none()

    def known_to(self, principal: "Principal") -> Self:
        """With `knows_buyer`: whether an anonymous requirement's buyer is open to the caller's organisation."""
        told = RequirementAudience.objects.of(principal).filter(requirement=OuterRef("pk"), knows_buyer=True)
        return self.annotate(knows_buyer=Exists(told))

    def delivered_in(self, province_key: str) -> Self:
        """Those whose plant has this `province_key`: edition and code, such as `2025:24`."""
        edition, _colon, code = province_key.partition(":")
        place = Coalesce("plant__old_province", "plant__province", "plant__park__old_province", "plant__park__province")
        named = Province.objects.filter(edition=edition, code=code)
        return self.annotate(delivery_province=place).filter(delivery_province__in=named.values("pk"))

    def needing(self, processes: Collection[str]) -> Self:
        """Those with an operation of one of these process codes."""
        return self.filter(pk__in=Operation.objects.filter(process__code__in=processes).values("requirement"))

    def mentioning(self, text: str) -> Self:
        """Those whose title or description contains the text."""
        return self.filter(Q(title__icontains=text) | Q(description__icontains=text))

    def past_answering(self, today: date) -> Self:
        """Open ones whose last day for answers was before `today`."""
        return self.filter(state=Requirement.State.OPEN, answer_by__lt=today)

    def with_content(self) -> Self:
        """Read together with all that `buyers.content.content_of` needs, in a constant number of queries."""
        places = ("plant", "plant__province", "plant__old_province")
        park = ("plant__park", "plant__park__province", "plant__park__old_province")
        return self.select_related(*places, *park).prefetch_related(
            "standards_required", "standards_preferred", "operations__process", "operations__materials", "criteria"
        )


class Requirement(Stateful, Resource):
    """Parts that a buyer needs made: operations, quantities, dates, and what else it asks."""

    PREFIX = "req"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", pgettext_lazy("state", "Open")
        AWARDED = "awarded", _("Awarded")
        CLOSED_NO_AWARD = "closed_no_award", _("Closed without award")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    TRANSITIONS: ClassVar = {
        State.DRAFT: {State.OPEN},
        State.OPEN: {State.AWARDED, State.CLOSED_NO_AWARD, State.WITHDRAWN, State.EXPIRED},
        State.EXPIRED: {State.OPEN},
    }

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("All suppliers see it")
        MATCHED = "matched", _("Only suppliers that match see it")
        ANONYMOUS = "anonymous", _("Only suppliers that match see it, without the buyer's name")

    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="requirements")
    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, null=True, blank=True, related_name="requirements")
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.DRAFT)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    content_version = models.PositiveIntegerField(
        default=1, editable=False, help_text=_("Counts changes of what is asked after opening.")
    )
    visibility = models.CharField(_("visibility"), max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), max_length=10000, blank=True)
    part_family = models.CharField(_("part family"), max_length=150, blank=True)
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True)
    monthly_quantity = models.FloatField(_("monthly quantity"), null=True, blank=True)
    quantity_unit = models.CharField(_("unit"), max_length=8, blank=True, choices=UNIT_CHOICES)
    needed_on = models.DateField(_("start of production"), null=True, blank=True)
    lead_time_days = models.FloatField(_("lead time for mass production, days"), null=True, blank=True)
    moq = models.FloatField(_("accepted minimum order"), null=True, blank=True)
    standards_required = models.ManyToManyField("taxonomy.Standard", blank=True, related_name="+")
    standards_preferred = models.ManyToManyField("taxonomy.Standard", blank=True, related_name="+")
    near_km = models.FloatField(_("near, km"), default=NEAR_KM)
    far_km = models.FloatField(_("far, km"), default=FAR_KM)
    export_share_pct = models.FloatField(_("asked export share, %"), null=True, blank=True)
    track_record_share = models.FloatField(_("asked share of good deliveries"), null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True, help_text=_("ISO 639-1."))
    nda_needed = models.BooleanField(_("NDA needed"), default=False)
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    target_price = models.DecimalField(_("target price"), max_digits=18, decimal_places=4, null=True, blank=True)
    target_price_currency = models.CharField(max_length=3, blank=True, help_text=_("ISO 4217."))

    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints = [
            models.CheckConstraint(condition=positive("monthly_quantity"), name="requirement_quantity_above_zero"),
            models.CheckConstraint(
                condition=Q(monthly_quantity=None) | ~Q(quantity_unit=""), name="requirement_quantity_has_a_unit"
            ),
            models.CheckConstraint(condition=positive("lead_time_days"), name="requirement_lead_time_above_zero"),
            models.CheckConstraint(condition=positive("moq"), name="requirement_moq_above_zero"),
            models.CheckConstraint(
                condition=Q(near_km__gte=0, far_km__gt=F("near_km"), far_km__lte=MAX_FIGURE),
                name="requirement_near_is_nearer_than_far",
            ),
            models.CheckConstraint(
                condition=positive("export_share_pct", most=100), name="requirement_export_share_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=positive("track_record_share", most=1), name="requirement_track_record_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(target_price=None) | Q(target_price__gt=0) & ~Q(target_price_currency=""),
                name="requirement_price_is_positive_and_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opened_at__isnull=False), name="requirement_opened_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.title
