"""Endpoints about connections."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organisation
from accounts.services import opening_quota
from config.api.acts import NothingWriter, OptionalReasonWriter, act
from config.api.filtering import AnyChoiceFilter, LookupFilters, YesNoFilter
from config.api.pagination import CursorPages
from config.api.views import ResourceViewSet
from config.errors import NotAllowedError
from matchmaking import services
from matchmaking.api.v1.serializers import (
    AdvanceWriter,
    ConnectionSerializer,
    ConnectionWriter,
    DeclineWriter,
    OpenedConnectionSerializer,
    StepSerializer,
)
from matchmaking.models import Connection
from notifications.models import Event

ACCEPT = "Accept, for a side that was asked"
DECLINE = "Decline, for a side that was asked"
WITHDRAW = "Take back what has not been answered, for the side that asked"
ADVANCE = "Say how far the two have come: visit, sample, trial, contract, or lost"
OPEN: Mapping[str | None, Callable[..., Connection]] = {
    Organisation.Kind.BUYER: services.request_connection,
    Organisation.Kind.SUPPLIER: services.offer_connection,
    Organisation.Kind.AGENCY: services.propose_connection,
}
"""How callers of each kind begin to talk."""


class ConnectionFilters(LookupFilters):
    state = ChoiceFilter(choices=Connection.State.choices, method="in_state", label="The state as it is now.")
    state__in = AnyChoiceFilter(
        choices=Connection.State.choices, method="in_states", label="Any of these states, as they are now."
    )
    requirement = CharFilter("requirement__public_id", label="Id of the requirement.")
    supplier = CharFilter("supplier__public_id", label="Id of the supplier.")
    initiator = ChoiceFilter(choices=Connection.Side.choices, label="Who asked.")
    awaited = ChoiceFilter(
        choices=[(side.value, side.label) for side in (Connection.Side.BUYER, Connection.Side.SUPPLIER)],
        method="awaiting",
        label="The side that is to answer.",
    )
    stalled = YesNoFilter(
        method="that_stalled", label="Whether it is unanswered for a week, or not moved on for a month since accepted."
    )

    class Meta:
        model = Connection
        fields = {
            "created_at": ["gte", "lte"],
            "updated_at": ["gte", "lte"],
            "expires_at": ["gte", "lte"],
            "decided_at": ["gte", "lte", "isnull"],
            "state_since": ["gte", "lte"],
        }

    def in_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.standing_at(value)

    def in_states(self, queryset: Any, name: str, values: list[str]) -> Any:
        return queryset.standing_at(*values)

    def awaiting(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.awaiting(value)

    def that_stalled(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.stalled() if value else queryset.exclude(pk__in=Connection.objects.stalled().values("pk"))


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
        summary="Begin to talk about a requirement: ask a supplier, offer to a buyer, or propose it to both",
        request=ConnectionWriter,
        responses={201: OpenedConnectionSerializer},
    )
    def create(self, request: Request) -> Response:
        """A buyer asks a supplier about its requirement; a supplier offers itself for one that it sees; staff propose
        that the two talk, to which both must agree. There are 14 days to answer. While the two talk about it already,
        it is a 409 with that connection's address."""
        body, begin = self.read(), OPEN.get(request.auth.kind)
        if begin is None:
            raise NotAllowedError
        connection = begin(
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
        """Opens the contacts of each side to the other, once both have agreed. A second decision answers 409."""
        return self.move(services.accept_connection)

    @act(DeclineWriter, operation_id="connections_decline", summary=DECLINE, answer=OpenedConnectionSerializer)
    def decline(self, request: Request, id: str) -> Response:  # noqa: A002
        """The reason is coded, so that all learn what keeps the two sides apart."""
        return self.move(services.decline_connection)

    @act(OptionalReasonWriter, operation_id="connections_withdraw", summary=WITHDRAW, answer=OpenedConnectionSerializer)
    def withdraw(self, request: Request, id: str) -> Response:  # noqa: A002
        """Only the side that asked may, and only before the answer."""
        return self.move(services.withdraw_connection)

    @act(AdvanceWriter, operation_id="connections_advance", summary=ADVANCE, answer=OpenedConnectionSerializer)
    def advance(self, request: Request, id: str) -> Response:  # noqa: A002
        """Either side may, once the connection is accepted. Stages may be passed over, but not gone back to."""
        return self.move(services.advance_connection)

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
