"""Support programmes of the city, and applications of firms to them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from config.changes import ChangesKept
from config.models import Resource
from config.states import Stateful
from suppliers.models.certificate import Certificate
from suppliers.models.supplier import Supplier

if TYPE_CHECKING:
    from accounts.principals import Principal

MONEY_DIGITS = 15
"""Of an amount in VND, which has no smaller unit."""


class Standing(models.TextChoices):
    """How a firm must stand in the register."""

    REGISTERED = "registered", _("every registered firm")
    PUBLISHED = "published", _("published firms")
    BELOW_INTERNATIONAL = "below_international", _("published firms not yet at international standard")
    INTERNATIONAL = "international", _("firms at international standard")


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """What conditions of programmes ask of a firm. `employees` is None where it is not stated.

    `standings` are all that it meets; `sectors` and `provinces` are codes, of provinces with their edition.
    """

    standings: Collection[str]
    employees: int | None
    sectors: Collection[str]
    provinces: Collection[str]


class SupportProgrammeQuerySet(models.QuerySet["SupportProgramme"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all, suppliers those that were published, nobody else any."""
        if principal.is_staff:
            return self
        return self.exclude(state=SupportProgramme.State.DRAFT) if principal.is_supplier else self.none()

    def accepting_on(self, day: date) -> Self:
        """Those to which firms apply on that day."""
        return self.filter(state=SupportProgramme.State.PUBLISHED, opens_on__lte=day, closes_on__gte=day)

    def towards(self, standards: Collection[str]) -> Self:
        """Those that help towards one of these standards, by code."""
        return self.helping(standards, with_equipment=False)

    def helping(self, standards: Collection[str], *, with_equipment: bool) -> Self:
        """Those towards one of these standards; with equipment also those that give credit for it."""
        named = SupportProgramme.standards.through.objects.filter(standard__code__in=standards)
        helps = Q(pk__in=named.values("supportprogramme"))
        return self.filter(helps | Q(kind=SupportProgramme.Kind.EQUIPMENT_CREDIT) if with_equipment else helps)

    def meant_for(self, applicant: Applicant) -> Self:
        """Those whose conditions the firm meets, whatever the day."""
        number = applicant.employees
        is_sized = (Q(employees_least=None) | Q(employees_least__lte=number or 0)) & (
            Q(employees_most=None) | Q(employees_most__gte=number or 0)
        )
        has_size = Q(employees_least=None, employees_most=None) if number is None else is_sized
        sectors = SupportProgramme.sectors.through.objects.filter(supportprogramme=OuterRef("pk"))
        provinces = SupportProgramme.provinces.through.objects.filter(supportprogramme=OuterRef("pk"))
        here = [reference.split(":") for reference in applicant.provinces]
        places = Q(pk=None)
        for edition, code in here:
            places |= Q(province__edition=edition, province__code=code)
        return self.filter(
            has_size,
            ~Exists(sectors) | Exists(sectors.filter(sector__code__in=applicant.sectors)),
            ~Exists(provinces) | Exists(provinces.filter(places)),
            standing__in=applicant.standings,
        )


class SupportProgramme(Stateful, Resource):
    """What the city offers to firms, to which firms, for how much money and until when.

    `granted_vnd` is what of the budget is promised or spent. The services keep it under a lock of the row.
    """

    PREFIX = "spr"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CLOSED = "closed", _("Closed")

    TRANSITIONS: ClassVar = {
        State.DRAFT: frozenset({State.PUBLISHED}),
        State.PUBLISHED: frozenset({State.CLOSED}),
        State.CLOSED: frozenset(),
    }

    class Kind(models.TextChoices):
        CONSULTING = "consulting", _("Consulting towards a standard")
        TRAINING = "training", _("Training")
        EQUIPMENT_CREDIT = "equipment_credit", _("Credit for equipment")
        TRADE_FAIR = "trade_fair", _("Trade fair")
        OTHER = "other", _("Other")

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    kind = models.CharField(_("what it offers"), max_length=20, choices=Kind.choices)
    name_vi = models.CharField(_("name (vi)"), max_length=200)
    name_en = models.CharField(_("name (en)"), max_length=200)
    description_vi = models.TextField(_("description (vi)"), max_length=5000, blank=True)
    description_en = models.TextField(_("description (en)"), max_length=5000, blank=True)
    standards = models.ManyToManyField(
        "taxonomy.Standard", blank=True, related_name="+", verbose_name=_("standards that it helps towards")
    )
    standing = models.CharField(_("for"), max_length=20, choices=Standing.choices, default=Standing.PUBLISHED)
    sectors = models.ManyToManyField(
        "taxonomy.Sector", blank=True, related_name="+", verbose_name=_("sectors"), help_text=_("None: for all.")
    )
    provinces = models.ManyToManyField(
        "taxonomy.Province", blank=True, related_name="+", verbose_name=_("provinces"), help_text=_("None: for all.")
    )
    employees_least = models.PositiveIntegerField(_("least number of employees"), null=True, blank=True)
    employees_most = models.PositiveIntegerField(_("greatest number of employees"), null=True, blank=True)
    budget_vnd = models.DecimalField(_("budget, VND"), max_digits=MONEY_DIGITS, decimal_places=0)
    granted_vnd = models.DecimalField(_("granted, VND"), max_digits=MONEY_DIGITS, decimal_places=0, default=Decimal(0))
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"), help_text=_("The last day for applications."))

    objects = SupportProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("support programme")
        verbose_name_plural = _("support programmes")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="support_programme_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(granted_vnd__gte=0, granted_vnd__lte=F("budget_vnd")),
                name="support_programme_grants_no_more_than_its_budget",
            ),
            models.CheckConstraint(
                condition=Q(employees_least=None)
                | Q(employees_most=None)
                | Q(employees_most__gte=F("employees_least")),
                name="support_programme_sizes_are_ordered",
            ),
            models.CheckConstraint(
                condition=~Q(name_vi="") & ~Q(name_en=""), name="support_programme_has_a_name_in_both_languages"
            ),
            ChangesKept(
                name="support_programme_changes_kept",
                columns=[
                    "state",
                    "state_reason",
                    "kind",
                    "name_vi",
                    "name_en",
                    "description_vi",
                    "description_en",
                    "standing",
                    "employees_least",
                    "employees_most",
                    "budget_vnd",
                    "granted_vnd",
                    "opens_on",
                    "closes_on",
                ],
                lists=["standards", "sectors", "provinces"],
            ),
        ]
        indexes = [models.Index(fields=["state", "closes_on"], name="support_programme_by_state")]

    def __str__(self) -> str:
        return self.name_in("vi")

    def name_in(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_vi

    @property
    def left_vnd(self) -> Decimal:
        """What of the budget nobody was granted."""
        return self.budget_vnd - self.granted_vnd

    def accepts_on(self, day: date) -> bool:
        """As `accepting_on`."""
        return self.state == self.State.PUBLISHED and self.opens_on <= day <= self.closes_on


class SupportApplicationQuerySet(models.QuerySet["SupportApplication"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all, a firm its own."""
        return self.filter(supplier__in=Supplier.objects.owned_by(principal))

    def live(self) -> Self:
        """Those that are not decided, or approved and not finished."""
        return self.filter(state__in=SupportApplication.LIVE)

    def with_applicant(self, day: date) -> Self:
        """Read together with what conditions ask of the firm; `is_international` says how it stands on the day."""
        counting = Certificate.objects.counting().valid_on(day).filter(supplier=OuterRef("supplier"))
        return self.select_related("supplier__organisation", "supplier__search").annotate(
            is_international=Exists(counting)
        )


class SupportApplication(Stateful, Resource):
    """A firm's application to a programme, what staff decided, and what came of it."""

    PREFIX = "spa"

    class State(models.TextChoices):
        APPLIED = "applied", _("Applied")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        FINISHED = "finished", _("Finished")

    TRANSITIONS: ClassVar = {
        State.APPLIED: frozenset({State.APPROVED, State.DECLINED, State.WITHDRAWN}),
        State.APPROVED: frozenset({State.FINISHED, State.WITHDRAWN}),
        State.DECLINED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.FINISHED: frozenset(),
    }
    LIVE = (State.APPLIED, State.APPROVED)

    class Result(models.TextChoices):
        """Whether the firm reached what the support was for."""

        REACHED = "reached", _("Reached")
        PARTLY = "partly", _("Partly reached")
        NOT_REACHED = "not_reached", _("Not reached")

    programme = models.ForeignKey(
        SupportProgramme, on_delete=models.PROTECT, related_name="applications", verbose_name=_("support programme")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="support_applications", verbose_name=_("supplier")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.APPLIED)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    note = models.TextField(_("what the firm plans"), max_length=5000, blank=True)
    asked_vnd = models.DecimalField(
        _("asked for, VND"), max_digits=MONEY_DIGITS, decimal_places=0, null=True, blank=True
    )
    granted_vnd = models.DecimalField(
        _("granted, VND"), max_digits=MONEY_DIGITS, decimal_places=0, null=True, blank=True
    )
    spent_vnd = models.DecimalField(_("spent, VND"), max_digits=MONEY_DIGITS, decimal_places=0, null=True, blank=True)
    result = models.CharField(_("result"), max_length=12, choices=Result.choices, blank=True)
    result_note = models.TextField(_("what came of it"), max_length=5000, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("applied by"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = SupportApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application for support")
        verbose_name_plural = _("applications for support")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "supplier"],
                condition=Q(state__in=("applied", "approved")),
                name="support_application_live_once",
            ),
            models.CheckConstraint(
                condition=Q(asked_vnd=None) | Q(asked_vnd__gte=0), name="support_application_asks_for_no_debt"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("applied", "declined"), granted_vnd=None)
                | Q(state__in=("approved", "finished"), granted_vnd__isnull=False, granted_vnd__gte=0)
                | Q(state="withdrawn"),
                name="support_application_is_granted_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="finished",
                    finished_at__isnull=False,
                    spent_vnd__isnull=False,
                    spent_vnd__gte=0,
                    spent_vnd__lte=F("granted_vnd"),
                )
                & ~Q(result="")
                | ~Q(state="finished") & Q(finished_at=None, spent_vnd=None, result=""),
                name="support_application_has_a_result_when_finished",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(state_reason=""), name="support_application_declined_for_a_reason"
            ),
            ChangesKept(
                name="support_application_changes_kept",
                columns=[
                    "state",
                    "state_reason",
                    "note",
                    "asked_vnd",
                    "granted_vnd",
                    "spent_vnd",
                    "result",
                    "result_note",
                    "decided_by",
                    "decided_at",
                    "finished_at",
                ],
            ),
        ]
        indexes = [models.Index(fields=["supplier", "-id"], name="support_application_by_firm")]

    def __str__(self) -> str:
        return f"{self.supplier} → {self.programme}"
