"""The firm itself: its state, and what it says of itself as a whole."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Min, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.names import name_key
from config.changes import ChangesKept
from config.constraints import not_negative
from config.fulltext import Question, all_of, word
from config.models import Resource
from config.states import Stateful
from suppliers.models.evidence import level_field, observed_field
from suppliers.models.search import asked_in, parts_of_text, placed_in, with_any
from taxonomy.distance import Spot
from taxonomy.models import Kind
from taxonomy.questions import MOST_WORDS

if TYPE_CHECKING:
    from accounts.principals import Principal

MANY = 1_000
"""Firms among which somebody who looks for one adds another word."""
ON_GRID = "sites__grid_"
"""Where the coordinates are by which firms are found."""


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def published(self) -> Self:
        return self.filter(state=Supplier.State.PUBLISHED)

    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; a firm itself and the published ones; everyone else the published ones."""
        if principal.is_staff:
            return self
        own = Q(organisation_id=principal.organisation_id) if principal.is_supplier else Q()
        return self.filter(Q(state=Supplier.State.PUBLISHED) | own) if own else self.published()

    def owned_by(self, principal: "Principal") -> Self:
        """What the caller may change: its own firm; staff any firm, on its behalf."""
        if principal.is_staff:
            return self
        return self.filter(organisation_id=principal.organisation_id) if principal.organisation_id else self.none()

    def named(self, text: str) -> Self:
        """Firms of which every word of `text` is the beginning of a word of a name; legal forms do not count."""
        words = name_key(text).split()[:MOST_WORDS]
        return self.answering(all_of(map(word, words))) if words else self.none()

    def mentioning(self, text: str) -> Self:
        """Firms of which every word of `text` is the beginning of a word of a name, or part of what one of their
        processes, materials, standards, sectors or provinces is called in any language. Accents, case and legal form
        do not count."""
        parts = parts_of_text(text)
        return self.answering(asked_in(parts)) if parts else self.none()

    def looked_up(self, text: str) -> tuple[Self, int]:
        """For staff: as `mentioning`, or of an organisation that is `looked_up` by the text, or of this id.

        Where very many are found by whole words, parts of words are not looked for: nobody would miss them there, and
        the list of the many is then read in its order until a page is full.

        Returns:
            The firms, and how many they are, as the database was asked by now; one more than `MANY` where more.
        """
        by_words = self.mentioning(text)
        few = by_words.first_ids()
        if len(few) > MANY:
            return by_words, len(few)
        called = Organisation.objects.looked_up(text).order_by()
        named = self.filter(organisation__in=called).first_ids()
        if len(named) > MANY:
            # With "or" PostgreSQL looks organisations up once, and reads the list in its order until a page is full.
            # Else it would join all of the many to their firms before the first of them are known.
            return self.filter(Q(pk__in=[0, *few]) | Q(organisation__in=called)), len(named)
        ids = {*few, *named}
        if text.strip().startswith(self.model.PREFIX):
            ids |= {*self.filter(public_id=text.strip()).first_ids()}
        return self.filter(pk__in=ids), min(len(ids), MANY + 1)

    def first_ids(self) -> list[int]:
        """Of some rows, in no order: one more than `MANY` where there are more."""
        return list(self.order_by().values_list("pk", flat=True)[: MANY + 1])

    def in_provinces(self, references: Iterable[str]) -> Self:
        """Firms with a site in one of these: edition and code, such as "2025:24", or "2004:27" for one of old."""
        return self.answering(with_any(Kind.PROVINCE, references))

    def on_corridor(self, provinces: Iterable[str]) -> Self:
        """Firms with a site in one of a corridor's provinces: of old where its address names one, else of today."""
        return self.answering(placed_in(provinces))

    def able_to(self, processes: Iterable[str]) -> Self:
        """Firms that run one of these processes or one below it, by code."""
        return self.answering(with_any(Kind.PROCESS, processes))

    def working_with(self, materials: Iterable[str]) -> Self:
        """Firms that work one of these materials or one below it, by code."""
        return self.answering(with_any(Kind.MATERIAL, materials))

    def in_sectors(self, sectors: Iterable[str]) -> Self:
        return self.answering(with_any(Kind.SECTOR, sectors))

    def holding(self, standards: Iterable[str]) -> Self:
        """Firms that list a certificate of one of these standards which was not rejected, valid or not."""
        return self.answering(with_any(Kind.STANDARD, standards))

    def producing_within(self, km: float, *, of: Spot) -> Self:
        """Firms with a site of production not farther than `km` from a place, with the `distance_km` of the closest,
        measured to the grid. Sites not on the map are left out."""
        near, on_map = of.around(km, ON_GRID), Q(sites__role="production", sites__grid_latitude__isnull=False)
        return self.filter(near, on_map).annotate(distance_km=Min(of.distance_km(ON_GRID))).filter(distance_km__lte=km)

    def answering(self, question: Question) -> Self:
        return self.filter(search__document__answers=question)

    def with_summary(self) -> Self:
        """Read together with all that a firm's summary shows: its organisation, and the lists of `SupplierSearch`."""
        return self.select_related("organisation", "search").defer("search__name_key", "search__document")


class Supplier(Stateful, Resource):
    """A firm of the supporting industries, and what it says of itself as a whole."""

    PREFIX = "sup"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        CHANGES_REQUESTED = "changes_requested", _("Changes requested")
        PUBLISHED = "published", _("Published")
        SUSPENDED = "suspended", _("Suspended")
        ARCHIVED = "archived", _("Archived")

    TRANSITIONS: ClassVar = {
        State.DRAFT: frozenset({State.SUBMITTED, State.ARCHIVED}),
        State.SUBMITTED: frozenset({State.PUBLISHED, State.CHANGES_REQUESTED, State.ARCHIVED}),
        State.CHANGES_REQUESTED: frozenset({State.SUBMITTED, State.ARCHIVED}),
        State.PUBLISHED: frozenset({State.SUSPENDED, State.ARCHIVED}),
        State.SUSPENDED: frozenset({State.PUBLISHED, State.ARCHIVED}),
        State.ARCHIVED: frozenset(),
    }

    class Ownership(models.TextChoices):
        PRIVATE = "private", _("Private")
        STATE = "state", _("State-owned")
        JOINT_VENTURE = "joint_venture", _("Joint venture")
        FDI = "fdi", _("Foreign-invested")

    class RevenueBand(models.TextChoices):
        """Yearly revenue in billions of VND."""

        UNDER_10 = "under_10", _("under 10 billion VND")
        FROM_10 = "10_to_50", _("10 to 50 billion VND")
        FROM_50 = "50_to_200", _("50 to 200 billion VND")
        FROM_200 = "200_to_1000", _("200 to 1,000 billion VND")
        OVER_1000 = "over_1000", _("over 1,000 billion VND")

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.CASCADE, related_name="supplier")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    state_reason = models.CharField(_("reason for the state"), max_length=1000, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    description_vi = models.TextField(_("description (vi)"), max_length=5000, blank=True)
    description_en = models.TextField(_("description (en)"), max_length=5000, blank=True)
    ownership = models.CharField(_("ownership"), max_length=20, choices=Ownership.choices, blank=True)
    founded_year = models.PositiveSmallIntegerField(_("founded"), null=True, blank=True)
    employees_total = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    employees_engineers = models.PositiveIntegerField(_("engineers"), null=True, blank=True)
    employees_quality = models.PositiveIntegerField(_("quality staff"), null=True, blank=True)
    revenue_band = models.CharField(_("revenue"), max_length=20, choices=RevenueBand.choices, blank=True)
    sectors = models.ManyToManyField("taxonomy.Sector", blank=True, related_name="+", verbose_name=_("sectors"))
    languages = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, help_text=_("ISO 639-1. Empty: not stated.")
    )
    languages_level = level_field()
    languages_observed_on = observed_field()
    export_share_pct = models.FloatField(_("export share, %"), null=True, blank=True)
    export_share_pct_level = level_field()
    export_share_pct_observed_on = observed_field()
    certificates_stated_on = models.DateField(
        null=True, blank=True, help_text=_("Day on which the certificate section was filled in; blank: never.")
    )
    certificates_stated_level = level_field()
    withdrawn = models.JSONField(default=dict, blank=True, help_text=_("Figures taken back: name to day."))
    source = models.CharField(_("source"), max_length=100, blank=True, help_text=_("The list it was imported from."))
    source_ref = models.CharField(max_length=200, blank=True, help_text=_("The firm's key in that list."))

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints = [
            models.CheckConstraint(
                condition=not_negative("export_share_pct", most=100), name="supplier_export_share_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(founded_year=None) | Q(founded_year__gte=1800, founded_year__lte=2200),
                name="supplier_founded_in_a_plausible_year",
            ),
            models.UniqueConstraint(
                fields=["source", "source_ref"], condition=~Q(source_ref=""), name="supplier_imported_once_per_source"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="supplier_published_has_a_time"
            ),
            ChangesKept(
                name="supplier_changes_kept",
                columns=["state", "state_reason", "submitted_at", "submitted_by", "published_at"],
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="supplier_by_state"),
            models.Index(fields=["submitted_at", "-id"], name="supplier_by_submission"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def was_published(self) -> bool:
        """Buyers may have relied on its figures: they can be replaced now, not blanked."""
        return self.published_at is not None
