"""What buyers need."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat, JSONObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buyers.models.asked import Criterion, Operation
from buyers.models.audience import RequirementAudience
from buyers.models.buyer import Buyer
from buyers.models.plant import COUNTING_PROVINCE, Plant
from config.changes import ChangesKept
from config.constraints import MAX_FIGURE, positive
from config.fulltext import DocumentField, DocumentIndex, all_of, word
from config.models import Resource
from config.states import Stateful
from config.text import fold
from taxonomy.distance import Spot
from taxonomy.models import Kind, Material, Process, Province
from taxonomy.quantities import figure_between
from taxonomy.questions import Part, parts_of
from taxonomy.units import CHOICES as UNIT_CHOICES

if TYPE_CHECKING:
    from accounts.principals import Principal


NEAR_KM = 50.0
FAR_KM = 500.0
"""Distances within which a supplier is near, and from which it is too far, unless the buyer says otherwise."""

ALERT_MIN_SCORE = 0.5
"""Least score from which new matches are told of, unless the buyer says otherwise: half of what is asked is known to be
met."""


HIDES_BUYER = Q(visibility="anonymous") | Q(nda_needed=True)
"""Requirements whose buyer suppliers know only once they are connected."""


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
        """With `knows_buyer`: whether the buyer of a requirement that hides it is open to the caller's organisation."""
        told = RequirementAudience.objects.of(principal).filter(requirement=OuterRef("pk"), knows_buyer=True)
        return self.annotate(knows_buyer=Exists(told))

    def delivered_in(self, references: Iterable[str]) -> Self:
        """Those whose plant has one of these as its `province_key`: edition and code, such as `2025:24`."""
        return self.filter(plant__in=Plant.objects.in_provinces(references).values("pk"))

    def delivered_within(self, km: float, *, of: Spot, principal: "Principal") -> Self:
        """Those that go to a plant not farther than `km` from a place, as far as the caller may know where it is."""
        return self.placed_for(principal).filter(plant__in=Plant.objects.within(km, of=of).values("pk"))

    def placed_for(self, principal: "Principal") -> Self:
        """Those of which the caller may know the plant: its own, for staff all, for suppliers those whose buyer is
        no secret to them."""
        if not principal.is_supplier:
            return self
        told = RequirementAudience.objects.of(principal).filter(knows_buyer=True)
        return self.filter(~HIDES_BUYER | Q(pk__in=told.values("requirement")))

    def needing(self, processes: Collection[str]) -> Self:
        """Those with an operation of one of these process codes."""
        return self.filter(pk__in=Operation.objects.filter(process__code__in=processes).values("requirement"))

    def made_of(self, materials: Collection[str]) -> Self:
        """Those with an operation on one of these material codes."""
        return self.filter(pk__in=Operation.objects.filter(materials__code__in=materials).values("requirement"))

    def asking_for(self, standards: Collection[str]) -> Self:
        """Those that require or prefer one of these standard codes."""
        links = (Requirement.standards_required.through, Requirement.standards_preferred.through)
        required, preferred = (
            link.objects.filter(standard__code__in=standards).values("requirement") for link in links
        )
        return self.filter(Q(pk__in=required) | Q(pk__in=preferred))

    def requiring(self, standards: Collection[str]) -> Self:
        """Those that require one of these standard codes."""
        link = Requirement.standards_required.through.objects.filter(standard__code__in=standards)
        return self.filter(pk__in=link.values("requirement"))

    def requiring_none(self) -> Self:
        """Those that require no standard."""
        return self.filter(standards_required=None)

    def with_province(self) -> Self:
        """With `province_today`: id of the province in force where the plant is, as far as anything tells."""
        there = ("plant__province", "plant__old_province__successor", "plant__park__province")
        return self.annotate(province_today=Coalesce(*there))

    def delivered_to(self, references: Iterable[str]) -> Self:
        """Those whose plant lies in one of these provinces in force, such as `2025:24`, whatever its address says."""
        codes = [code for edition, _colon, code in (reference.partition(":") for reference in references)]
        return self.with_province().filter(province_today__in=Province.objects.in_force().filter(code__in=codes))

    def mentioning(self, text: str) -> Self:
        """Those of which every word of `text` is the beginning of a word of title, part family or description, or
        part of what one of the processes or materials is called in any language. Accents and case do not count."""
        parts = parts_of(fold(text).split(), kinds=(Kind.PROCESS, Kind.MATERIAL))
        found = self if parts else self.none()
        for part in parts:
            found = found.filter(_mentions(part))
        return found

    def with_quantity(self, *, unit: str, least: float | None, most: float | None) -> Self:
        """Those that need at least and at most so much a month, in this unit or another of its kind."""
        return self.filter(figure_between("monthly_quantity", "quantity_unit", unit=unit, least=least, most=most))

    def past_answering(self, today: date) -> Self:
        """Open ones whose last day for answers was before `today`."""
        return self.filter(state=Requirement.State.OPEN, answer_by__lt=today)

    def with_content(self) -> Self:
        """Read together with all that `buyers.content.values_of` needs, in one query: the plant with its park, and
        `asked`, what is stored in rows of their own. As of the moment of the query: whoever waits for a lock reads
        this afterwards."""
        return self.select_related("plant__park").defer("text_key", "document").annotate(asked=_asked())


def _asked() -> JSONObject:
    """Standards by code, operations in their order, criteria, and the `province_key` of the plant: joins to all the
    provinces that it may come from would take the planner longer than the rest."""
    counting = Coalesce(*(OuterRef(f"plant__{path}") for path in COUNTING_PROVINCE))
    province = Province.objects.filter(pk=counting).values(key=Concat("edition", Value(":"), "code"))
    materials = Operation.materials.through.objects.filter(operation=OuterRef("pk")).values("material__code")
    operations = Operation.objects.filter(requirement=OuterRef("pk")).order_by("position")
    criteria = Criterion.objects.filter(requirement=OuterRef("pk"))
    required, preferred = (
        link.objects.filter(requirement=OuterRef("pk")).values("standard__code")
        for link in (Requirement.standards_required.through, Requirement.standards_preferred.through)
    )
    operation = {"process": "process__code", "materials": ArraySubquery(materials)}
    figures = {name: name for name in ("tolerance_mm", "roughness_um", "part_size_mm", "part_mass_kg")}
    criterion = {name: name for name in ("key", "mode", "weight", "min_level")}
    return JSONObject(
        standards_required=ArraySubquery(required),
        standards_preferred=ArraySubquery(preferred),
        operations=ArraySubquery(operations.values(told=JSONObject(**operation, **figures))),
        criteria=ArraySubquery(criteria.values(told=JSONObject(**criterion))),
        province=Subquery(province),
    )


def _mentions(part: Part) -> Q:
    """In words of its own, or by the codes of its operations. Each in a subquery that an index answers."""
    mention = Q(pk__in=Requirement.objects.filter(document__answers=all_of(map(word, part.words))).values("pk"))
    codes = {kind: [code for of, code in part.codes if of == kind] for kind in (Kind.PROCESS, Kind.MATERIAL)}
    if codes[Kind.PROCESS]:
        processes = Process.objects.codes_below(*codes[Kind.PROCESS])
        mention |= Q(pk__in=Operation.objects.filter(process__code__in=processes).values("requirement"))
    if codes[Kind.MATERIAL]:
        materials = Material.objects.codes_below(*codes[Kind.MATERIAL])
        mention |= Q(pk__in=Operation.objects.filter(materials__code__in=materials).values("requirement"))
    return mention


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
    alert_min_score = models.FloatField(
        _("alert from score"),
        null=True,
        blank=True,
        default=ALERT_MIN_SCORE,
        db_default=ALERT_MIN_SCORE,
        help_text=_("From 0 to 1. Blank: nobody is told of new matches."),
    )
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    target_price = models.DecimalField(_("target price"), max_digits=18, decimal_places=4, null=True, blank=True)
    target_price_currency = models.CharField(max_length=3, blank=True, help_text=_("ISO 4217."))

    text_key = models.TextField(blank=True, editable=False, db_default="")
    document = models.GeneratedField(
        expression=Func(
            Func("text_key", function="search_words", output_field=ArrayField(models.TextField())),
            function="array_to_tsvector",
        ),
        output_field=DocumentField(),
        db_persist=True,
    )

    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        indexes = [DocumentIndex(name="requirement_found_by")]
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
                condition=Q(alert_min_score=None) | Q(alert_min_score__gte=0, alert_min_score__lte=1),
                name="requirement_alert_score_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(target_price=None) | Q(target_price__gt=0) & ~Q(target_price_currency=""),
                name="requirement_price_is_positive_and_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opened_at__isnull=False), name="requirement_opened_has_a_time"
            ),
            ChangesKept(
                name="requirement_changes_kept",
                columns=[
                    "buyer",
                    "plant",
                    "state",
                    "state_reason",
                    "opened_at",
                    "visibility",
                    "title",
                    "description",
                    "part_family",
                    "hs_code",
                    "monthly_quantity",
                    "quantity_unit",
                    "needed_on",
                    "lead_time_days",
                    "moq",
                    "near_km",
                    "far_km",
                    "export_share_pct",
                    "track_record_share",
                    "languages",
                    "nda_needed",
                    "alert_min_score",
                    "answer_by",
                    "target_price",
                    "target_price_currency",
                ],
                lists=["standards_required", "standards_preferred"],
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def hides_buyer(self) -> bool:
        """Whether suppliers know whose it is only once they are connected: it is anonymous, or asks for an NDA."""
        return self.visibility == self.Visibility.ANONYMOUS or self.nda_needed

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With what anybody who sees it may find it by."""
        self.text_key = text_key(self.title, self.part_family, self.description)
        super().save(*args, **kwargs)


def text_key(*texts: str) -> str:
    return fold(" ".join(texts))
