"""Rankings on the wire. Answers are built by `matchmaking.presentation`; these serializers describe them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from buyers.models import Criterion
from config.api.fields import StrictSerializer
from matchmaking.engine.ranking import ELIGIBILITIES

MOST = 200
USUALLY = 20
ORDERS = ("score", "potential")
GATES = ("passed", "unconfirmed", "failed")
VERDICTS = ("meets", "near", "below", "unknown")


@extend_schema_field(str)
class EligibilitiesField(serializers.Field[tuple[str, ...], str, str, Any]):
    """Eligibilities, separated by commas."""

    default_error_messages = {"unknown": _("Any of eligible, unconfirmed, near_miss, separated by commas.")}

    def to_internal_value(self, data: str) -> tuple[str, ...]:
        chosen = set(data.split(","))
        if not chosen <= set(ELIGIBILITIES):
            self.fail("unknown")
        return tuple(sorted(chosen))


class SelectionSerializer(StrictSerializer):
    """Which lines of a ranking are wanted, in which order."""

    eligibility = EligibilitiesField(
        required=False, help_text="Any of eligible, unconfirmed, near_miss, separated by commas; all unless given."
    )
    order = serializers.ChoiceField(
        choices=ORDERS,
        default="score",
        help_text="`potential` is for scouting: what suppliers could reach if everything open were confirmed.",
    )
    top = serializers.IntegerField(min_value=1, max_value=MOST, default=USUALLY, help_text="At most so many lines.")


class OpportunitySelectionSerializer(StrictSerializer):
    """Which of a supplier's opportunities are wanted."""

    eligibility = EligibilitiesField(
        required=False, help_text="Any of eligible, unconfirmed, near_miss, separated by commas; all unless given."
    )
    top = serializers.IntegerField(min_value=1, max_value=MOST, default=USUALLY, help_text="At most so many lines.")


class ProofSerializer(serializers.Serializer[Any]):
    """How well the fact is proved: the weakest, where there are several."""

    level = serializers.IntegerField(help_text="From 0 (declared) to 4 (confirmed by a buyer).")
    observed = serializers.DateField()


class FindingSerializer(serializers.Serializer[Any]):
    """What was asked and what was found. Figures that the reader may not know are null."""

    value = serializers.FloatField(allow_null=True, help_text="From 0 to 1 (fully meets); null where unknown.")
    confidence = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    verdict = serializers.ChoiceField(choices=VERDICTS)
    gate = serializers.ChoiceField(choices=GATES, allow_null=True, help_text="Null where the criterion is no gate.")
    required = serializers.JSONField(allow_null=True)  # type: ignore[assignment]  # the metaclass takes fields away
    actual = serializers.JSONField(allow_null=True, help_text="Free capacity to two significant figures only.")
    unit = serializers.CharField(allow_null=True)
    gap = serializers.JSONField(
        allow_null=True,
        help_text="By how much a figure misses what is required, in `unit` (of sizes on the tightest side), or the "
        "codes that are missing; null where nothing is, or it cannot be measured.",
    )
    evidence = ProofSerializer(allow_null=True)
    sentence = serializers.CharField(help_text="In the language of Accept-Language: vi or en.")


class PartSerializer(FindingSerializer):
    """A criterion's share of one operation or standard."""

    operation = serializers.CharField(required=False)
    capability = serializers.CharField(required=False, allow_null=True)
    standard = serializers.CharField(required=False)


class CriterionSerializer(FindingSerializer):
    """What one criterion says of one supplier; where it has several parts, figures are those of the weakest."""

    mode = serializers.ChoiceField(choices=Criterion.Mode.choices)
    weight = serializers.FloatField()
    contribution = serializers.FloatField(allow_null=True, help_text="Weight × low ÷ sum of weights.")
    parts = PartSerializer(many=True, help_text="Empty where there is only one.")


class QuestionSerializer(serializers.Serializer[Any]):
    """A fact that is unknown, too broad, stale or weakly proved, and what its confirmation would be worth."""

    criterion = serializers.CharField()
    operation = serializers.CharField(required=False)
    capability = serializers.CharField(required=False)
    standard = serializers.CharField(required=False)
    level = serializers.IntegerField(
        allow_null=True, help_text="To which evidence level to confirm it; null where levels do not apply."
    )
    gain = serializers.FloatField(
        help_text="What the score would gain if it were confirmed today in the supplier's favour."
    )
    settles = serializers.BooleanField(help_text="Whether that would settle a gate.")
    sentence = serializers.CharField(help_text="In the language of Accept-Language: vi or en.")


class ChosenSerializer(serializers.Serializer[Any]):
    """The capability that an operation takes."""

    operation = serializers.CharField(help_text="Its place, from 1.")
    process = serializers.CharField()
    capability = serializers.CharField(allow_null=True)


class MatchSerializer(serializers.Serializer[Any]):
    """A supplier's line."""

    supplier = serializers.CharField()
    legal_name = serializers.CharField()
    trade_name = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True, help_text="By score. Null for a supplier that reads its own line.")
    eligibility = serializers.ChoiceField(choices=ELIGIBILITIES)
    score = serializers.FloatField(help_text="What is known to be met, from 0 to 1.")
    potential = serializers.FloatField(help_text="What it could be if everything open were confirmed.")
    failed = serializers.ListField(child=serializers.CharField(), help_text="Keys of criteria, by name.")
    unconfirmed = serializers.ListField(child=serializers.CharField())
    operations = ChosenSerializer(many=True)
    criteria = serializers.DictField(child=CriterionSerializer(), help_text="By key.")
    ask_next = QuestionSerializer(many=True, help_text="The three facts most worth asking for, the best first.")


class ResponsivenessSerializer(serializers.Serializer[Any]):
    """How a buyer answered within the last two years. Shares are from 0 to 1; of nothing, null."""

    offers = serializers.IntegerField(
        help_text="Suppliers' offers that were answered, or were not before they expired or the requirement ended."
    )
    answered = serializers.IntegerField(help_text="Of them, accepted or declined.")
    share_answered = serializers.FloatField(allow_null=True)
    median_days_to_answer = serializers.FloatField(allow_null=True)
    requirements_ended = serializers.IntegerField(help_text="Requirements that were opened, and have ended.")
    awarded = serializers.IntegerField(help_text="Of them, awarded to a supplier.")
    share_awarded = serializers.FloatField(allow_null=True)


class OpportunitySerializer(serializers.Serializer[Any]):
    """How a supplier does for one requirement: the line of that requirement's ranking, without the rank."""

    requirement = serializers.CharField()
    title = serializers.CharField()
    answer_by = serializers.DateField(allow_null=True, help_text="The last day for answers.")
    eligibility = serializers.ChoiceField(choices=ELIGIBILITIES)
    score = serializers.FloatField(help_text="What is known to be met, from 0 to 1.")
    potential = serializers.FloatField(help_text="What it could be if everything open were confirmed.")
    failed = serializers.ListField(child=serializers.CharField(), help_text="Keys of criteria, by name.")
    unconfirmed = serializers.ListField(child=serializers.CharField())
    operations = ChosenSerializer(many=True)
    criteria = serializers.DictField(child=CriterionSerializer(), help_text="By key.")
    ask_next = QuestionSerializer(many=True, help_text="The three facts most worth asking for, the best first.")
    responsiveness = ResponsivenessSerializer(
        allow_null=True, help_text="Null where you may not know the buyer: the figures would tell which one it is."
    )


class CountsSerializer(serializers.Serializer[Any]):
    """How many suppliers there are of each eligibility, shown or not."""

    eligible = serializers.IntegerField()
    unconfirmed = serializers.IntegerField()
    near_miss = serializers.IntegerField()


class RankingSerializer(serializers.Serializer[Any]):
    """Suppliers in order of rank."""

    requirement = serializers.CharField(allow_null=True, help_text="Null for one that is not saved.")
    requirement_version = serializers.IntegerField(
        allow_null=True, help_text="Null where nothing is saved, and for suppliers that may not know the buyer."
    )
    as_of = serializers.DateField(help_text="The day, in Vietnam, on which facts are aged.")
    engine_version = serializers.CharField()
    order = serializers.ChoiceField(choices=ORDERS)
    counts = CountsSerializer(allow_null=True)
    sha256 = serializers.CharField(help_text="Over the engine's version and its part of the results, as shown here.")
    note = serializers.CharField(help_text="Why there are no results, where there are none.")
    results = MatchSerializer(many=True)


class RequirementCountsSerializer(serializers.Serializer[Any]):
    """How many requirements there are of each eligibility, shown or not."""

    eligible = serializers.IntegerField()
    unconfirmed = serializers.IntegerField()
    near_miss = serializers.IntegerField()


class OpportunitiesSerializer(serializers.Serializer[Any]):
    """Open requirements that a supplier could win, the best first."""

    supplier = serializers.CharField()
    as_of = serializers.DateField(help_text="The day, in Vietnam, on which facts are aged.")
    engine_version = serializers.CharField()
    counts = RequirementCountsSerializer()
    note = serializers.CharField(help_text="Why there are no results, where there are none.")
    results = OpportunitySerializer(many=True)
