"""Shortlists on the wire."""

from typing import Any

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
from matchmaking.models import Shortlist, ShortlistEntry
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


def _is_visible(entry: ShortlistEntry) -> bool:
    visible: bool = entry.is_supplier_visible  # type: ignore[attr-defined]  # annotated by visible_to
    return visible
