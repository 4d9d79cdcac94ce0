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
from config.api.fields import MomentField, PublicIdField, ResourceSerializer, StrictSerializer, TextField
from matchmaking.models import Connection
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

    class Meta:
        model = Connection
        fields = [
            *("id", "state", "state_reason", "requirement", "requirement_title", "supplier", "supplier_name"),
            *("buyer", "buyer_name", "message", "expires_at", "decided_at", "decline_reason", "decline_note"),
            *("created_at", "updated_at"),
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Connection.State.choices))
    def get_state(self, connection: Connection) -> str:
        return connection.standing().value

    def get_buyer(self, connection: Connection) -> str | None:
        return connection.requirement.buyer.public_id if self._knows_buyer(connection) else None

    def get_buyer_name(self, connection: Connection) -> str | None:
        return str(connection.requirement.buyer) if self._knows_buyer(connection) else None

    def _knows_buyer(self, connection: Connection) -> bool:
        is_asked_side = self._reader.organisation_id == connection.supplier.organisation_id
        is_anonymous = connection.requirement.visibility == Requirement.Visibility.ANONYMOUS
        return not (is_asked_side and is_anonymous) or connection.state == Connection.State.ACCEPTED

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
    requirement = PublicIdField(queryset=Requirement.objects.all(), help_text="Id of your requirement; it is open.")
    supplier = PublicIdField(queryset=Supplier.objects.all(), help_text="Id of a published supplier.")
    message = TextField(max_length=4000, allow_blank=True, default="", help_text="To the supplier.")


class DeclineWriter(StrictSerializer):
    """Why the supplier declines."""

    reason = serializers.ChoiceField(choices=Connection.DeclineReason.choices)
    note = TextField(
        max_length=LONGEST_REASON, allow_blank=True, default="", help_text="Needed where the reason is `other`."
    )
