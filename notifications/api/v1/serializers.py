"""Webhook endpoints and deliveries on the wire."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from config.api.fields import MomentField, ResourceSerializer, StrictSerializer, TextField
from jobs.models import DueRow
from notifications.models import Attempt, Delivery, WebhookEndpoint
from notifications.topics import WEBHOOK_CHOICES
from notifications.webhooks.addresses import LONGEST


class ReasonField(serializers.CharField):
    """Why it went wrong: what we say ourselves, in the reader's language; what the other side said, as it said it."""

    def to_representation(self, value: str) -> str:
        return str(_(value)) if value else ""


URL_HELP = "https, port 443 or 8443, a public name in ASCII."


class WebhookEndpointSerializer(ResourceSerializer):
    """An address that is told of events. Its secret is shown once, where it is made."""

    organisation = serializers.CharField(source="organisation.public_id")
    topics = serializers.ListField(child=serializers.CharField())
    former_secret_signs_until = MomentField(
        source="former_secret_until", allow_null=True, help_text="Until then the secret before the last one signs too."
    )
    succeeded_at = MomentField(allow_null=True, help_text="When it last took something.")

    class Meta:
        model = WebhookEndpoint
        fields = [
            *("id", "organisation", "url", "topics", "description", "is_active", "disabled_reason"),
            *("former_secret_signs_until", "succeeded_at", "created_at", "updated_at"),
        ]
        read_only_fields = fields


class IssuedWebhookEndpointSerializer(WebhookEndpointSerializer):
    """The same with its new secret, in this answer only."""

    secret = serializers.CharField(
        allow_null=True,
        help_text="`whsec_…`: keep it where your receiver verifies signatures. Null where an answer is repeated.",
    )

    class Meta(WebhookEndpointSerializer.Meta):
        fields = [*WebhookEndpointSerializer.Meta.fields, "secret"]
        read_only_fields = fields


class WebhookEndpointWriter(StrictSerializer):
    url = TextField(max_length=LONGEST, help_text=URL_HELP)
    topics = serializers.ListField(
        child=serializers.ChoiceField(choices=WEBHOOK_CHOICES), allow_empty=False, max_length=50
    )
    description = TextField(max_length=200, required=False, allow_blank=True)


class AttemptSerializer(ResourceSerializer):
    """One try."""

    id = None  # type: ignore[assignment]  # found through its delivery
    status_code = serializers.IntegerField(allow_null=True, help_text="Null where nothing came back.")
    reply = serializers.CharField(help_text="The first KiB of what came back.")
    error = ReasonField()

    class Meta:
        model = Attempt
        fields = ["number", "started_at", "duration_ms", "status_code", "reply", "error"]
        read_only_fields = fields


class WebhookDeliverySerializer(ResourceSerializer):
    """An event on its way to an endpoint."""

    endpoint = serializers.CharField(source="endpoint.public_id")
    topic = serializers.CharField(source="event.topic")
    subject = serializers.CharField(source="event.subject", help_text="Id of what the event happened to.")
    state = serializers.ChoiceField(choices=DueRow.State.choices)
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.SerializerMethodField()
    delivered_at = MomentField(allow_null=True)
    last_error = ReasonField()

    class Meta:
        model = Delivery
        fields = [
            *("id", "endpoint", "topic", "subject", "state", "attempts", "next_attempt_at", "delivered_at"),
            *("last_error", "created_at"),
        ]
        read_only_fields = fields

    def get_next_attempt_at(self, delivery: Delivery) -> str | None:
        return MomentField().to_representation(delivery.due_at) if delivery.state == DueRow.State.DUE else None


class LoggedWebhookDeliverySerializer(WebhookDeliverySerializer):
    """The same with each attempt."""

    tries = AttemptSerializer(many=True)

    class Meta(WebhookDeliverySerializer.Meta):
        fields = [*WebhookDeliverySerializer.Meta.fields, "tries"]
        read_only_fields = fields
