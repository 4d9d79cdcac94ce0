"""Endpoints of the programme's quarterly reports. For the agency alone."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django.utils.translation import get_language
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import SignedIn
from config.api.conditional import NO_VERSION, tagged
from config.api.fields import ResourceSerializer, StrictSerializer
from config.api.files import AnyMediaType
from config.api.pagination import CursorPages
from config.api.views import ResourceViewSet
from config.tables.writing import MEDIA_TYPES
from matchmaking.api.v1.programme import ProgrammeFiguresSerializer
from matchmaking.models import ProgrammeReport
from matchmaking.programme.quarters import Quarter
from matchmaking.programme.report_files import workbook_of
from matchmaking.programme.reports import make_report

ANY_FILE = "application/octet-stream"
"""Generators of clients that know no workbooks read a file as this."""


class ProgrammeReportSerializer(ResourceSerializer):
    """The report of a quarter, sealed on a day. Its figures stand apart."""

    made_by = serializers.SlugRelatedField[Any](slug_field="public_id", read_only=True, allow_null=True)

    class Meta:
        model = ProgrammeReport
        fields = ["id", "quarter", "day", "sha256", "made_by", "created_at", "updated_at"]
        read_only_fields = fields


class ProgrammeReportWriter(StrictSerializer):
    """Of which quarter."""

    quarter = serializers.RegexField(
        r"^\d{4}-Q[1-4]$", help_text="The present quarter or the one before it, such as 2026-Q4."
    )


class ProgrammeReportHappenedSerializer(serializers.Serializer[Any]):
    """What happened in the quarter, as far as it had lasted."""

    name = serializers.CharField(help_text="Such as 2026-Q4.")
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    firms_published = serializers.IntegerField()
    facts_checked = serializers.IntegerField()
    requirements_opened = serializers.IntegerField()
    connections_agreed = serializers.IntegerField()
    contracts = serializers.IntegerField()


class ProgrammeReportFiguresSerializer(ProgrammeFiguresSerializer):
    """The figures of a report, as they stood on its day."""

    day = serializers.DateField(help_text="On which the figures were so.")
    quarter = ProgrammeReportHappenedSerializer()


class ProgrammeReportFilters(filters.FilterSet):
    quarter = filters.CharFilter(label="Such as 2026-Q4.")

    class Meta:
        model = ProgrammeReport
        fields = ["quarter"]


@extend_schema_view(
    list=extend_schema(
        operation_id="programme_reports_list", summary="Quarterly reports of the programme, newest first (staff)"
    ),
    retrieve=extend_schema(operation_id="programme_reports_retrieve", summary="A quarterly report (staff)"),
)
class ProgrammeReportViewSet(ResourceViewSet[ProgrammeReport]):
    """Reports of quarters. Nobody can change one. Only staff see them."""

    queryset: QuerySet[ProgrammeReport] = ProgrammeReport.objects.select_related("made_by").defer("figures")
    serializer_class = ProgrammeReportSerializer
    writer_class = ProgrammeReportWriter
    filterset_class = ProgrammeReportFilters
    permission_classes = [SignedIn]
    ordering: tuple[str, ...] = CursorPages.ordering

    @property
    def further_problems(self) -> tuple[int, ...]:  # type: ignore[override]  # of one act, not of the list
        return (404,) if self.action == "create" else ()

    @extend_schema(
        operation_id="programme_reports_make",
        summary="Keep today's figures as the report of a quarter (staff)",
        request=ProgrammeReportWriter,
        responses={201: ProgrammeReportSerializer},
    )
    def create(self, request: Request) -> Response:
        """Once for each quarter and day: the same again answers with the same report. For everybody but the agency
        there is no such thing."""
        if not request.auth.is_staff:
            raise Http404
        made = make_report(quarter=Quarter.named(self.read()["quarter"]), by=request.auth)
        return self.answer(made, status=201)

    @extend_schema(
        operation_id="programme_reports_figures",
        summary="The figures of a quarterly report (staff)",
        responses=ProgrammeReportFiguresSerializer,
    )
    @action(detail=True)
    def figures(self, request: Request, id: str) -> Response:  # noqa: A002
        """Frozen: as they stood on the report's day, whatever has changed since."""
        shown = ProgrammeReportFiguresSerializer(self.get_object().figures).data
        return tagged(request, shown, version=NO_VERSION)

    @extend_schema(
        operation_id="programme_reports_workbook",
        summary="A quarterly report as a workbook (staff)",
        responses={(200, kind): OpenApiTypes.BINARY for kind in (MEDIA_TYPES["xlsx"], ANY_FILE)},
    )
    @action(detail=True, content_negotiation_class=AnyMediaType, tags_answers=False)
    def workbook(self, request: Request, id: str) -> StreamingHttpResponse:  # noqa: A002
        """In the language of `Accept-Language`. The admin also has it as a page to print."""
        return workbook_of(self.get_object(), language=(get_language() or "vi").partition("-")[0])
