"""Endpoints about webhooks. Rules live in services, visibility in querysets."""

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiKey
from accounts.permissions import SignedIn
from config.api.acts import NothingWriter, act
from config.api.conditional import tagged
from config.api.views import ResourceViewSet
from jobs.models import DueRow
from notifications import services
from notifications.api.v1.serializers import (
    IssuedWebhookEndpointSerializer,
    LoggedWebhookDeliverySerializer,
    WebhookDeliverySerializer,
    WebhookEndpointSerializer,
    WebhookEndpointWriter,
)
from notifications.models import Attempt, Delivery, WebhookEndpoint


class MayManageWebhooks(SignedIn):
    """An API key needs the scope `webhooks` for this, and no other."""

    def scope_for(self, request: Request) -> str:
        return ApiKey.Scope.WEBHOOKS


@extend_schema_view(
    list=extend_schema(operation_id="webhook_endpoints_list", summary="Your organisation's webhook endpoints"),
    retrieve=extend_schema(operation_id="webhook_endpoints_retrieve", summary="A webhook endpoint"),
)
class WebhookEndpointViewSet(ResourceViewSet[WebhookEndpoint]):
    """Addresses that are told of events (Standard Webhooks). For owners, and keys made for it."""

    queryset: QuerySet[WebhookEndpoint] = WebhookEndpoint.objects.select_related("organisation")
    serializer_class = WebhookEndpointSerializer
    writer_class = WebhookEndpointWriter
    permission_classes = [MayManageWebhooks]
    secrets = frozenset({"secret"})

    @extend_schema(
        operation_id="webhook_endpoints_add",
        summary="Let an address be told of events; its secret is in this answer only",
        request=WebhookEndpointWriter,
        responses={201: IssuedWebhookEndpointSerializer},
    )
    def create(self, request: Request) -> Response:
        endpoint, secret = services.add_endpoint(values=self.read(), by=request.auth)
        return self.answer_once(endpoint, secret, status=201)

    @extend_schema(
        operation_id="webhook_endpoints_change",
        summary="Change address, topics or description",
        request=WebhookEndpointWriter,
        responses=WebhookEndpointSerializer,
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk, values = self.expected_version(), self.get_object().pk, self.read(partial=True)
        return self.answer(
            services.change_endpoint(endpoint_id=pk, values=values, by=request.auth, expected_version=version)
        )

    @extend_schema(
        operation_id="webhook_endpoints_remove", summary="Remove an endpoint with its log", responses={204: None}
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk = self.expected_version(), self.get_object().pk
        services.remove_endpoint(endpoint_id=pk, by=request.auth, expected_version=version)
        return Response(status=204)

    @act(
        NothingWriter,
        operation_id="webhook_endpoints_rotate_secret",
        summary="Give it a new secret; the former one signs too for a day",
        answer=IssuedWebhookEndpointSerializer,
        path="rotate-secret",
    )
    def rotate_secret(self, request: Request, id: str) -> Response:  # noqa: A002
        self.read()
        return self.answer_once(*services.rotate_secret(endpoint_id=self.get_object().pk, by=request.auth))

    @act(
        NothingWriter,
        operation_id="webhook_endpoints_test",
        summary="Send it an event that means nothing",
        answer=WebhookDeliverySerializer,
    )
    def test(self, request: Request, id: str) -> Response:  # noqa: A002
        """Answers with the delivery; a moment later its attempts tell whether the endpoint listens."""
        self.read()
        delivery = services.send_test_event(endpoint_id=self.get_object().pk, by=request.auth)
        return tagged(request, WebhookDeliverySerializer(delivery).data, version=delivery.version)

    @act(
        NothingWriter,
        operation_id="webhook_endpoints_disable",
        summary="Tell it nothing more",
        answer=WebhookEndpointSerializer,
    )
    def disable(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.switch(services.disable_endpoint)

    @act(
        NothingWriter,
        operation_id="webhook_endpoints_enable",
        summary="Tell it again",
        answer=WebhookEndpointSerializer,
    )
    def enable(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.switch(services.enable_endpoint)

    def switch(self, service: Callable[..., WebhookEndpoint]) -> Response:
        self.read()
        return self.answer(service(endpoint_id=self.get_object().pk, by=self.request.auth))

    def answer_once(self, endpoint: WebhookEndpoint, secret: str, *, status: int = 200) -> Response:
        """The endpoint with its new secret."""
        response = self.answer(endpoint, status=status)
        response.data["secret"] = secret
        return response


class DeliveryFilters(FilterSet):
    endpoint = CharFilter("endpoint__public_id", label="Id of the endpoint.")
    state = ChoiceFilter(choices=DueRow.State.choices)
    topic = CharFilter("event__topic", label="Such as `connection.accepted`.")
    subject = CharFilter("event__subject", label="Id of what the event happened to.")


class DeliveryViewSet(ResourceViewSet[Any]):
    """What the organisation's endpoints were told, and how that went."""

    queryset = Delivery.objects.select_related("endpoint", "event")
    filterset_class = DeliveryFilters
    permission_classes = [MayManageWebhooks]
    writer_class = NothingWriter

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        tries = Prefetch("tries", Attempt.objects.order_by("number"))
        return rows if self.action == "list" else rows.prefetch_related(tries)

    def get_serializer_class(self) -> type[WebhookDeliverySerializer]:
        return WebhookDeliverySerializer if self.action == "list" else LoggedWebhookDeliverySerializer

    @extend_schema(
        operation_id="deliveries_list",
        summary="What your endpoints were told, newest first",
        responses=WebhookDeliverySerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="deliveries_retrieve",
        summary="A delivery with each attempt",
        responses=LoggedWebhookDeliverySerializer,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @act(
        NothingWriter,
        operation_id="deliveries_replay",
        summary="Send it once more",
        answer=LoggedWebhookDeliverySerializer,
    )
    def replay(self, request: Request, id: str) -> Response:  # noqa: A002
        """Under the same `webhook-id`, whether it was taken or given up."""
        self.read()
        return self.answer(services.replay_delivery(delivery_id=self.get_object().pk, by=request.auth))
