"""Endpoints about connections."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services import opening_quota
from config.api.acts import NothingWriter, OptionalReasonWriter, act
from config.api.filtering import LookupFilters
from config.api.pagination import CursorPages
from config.api.views import ResourceViewSet
from matchmaking import services
from matchmaking.api.v1.serializers import (
    ConnectionSerializer,
    ConnectionWriter,
    DeclineWriter,
    OpenedConnectionSerializer,
    StepSerializer,
)
from matchmaking.models import Connection
from notifications.models import Event

ACCEPT = "Accept, for the supplier that was asked"
DECLINE = "Decline, for the supplier that was asked"
WITHDRAW = "Take back a request that has not been answered"


class ConnectionFilters(LookupFilters):
    state = ChoiceFilter(choices=Connection.State.choices, method="in_state", label="The state as it is now.")
    requirement = CharFilter("requirement__public_id", label="Id of the requirement.")
    supplier = CharFilter("supplier__public_id", label="Id of the supplier.")

    class Meta:
        model = Connection
        fields = {
            "created_at": ["gte", "lte"],
            "updated_at": ["gte", "lte"],
            "expires_at": ["gte", "lte"],
            "decided_at": ["gte", "lte", "isnull"],
        }

    def in_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.standing_at(value)


class ConnectionViewSet(ResourceViewSet[Connection]):
    """Connections that the caller's organisation is a side of; for staff, all."""

    limits = {"create": "contact_request"}
    queryset: QuerySet[Connection] = Connection.objects.with_both_sides()
    writer_class = ConnectionWriter
    filterset_class = ConnectionFilters
    orderings = {"created_at": "created_at", "updated_at": "updated_at", "expires_at": "expires_at"}
    secrets = frozenset({"contacts"})  # each time that they are shown is decided anew, counts, and is recorded

    def get_serializer_class(self) -> type[ConnectionSerializer]:
        return ConnectionSerializer if self.action == "list" else OpenedConnectionSerializer

    @extend_schema(
        operation_id="connections_list",
        summary="List your connections, newest first",
        responses=ConnectionSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="connections_retrieve", summary="Read a connection", responses=OpenedConnectionSerializer
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Contacts that your organisation has not seen yet count for its quota of the day."""
        connection = self.get_object()
        other_side = connection.disclosed_to(request.auth)
        if other_side is not None:
            self.standings = [*self.standings, opening_quota(other_side, reader=request.auth)]
        return self.represent(connection)

    @extend_schema(
        operation_id="connections_request",
        summary="Ask a supplier to talk about your requirement",
        request=ConnectionWriter,
        responses={201: OpenedConnectionSerializer},
    )
    def create(self, request: Request) -> Response:
        """It has 14 days to answer. Asking again before it has declined answers 409 with the connection's address."""
        body = self.read()
        connection = services.request_connection(
            requirement_id=body["requirement"].pk,
            supplier_id=body["supplier"].pk,
            message=body["message"],
            by=request.auth,
        )
        return self.answer(connection, status=201)

    def move(self, service: Callable[..., Connection]) -> Response:
        connection = self.get_object()
        return self.answer(service(connection_id=connection.pk, by=self.request.auth, **self.read()))

    @act(NothingWriter, operation_id="connections_accept", summary=ACCEPT, answer=OpenedConnectionSerializer)
    @transaction.atomic  # who may see no more new contacts today, which the answer shows, has not accepted either
    def accept(self, request: Request, id: str) -> Response:  # noqa: A002
        """Opens the contacts of each side to the other. A second decision answers 409."""
        return self.move(services.accept_connection)

    @act(DeclineWriter, operation_id="connections_decline", summary=DECLINE, answer=OpenedConnectionSerializer)
    def decline(self, request: Request, id: str) -> Response:  # noqa: A002
        """The reason is coded, so that suppliers learn what keeps them from work."""
        return self.move(services.decline_connection)

    @act(OptionalReasonWriter, operation_id="connections_withdraw", summary=WITHDRAW, answer=OpenedConnectionSerializer)
    def withdraw(self, request: Request, id: str) -> Response:  # noqa: A002
        """Only the buyer who asked may, and only before the answer."""
        return self.move(services.withdraw_connection)

    @extend_schema(
        operation_id="connections_history",
        summary="Read what happened to a connection, newest first",
        responses=StepSerializer(many=True),
    )
    @action(detail=True, parameters=CursorPages.parameters, serializer_class=StepSerializer)
    def history(self, request: Request, id: str) -> Response:  # noqa: A002
        """Each step with when, by which side, and why."""
        steps = Event.objects.filter(subject=self.get_object().public_id).select_related("actor_organisation")
        page = self.paginate_queryset(steps)  # type: ignore[arg-type]  # not of this view's own rows
        return self.get_paginated_response(StepSerializer(page, many=True).data)
