"""Searches that people keep, and what has been found for them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from buyers.models import Requirement
from config.models import Resource

if TYPE_CHECKING:
    from accounts.principals import Principal


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def visible_to(self, principal: "Principal") -> Self:
        """The caller's own, in the organisation that it acts for. Software has none."""
        if principal.user is None or principal.organisation_id is None:
            return self.none()
        return self.filter(membership__user=principal.user, membership__organisation_id=principal.organisation_id)

    def alerting(self) -> Self:
        """Those whose owner wants to be told and can be. Matches count only while their requirement is open."""
        is_current = Q(requirement=None) | Q(requirement__in=Requirement.objects.filter(state=Requirement.State.OPEN))
        return self.exclude(alert=SavedSearch.Alert.OFF).filter(is_current, membership__user__is_active=True)

    def with_owner(self) -> Self:
        """Read together with the person, the organisation, and the requirement."""
        return self.select_related("membership__user", "membership__organisation", "requirement")


class SavedSearch(Resource):
    """Filters that a member of an organisation keeps, to run them again and to be told of what is new.

    It hangs on the membership: whoever leaves the organisation leaves the searches behind, and they are gone.
    """

    PREFIX = "sse"

    class Kind(models.TextChoices):
        SUPPLIERS = "suppliers", _("Suppliers")
        REQUIREMENTS = "requirements", _("Requirements")
        MATCHES = "matches", _("Matches of a requirement")

    class Alert(models.TextChoices):
        OFF = "off", _("Off")
        AT_ONCE = "at_once", _("At once")
        DAILY = "daily", _("Once a day")

    membership = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    requirement = models.ForeignKey(
        "buyers.Requirement", on_delete=models.CASCADE, null=True, blank=True, related_name="saved_searches"
    )
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    alert = models.CharField(_("alert"), max_length=8, choices=Alert.choices, default=Alert.OFF)
    swept_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When all results were last looked through.")
    )
    told_at = models.DateTimeField(null=True, editable=False, help_text=_("When its owner was last told of news."))

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="matches", requirement__isnull=False) | (~Q(kind="matches") & Q(requirement=None)),
                name="saved_search_of_matches_names_a_requirement",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SearchFinding(models.Model):
    """Something that a saved search has found, so that its owner is told of it once."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="findings")
    thing_id = models.BigIntegerField(help_text=_("Of the supplier or the requirement."))
    found_at = models.DateTimeField(auto_now_add=True)
    is_told = models.BooleanField(default=False, help_text=_("Its owner knows of it, or knew before."))

    class Meta:
        verbose_name = _("finding of a search")
        verbose_name_plural = _("findings of searches")
        constraints = [
            models.UniqueConstraint(fields=["search", "thing_id"], name="search_finds_a_thing_once"),
        ]
        indexes = [models.Index(fields=["search"], condition=Q(is_told=False), name="finding_untold")]

    def __str__(self) -> str:
        return f"{self.search_id} → {self.thing_id}"


class SearchNote(models.Model):
    """A supplier or requirement that changed and at which the saved searches have not looked yet. Kept by triggers."""

    class Thing(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        REQUIREMENT = "requirement", _("Requirement")

    thing = models.CharField(max_length=12, choices=Thing.choices)
    thing_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("note for searches")
        verbose_name_plural = _("notes for searches")

    def __str__(self) -> str:
        return f"{self.thing} {self.thing_id}"
