"""Shortlists on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from buyers.models import Requirement
from config.api.fields import (
    MomentField,
    PublicIdField,
    ResourceSerializer,
    StrictSerializer,
    TextField,
    WholeNumberField,
)
from matchmaking.models import Connection, Shortlist, ShortlistEntry
from matchmaking.services import Asked
from suppliers.models import Supplier

MOST_AT_ONCE = 100


class ShortlistSerializer(ResourceSerializer):
    """A shortlist, without what is on it."""

    organisation = serializers.CharField(source="organisation.public_id")
    requirement = serializers.CharField(source="requirement.public_id", default=None, allow_null=True)
    size = serializers.IntegerField(help_text="Suppliers on it.")

    class Meta:
        model = Shortlist
        fields = ["id", "organisation", "name", "description", "requirement", "size", "created_at", "updated_at"]
        read_only_fields = fields


class ShortlistEntrySerializer(ResourceSerializer):
    """A supplier on a shortlist; of one that the reader does not see today only the id is told."""

    supplier = serializers.CharField(source="supplier.public_id")
    is_available = serializers.SerializerMethodField(help_text="Whether the supplier is published today.")
    legal_name = serializers.SerializerMethodField()
    trade_name = serializers.SerializerMethodField()
    added_by = serializers.CharField(source="added_by.get_full_name", default=None, allow_null=True)
    added_at = MomentField(source="created_at")

    class Meta:
        model = ShortlistEntry
        fields = [
            *("id", "supplier", "is_available", "legal_name", "trade_name", "note", "position", "added_by", "added_at"),
            "updated_at",
        ]
        read_only_fields = fields

    def get_is_available(self, entry: ShortlistEntry) -> bool:
        return entry.supplier.state == Supplier.State.PUBLISHED

    def get_legal_name(self, entry: ShortlistEntry) -> str | None:
        return entry.supplier.organisation.legal_name if _is_visible(entry) else None

    def get_trade_name(self, entry: ShortlistEntry) -> str | None:
        return entry.supplier.organisation.trade_name if _is_visible(entry) else None


class ShortlistEntriesSerializer(serializers.Serializer[Any]):
    """What was put on a shortlist in one go."""

    results = ShortlistEntrySerializer(many=True)


class ShortlistWriter(StrictSerializer):
    name = TextField(max_length=150)
    description = TextField(max_length=2000, required=False, allow_blank=True)
    requirement = PublicIdField(
        queryset=Requirement.objects.all(),
        required=False,
        allow_null=True,
        help_text="Id of the requirement that the list is for.",
    )


class EntryWriter(StrictSerializer):
    supplier = PublicIdField(queryset=Supplier.objects.all(), help_text="Id of a published supplier.")
    note = TextField(max_length=2000, required=False, allow_blank=True)
    position = WholeNumberField(min_value=1, required=False, help_text="From 1; at the end unless given.")


class EntriesWriter(StrictSerializer):
    items = serializers.ListField(child=EntryWriter(), allow_empty=False, max_length=MOST_AT_ONCE)


class EntryChangeWriter(StrictSerializer):
    note = TextField(max_length=2000, required=False, allow_blank=True)
    position = WholeNumberField(min_value=1, required=False, help_text="From 1.")


class EnquiryWriter(StrictSerializer):
    """What to say to those who are asked."""

    message = TextField(max_length=4000, allow_blank=True, default="", help_text="To each of the suppliers.")
    suppliers = serializers.ListField(
        child=serializers.CharField(max_length=32),
        required=False,
        allow_empty=False,
        max_length=MOST_AT_ONCE,
        help_text="Ids of those on the list to ask; all unless given.",
    )


class AskedSerializer(serializers.Serializer[Any]):
    """A supplier on the list, and the connection by which it was asked, or why it was not."""

    supplier = serializers.CharField(source="entry.supplier.public_id")
    connection = serializers.CharField(
        source="connection.public_id",
        default=None,
        allow_null=True,
        help_text="By which it was asked; of `already_exists` the one in which the two talk already.",
    )
    code = serializers.CharField(
        source="refusal.code", default="", help_text="Why it was not asked: `already_exists`, `supplier_not_published`."
    )


class EnquirySerializer(serializers.Serializer[Any]):
    """Who was asked, in the list's order."""

    results = AskedSerializer(many=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """How a supplier on the list answers."""

    supplier = serializers.CharField(source="entry.supplier.public_id")
    position = serializers.IntegerField(source="entry.position")
    connection = serializers.CharField(source="connection.public_id", default=None, allow_null=True)
    state = serializers.SerializerMethodField(help_text="Null where it was not asked yet.")
    asked_at = MomentField(source="connection.created_at", default=None, allow_null=True)
    answered_at = MomentField(source="connection.decided_at", default=None, allow_null=True)
    expires_at = MomentField(source="connection.expires_at", default=None, allow_null=True)
    reminded_on_day = serializers.IntegerField(
        source="connection.reminded_on_day",
        default=None,
        allow_null=True,
        help_text="Of its last reminder; 0: none yet.",
    )
    decline_reason = serializers.CharField(source="connection.decline_reason", default="")
    decline_note = serializers.CharField(source="connection.decline_note", default="")

    @extend_schema_field(serializers.ChoiceField(choices=Connection.State.choices, allow_null=True))
    def get_state(self, answer: Asked) -> str | None:
        return answer.connection.standing().value if answer.connection else None


class AnswersSerializer(serializers.Serializer[Any]):
    """All suppliers on the list, in its order."""

    has_everybody_accepted = serializers.SerializerMethodField(
        help_text="Whether each has a connection that was accepted and has not ended; false of an empty list."
    )
    results = AnswerSerializer(many=True)

    def get_has_everybody_accepted(self, answers: dict[str, list[Asked]]) -> bool:
        rows = answers["results"]
        agreed = (*Connection.UNDER_WAY, Connection.State.CONTRACT)
        return bool(rows) and all(row.connection is not None and row.connection.state in agreed for row in rows)


def _is_visible(entry: ShortlistEntry) -> bool:
    visible: bool = entry.is_supplier_visible  # type: ignore[attr-defined]  # annotated by visible_to
    return visible
