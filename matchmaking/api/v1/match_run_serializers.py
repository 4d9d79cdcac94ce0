"""Frozen rankings on the wire."""

from typing import Any

from rest_framework import serializers

from buyers.models import Criterion, Requirement
from config.api.fields import PublicIdField, ResourceSerializer, StrictSerializer
from matchmaking.api.v1.match_serializers import CountsSerializer, MatchSerializer
from matchmaking.models import MatchRun

OF_ALL_SUPPLIERS = frozenset({"counts", "beyond", "sha256"})


class FrozenCriterionSerializer(serializers.Serializer[Any]):
    """How a criterion counted."""

    mode = serializers.ChoiceField(choices=Criterion.Mode.choices)
    weight = serializers.FloatField()
    min_level = serializers.IntegerField(help_text="Least evidence level with which a gate passed.")


class MatchRunSerializer(ResourceSerializer):
    """A ranking as it was frozen. What tells of other suppliers is left out for a supplier."""

    requirement = serializers.CharField(source="requirement.public_id")
    criteria = serializers.DictField(child=FrozenCriterionSerializer(), help_text="Those that counted, by key.")
    asked = serializers.DictField(help_text="What was asked, in the words of the facts file.")
    counts = CountsSerializer(required=False)
    beyond = CountsSerializer(required=False, help_text="Those of them that came after the last line that is kept.")
    sha256 = serializers.CharField(required=False, help_text="Over the engine's version, the facts and the results.")

    class Meta:
        model = MatchRun
        fields = [
            *("id", "requirement", "requirement_version", "as_of", "engine_version", "criteria", "asked"),
            *("counts", "beyond", "sha256", "created_at"),
        ]
        read_only_fields = fields

    def to_representation(self, run: MatchRun) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(run)
        hidden = OF_ALL_SUPPLIERS if self.context["request"].auth.is_supplier else ()
        return {name: value for name, value in shown.items() if name not in hidden}


class FrozenMatchSerializer(MatchSerializer):
    """A supplier's line as it was frozen. Of one that the reader does not see today only the id is told."""

    is_available = serializers.BooleanField(help_text="Whether the supplier is published today.")
    legal_name = serializers.CharField(allow_null=True, help_text="As it is called today.")
    trade_name = serializers.CharField(allow_null=True, help_text="As it is called today.")


class FactsFileSerializer(serializers.Serializer[Any]):
    """All that a ranking rests on, as docs/matching.md describes it."""

    as_of = serializers.DateField()
    taxonomy = serializers.DictField()
    requirement = serializers.DictField()
    suppliers = serializers.ListField(child=serializers.DictField())


class MatchRunWriter(StrictSerializer):
    requirement = PublicIdField(queryset=Requirement.objects.all(), help_text="Id of your requirement; it is open.")
