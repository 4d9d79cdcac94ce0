"""The endpoint of the programme's figures."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.conditional import NO_VERSION, tagged
from config.api.views import StrictView
from matchmaking.programme.figures import figures_on

SHARE = "In percent, with one decimal; null of nothing."


class ProgrammeDefinitionSerializer(serializers.Serializer[Any]):
    """What counts as international standard."""

    text_vi = serializers.CharField()
    text_en = serializers.CharField()
    standards = serializers.ListField(child=serializers.CharField(), help_text="Names of the standards that count.")


class ProgrammeGoalsSerializer(serializers.Serializer[Any]):
    """What the city aims at."""

    share_pct = serializers.IntegerField(help_text="Share of published firms at international standard, in percent.")
    firms = serializers.IntegerField()


class ProgrammeFirmsSerializer(serializers.Serializer[Any]):
    registered = serializers.IntegerField(help_text="All that are not archived.")
    submitted = serializers.IntegerField(help_text="Of them, those that wait to be published.")
    published = serializers.IntegerField()
    international = serializers.IntegerField(help_text="Published ones at international standard on the day.")
    share_pct = serializers.FloatField(allow_null=True, help_text=SHARE)


class ProgrammeEntrySerializer(serializers.Serializer[Any]):
    """An entry of the vocabulary, as it is called on the day."""

    code = serializers.CharField(help_text="Of provinces with the edition, as 2025:24.")
    name_vi = serializers.CharField()
    name_en = serializers.CharField()


class ProgrammeBreakdownSerializer(ProgrammeEntrySerializer):
    """A firm counts for each entry that it has."""

    firms = serializers.IntegerField(help_text="Published firms.")
    international = serializers.IntegerField(help_text="Of them, those at international standard.")
    share_pct = serializers.FloatField(allow_null=True, help_text=SHARE)


class ProgrammeProvinceSerializer(ProgrammeBreakdownSerializer):
    requirements = serializers.IntegerField(help_text="Open requirements that are delivered there.")


class ProgrammeQuarterSerializer(serializers.Serializer[Any]):
    """What the share will be if no certificate is renewed."""

    quarter = serializers.CharField(help_text="Such as 2026-Q4.")
    first_day = serializers.DateField(help_text="Of the present quarter, the day of the figures.")
    last_day = serializers.DateField()
    certificates = serializers.IntegerField(help_text="Certificates that count, with their last day in the quarter.")
    international_after = serializers.IntegerField(help_text="Firms at international standard on the day after it.")
    share_pct_after = serializers.FloatField(allow_null=True, help_text=SHARE)


class ProgrammeFunnelSerializer(serializers.Serializer[Any]):
    """What became of requirements that were opened within a year; each stage holds the ones after it."""

    since = serializers.DateField()
    opened = serializers.IntegerField()
    matched = serializers.IntegerField(help_text="A supplier is or was eligible.")
    connected = serializers.IntegerField(help_text="A buyer and a supplier agreed to talk.")
    contracted = serializers.IntegerField()


class ProgrammeRequirementsSerializer(serializers.Serializer[Any]):
    open = serializers.IntegerField()
    unserved = serializers.IntegerField(help_text="Of them, those for which the last ranking found nobody eligible.")
    not_yet_matched = serializers.IntegerField(help_text="Of them, those that no nightly ranking has looked at yet.")


class ProgrammeUnmetSerializer(serializers.Serializer[Any]):
    """Open requirements of a process group that require a standard."""

    process_group = ProgrammeEntrySerializer()
    standard = ProgrammeEntrySerializer(allow_null=True, help_text="Null: they require none.")
    requirements = serializers.IntegerField()
    unserved = serializers.IntegerField(help_text="Of them, those for which nobody is eligible.")


class ProgrammeFiguresSerializer(serializers.Serializer[Any]):
    """How the programme stands on a day."""

    day = serializers.DateField(help_text="Today, in Vietnam.")
    definition = ProgrammeDefinitionSerializer()
    goals = ProgrammeGoalsSerializer()
    firms = ProgrammeFirmsSerializer()
    by_sector = ProgrammeBreakdownSerializer(many=True)
    by_process_group = ProgrammeBreakdownSerializer(many=True)
    by_province = ProgrammeProvinceSerializer(many=True, help_text="Those in force since July 2025.")
    expiring = ProgrammeQuarterSerializer(many=True, help_text="The present quarter and the next five.")
    funnel = ProgrammeFunnelSerializer()
    requirements = ProgrammeRequirementsSerializer()
    unmet = ProgrammeUnmetSerializer(many=True, help_text="Only where some are unserved, most first.")


class ProgrammeFiguresView(StrictView):
    """The figures of the start page of the admin."""

    tags_answers = True
    further_problems = (404,)

    @extend_schema(
        operation_id="programme_figures",
        summary="How the programme stands today; for staff",
        responses=ProgrammeFiguresSerializer,
    )
    def get(self, request: Request) -> Response:
        """Firms, their share at international standard with its definition, certificates that expire, requirements from
        opening to contract, and demand that nobody can meet. For everybody else there is no such thing."""
        if not request.auth.is_staff:
            raise Http404
        shown = ProgrammeFiguresSerializer(figures_on(timezone.localdate())).data
        return tagged(request, shown, version=NO_VERSION)
