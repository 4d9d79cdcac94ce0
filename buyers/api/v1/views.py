"""Endpoints for buyers, plants and requirements. Rules live in services, visibility in querysets."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from buyers import services
from buyers.api.v1.filters import BuyerFilters, PlantFilters, RequirementFilters
from buyers.api.v1.serializers import BuyerSerializer, HistorySerializer, PlantSerializer, RequirementSerializer
from buyers.api.v1.writers import (
    BuyerWriter,
    PlantWriter,
    ReopenWriter,
    RequirementWriter,
)
from buyers.history import entries_of, events_of
from buyers.models import Buyer, Plant, Requirement
from buyers.visibility import may_read_history, reader_of
from config.api.acts import NothingWriter, OptionalReasonWriter, ReasonWriter, act
from config.api.bulk import bulk
from config.api.pagination import CursorPages
from config.api.views import ResourceViewSet


@extend_schema_view(
    list=extend_schema(operation_id="buyers_list", summary="Buyers: all for staff, else one's own"),
    retrieve=extend_schema(operation_id="buyers_retrieve", summary="A buyer"),
)
class BuyerViewSet(ResourceViewSet[Buyer]):
    """Buyers. Staff verify them."""

    queryset = Buyer.objects.select_related("organisation").prefetch_related("sectors")
    serializer_class = BuyerSerializer
    writer_class = BuyerWriter
    filterset_class = BuyerFilters
    orderings = {"created_at": "created_at", "updated_at": "updated_at"}

    @extend_schema(
        operation_id="buyers_create",
        summary="Register one's organisation as a buyer",
        request=BuyerWriter,
        responses={201: BuyerSerializer},
    )
    def create(self, request: Request) -> Response:
        return self.answer(services.create_buyer(values=self.read(), by=request.auth), status=201)

    @extend_schema(
        operation_id="buyers_change", summary="Change a buyer", request=BuyerWriter, responses=BuyerSerializer
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002  # the route's word
        version, values = self.expected_version(), self.read(partial=True)
        buyer = self.get_object()
        return self.answer(
            services.change_buyer(buyer_id=buyer.pk, values=values, by=request.auth, expected_version=version)
        )

    def decide(self, service: Any) -> Response:
        buyer = self.get_object()
        return self.answer(service(buyer_id=buyer.pk, by=self.request.auth, **self.read()))

    @act(NothingWriter, operation_id="buyers_verify", summary="Verify (staff)", answer=BuyerSerializer)
    def verify(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.decide(services.verify_buyer)

    @act(ReasonWriter, operation_id="buyers_reject", summary="Reject (staff)", answer=BuyerSerializer)
    def reject(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.decide(services.reject_buyer)

    @act(ReasonWriter, operation_id="buyers_suspend", summary="Suspend (staff)", answer=BuyerSerializer)
    def suspend(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.decide(services.suspend_buyer)

    @act(OptionalReasonWriter, operation_id="buyers_reinstate", summary="Reinstate (staff)", answer=BuyerSerializer)
    def reinstate(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.decide(services.reinstate_buyer)


@extend_schema_view(
    list=extend_schema(operation_id="plants_list", summary="One's own plants; all for staff"),
    retrieve=extend_schema(operation_id="plants_retrieve", summary="A plant"),
)
class PlantViewSet(ResourceViewSet[Plant]):
    """Plants. Suppliers read of them only through requirements."""

    queryset = Plant.objects.with_places().select_related("buyer")
    serializer_class = PlantSerializer
    writer_class = PlantWriter
    filterset_class = PlantFilters
    orderings = {"name": "name", "created_at": "created_at", "updated_at": "updated_at"}

    @extend_schema(
        operation_id="plants_create", summary="Add a plant", request=PlantWriter, responses={201: PlantSerializer}
    )
    def create(self, request: Request) -> Response:
        return self.answer(self.create_row(self.read()), status=201)

    def create_row(self, values: dict[str, Any]) -> Plant:
        buyer = values.pop("buyer", None)
        return services.add_plant(values=values, by=self.request.auth, buyer_id=buyer and buyer.pk)

    bulk = bulk(PlantWriter, PlantSerializer, operation_id="plants_bulk", summary="Add up to 100 plants, all or none")

    @extend_schema(
        operation_id="plants_change", summary="Change a plant", request=PlantWriter, responses=PlantSerializer
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Where it moves, the open requirements that name it get a new version."""
        version, values, pk = self.expected_version(), self.read(partial=True), self.get_object().pk
        return self.answer(services.change_plant(plant_id=pk, values=values, by=request.auth, expected_version=version))

    @extend_schema(operation_id="plants_remove", summary="Remove a plant", responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Only one that no requirement names."""
        version, pk = self.expected_version(), self.get_object().pk
        services.remove_plant(plant_id=pk, by=request.auth, expected_version=version)
        return Response(status=204)


@extend_schema_view(
    list=extend_schema(operation_id="requirements_list", summary="Requirements that the caller may see"),
    retrieve=extend_schema(operation_id="requirements_retrieve", summary="A requirement"),
)
class RequirementViewSet(ResourceViewSet[Requirement]):
    """Requirements. Fields that the caller may not see are left out."""

    limits = {"list": "search"}
    queryset = Requirement.objects.with_content().select_related("buyer__organisation")
    serializer_class = RequirementSerializer
    writer_class = RequirementWriter
    filterset_class = RequirementFilters
    orderings = {"title": "title"}

    def get_queryset(self) -> Any:
        visible: Any = super().get_queryset()
        return visible.known_to(self.request.auth)

    @extend_schema(
        operation_id="requirements_create",
        summary="Draft a requirement",
        request=RequirementWriter,
        responses={201: RequirementSerializer},
    )
    def create(self, request: Request) -> Response:
        """Nobody but the buyer and staff sees it before it is opened."""
        return self.answer(self.create_row(self.read()), status=201)

    def create_row(self, values: dict[str, Any]) -> Requirement:
        buyer = values.pop("buyer", None)
        return services.create_requirement(values=values, by=self.request.auth, buyer_id=buyer and buyer.pk)

    bulk = bulk(
        RequirementWriter,
        RequirementSerializer,
        operation_id="requirements_bulk",
        summary="Draft up to 100 requirements, all or none",
    )

    @extend_schema(
        operation_id="requirements_change",
        summary="Change a draft or an open requirement",
        request=RequirementWriter,
        responses=RequirementSerializer,
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Lists and criteria are replaced as a whole. A change of an open one makes a new version."""
        version, values, pk = self.expected_version(), self.read(partial=True), self.get_object().pk
        return self.answer(
            services.change_requirement(requirement_id=pk, values=values, by=request.auth, expected_version=version)
        )

    @extend_schema(operation_id="requirements_discard", summary="Delete a draft", responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk = self.expected_version(), self.get_object().pk
        services.discard_requirement(requirement_id=pk, by=request.auth, expected_version=version)
        return Response(status=204)

    def move(self, service: Any) -> Response:
        requirement = self.get_object()
        return self.answer(service(requirement_id=requirement.pk, by=self.request.auth, **self.read()))

    @act(NothingWriter, operation_id="requirements_open", summary="Open", answer=RequirementSerializer)
    def open(self, request: Request, id: str) -> Response:  # noqa: A002
        """From now on those whom its visibility names see it. Only verified buyers may."""
        return self.move(services.open_requirement)

    @act(ReopenWriter, operation_id="requirements_reopen", summary="Reopen", answer=RequirementSerializer)
    def reopen(self, request: Request, id: str) -> Response:  # noqa: A002
        """An expired one, until a new day."""
        return self.move(services.reopen_requirement)

    @act(ReasonWriter, operation_id="requirements_withdraw", summary="Withdraw", answer=RequirementSerializer)
    def withdraw(self, request: Request, id: str) -> Response:  # noqa: A002
        """It is no longer needed."""
        return self.move(services.withdraw_requirement)

    @act(OptionalReasonWriter, operation_id="requirements_award", summary="Award", answer=RequirementSerializer)
    def award(self, request: Request, id: str) -> Response:  # noqa: A002
        """A supplier got the order."""
        return self.move(services.award_requirement)

    @act(ReasonWriter, operation_id="requirements_close", summary="Close without award", answer=RequirementSerializer)
    def close(self, request: Request, id: str) -> Response:  # noqa: A002
        """Nobody got the order."""
        return self.move(services.close_requirement)

    @extend_schema(
        operation_id="requirements_history",
        summary="What happened to a requirement, newest first",
        responses=HistorySerializer(many=True),
    )
    @action(detail=True, parameters=CursorPages.parameters)
    def history(self, request: Request, id: str) -> Response:  # noqa: A002
        """Where what was asked changed, with what it was from then on. Not for those who may not know the buyer."""
        requirement = self.get_object()
        if not may_read_history(reader_of(requirement, request.auth)):
            raise Http404
        page = self.paginate_queryset(events_of(requirement, request.auth)) or []  # type: ignore[arg-type]
        entries = entries_of(requirement, page, request.auth)  # type: ignore[arg-type]
        return self.get_paginated_response(HistorySerializer(entries, many=True).data)
