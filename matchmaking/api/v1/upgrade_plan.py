"""The endpoint of the upgrade planner."""

from datetime import date
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import SignedInToRead
from config.api.fields import CodeField, DayField, DecimalTextField, StrictSerializer, WholeNumberField
from config.api.views import StrictView
from matchmaking.api.v1.programme import ProgrammeEntrySerializer
from matchmaking.decisions.upgrades import SHARE
from matchmaking.models.upgrade_scenario import AIMS, MONEY_DIGITS
from matchmaking.programme.plan_document import document_of, in_language
from matchmaking.programme.upgrades import MOST_FIRMS, MOST_STANDARDS, UpgradeQuestion, plan_for, usually_ready_on
from taxonomy.api.fields import ProvinceField
from taxonomy.models import Sector, Standard


def money() -> DecimalTextField:
    """An amount in VND, 0 or more."""
    return DecimalTextField(max_digits=MONEY_DIGITS, decimal_places=0, min_value=0)


class UpgradeCostWriter(StrictSerializer):
    """What it costs to bring one firm to a standard."""

    standard = CodeField(queryset=Standard.objects.in_use())
    cost_vnd = money()


class UpgradePlanWriter(StrictSerializer):
    """The budget, and what is aimed at."""

    budget_vnd = money()
    costs = serializers.ListField(
        child=UpgradeCostWriter(), min_length=1, max_length=MOST_STANDARDS, help_text="Of each standard that counts in."
    )
    aim = serializers.ChoiceField(
        choices=AIMS,
        required=False,
        help_text="`share` (unless given): most firms at international standard; `demand`: most requirements, for which"
        " nobody is eligible today, that get an eligible supplier.",
    )
    ready_on = DayField(
        required=False, help_text="From which day the certificates are there, today or later; in a year unless given."
    )
    most_firms = WholeNumberField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MOST_FIRMS,
        help_text="No more firms are planned; null: as many as the budget allows.",
    )
    province = ProvinceField(
        required=False,
        allow_null=True,
        help_text="Only firms with a site there are planned: edition and code, as 2025:01; of old where the address"
        " names it.",
    )
    sector = CodeField(
        queryset=Sector.objects.in_use(),
        required=False,
        allow_null=True,
        help_text="Only firms of that sector, or of one below it, are planned.",
    )

    def validate_costs(self, costs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        codes = [each["standard"].code for each in costs]
        if len(set(codes)) < len(codes):
            raise serializers.ValidationError(_("Each standard once."), code="repeated")
        return costs

    def validate_ready_on(self, day: date) -> date:
        if day < timezone.localdate():
            raise serializers.ValidationError(_("This day has passed."), code="date_in_the_past")
        return day

    def question(self) -> UpgradeQuestion:
        given = self.validated_data
        return UpgradeQuestion(
            budget_vnd=int(given["budget_vnd"]),
            costs_vnd={each["standard"].code: int(each["cost_vnd"]) for each in given["costs"]},
            aim=given.get("aim", SHARE),
            ready_on=given["ready_on"] if "ready_on" in given else usually_ready_on(),
            **{name: given.get(name) for name in ("most_firms", "province", "sector")},
        )


class UpgradeCostSerializer(serializers.Serializer[Any]):
    """What bringing one firm to a standard was said to cost."""

    standard = serializers.CharField()
    cost_vnd = serializers.CharField()


class PlannedUpgradeSerializer(serializers.Serializer[Any]):
    """A firm, and the standard to which it is to be brought."""

    supplier = serializers.CharField()
    legal_name = serializers.CharField()
    standard = serializers.CharField()
    cost_vnd = serializers.CharField()
    is_international = serializers.BooleanField(help_text="Whether it comes to international standard by it.")
    unlocks = serializers.ListField(
        child=serializers.CharField(), help_text="Requirements without an eligible supplier that it could serve then."
    )


class ForecastQuarterSerializer(serializers.Serializer[Any]):
    """The share at the end of a quarter, if no certificate is renewed."""

    quarter = serializers.CharField(help_text="Such as 2026-Q4.")
    last_day = serializers.DateField()
    international = serializers.IntegerField(
        help_text="Firms at international standard on the day after, without the plan."
    )
    share_pct = serializers.FloatField(allow_null=True)
    international_with_plan = serializers.IntegerField()
    share_pct_with_plan = serializers.FloatField(allow_null=True)


class UpgradePlanSerializer(serializers.Serializer[Any]):
    """The best plan within the budget, how far that is proved, and what becomes of the share."""

    day = serializers.DateField(help_text="On which firms and requirements stood so.")
    budget_vnd = serializers.CharField()
    costs = UpgradeCostSerializer(many=True, help_text="As they were given.")
    aim = serializers.ChoiceField(choices=AIMS)
    ready_on = serializers.DateField()
    most_firms = serializers.IntegerField(allow_null=True)
    province = ProgrammeEntrySerializer(allow_null=True, help_text="Only firms with a site there were planned.")
    sector = ProgrammeEntrySerializer(allow_null=True, help_text="Only firms of it were planned.")
    cost_vnd = serializers.CharField()
    gained = serializers.IntegerField(
        help_text="Firms at international standard more, or requirements unlocked: what is aimed at."
    )
    bound = serializers.IntegerField(help_text="No plan within the budget gains more.")
    gap = serializers.IntegerField(help_text="`bound` less `gained`; 0: no plan is better.")
    firms = serializers.IntegerField(help_text="That come to international standard.")
    requirements = serializers.IntegerField(help_text="That get an eligible supplier.")
    candidates = serializers.IntegerField(
        help_text="Firms that may be planned for which one of the standards would gain something; for `share` only"
        " those below international standard."
    )
    without_documents = serializers.IntegerField(
        help_text="Firms below it that may be planned but have no documented process: a certificate would not do."
    )
    requirements_asked = serializers.IntegerField(
        help_text="Open requirements that ask for a standard and have no eligible supplier; at most 100 are looked at,"
        " as far as time suffices. `explanation` says if there are more."
    )
    explanation = serializers.ListField(child=serializers.CharField(), help_text="In sentences.")
    upgrades = PlannedUpgradeSerializer(many=True)
    goal_share_pct = serializers.IntegerField()
    goal_reached_in = serializers.CharField(
        allow_null=True,
        help_text="First quarter at whose end the share with the plan is at the goal; null: none shown.",
    )
    forecast = ForecastQuarterSerializer(many=True, help_text="The present quarter and the next seven.")


class UpgradePlanView(StrictView):
    """Which firms to bring to which standard."""

    permission_classes = [SignedInToRead]
    post_changes_nothing = True
    limit = "consortium"
    further_problems = (404,)

    @extend_schema(
        operation_id="programme_plan_upgrades",
        summary="Plan which firms to bring to which standard for a budget; for staff",
        request=UpgradePlanWriter,
        responses=UpgradePlanSerializer,
    )
    def post(self, request: Request) -> Response:
        """Published firms, of a province or a sector if asked (for `share` those below international standard), each
        brought to one of the standards at most, so that most is gained; of equal plans, as far as time suffices, the
        one that gains most of the other aim, and of these the cheapest. Nothing is stored.
        For everybody else there is no such thing."""
        if not request.auth.is_staff:
            raise Http404
        writer = UpgradePlanWriter(data=request.data, context={"request": request, "view": self})
        writer.is_valid(raise_exception=True)
        found = plan_for(writer.question(), day=timezone.localdate())
        return Response(UpgradePlanSerializer(in_language(document_of(found), get_language())).data)
