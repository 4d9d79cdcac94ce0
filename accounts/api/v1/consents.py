"""Endpoints about consent: the texts, and what one has said to them."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.adapter import reader_language
from accounts.api.v1.people import person_of
from accounts.consent_texts import TEXTS, ConsentText
from accounts.models import Consent
from accounts.permissions import OpenToReaders
from config.api.conditional import NO_VERSION, tagged
from config.api.fields import MomentField, ResourceSerializer, StrictSerializer, TextField, TrueOrFalseField
from config.api.views import StrictView
from config.client_address import client_address


class ConsentTextSerializer(serializers.Serializer[Any]):
    """A text to which people agree, in the reader's language."""

    purpose = serializers.ChoiceField(choices=Consent.Purpose.choices)
    version = serializers.CharField()
    valid_from = serializers.DateField()
    is_in_force = serializers.BooleanField(help_text="Whether this is the version that is asked for now.")
    language = serializers.SerializerMethodField()
    sha256 = serializers.SerializerMethodField(help_text="Of the text in this language, hex; kept with each consent.")
    text = serializers.SerializerMethodField(help_text="Markdown.")

    def get_language(self, _text: ConsentText) -> str:
        return reader_language()

    def get_sha256(self, text: ConsentText) -> str:
        return text.sha256(reader_language())

    def get_text(self, text: ConsentText) -> str:
        return text.in_language(reader_language())


class ConsentTextsSerializer(serializers.Serializer[Any]):
    """Every text that ever was, newest first."""

    results = ConsentTextSerializer(many=True)


class ConsentSerializer(ResourceSerializer):
    """What a person once said of a purpose."""

    id = None  # type: ignore[assignment]
    stated_at = MomentField(source="created_at")

    class Meta:
        model = Consent
        fields = ["purpose", "text_version", "text_language", "text_sha256", "given", "stated_at"]
        read_only_fields = fields


class PurposeSerializer(serializers.Serializer[Any]):
    """How a person stands to one purpose."""

    purpose = serializers.ChoiceField(choices=Consent.Purpose.choices)
    text_version = serializers.CharField(help_text="Of the text in force; read it at /consent-texts.")
    given = serializers.BooleanField(allow_null=True, help_text="What you last said; null if nothing.")
    given_text_version = serializers.CharField(allow_null=True, help_text="Of the text of which you said it.")
    stated_at = MomentField(allow_null=True)
    needed = serializers.BooleanField(help_text="You have not agreed to the text in force: please read it and say so.")


class ConsentsSerializer(serializers.Serializer[Any]):
    """What one has agreed to."""

    purposes = PurposeSerializer(many=True)
    history = ConsentSerializer(many=True, help_text="Everything that you ever said, newest first.")


class ConsentWriter(StrictSerializer):
    """Yes or no to one purpose."""

    purpose = serializers.ChoiceField(choices=Consent.Purpose.choices)
    text_version = TextField(max_length=20, help_text="Of the text that you have read.")
    given = TrueOrFalseField()


class ConsentTextsView(StrictView):
    """The texts to which people agree."""

    tags_answers = True
    permission_classes = [OpenToReaders]

    @extend_schema(
        operation_id="consent_texts_list",
        summary="The texts to which people agree, in your language",
        responses=ConsentTextsSerializer,
    )
    def get(self, request: Request) -> Response:
        return tagged(request, ConsentTextsSerializer({"results": TEXTS[::-1]}).data, version=NO_VERSION)


class ConsentsView(StrictView):
    """What one has agreed to. A statement is never changed: the next one counts."""

    tags_answers = True

    @extend_schema(operation_id="me_consents_list", summary="What you have agreed to", responses=ConsentsSerializer)
    def get(self, request: Request) -> Response:
        return self._answer(request)

    @extend_schema(
        operation_id="me_consents_state",
        summary="Agree to a text, or withdraw",
        request=ConsentWriter,
        responses={201: ConsentsSerializer},
    )
    def post(self, request: Request) -> Response:
        """Withdrawing holds at once. The terms themselves are left with the account: ask for erasure."""
        person_of(request)
        writer = ConsentWriter(data=request.data)
        writer.is_valid(raise_exception=True)
        services.state_consent(
            **writer.validated_data,
            language=(get_language() or "vi").partition("-")[0],
            address=client_address(request),
            by=request.auth,
        )
        response = self._answer(request, status=201)
        response["Location"] = request.path
        return response

    def _answer(self, request: Request, *, status: int = 200) -> Response:
        person = person_of(request)
        shown = {"purposes": services.purposes_of(person), "history": person.consents.order_by("-pk")}
        return tagged(request, ConsentsSerializer(shown).data, version=NO_VERSION, status=status)
