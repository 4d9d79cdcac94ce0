"""Judgements from which weights follow, and what other methods make of a ranking, on the wire."""

from dataclasses import fields
from math import isnan
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from buyers.models import Criterion
from config.api.acts import LONGEST_REASON
from config.api.fields import MeasureField, MomentField, StrictSerializer, TextField
from matchmaking.api.v1.match_serializers import MOST, USUALLY
from matchmaking.decisions.best_worst import MODELS
from matchmaking.decisions.pairwise import LARGEST, MOST_CRITERIA
from matchmaking.decisions.promethee import FUNCTIONS
from matchmaking.decisions.second_opinion import NORMALISATIONS
from matchmaking.engine.ranking import ELIGIBILITIES
from matchmaking.services.second_opinions import Asked

KEYS = Criterion.Key.choices
METHODS = ("topsis", "vikor", "promethee_ii")
ASKED = frozenset(field.name for field in fields(Asked))
"""Parameters of a second opinion."""
USUAL = Asked()


class JudgementWriter(StrictSerializer):
    """How one criterion compares with another."""

    criterion = serializers.ChoiceField(choices=KEYS)
    over = serializers.ChoiceField(choices=KEYS)
    times = MeasureField(
        min_value=0.11,
        max_value=LARGEST,
        help_text="How many times `criterion` matters as much as `over`: 9 far more, 1 as much, 0.1111 (1/9) far less.",
    )

    def validate_times(self, times: float) -> float:
        return max(times, 1 / LARGEST)


class PairwiseWriter(StrictSerializer):
    """Every two criteria compared (AHP)."""

    judgements = JudgementWriter(many=True, max_length=MOST_CRITERIA * (MOST_CRITERIA - 1) // 2)  # type: ignore[call-arg]  # the list takes it

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        rows = attrs["judgements"]
        pairs = [(row["criterion"], row["over"]) for row in rows]
        if repeated := next((pair for pair in pairs if pairs.count(pair) > 1), None):
            raise serializers.ValidationError({"judgements": f"{repeated[0]} / {repeated[1]}"}, code="repeated")
        criteria = list(dict.fromkeys(key for pair in pairs for key in pair)) or [Criterion.Key.PROCESS.value]
        return {"criteria": criteria, "judgements": {pair: row["times"] for pair, row in zip(pairs, rows, strict=True)}}


class ComparisonsWriter(StrictSerializer):
    """By criterion, 1 to 9."""

    def get_fields(self) -> dict[str, Any]:
        return {key: MeasureField(min_value=1, max_value=9, required=False) for key in Criterion.Key.values}


class BestWorstWriter(StrictSerializer):
    """Every criterion compared with the one that matters most and the one that matters least (BWM)."""

    best = serializers.ChoiceField(choices=KEYS)
    worst = serializers.ChoiceField(choices=KEYS)
    best_to_others = ComparisonsWriter(help_text="How many times the best matters as much as each.")
    others_to_worst = ComparisonsWriter(help_text="How many times each matters as much as the worst.")
    model = serializers.ChoiceField(
        choices=MODELS,
        default="linear",
        help_text="Whether differences of weights (linear, J. Rezaei, 2016) or their ratios (2015) follow the answers.",
    )


class WeighWriter(StrictSerializer):
    """Judgements of one kind on all criteria that the requirement asks."""

    rank_order = serializers.ListField(
        child=serializers.ListField(child=serializers.ChoiceField(choices=KEYS), min_length=1),
        required=False,
        max_length=len(KEYS),
        help_text="Places, what matters most first; criteria in one place matter alike.",
    )
    pairwise = PairwiseWriter(required=False)
    best_worst = BestWorstWriter(required=False)
    preview = serializers.BooleanField(default=False, help_text="Only say what the weights would be.")
    reason = TextField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_REASON,
        help_text="Why comparisons with a consistency ratio above 0.10 are taken nevertheless. Kept in the history.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        methods = [name for name in ("rank_order", "pairwise", "best_worst") if name in attrs]
        if len(methods) != 1:
            raise serializers.ValidationError("Give one of rank_order, pairwise and best_worst.", code="one_of")
        (method,) = methods
        judgement = attrs.pop(method)
        return {**attrs, "method": method, "judgement": judgement}


class WeighedSerializer(serializers.Serializer[Any]):
    """What the judgements come to."""

    requirement = serializers.CharField(source="requirement.public_id")
    requirement_version = serializers.IntegerField(source="requirement.content_version")
    method = serializers.ChoiceField(choices=("rank_order", "pairwise", "best_worst"))
    weights = serializers.DictField(child=serializers.FloatField(), help_text="By criterion; they sum to 1.")
    consistency_ratio = serializers.FloatField(
        allow_null=True, help_text="0 where all judgements agree; null where they cannot disagree."
    )
    largest_eigenvalue = serializers.FloatField(
        allow_null=True, help_text="Of comparisons in pairs: the number of criteria where they agree fully."
    )
    deviation = serializers.FloatField(
        allow_null=True, help_text="Of best and worst: ξ, by which the weights miss the answers; 0 where these agree."
    )
    criteria_in_doubt = serializers.ListField(
        child=serializers.CharField(), help_text="Those whose judgements agree least; empty where all agree."
    )
    sentence = serializers.CharField(help_text="How they disagree, in the language of Accept-Language: vi or en.")
    is_stored = serializers.BooleanField(help_text="Whether the requirement has these weights now.")


class WeighingSerializer(serializers.Serializer[Any]):
    """How weights were found, as they are now."""

    requirement = serializers.CharField()
    method = serializers.ChoiceField(
        choices=("usual", "direct", "rank_order", "pairwise", "best_worst"),
        help_text="`usual`: nobody has set weights. `direct`: they were given as figures, the last time at least.",
    )
    weights = serializers.DictField(child=serializers.FloatField(), help_text="By criterion, those that were set.")
    consistency_ratio = serializers.FloatField(
        allow_null=True, help_text="Of comparisons: 0 where all agree; null where there were none."
    )
    criteria_in_doubt = serializers.ListField(
        child=serializers.CharField(), help_text="Those whose judgements agree least; empty where all agree."
    )
    reason = serializers.CharField(help_text="Why judgements that contradict each other were taken nevertheless.")
    found_at = MomentField(allow_null=True)


class ShareField(serializers.FloatField):
    """Of a query: a number from 0 to 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=1, **kwargs)

    def to_internal_value(self, data: Any) -> float:
        number = super().to_internal_value(data)
        if isnan(number):  # which no bound stops
            self.fail("invalid")
        return number


class OpinionQuerySerializer(StrictSerializer):
    """What the methods are told."""

    normalisation = serializers.ChoiceField(
        choices=NORMALISATIONS,
        default=USUAL.normalisation,
        help_text="Of TOPSIS, how columns are brought on one scale: it can decide who comes first.",
    )
    v = ShareField(
        default=USUAL.v,
        help_text="Of VIKOR: how much the regret over all criteria counts, the rest being that in the worst of them.",
    )
    preference_function = serializers.ChoiceField(
        choices=FUNCTIONS, default=USUAL.preference_function, help_text="Of PROMETHEE II."
    )
    indifference = ShareField(
        default=USUAL.indifference,
        help_text="Of PROMETHEE II (u_shape, level, linear): differences of values up to this count as none.",
    )
    preference = ShareField(
        default=USUAL.preference,
        help_text="Of PROMETHEE II: from this on they count in full; gaussian: they count most quickly more.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["preference_function"] in ("level", "linear") and attrs["indifference"] > attrs["preference"]:
            text = _("The indifference must not be above the preference.")
            raise serializers.ValidationError({"indifference": text}, code="above_preference")
        return attrs

    def told(self) -> Asked:
        return Asked(**{name: self.validated_data[name] for name in ASKED})


class RunOpinionQuerySerializer(OpinionQuerySerializer):
    top = serializers.IntegerField(min_value=1, max_value=MOST, default=USUALLY, help_text="At most so many lines.")


class DisagreementSerializer(serializers.Serializer[Any]):
    """Two suppliers that stand the other way round."""

    ours = serializers.CharField(help_text="The supplier that comes first in our order.")
    theirs = serializers.CharField(help_text="The one that comes first in the other.")
    for_ours = serializers.ListField(child=serializers.CharField(), help_text="Criteria in which ours is better.")
    for_theirs = serializers.ListField(child=serializers.CharField(), help_text="Criteria in which theirs is.")
    by_eligibility = serializers.BooleanField(help_text="Whether our order parts them by their gates.")
    sentence = serializers.CharField(help_text="In the language of Accept-Language: vi or en.")


class OpinionSerializer(serializers.Serializer[Any]):
    """One method's order beside ours."""

    method = serializers.ChoiceField(choices=METHODS)
    normalisation = serializers.CharField()
    parameters = serializers.DictField()
    kendall_tau = serializers.FloatField(
        allow_null=True,
        help_text="τ-b, in which ties count: 1 the same order, -1 reversed; null where one of them ties all.",
    )
    compromise = serializers.ListField(
        child=serializers.CharField(), help_text="Suppliers that VIKOR proposes together, best first."
    )
    conditions = serializers.DictField(
        child=serializers.BooleanField(),
        help_text="Of VIKOR: whether the first has an acceptable_advantage and acceptable_stability.",
    )
    disagreements = DisagreementSerializer(many=True, help_text="At most five, those furthest apart first.")


class OpinedSupplierSerializer(serializers.Serializer[Any]):
    """A supplier in our order, and its rank and score by each method."""

    supplier = serializers.CharField()
    legal_name = serializers.CharField(allow_null=True)
    trade_name = serializers.CharField(allow_null=True)
    place = serializers.IntegerField(help_text="From 1, in our order, among those compared.")
    eligibility = serializers.ChoiceField(choices=ELIGIBILITIES)
    score = serializers.FloatField()
    values = serializers.DictField(child=serializers.FloatField(), help_text="What is known to be met, by criterion.")
    ranks = serializers.DictField(child=serializers.IntegerField(), help_text="By method; ties share a rank.")
    scores = serializers.DictField(child=serializers.FloatField(), help_text="By method, in its own measure.")
    parts = serializers.DictField(
        child=serializers.DictField(child=serializers.FloatField()),
        help_text="What they are made of: distances to_best, to_worst; regrets S, R; flows positive, negative.",
    )


class SecondOpinionSerializer(serializers.Serializer[Any]):
    """What TOPSIS, VIKOR and PROMETHEE II make of the same figures."""

    requirement = serializers.CharField()
    requirement_version = serializers.IntegerField()
    as_of = serializers.DateField(help_text="The day, in Vietnam, on which facts are aged.")
    engine_version = serializers.CharField()
    weights = serializers.DictField(child=serializers.FloatField(), help_text="By criterion; only ratios matter.")
    opinions = OpinionSerializer(many=True)
    results = OpinedSupplierSerializer(many=True)
