"""Endpoints of plans of upgrades that staff keep. For the agency alone."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import SignedIn
from config.api.conditional import NO_VERSION, tagged
from config.api.fields import ResourceSerializer, StrictSerializer, TextField
from config.api.files import AnyMediaType
from config.api.filtering import LookupFilters
from config.api.views import ResourceViewSet
from config.tables.writing import MEDIA_TYPES
from matchmaking.api.v1.upgrade_plan import UpgradePlanSerializer, UpgradePlanWriter
from matchmaking.models import UpgradeScenario
from matchmaking.programme import scenarios
from matchmaking.programme.plan_document import in_language
from matchmaking.programme.plan_files import CSV_TABLES, csv_of, workbook_of

ANY_FILE = "application/octet-stream"
"""Generators of clients that know no workbooks read a file as this."""


@extend_schema_field(serializers.CharField(allow_null=True))
class NullIfBlankField(serializers.CharField):
    """A text of a row, or null where there is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: str) -> Any:
        return value or None


class UpgradeScenarioSerializer(ResourceSerializer):
    """A plan of upgrades that was kept. Which firms it names stands apart, in its result."""

    gap = serializers.IntegerField(help_text="`bound` less `gained`; 0: no plan was better.")
    province = NullIfBlankField(help_text="Only firms with a site there were planned, such as 2025:01; null: any.")
    sector = NullIfBlankField(help_text="Code: only firms of it were planned; null: any.")
    goal_reached_in = NullIfBlankField(help_text="Such as 2027-Q3; null: none of those shown.")
    made_by = serializers.SlugRelatedField[Any](slug_field="public_id", read_only=True, allow_null=True)

    class Meta:
        model = UpgradeScenario
        fields = [
            *("id", "name", "day", "budget_vnd", "aim", "ready_on", "province", "sector"),
            *("cost_vnd", "gained", "bound", "gap", "goal_reached_in", "made_by", "created_at", "updated_at"),
        ]
        read_only_fields = fields


class UpgradeScenarioWriter(UpgradePlanWriter):
    """What is planned for, and under which name it is kept."""

    name = TextField(max_length=150)


class UpgradeScenarioNameWriter(StrictSerializer):
    """Another name."""

    name = TextField(max_length=150)


class TableOfPlanSerializer(StrictSerializer):
    """Which table of a plan is wanted."""

    of = serializers.ChoiceField(choices=CSV_TABLES, default=CSV_TABLES[0])


class UpgradeScenarioFilters(LookupFilters):
    class Meta:
        model = UpgradeScenario
        fields = {"aim": ["exact"], "day": ["gte", "lte"], "province": ["exact"], "sector": ["exact"]}


@extend_schema_view(
    list=extend_schema(
        operation_id="upgrade_scenarios_list", summary="Plans of upgrades that were kept, newest first (staff)"
    ),
    retrieve=extend_schema(operation_id="upgrade_scenarios_retrieve", summary="A kept plan of upgrades (staff)"),
)
class UpgradeScenarioViewSet(ResourceViewSet[UpgradeScenario]):
    """Plans of upgrades under names, frozen as they were computed. Only staff see them."""

    queryset: QuerySet[UpgradeScenario] = UpgradeScenario.objects.without_result()
    serializer_class = UpgradeScenarioSerializer
    writer_class = UpgradeScenarioNameWriter
    filterset_class = UpgradeScenarioFilters
    permission_classes = [SignedIn]
    orderings = {"created_at": "created_at", "name": "name"}
    limits = {"create": "consortium"}

    @property
    def further_problems(self) -> tuple[int, ...]:  # type: ignore[override]  # of one act, not of the list
        return (404,) if self.action == "create" else ()

    @extend_schema(
        operation_id="upgrade_scenarios_make",
        summary="Plan upgrades as things stand today, and keep the plan under a name (staff)",
        request=UpgradeScenarioWriter,
        responses={201: UpgradeScenarioSerializer},
    )
    def create(self, request: Request) -> Response:
        """Takes as long as planning does, and counts as that. 409 where another scenario has the name. For everybody
        but the agency there is no such thing."""
        if not request.auth.is_staff:
            raise Http404
        writer = UpgradeScenarioWriter(data=request.data, context=self.get_serializer_context())
        writer.is_valid(raise_exception=True)
        name = writer.validated_data["name"]
        made = scenarios.make_scenario(name=name, question=writer.question(), by=request.auth)
        return self.answer(made, status=201)

    @extend_schema(
        operation_id="upgrade_scenarios_rename",
        summary="Give a scenario another name (staff)",
        request=UpgradeScenarioNameWriter,
        responses=UpgradeScenarioSerializer,
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Nothing else of it ever changes."""
        version, pk = self.expected_version(), self.get_object().pk
        name = self.read()["name"]
        return self.answer(
            scenarios.rename_scenario(scenario_id=pk, name=name, by=request.auth, expected_version=version)
        )

    @extend_schema(operation_id="upgrade_scenarios_remove", summary="Remove a scenario (staff)", responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk = self.expected_version(), self.get_object().pk
        scenarios.remove_scenario(scenario_id=pk, by=request.auth, expected_version=version)
        return Response(status=204)

    @extend_schema(
        operation_id="upgrade_scenarios_plan",
        summary="What a scenario plans: firms, standards, costs and the share by quarter (staff)",
        responses=UpgradePlanSerializer,
    )
    @action(detail=True)
    def plan(self, request: Request, id: str) -> Response:  # noqa: A002
        """Frozen as it was computed, whatever has become of the firms since. `explanation` is in the language of
        `Accept-Language`."""
        shown = UpgradePlanSerializer(in_language(self.get_object().result, get_language())).data
        return tagged(request, shown, version=NO_VERSION)

    @extend_schema(
        operation_id="upgrade_scenarios_workbook",
        summary="A scenario as a workbook (staff)",
        responses={(200, kind): OpenApiTypes.BINARY for kind in (MEDIA_TYPES["xlsx"], ANY_FILE)},
    )
    @action(detail=True, content_negotiation_class=AnyMediaType, tags_answers=False)
    def workbook(self, request: Request, id: str) -> StreamingHttpResponse:  # noqa: A002
        """Summary, firms with standards and costs, and the share by quarter, in the language of `Accept-Language`."""
        scenario = self.get_object()
        return workbook_of(scenario.result, title=scenario.name, language=_language())

    @extend_schema(
        operation_id="upgrade_scenarios_table",
        summary="A table of a scenario as csv (staff)",
        parameters=[TableOfPlanSerializer],
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
    )
    @action(detail=True, content_negotiation_class=AnyMediaType, tags_answers=False, parameters=frozenset({"of"}))
    def table(self, request: Request, id: str) -> StreamingHttpResponse:  # noqa: A002
        """`upgrades`: the firms, unless another is asked for; `forecast`: the share by quarter; `summary`: what was
        asked, what is gained, and the gap to the optimum."""
        scenario = self.get_object()
        asked = TableOfPlanSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        of = asked.validated_data["of"]
        return csv_of(scenario.result, of, title=scenario.name, language=_language())


def _language() -> str:
    return (get_language() or "vi").partition("-")[0]
