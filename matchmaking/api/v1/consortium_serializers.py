"""Suppliers that share the operations of a requirement, on the wire."""

from typing import Any

from rest_framework import serializers

from config.api.fields import PublicIdField, StrictSerializer, TextField
from matchmaking.api.v1.shortlist_serializers import AskedSerializer
from matchmaking.services.consortia import MOST_FIRMS, USUAL_FIRMS, ConsortiumQuestion
from suppliers.models import Supplier
from taxonomy.api.fields import ProvinceField

MOST_SETS = 10
FEWEST_MEMBERS = 2


class ConsortiumQuerySerializer(StrictSerializer):
    """What is wanted of the members."""

    unconfirmed = serializers.BooleanField(
        default=False, help_text="Also suppliers with gates that are not confirmed yet."
    )
    most_firms = serializers.IntegerField(min_value=1, max_value=MOST_FIRMS, default=USUAL_FIRMS)
    top = serializers.IntegerField(min_value=1, max_value=MOST_SETS, default=5, help_text="At most so many proposals.")
    within_km = serializers.IntegerField(
        min_value=1, max_value=20_000, required=False, help_text="Only sites so near to the requirement's plant."
    )
    in_corridor = serializers.BooleanField(
        default=False, help_text="Only sites in the plant's province, or on a corridor with it."
    )
    province = ProvinceField(
        required=False, help_text="Only sites there: edition and code, as 2025:01; of old where the address names it."
    )

    def question(self) -> ConsortiumQuestion:
        return ConsortiumQuestion(eligibility=self.eligibility, **self._of_all)

    @property
    def eligibility(self) -> tuple[str, ...]:
        return ("eligible", "unconfirmed") if self.validated_data["unconfirmed"] else ("eligible",)

    @property
    def _of_all(self) -> dict[str, Any]:
        """What is wanted of each of the members alike."""
        places = {name: self.validated_data.get(name) for name in ("within_km", "in_corridor", "province")}
        return {**places, "most_firms": self.validated_data["most_firms"], "most_sets": self.validated_data["top"]}


class OwnConsortiumQuerySerializer(ConsortiumQuerySerializer):
    """For which requirement, and what is wanted of the members."""

    requirement = TextField(max_length=40, help_text="Id of an open one that the firm sees.")
    unconfirmed = serializers.BooleanField(
        default=False, help_text="Also where gates of the firm itself are not confirmed yet; others pass them all."
    )

    def question(self) -> ConsortiumQuestion:
        return ConsortiumQuestion(member_eligibility=self.eligibility, **self._of_all)


class MemberSerializer(serializers.Serializer[Any]):
    """Who does an operation, and with what."""

    operation = serializers.CharField(help_text="Its place, from 1.")
    process = serializers.CharField()
    supplier = serializers.CharField()
    legal_name = serializers.CharField()
    trade_name = serializers.CharField()
    capability = serializers.CharField()
    score = serializers.FloatField(help_text="Before this operation alone, all else asked as it is.")
    lead_time_days = serializers.FloatField(allow_null=True)
    is_core = serializers.BooleanField(help_text="Whether it is a core process there.")


class ProposalSerializer(serializers.Serializer[Any]):
    """Suppliers that together can do all operations."""

    suppliers = serializers.ListField(child=serializers.CharField(), help_text="Each once.")
    lead = serializers.CharField(help_text="The supplier with most core operations; it leads.")
    mean_score = serializers.FloatField(help_text="Over the operations.")
    lead_time_days = serializers.FloatField(allow_null=True, help_text="Of all steps, one after another.")
    members = MemberSerializer(many=True, help_text="In the order of the operations.")
    sentence = serializers.CharField(help_text="In the language of Accept-Language: vi or en.")


class OperationCandidatesSerializer(serializers.Serializer[Any]):
    """How many could do an operation."""

    operation = serializers.CharField(help_text="Its place, from 1.")
    process = serializers.CharField()
    candidates = serializers.IntegerField(help_text="At most the 200 best are looked at.")


class ConsortiaSerializer(serializers.Serializer[Any]):
    """The smallest sets of suppliers that together pass the gates of all operations."""

    requirement = serializers.CharField()
    requirement_version = serializers.IntegerField()
    as_of = serializers.DateField(help_text="The day, in Vietnam, on which facts are aged.")
    engine_version = serializers.CharField()
    is_proved = serializers.BooleanField(
        help_text="Whether no set is smaller, and none of that size better than the first."
    )
    fewest_suppliers = serializers.IntegerField(
        allow_null=True, help_text="No set has fewer than so many; null where there is no set."
    )
    most_mean_score = serializers.FloatField(
        allow_null=True, help_text="No set of so few has a better mean score; null where there is no set."
    )
    operations = OperationCandidatesSerializer(many=True)
    note = serializers.CharField(help_text="Why there is nothing to propose, where there is nothing.")
    results = ProposalSerializer(many=True)


class OwnOperationSerializer(serializers.Serializer[Any]):
    """An operation, and whether the firm itself could do it."""

    operation = serializers.CharField(help_text="Its place, from 1.")
    process = serializers.CharField()
    is_own = serializers.BooleanField(help_text="Whether the firm passes its gates.")


class OwnMemberSerializer(serializers.Serializer[Any]):
    """Who would do an operation, and where: what everybody may read of a published firm."""

    operation = serializers.CharField(help_text="Its place, from 1.")
    process = serializers.CharField()
    supplier = serializers.CharField()
    legal_name = serializers.CharField()
    trade_name = serializers.CharField()
    province = serializers.CharField(allow_null=True, help_text="Of the site, such as 2025:01.")


class OwnProposalSerializer(serializers.Serializer[Any]):
    """Suppliers that together can do all operations, the firm among them."""

    suppliers = serializers.ListField(child=serializers.CharField(), help_text="Each once.")
    lead = serializers.CharField(help_text="The supplier with most core operations; it leads.")
    members = OwnMemberSerializer(many=True, help_text="In the order of the operations.")
    sentence = serializers.CharField(help_text="In the language of Accept-Language: vi or en.")


class OwnConsortiaSerializer(serializers.Serializer[Any]):
    """The smallest sets of suppliers for a requirement in which one supplier takes part."""

    supplier = serializers.CharField()
    requirement = serializers.CharField()
    title = serializers.CharField()
    answer_by = serializers.DateField(allow_null=True, help_text="The last day for answers.")
    as_of = serializers.DateField(help_text="The day, in Vietnam, on which facts are aged.")
    engine_version = serializers.CharField()
    is_proved = serializers.BooleanField(
        help_text="Whether no set with the firm is smaller, and none of that size better than the first."
    )
    fewest_suppliers = serializers.IntegerField(
        allow_null=True, help_text="No set with the firm has fewer than so many; null where there is no set."
    )
    operations = OwnOperationSerializer(many=True)
    note = serializers.CharField(help_text="Why there is nothing to propose, where there is nothing.")
    results = OwnProposalSerializer(many=True)


class ConsortiumWriter(StrictSerializer):
    """Whom to ask to make it together."""

    suppliers = serializers.ListField(
        child=PublicIdField(queryset=Supplier.objects.all()),
        min_length=FEWEST_MEMBERS,
        max_length=MOST_FIRMS,
        help_text="Ids of the members.",
    )
    message = TextField(max_length=4000, allow_blank=True, default="", help_text="To each of the suppliers.")

    def validate_suppliers(self, suppliers: list[Supplier]) -> list[Supplier]:
        """Each once."""
        members = list(dict.fromkeys(suppliers))
        if len(members) < FEWEST_MEMBERS:
            self.fields["suppliers"].fail("min_length", min_length=FEWEST_MEMBERS)
        return members


class AskedConsortiumSerializer(serializers.Serializer[Any]):
    """The members, and by which connections they are asked. Answers come together at the shortlist."""

    shortlist = serializers.CharField()
    results = AskedSerializer(many=True)
