"""Plans of upgrades that staff keep, to compare them and to pass them on."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from config.models import Resource

if TYPE_CHECKING:
    from accounts.principals import Principal

AIMS = [("share", _("share at international standard")), ("demand", _("demand unlocked"))]
"""As in `matchmaking.decisions.upgrades`."""
NAME_TAKEN = _("Another scenario has this name.")
MONEY_DIGITS = 15
"""Of an amount in VND, which has no smaller unit."""


class UpgradeScenarioQuerySet(models.QuerySet["UpgradeScenario"]):
    def visible_to(self, principal: "Principal") -> Self:
        """They are the agency's."""
        return self if principal.is_staff else self.none()

    def named(self, name: str) -> Self:
        """The one with that name, in whatever case, as the database tells them apart."""
        return self.alias(key=Lower("name")).filter(key=Lower(Value(name)))

    def without_result(self) -> Self:
        """Lists need the columns alone; a result may name thousands of firms."""
        return self.select_related("made_by").defer("result")


class UpgradeScenario(Resource):
    """A plan of upgrades under a name, as it was computed on a day. The name may change; the database refuses to change
    anything else. Columns repeat what lists show of `result`."""

    PREFIX = "ups"

    name = models.CharField(_("name"), max_length=150)
    day = models.DateField(_("day"), help_text=_("On which firms and requirements stood so."))
    budget_vnd = models.DecimalField(_("budget, VND"), max_digits=MONEY_DIGITS, decimal_places=0)
    aim = models.CharField(_("aim"), max_length=10, choices=AIMS)
    ready_on = models.DateField(_("certificates are there from"))
    province = models.CharField(_("only firms with a site in"), max_length=7, blank=True, db_default="")
    sector = models.CharField(_("only firms of the sector"), max_length=40, blank=True, db_default="")
    cost_vnd = models.DecimalField(_("cost, VND"), max_digits=MONEY_DIGITS, decimal_places=0)
    gained = models.PositiveIntegerField(_("gained"))
    bound = models.PositiveIntegerField(_("no plan gains more than"))
    goal_reached_in = models.CharField(_("goal reached in"), max_length=7, blank=True)
    result = models.JSONField(_("result"), help_text=_("The plan as one document, with the costs that were given."))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )

    objects = UpgradeScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("upgrade scenario")
        verbose_name_plural = _("upgrade scenarios")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="upgrade_scenario_has_a_name_of_its_own", violation_error_message=NAME_TAKEN
            ),
            models.CheckConstraint(condition=~Q(name=""), name="upgrade_scenario_has_a_name"),
            models.CheckConstraint(
                condition=Q(cost_vnd__gte=0, cost_vnd__lte=F("budget_vnd")),
                name="upgrade_scenario_costs_no_more_than_its_budget",
            ),
            models.CheckConstraint(
                condition=Q(bound__gte=F("gained")), name="upgrade_scenario_gains_no_more_than_its_bound"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def gap(self) -> int:
        """How much more the best plan could gain at most."""
        return self.bound - self.gained
