"""The endpoint that counts what a list of suppliers could be narrowed to."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import OpenToReaders
from config.api.conditional import NO_VERSION, tagged
from config.api.fields import StrictSerializer
from config.api.views import StrictView
from matchmaking.services.facets import PARAMETER_OF, FacetFilters, Value, count_facets
from suppliers.models import Supplier
from taxonomy.api.v1.views import language_of

TOP = 20
MOST = 1000


class FacetsTopSerializer(StrictSerializer):
    """How much is answered."""

    top = serializers.IntegerField(min_value=1, max_value=MOST, default=TOP, help_text="Most codes of each facet.")


class FacetValueSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Of provinces with the edition, as 2025:24.")
    name = serializers.CharField(help_text="In the language of Accept-Language.")
    count = serializers.IntegerField(
        help_text="Suppliers that the list would find with this code and the other filters."
    )

    def to_representation(self, value: Value) -> dict[str, Any]:
        """Written out, as there may be very many."""
        return {"code": value.code, "name": value.entry.name_in(self.context["language"]), "count": value.count}


class FacetSerializer(serializers.Serializer[Any]):
    results = FacetValueSerializer(many=True)
    has_more = serializers.BooleanField(help_text="Whether there are more codes than were asked for.")


class FacetsSerializer(serializers.Serializer[Any]):
    """Each facet is counted with all filters but those of its own kind."""

    total = serializers.IntegerField(help_text="Published suppliers that meet all filters.")
    valid_on = serializers.DateField(help_text="The day on which a certificate must be valid to be counted.")
    explanation = serializers.CharField(help_text="Where nothing is found, why; else empty.")
    process = FacetSerializer(help_text="Groups count whoever runs one below them.")
    material = FacetSerializer(help_text="Families count whoever works one below them.")
    standard = FacetSerializer(help_text="Valid certificates; a standard counts those that imply it, too.")
    province = FacetSerializer(help_text="Of today, and of old where an address names it.")
    sector = FacetSerializer()


class SupplierFacetsView(StrictView, GenericAPIView[Supplier]):
    """How many suppliers there are of each code."""

    permission_classes = [OpenToReaders]
    shows_strangers_the_same = True
    tags_answers = True
    limit = "search"
    parameters = frozenset({"top", *FacetFilters.base_filters})
    queryset = Supplier.objects.all()
    filterset_class = FacetFilters
    pagination_class = None

    @extend_schema(
        operation_id="suppliers_facets",
        summary="How many published firms each process, material, standard, province and sector would leave",
        parameters=[FacetsTopSerializer],
        responses=FacetsSerializer,
        filters=True,
    )
    def get(self, request: Request) -> Response:
        """Takes the filters of the list of suppliers. Each facet is counted with all of them but its own, so that it
        tells what choosing another code would find; codes that find nobody are left out.

        Standards are counted by certificates valid on `valid_on`, or else today, which may be asked for without a
        standard here. Only published suppliers count, for staff and firms alike.
        """
        query = request.query_params.dict()
        wanted = FacetsTopSerializer(data={"top": query.pop("top")} if "top" in query else {})
        wanted.is_valid(raise_exception=True)
        found = count_facets(query, by=request.auth, top=wanted.validated_data["top"])
        shown = {
            "total": found.total,
            "valid_on": found.valid_on,
            "explanation": "" if found.total else _("No published supplier meets all filters."),
            **{PARAMETER_OF[kind]: facet for kind, facet in found.by_kind.items()},
        }
        body = FacetsSerializer(shown, context={"language": language_of(request)}).data
        return tagged(request, body, version=NO_VERSION)
