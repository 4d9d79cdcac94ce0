"""Answers: what the API shows of buyers, plants and requirements."""

from typing import Any

from rest_framework import serializers

from accounts.models import Organisation
from buyers.api.v1.writers import RequirementWriter
from buyers.content import delivery_of, values_of
from buyers.models import Buyer, Plant, Requirement
from buyers.visibility import reader_of, shown_to
from config.api.fields import MomentField, ResourceSerializer
from config.api.shapes import Expansion
from taxonomy.api.fields import ProvinceField

OWN_FIELDS = ("buyer", "state", "state_reason", "opened_at", "content_version", "created_at", "updated_at")


class BuyerOrganisationSerializer(serializers.Serializer[Any]):
    """The legal person behind a buyer."""

    id = serializers.CharField(source="public_id")
    legal_name = serializers.CharField()
    trade_name = serializers.CharField()
    country = serializers.CharField()


class BuyerSerializer(ResourceSerializer):
    """A buyer, for itself and for staff."""

    organisation = BuyerOrganisationSerializer()
    sectors = serializers.SlugRelatedField[Any](slug_field="code", many=True, read_only=True)

    class Meta:
        model = Buyer
        fields = [
            *("id", "organisation", "state", "state_reason", "parent_country", "sectors", "description"),
            *("created_at", "updated_at"),
        ]
        read_only_fields = fields


BUYER = Expansion(
    visible_to=lambda reader: (
        Buyer.objects.visible_to(reader).select_related("organisation").prefetch_related("sectors")
    ),
    serializer=BuyerSerializer,
)


class PlantSerializer(ResourceSerializer):
    """A plant, for its buyer and for staff."""

    expansions = {"buyer": BUYER}

    buyer = serializers.SlugRelatedField[Buyer](slug_field="public_id", read_only=True)
    province = ProvinceField(allow_null=True)
    old_province = ProvinceField(allow_null=True)
    park = serializers.SlugRelatedField[Any](slug_field="code", read_only=True, allow_null=True)

    class Meta:
        model = Plant
        fields = [
            *("id", "buyer", "name", "address", "province", "old_province", "park", "latitude", "longitude"),
            *("created_at", "updated_at"),
        ]
        read_only_fields = fields


PLANT = Expansion(
    visible_to=lambda reader: Plant.objects.visible_to(reader).with_places().select_related("buyer"),
    serializer=PlantSerializer,
)


class DeliverySerializer(serializers.Serializer[Any]):
    """Where the parts go."""

    name = serializers.CharField()
    address = serializers.CharField()
    province = serializers.CharField(allow_null=True)
    latitude = serializers.FloatField(allow_null=True, help_text="Degrees; its own, else those of its park.")
    longitude = serializers.FloatField(allow_null=True)


class RequirementSerializer(RequirementWriter):
    """A requirement: the body with which it is written, and what became of it. Hidden fields are left out."""

    expansions = {"buyer": BUYER, "plant": PLANT}

    id = serializers.CharField()
    buyer_name = serializers.CharField(required=False)
    delivery = DeliverySerializer(required=False, allow_null=True)
    province = serializers.CharField(allow_null=True, help_text="Edition and code of the province of delivery.")
    state = serializers.ChoiceField(choices=Requirement.State.choices)
    state_reason = serializers.CharField(required=False)
    opened_at = MomentField(allow_null=True)
    content_version = serializers.IntegerField(required=False)
    created_at = MomentField(required=False)
    updated_at = MomentField(required=False)

    def to_representation(self, requirement: Requirement) -> dict[str, Any]:
        plant = requirement.plant
        whole = {
            **values_of(requirement),
            **{name: getattr(requirement, name) for name in OWN_FIELDS},
            "id": requirement.public_id,
            "buyer_name": str(requirement.buyer),
            "delivery": delivery_of(plant) if plant else None,
            "province": plant.province_key if plant else None,
        }
        return shown_to(reader_of(requirement, self.context["request"].auth), super().to_representation(whole))


REQUIREMENT = Expansion(
    visible_to=lambda reader: (
        Requirement.objects.visible_to(reader).known_to(reader).with_content().select_related("buyer__organisation")
    ),
    serializer=RequirementSerializer,
)


class HistorySerializer(serializers.Serializer[Any]):
    """Something that happened to a requirement, newest first."""

    topic = serializers.CharField()
    at = MomentField()
    acted_for = serializers.ChoiceField(
        choices=Organisation.Kind.choices, allow_null=True, help_text="For whom it was done; null: by itself."
    )
    actor = serializers.CharField(allow_null=True, help_text="Who did it, for readers of the same organisation.")
    reason = serializers.CharField(required=False)
    content_version = serializers.IntegerField(allow_null=True)
    content = serializers.JSONField(allow_null=True, help_text="What was asked from then on, where that changed.")
