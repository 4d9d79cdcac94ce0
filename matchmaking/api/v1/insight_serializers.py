"""What is said about a ranking as a whole: what would let more in, and how firmly its first places stand."""

from typing import Any

from rest_framework import serializers

from config.api.fields import StrictSerializer
from matchmaking.api.v1.match_serializers import MOST, USUALLY, CountsSerializer
from matchmaking.engine.ranking import ELIGIBILITIES


class TopSerializer(StrictSerializer):
    """How many lines are wanted."""

    top = serializers.IntegerField(min_value=1, max_value=MOST, default=USUALLY, help_text="At most so many lines.")


class InsightSerializer(serializers.Serializer[Any]):
    """On which requirement, facts and day the rest stands."""

    requirement = serializers.CharField()
    requirement_version = serializers.IntegerField()
    as_of = serializers.DateField(help_text="The day, in Vietnam, on which facts are aged.")
    engine_version = serializers.CharField()
    counts = CountsSerializer()
    note = serializers.CharField(help_text="Why there is nothing to tell, where there is nothing.")


class DroppedSerializer(serializers.Serializer[Any]):
    """A set of gates, and whom it keeps out."""

    gates = serializers.ListField(child=serializers.CharField(), help_text="Keys of criteria, one to three.")
    joins = serializers.IntegerField(help_text="How many near misses would fail nothing if just these were dropped.")
    eligible = serializers.IntegerField(help_text="How many of them would be eligible, with nothing left to confirm.")
    sentence = serializers.CharField(help_text="In the language of Accept-Language: vi or en.")


class LooserTargetSerializer(serializers.Serializer[Any]):
    """The smallest change of a target that lets in at least so many near misses."""

    wanted = serializers.IntegerField(help_text="1, 5 or 10.")
    target = serializers.JSONField(help_text="What to ask instead, in `unit`; three sides for sizes.")
    far_km = serializers.FloatField(
        allow_null=True, help_text="Where `target` is near_km and would reach far_km: what far_km then has to be."
    )
    joins = serializers.IntegerField(help_text="How many near misses then fail nothing.")
    eligible = serializers.IntegerField(help_text="How many of them would be eligible, with nothing left to confirm.")
    sentence = serializers.CharField(help_text="In the language of Accept-Language: vi or en.")


class AskedFigureSerializer(serializers.Serializer[Any]):
    """A figure that a gate asks, and by how much it would have to give."""

    criterion = serializers.CharField()
    operation = serializers.CharField(allow_null=True, help_text="Its place, from 1; null where all are asked alike.")
    process = serializers.CharField(allow_null=True)
    required = serializers.JSONField()  # type: ignore[assignment]  # the metaclass takes fields away
    unit = serializers.CharField(allow_null=True)
    steps = LooserTargetSerializer(many=True, help_text="Fewer than three where no change lets in so many.")


class RelaxationsSerializer(InsightSerializer):
    """What the requirement could give up, one thing or a few at a time, and how many more suppliers that lets in."""

    without_process = serializers.IntegerField(help_text="Near misses that lack a process: nothing here lets them in.")
    dropped = DroppedSerializer(
        many=True,
        help_text="Every set of at most three gates that keeps somebody out; fewer first, then more joins.",
    )
    targets = AskedFigureSerializer(many=True, help_text="Every figure that a gate asks.")


class PlacesSerializer(serializers.Serializer[Any]):
    """How often a supplier took which place when weights and values were drawn anew."""

    supplier = serializers.CharField()
    legal_name = serializers.CharField()
    trade_name = serializers.CharField()
    rank = serializers.IntegerField()
    eligibility = serializers.ChoiceField(choices=ELIGIBILITIES)
    score = serializers.FloatField()
    potential = serializers.FloatField()
    acceptability = serializers.ListField(
        child=serializers.FloatField(),
        help_text="The share of samples in which it takes each of the first ten places.",
    )
    mean_rank = serializers.FloatField()
    central_weights = serializers.DictField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="By criterion, the mean of the weights with which it came first; null where it never did.",
    )


class StabilitySerializer(InsightSerializer):
    """How firmly the first places stand, whatever the exact weights and the values within their intervals."""

    considered = serializers.IntegerField(help_text="How many suppliers compete for places: at most the first 200.")
    samples = serializers.IntegerField()
    seed = serializers.CharField(help_text="The same for the same input, and with it all shares.")
    results = PlacesSerializer(many=True)
