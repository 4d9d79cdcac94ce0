"""Endpoints of what follows a contract: `connections/{id}/delivery-reports` and `outcomes`."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.acts import LONGEST_REASON, NothingWriter, ReasonWriter, act
from config.api.fields import DayField, ResourceSerializer, StrictSerializer, TextField, WholeNumberField
from config.api.filtering import LookupFilters
from matchmaking import services
from matchmaking.api.v1.connection_parts import BelowConnection
from matchmaking.models import MOST_DELIVERIES, Connection, DeliveryReport, Outcome


class DeliveryReportSerializer(ResourceSerializer):
    """The deliveries of one month under a contract."""

    connection = serializers.CharField(source="connection.public_id")

    class Meta:
        model = DeliveryReport
        fields = [
            *("id", "connection", "month", "deliveries", "good", "note", "state", "state_reason", "decided_at"),
            *("created_at", "updated_at"),
        ]
        read_only_fields = fields
        extra_kwargs = {"good": {"help_text": "How many of them were on time and accepted."}}


class DeliveryReportWriter(StrictSerializer):
    month = DayField(help_text="Any day of the month.")
    deliveries = WholeNumberField(min_value=1, max_value=MOST_DELIVERIES)
    good = WholeNumberField(min_value=0, max_value=MOST_DELIVERIES, help_text="Of them, on time and accepted.")
    note = TextField(max_length=1000, allow_blank=True, default="")


class DeliveryReportFilters(LookupFilters):
    class Meta:
        model = DeliveryReport
        fields = {"state": ["exact", "in"], "month": ["gte", "lte"]}


class OutcomeSerializer(ResourceSerializer):
    """What one side said has become of a contract."""

    connection = serializers.CharField(source="connection.public_id")

    class Meta:
        model = Outcome
        fields = ["id", "connection", "side", "status", "value_band", "note", "created_at"]
        read_only_fields = fields
        extra_kwargs = {"side": {"help_text": "Who said so."}}


class OutcomeWriter(StrictSerializer):
    status = serializers.ChoiceField(choices=Outcome.Status.choices)
    value_band = serializers.ChoiceField(
        choices=Connection.ValueBand.choices,
        required=False,
        help_text="What it was worth in the year, in thousands of US dollars.",
    )
    note = TextField(max_length=LONGEST_REASON, allow_blank=True, default="")


@extend_schema_view(
    list=extend_schema(operation_id="connections_delivery_reports_list", summary="Deliveries under the contract"),
    retrieve=extend_schema(operation_id="connections_delivery_reports_retrieve", summary="The deliveries of a month"),
)
class DeliveryReportViewSet(BelowConnection[DeliveryReport]):
    """How many deliveries of each month there were, and how many were good. What the buyer confirms makes the
    supplier's track record, by which rankings go."""

    queryset: QuerySet[DeliveryReport] = DeliveryReport.objects.select_related("connection")
    serializer_class = DeliveryReportSerializer
    writer_class = DeliveryReportWriter
    filterset_class = DeliveryReportFilters

    @extend_schema(
        operation_id="connections_delivery_reports_add",
        summary="Report the deliveries of a month",
        request=DeliveryReportWriter,
        responses={201: DeliveryReportSerializer},
    )
    def create(self, request: Request, connection_id: str) -> Response:
        """What the buyer reports counts at once; what the supplier reports, once the buyer confirms it."""
        pk = self.connection_id()
        return self.answer(services.report_deliveries(connection_id=pk, by=request.auth, **self.read()), status=201)

    @act(
        NothingWriter,
        operation_id="connections_delivery_reports_confirm",
        summary="Confirm a report, for the buyer",
        answer=DeliveryReportSerializer,
    )
    def confirm(self, request: Request, **_path: Any) -> Response:
        """It counts for the supplier's track record from now on."""
        pk = self.get_object().pk
        self.read()
        return self.answer(services.confirm_deliveries(report_id=pk, by=request.auth))

    @act(
        ReasonWriter,
        operation_id="connections_delivery_reports_dispute",
        summary="Say that a report is wrong, or take a confirmation back, for the buyer",
        answer=DeliveryReportSerializer,
    )
    def dispute(self, request: Request, **_path: Any) -> Response:
        """It counts no more, and the month can be reported anew."""
        pk = self.get_object().pk
        return self.answer(services.dispute_deliveries(report_id=pk, by=request.auth, **self.read()))


class AllDeliveryReports(DeliveryReportViewSet):
    """Those of all connections that the caller sees. No route leads to them: they are read as a file."""

    def get_queryset(self) -> QuerySet[DeliveryReport]:
        return super(BelowConnection, self).get_queryset()


@extend_schema_view(
    list=extend_schema(operation_id="connections_outcomes_list", summary="What both sides said of the contract"),
    retrieve=extend_schema(operation_id="connections_outcomes_retrieve", summary="What one side said of the contract"),
)
class OutcomeViewSet(BelowConnection[Outcome]):
    """What has become of a contract: asked of both sides after 12 months, and each year anew while deliveries go on."""

    queryset: QuerySet[Outcome] = Outcome.objects.select_related("connection")
    serializer_class = OutcomeSerializer
    writer_class = OutcomeWriter

    @extend_schema(
        operation_id="connections_outcomes_tell",
        summary="Say what has become of the contract, for either side",
        request=OutcomeWriter,
        responses={201: OutcomeSerializer},
    )
    def create(self, request: Request, connection_id: str) -> Response:
        """May be said at any time, asked or not."""
        pk = self.connection_id()
        return self.answer(services.tell_outcome(connection_id=pk, by=request.auth, **self.read()), status=201)
