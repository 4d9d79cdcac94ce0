"""The endpoint of a search box."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import OpenToReaders
from config.api.fields import StrictSerializer
from config.api.views import StrictView
from matchmaking.search import Group, Hit, found_entries, found_requirements, found_suppliers
from taxonomy.api.v1.views import language_of
from taxonomy.models import Kind
from taxonomy.text import nfc

TOP = 5
MOST = 20
LONGEST_QUESTION = 200


class QuestionSerializer(StrictSerializer):
    """What is asked."""

    q = serializers.CharField(
        max_length=LONGEST_QUESTION,
        help_text="Words, in Vietnamese, English, Japanese, Korean or Chinese, with or without accents.",
    )
    top = serializers.IntegerField(min_value=1, max_value=MOST, default=TOP, help_text="Most rows of each kind.")


class ReasonSerializer(serializers.Serializer[Any]):
    """Why something was found."""

    field = serializers.CharField(help_text="The field that fits; of entries of the taxonomy, what kind of spelling.")
    value = serializers.CharField(help_text="What stands in it.")


class FoundSerializer(serializers.Serializer[Any]):
    matched = ReasonSerializer(many=True)


class FoundSupplierSerializer(FoundSerializer):
    id = serializers.CharField(source="row.public_id")
    legal_name = serializers.CharField(source="row.organisation.legal_name")
    trade_name = serializers.CharField(source="row.organisation.trade_name")
    provinces = serializers.ListField(child=serializers.CharField(), source="row.search.province_references")


class FoundRequirementSerializer(FoundSerializer):
    id = serializers.CharField(source="row.public_id")
    title = serializers.CharField(source="row.title")
    state = serializers.CharField(source="row.state")
    province = serializers.SerializerMethodField()

    def get_province(self, hit: Hit[Any]) -> str | None:
        province: str | None = hit.row.asked["province"]
        return province


class FoundEntrySerializer(FoundSerializer):
    kind = serializers.ChoiceField(choices=Kind.choices, source="row.KIND")
    code = serializers.SerializerMethodField(help_text="Of provinces and industries with the edition, as 2025:24.")
    name = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")

    def get_code(self, hit: Hit[Any]) -> str:
        return str(getattr(hit.row, "reference", hit.row.code))

    def get_name(self, hit: Hit[Any]) -> str:
        return str(hit.row.name_in(self.context["language"]))


class FoundSuppliersSerializer(serializers.Serializer[Any]):
    results = FoundSupplierSerializer(many=True, source="hits")
    has_more = serializers.BooleanField(help_text="Whether the list of suppliers, asked the same q, has more.")


class FoundRequirementsSerializer(serializers.Serializer[Any]):
    results = FoundRequirementSerializer(many=True, source="hits")
    has_more = serializers.BooleanField(help_text="Whether the list of requirements, asked the same q, has more.")


class FoundEntriesSerializer(serializers.Serializer[Any]):
    results = FoundEntrySerializer(many=True, source="hits")
    has_more = serializers.BooleanField(help_text="Whether more entries of the taxonomy fit.")


class SearchSerializer(serializers.Serializer[Any]):
    """The first of each kind."""

    suppliers = FoundSuppliersSerializer()
    requirements = FoundRequirementsSerializer()
    entries = FoundEntriesSerializer()


class SearchView(StrictView):
    """Everything that the caller may see, from one box."""

    permission_classes = [OpenToReaders]
    limit = "search"
    parameters = frozenset({"q", "top"})

    @extend_schema(
        operation_id="search_list",
        summary="Firms, requirements and entries of the taxonomy that words find, and why",
        parameters=[QuestionSerializer],
        responses=SearchSerializer,
    )
    def get(self, request: Request) -> Response:
        """A few of each kind that the caller may see. The lists, asked the same `q`, tell all."""
        question = QuestionSerializer(data=request.query_params.dict())
        question.is_valid(raise_exception=True)
        text, top = nfc(question.validated_data["q"]), question.validated_data["top"]
        found: dict[str, Group[Any]] = {
            "suppliers": found_suppliers(text, principal=request.auth, top=top),
            "requirements": found_requirements(text, principal=request.auth, top=top),
            "entries": found_entries(text, top=top),
        }
        return Response(SearchSerializer(found, context={"language": language_of(request)}).data)
