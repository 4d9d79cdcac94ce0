"""From a purchaser's own words to the body of a requirement."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import SignedInToRead
from accounts.principals import Principal
from buyers.api.v1.writers import PreviewWriter
from buyers.drafting.draft import draft_from
from buyers.drafting.model import Draft, Reading
from buyers.models import Plant
from config.api.fields import StrictSerializer, TextField
from config.api.views import StrictView
from config.errors import NotAllowedError
from taxonomy.spotting import LONGEST_TEXT

QUESTIONS = {
    "ambiguous": _("This can mean several things: choose one of the candidates."),
    "superseded": _("This is withdrawn: its successor is among the candidates."),
    "denied": _("The text says that this is not wanted."),
    "thing": _("Is this to be made too, or is it what the work is done on?"),
    "no_process": _("No process is named to which this could belong."),
    "length_missing": _("How long is the part? With its length this becomes a size."),
    "quantity_without_period": _("In which period is this quantity needed?"),
    "said_twice": _("The text states this twice, and differently: the other figure was taken."),
    "plant": _("To which of your plants is it delivered?"),
}
"""What is to be asked, by the code of a reading's question."""


class TextWriter(StrictSerializer):
    """What a purchaser wrote, in Vietnamese or English."""

    text = TextField(max_length=LONGEST_TEXT)


class ReadingSerializer(serializers.Serializer[Any]):
    """A part of the text, and what was made of it."""

    start = serializers.IntegerField(help_text="Characters before it, in the answer's `text`.")
    end = serializers.IntegerField(help_text="Characters up to its end.")
    text = serializers.CharField()
    pointer = serializers.CharField(allow_null=True, help_text="JSON pointer into `requirement`; null: nothing filled.")
    value = serializers.JSONField(allow_null=True, help_text="In the unit that the field names.")
    confidence = serializers.FloatField(help_text="From 0 to 1.")
    question = serializers.ChoiceField(choices=list(QUESTIONS), allow_null=True)
    detail = serializers.CharField(allow_null=True, help_text="The question in words.")
    candidates = serializers.ListField(child=serializers.CharField(), help_text="Codes that it could mean.")


class PlaceSerializer(serializers.Serializer[Any]):
    """Where the text wants the parts."""

    park = serializers.CharField(allow_null=True, help_text="Code of an industrial park.")
    province = serializers.CharField(allow_null=True, help_text="Edition and code, such as 2025:24.")


class UnreadSerializer(serializers.Serializer[Any]):
    """Words of which nothing was made."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()


class DraftSerializer(serializers.Serializer[Any]):
    """A draft that is not saved. `requirement` can be changed and sent to `POST /requirements`."""

    text = serializers.CharField(help_text="In NFC; the places count in it.")
    requirement = PreviewWriter(help_text="Only what the text states.")
    place = PlaceSerializer(allow_null=True)
    readings = ReadingSerializer(many=True)
    not_understood = UnreadSerializer(many=True)


class DraftFromTextView(StrictView):
    """A draft requirement from free text."""

    permission_classes = [SignedInToRead]
    post_changes_nothing = True
    limit = "search"

    @extend_schema(
        operation_id="requirements_draft_from_text",
        summary="Read a purchaser's text as a draft requirement",
        request=TextWriter,
        responses=DraftSerializer,
    )
    def post(self, request: Request) -> Response:
        """For buyers and staff; nothing is stored. Each field comes with the words that state it and a confidence; what
        leaves a doubt is asked, and nothing is invented."""
        if not (request.auth.is_buyer or request.auth.is_staff):
            raise NotAllowedError
        writer = TextWriter(data=request.data)
        writer.is_valid(raise_exception=True)
        draft = draft_from(writer.validated_data["text"])
        return Response(shown(draft, plant=plant_at(draft, request.auth)))


def plant_at(draft: Draft, principal: Principal) -> str | None:
    """The caller's only plant at the place that the text names, if it has just one there."""
    if not (draft.place and principal.is_buyer):
        return None
    edition, _colon, code = (draft.place["province"] or "").partition(":")
    here = Q(province__edition=edition, province__code=code) | Q(
        park__province__edition=edition, park__province__code=code
    )
    if draft.place["park"]:
        here = Q(park__code=draft.place["park"])
    own = Plant.objects.visible_to(principal).filter(here).order_by("pk")
    found = list(own.values_list("public_id", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def shown(draft: Draft, *, plant: str | None) -> dict[str, Any]:
    """A draft as the API tells it."""
    # Every requirement has a list of operations, so it is there, and empty, where the text names no process.
    requirement = {"operations": [], **draft.requirement, **({"plant": plant} if plant else {})}
    return {
        "text": draft.text,
        "requirement": requirement,
        "place": draft.place,
        "readings": [_shown_reading(draft, reading, plant) for reading in draft.readings],
        "not_understood": [
            {"start": start, "end": end, "text": draft.text[start:end]} for start, end in draft.not_understood
        ],
    }


def _shown_reading(draft: Draft, reading: Reading, plant: str | None) -> dict[str, Any]:
    question = reading.question or None
    value: Any = reading.value
    if question == "plant":
        question, value = (None, plant) if plant else (question, value)
    return {
        "start": reading.start,
        "end": reading.end,
        "text": draft.text[reading.start : reading.end],
        "pointer": None if question == "plant" else reading.field or None,
        "value": value,
        "confidence": reading.confidence,
        "question": question,
        "detail": str(QUESTIONS[question]) if question else None,
        "candidates": list(reading.candidates),
    }
