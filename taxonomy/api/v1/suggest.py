"""Which terms a text names."""

import unicodedata
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.fields import StrictSerializer, TextField
from config.api.views import StrictView
from taxonomy.models import Kind
from taxonomy.resolver import Outcome
from taxonomy.spotting import LONGEST_TEXT, SPOTTED, Spotted, spot

KINDS = [(kind.value, kind.label) for kind in SPOTTED]


class SuggestWriter(StrictSerializer):
    """A text in Vietnamese or English."""

    text = TextField(max_length=LONGEST_TEXT, help_text="As somebody wrote it.")
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=KINDS),
        required=False,
        min_length=1,
        max_length=len(SPOTTED),
        help_text="What to look for; all three unless given.",
    )


class SpottedSerializer(serializers.Serializer[dict[str, Any]]):
    """A term, where it stands in `text`, and what it means."""

    start = serializers.IntegerField(help_text="Characters before it, in the answer's `text`.")
    end = serializers.IntegerField(help_text="Characters up to its end.")
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome if outcome != Outcome.UNKNOWN])
    code = serializers.CharField(allow_null=True, help_text="Null where somebody must choose among the candidates.")
    candidates = serializers.ListField(child=serializers.CharField())
    confidence = serializers.FloatField(help_text="From 0 to 1.")
    denied = serializers.BooleanField(help_text="Whether the text says that it is not wanted.")


class SuggestSerializer(serializers.Serializer[dict[str, Any]]):
    """The terms of a text, in its order."""

    text = serializers.CharField(help_text="In NFC; the places count in it.")
    terms = SpottedSerializer(many=True)


class SuggestView(StrictView):
    """The terms that a text names."""

    permission_classes = [AllowAny]
    post_changes_nothing = True
    limit = "search"

    @extend_schema(
        operation_id="taxonomy_suggest",
        summary="Codes for the processes, materials and standards that a text names",
        request=SuggestWriter,
        responses=SuggestSerializer,
    )
    def post(self, request: Request) -> Response:
        """Words that can mean several things come with their candidates; nothing is guessed."""
        writer = SuggestWriter(data=request.data)
        writer.is_valid(raise_exception=True)
        text = unicodedata.normalize("NFC", writer.validated_data["text"])
        kinds = [Kind(kind) for kind in dict.fromkeys(writer.validated_data.get("kinds", SPOTTED))]
        return Response({"text": text, "terms": [told(text, term) for term in spot(text, kinds=kinds)]})


def told(text: str, term: Spotted) -> dict[str, Any]:
    """A term as the API tells it."""
    return {
        "start": term.start,
        "end": term.end,
        "text": text[term.start : term.end],
        "kind": term.meaning.kind.value,
        "outcome": term.meaning.outcome.value,
        "code": term.meaning.code,
        "candidates": list(term.meaning.candidates),
        "confidence": term.meaning.confidence,
        "denied": term.is_denied,
    }
