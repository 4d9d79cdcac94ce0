"""The gap path on the wire. Answers are built by `matchmaking.gap_presentation`; these serializers describe them."""

from typing import Any

from rest_framework import serializers

from config.api.fields import StrictSerializer
from matchmaking.api.v1.match_serializers import RequirementCountsSerializer
from matchmaking.engine.gap_changes import EVIDENCE, FIELD_OF, LANGUAGE, STANDARD
from suppliers.api.v1.support_serializers import ConditionSerializer
from suppliers.models import SupportProgramme

MOST_PATHS = 100
USUAL_PATHS = 20
KINDS = (STANDARD, LANGUAGE, EVIDENCE, *FIELD_OF)


class GapSelectionSerializer(StrictSerializer):
    """How many are wanted."""

    top = serializers.IntegerField(
        min_value=1, max_value=MOST_PATHS, default=USUAL_PATHS, help_text="At most so many paths."
    )


class GapSupportSerializer(serializers.Serializer[Any]):
    """A support programme that helps with a change, and how the firm stands to it."""

    programme = serializers.CharField()
    name = serializers.CharField(help_text="In the language of Accept-Language: vi or en.")
    kind = serializers.ChoiceField(choices=SupportProgramme.Kind.choices)
    closes_on = serializers.DateField(help_text="The last day for applications.")
    qualifies = serializers.BooleanField(help_text="Whether the firm meets all conditions today.")
    conditions = ConditionSerializer(many=True)


class GapChangeSerializer(serializers.Serializer[Any]):
    """One thing that the firm could change."""

    kind = serializers.ChoiceField(
        choices=KINDS,
        help_text="`standard`, `language`: one more; `evidence`: what is stated is confirmed; else a better figure.",
    )
    capability = serializers.CharField(allow_null=True, help_text="Null of what the whole firm has.")
    process = serializers.CharField(allow_null=True, help_text="That of the capability.")
    standard = serializers.CharField(allow_null=True)
    language = serializers.CharField(allow_null=True)
    current = serializers.JSONField(allow_null=True, help_text="The figure as it is stated; null where it is not.")
    target = serializers.JSONField(
        allow_null=True, help_text="The new figure; of sizes three sides in mm. Of capacity what is free each month."
    )
    unit = serializers.CharField(allow_null=True)
    level = serializers.IntegerField(help_text="The evidence level that these requirements ask, at least 2 (checked).")
    sentence = serializers.CharField(help_text="In the language of Accept-Language: vi or en.")
    support = GapSupportSerializer(
        many=True,
        help_text="Programmes that take applications today: towards the standard, or credit for equipment where a"
        " machine is concerned. Those that close first come first.",
    )


class MonthlyQuantitySerializer(serializers.Serializer[Any]):
    """What requirements need each month, in one unit."""

    unit = serializers.CharField()
    quantity = serializers.FloatField()


class OpenedRequirementSerializer(serializers.Serializer[Any]):
    """A requirement for which the firm would be eligible."""

    requirement = serializers.CharField()
    title = serializers.CharField()
    answer_by = serializers.DateField(allow_null=True, help_text="The last day for answers.")


class GapPathSerializer(serializers.Serializer[Any]):
    """A change, or two, and what it opens."""

    changes = GapChangeSerializer(many=True, help_text="One or two.")
    requirements = serializers.IntegerField(help_text="How many more the firm would be eligible for.")
    only_together = serializers.IntegerField(
        allow_null=True, help_text="Of them, how many neither of two changes opens alone; null of a single change."
    )
    quantities = MonthlyQuantitySerializer(many=True, help_text="What they need each month, as far as they say.")
    opens = OpenedRequirementSerializer(many=True, help_text="At most ten of them, those to be answered first.")
    sentence = serializers.CharField(help_text="In the language of Accept-Language: vi or en.")


class GapsSerializer(serializers.Serializer[Any]):
    """What a supplier could change, what opens most first."""

    supplier = serializers.CharField()
    as_of = serializers.DateField(help_text="The day, in Vietnam, on which facts are aged.")
    engine_version = serializers.CharField()
    counts = RequirementCountsSerializer()
    changes_considered = serializers.IntegerField(help_text="So many single changes were looked at, and their pairs.")
    requirements_left_out = serializers.IntegerField(
        help_text="So many requirements were not looked at: the firm has too many capabilities or ways to serve them."
    )
    note = serializers.CharField(help_text="Why there are no results, and whether requirements were left out.")
    results = GapPathSerializer(many=True)
