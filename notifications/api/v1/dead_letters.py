"""What was given up, for staff."""

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.acts import NothingWriter, act
from config.api.conditional import tagged
from config.api.fields import MomentField, ResourceSerializer
from config.api.views import ResourceViewSet
from jobs.models import DueRow
from notifications import services
from notifications.api.v1.serializers import ReasonField
from notifications.models import DeadLetter, Delivery

CHANNELS = [choice for choice in Delivery.Channel.choices if choice[0] != Delivery.Channel.IN_APP]


class DeadLetterSerializer(ResourceSerializer):
    """Something that somebody was to be told, and was not."""

    channel = serializers.ChoiceField(CHANNELS, read_only=True)
    topic = serializers.CharField(source="event.topic", read_only=True)
    subject = serializers.CharField(
        source="event.subject", read_only=True, help_text="Id of what the event happened to."
    )
    person = serializers.CharField(
        source="recipient.public_id", default=None, allow_null=True, read_only=True, help_text="Id of its reader."
    )
    endpoint = serializers.CharField(
        source="endpoint.public_id", default=None, allow_null=True, read_only=True, help_text="Id of its endpoint."
    )
    state = serializers.ChoiceField(DueRow.State.choices, read_only=True)
    last_error = ReasonField(read_only=True)
    happened_at = MomentField(source="event.created_at", read_only=True)

    class Meta:
        model = DeadLetter
        fields = [
            *("id", "channel", "topic", "subject", "person", "endpoint", "state", "attempts", "last_error"),
            "happened_at",
        ]
        read_only_fields = fields


class DeadLetterFilters(FilterSet):
    channel = ChoiceFilter(choices=CHANNELS)
    topic = CharFilter("event__topic", label="Such as `connection.accepted`.")


class DeadLetterViewSet(ResourceViewSet[Any]):
    """Deliveries that were given up, of all organisations. For staff."""

    queryset: QuerySet[DeadLetter] = DeadLetter.objects.select_related("event", "recipient", "endpoint")
    serializer_class = DeadLetterSerializer
    filterset_class = DeadLetterFilters
    writer_class = NothingWriter

    @extend_schema(operation_id="dead_letters_list", summary="What was given up, newest first")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="dead_letters_retrieve", summary="Something that was given up")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @act(
        NothingWriter,
        operation_id="dead_letters_replay",
        summary="Have it tried again, as often as a new one",
        answer=DeadLetterSerializer,
    )
    def replay(self, request: Request, id: str) -> Response:  # noqa: A002
        """It is no dead letter from then on; if it fails for good once more, it is one again."""
        self.read()
        delivery = services.replay_dead_letter(delivery_id=self.get_object().pk, by=request.auth)
        return tagged(request, DeadLetterSerializer(delivery).data, version=delivery.version)
