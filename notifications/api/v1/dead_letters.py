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
from notifications import services
from notifications.api.v1.serializers import ReasonField
from notifications.models import DeadLetter


class DeadLetterSerializer(ResourceSerializer):
    """Something that somebody was to be told, or that the product was to do, and was not."""

    topic = serializers.CharField(source="event.topic", read_only=True)
    subject = serializers.CharField(
        source="event.subject", read_only=True, help_text="Id of what the event happened to."
    )
    person = serializers.CharField(
        source="delivery.recipient.public_id",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="Id of its reader.",
    )
    endpoint = serializers.CharField(
        source="delivery.endpoint.public_id",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="Id of its endpoint.",
    )
    subscriber = serializers.CharField(
        source="reaction.subscriber",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="Which work of the product it is.",
    )
    last_error = ReasonField(read_only=True)
    happened_at = MomentField(source="event.created_at", read_only=True)

    class Meta:
        model = DeadLetter
        fields = [
            *(
                "id",
                "channel",
                "topic",
                "subject",
                "person",
                "endpoint",
                "subscriber",
                "state",
                "attempts",
                "last_error",
            ),
            "happened_at",
        ]
        read_only_fields = fields


class DeadLetterFilters(FilterSet):
    channel = ChoiceFilter(choices=DeadLetter.CHANNELS)
    topic = CharFilter("event__topic", label="Such as `connection.accepted`.")


class DeadLetterViewSet(ResourceViewSet[Any]):
    """Deliveries and reactions to events that were given up, of all organisations. For staff."""

    queryset: QuerySet[DeadLetter] = DeadLetter.objects.with_work()
    ordering = ("-event_id", "-id")
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
        letter = services.replay_dead_letter(letter_id=self.get_object().pk, by=request.auth)
        return tagged(request, DeadLetterSerializer(letter).data, version=letter.version)
