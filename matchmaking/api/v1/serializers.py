"""Matchmaking on the wire."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Organisation
from accounts.principals import Principal
from accounts.services import contacts_of
from buyers.api.v1.serializers import BUYER, REQUIREMENT
from buyers.models import Requirement
from config.api.acts import LONGEST_REASON
from config.api.fields import (
    DayField,
    MomentField,
    PublicIdField,
    ResourceSerializer,
    StrictSerializer,
    TextField,
    TrueOrFalseField,
)
from matchmaking.models import Connection
from matchmaking.services import STAGES
from suppliers.api.v1.serializers import SUPPLIER
from suppliers.models import Supplier


class ContactSerializer(serializers.Serializer[Any]):
    """How to reach someone on the other side."""

    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    role = serializers.CharField(help_text="A member's role, or `organisation` for its general contact.")


class ConnectionSerializer(ResourceSerializer):
    """A connection, as far as the reader may know it."""

    expansions = {"requirement": REQUIREMENT, "supplier": SUPPLIER, "buyer": BUYER}

    state = serializers.SerializerMethodField()
    requirement = serializers.CharField(source="requirement.public_id")
    requirement_title = serializers.CharField(source="requirement.title")
    supplier = serializers.CharField(source="supplier.public_id")
    supplier_name = serializers.CharField(source="supplier.organisation")
    buyer = serializers.SerializerMethodField(help_text="Null while the buyer is anonymous to the reader.")
    buyer_name = serializers.SerializerMethodField()
    awaited = serializers.SerializerMethodField(help_text="The sides whose answer is awaited.")
    state_since = MomentField()

    class Meta:
        model = Connection
        fields = [
            *("id", "state", "state_reason", "requirement", "requirement_title", "supplier", "supplier_name"),
            *("buyer", "buyer_name", "initiator", "awaited", "message", "expires_at", "decided_at", "state_since"),
            *("decline_reason", "decline_note", "loss_reason", "loss_note", "value_band", "contract_starts_on"),
            *("created_at", "updated_at"),
        ]
        read_only_fields = fields
        extra_kwargs = {
            "initiator": {"help_text": "Who asked; `agency`: it proposed the connection to both sides."},
            "value_band": {"help_text": "What the contract is worth in a year, in thousands of US dollars."},
        }

    @extend_schema_field(serializers.ChoiceField(choices=Connection.State.choices))
    def get_state(self, connection: Connection) -> str:
        return connection.standing().value

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Connection.Side.choices)))
    def get_awaited(self, connection: Connection) -> list[str]:
        return [side.value for side in connection.awaited()]

    def get_buyer(self, connection: Connection) -> str | None:
        return connection.requirement.buyer.public_id if self._knows_buyer(connection) else None

    def get_buyer_name(self, connection: Connection) -> str | None:
        return str(connection.requirement.buyer) if self._knows_buyer(connection) else None

    def _knows_buyer(self, connection: Connection) -> bool:
        return not connection.hides_buyer_from(self._reader)

    @property
    def _reader(self) -> Principal:
        reader: Principal = self.context["request"].auth
        return reader


class OpenedConnectionSerializer(ConnectionSerializer):
    """The same, and how to reach the other side once the connection is accepted."""

    contacts = serializers.SerializerMethodField()

    class Meta(ConnectionSerializer.Meta):
        fields = [*ConnectionSerializer.Meta.fields, "contacts"]
        read_only_fields = fields

    @extend_schema_field(ContactSerializer(many=True))
    def get_contacts(self, connection: Connection) -> list[dict[str, str]]:
        """Of the other side, to each side, while they are disclosed. Empty in an answer that is repeated for its
        Idempotency-Key: read the connection."""
        other_side = connection.disclosed_to(self._reader)
        return [asdict(contact) for contact in contacts_of(other_side, reader=self._reader)] if other_side else []


class StepSerializer(serializers.Serializer[Any]):
    """Something that happened to a connection."""

    topic = serializers.CharField(help_text="Such as `connection.accepted`.")
    at = MomentField(source="created_at")
    acted_for = serializers.ChoiceField(
        choices=Organisation.Kind.choices,
        source="actor_organisation.kind",
        default=None,
        allow_null=True,
        help_text="The side that acted; null where time or the fate of a side decided.",
    )
    reason = serializers.CharField(help_text="Why, in the actor's words or as a code; may be empty.")


class ConnectionWriter(StrictSerializer):
    requirement = PublicIdField(
        queryset=Requirement.objects.all(), help_text="Id of an open requirement: a buyer's own, or one that you see."
    )
    supplier = PublicIdField(
        queryset=Supplier.objects.all(), help_text="Id of a published supplier; a supplier names its own."
    )
    message = TextField(max_length=4000, allow_blank=True, default="", help_text="To whoever is asked.")


class DeclineWriter(StrictSerializer):
    """Why the side that was asked declines."""

    reason = serializers.ChoiceField(choices=Connection.DeclineReason.choices)
    note = TextField(
        max_length=LONGEST_REASON, allow_blank=True, default="", help_text="Needed where the reason is `other`."
    )


class AdvanceWriter(StrictSerializer):
    """How far the two have come, and what that stage needs."""

    to = serializers.ChoiceField(choices=[(stage.value, stage.label) for stage in STAGES])
    reason = serializers.ChoiceField(
        choices=Connection.DeclineReason.choices, required=False, help_text="Of a loss, which needs it."
    )
    note = TextField(
        max_length=LONGEST_REASON, allow_blank=True, default="", help_text="Of a loss; needed where it is `other`."
    )
    value_band = serializers.ChoiceField(
        choices=Connection.ValueBand.choices,
        required=False,
        help_text="Of a contract, which needs it: its worth in a year, in thousands of US dollars.",
    )
    starts_on = DayField(required=False, help_text="Of a contract, which needs it.")
    award = TrueOrFalseField(
        default=False,
        help_text="Of a contract, for the buyer: whether its requirement is awarded with it, and so ends.",
    )
