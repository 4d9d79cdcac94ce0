"""Read-only endpoints of the vocabulary, open to everyone and cacheable."""

from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.conditional import tagged
from config.api.pagination import CursorPages
from config.api.views import StrictView
from taxonomy.api.v1 import filters, serializers
from taxonomy.models import (
    Corridor,
    Entry,
    IndustrialPark,
    Industry,
    Material,
    Process,
    Province,
    Sector,
    Standard,
)
from taxonomy.models.entries import LANGUAGES
from taxonomy.services import current_version

MAX_AGE_SECONDS = 60

Row = TypeVar("Row", bound=Entry)


class EntryViewSet(StrictView, GenericViewSet[Row], Generic[Row]):
    """Entries of one kind: those in use in lists, any by its code."""

    permission_classes = [AllowAny]
    lookup_field = "code"
    lookup_value_regex = r"[^/\x00]+"
    tags_answers = tags_lists = True
    filterset_class: ClassVar[type[filters.EntryFilter]]

    def declared_parameters(self) -> frozenset[str]:
        if self.action != "list":
            return self.parameters
        return frozenset(self.filterset_class.base_filters) | CursorPages.parameters

    @property
    def ordering(self) -> tuple[str, ...]:
        """The order of a list: the best first when searching, else by code."""
        return ("search_rank", "code") if self.request.query_params.get("q", "").strip() else ("code",)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "language": language_of(self.request)}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset().in_use()))  # type: ignore[attr-defined]
        listed = self.get_paginated_response(self.get_serializer(page, many=True).data)
        return self.cacheable(listed.data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.cacheable(self.get_serializer(self.get_object()).data)

    def cacheable(self, representation: Any) -> Response:
        """The representation with its ETag, for caches to keep a moment and then to ask again."""
        response = tagged(self.request, representation, version=current_version())
        response["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
        patch_vary_headers(response, ["Accept-Language"])
        return response


class EditionedViewSet(EntryViewSet[Row], Generic[Row]):
    """Entries whose codes mean nothing without their edition. Without one, the edition in force is meant."""

    def get_queryset(self) -> QuerySet[Row]:
        queryset = super().get_queryset()
        asked_for = self.action == "list" and self.request.query_params.get("edition")
        return queryset if asked_for or self.action != "list" else queryset.in_force()  # type: ignore[attr-defined]

    def get_object(self) -> Row:
        edition, colon, code = self.kwargs["code"].rpartition(":")
        chosen = self.get_queryset().filter(edition=edition) if colon else self.get_queryset().in_force()  # type: ignore[attr-defined]
        entry: Row = get_object_or_404(chosen, code=code)
        return entry


def described(plural: str, one: str) -> Any:
    """How the OpenAPI file describes the two routes of a kind of entry."""
    return extend_schema_view(
        list=extend_schema(operation_id=f"taxonomy_{plural}_list", summary=f"{plural.capitalize()} in use"),
        retrieve=extend_schema(operation_id=f"taxonomy_{plural}_retrieve", summary=one),
    )


@described("processes", "A process")
class ProcessViewSet(EntryViewSet[Process]):
    """Ways of making things: groups, and single processes below them."""

    queryset = Process.objects.select_related("parent").prefetch_related("terms")
    serializer_class = serializers.ProcessSerializer
    filterset_class = filters.ProcessFilter


@described("materials", "A material")
class MaterialViewSet(EntryViewSet[Material]):
    """Materials: families, and grades below them."""

    queryset = Material.objects.select_related("parent").prefetch_related("terms")
    serializer_class = serializers.MaterialSerializer
    filterset_class = filters.MaterialFilter


@described("standards", "A standard")
class StandardViewSet(EntryViewSet[Standard]):
    """Standards and schemes that firms are certified to."""

    queryset = Standard.objects.prefetch_related("implies", "terms")
    serializer_class = serializers.StandardSerializer
    filterset_class = filters.StandardFilter


@described("provinces", "A province")
class ProvinceViewSet(EditionedViewSet[Province]):
    """Provinces in force; those before July 2025 with `edition=2004`, one of them as `2004:27`."""

    queryset = Province.objects.select_related("successor").prefetch_related("predecessors")
    serializer_class = serializers.ProvinceSerializer
    filterset_class = filters.ProvinceFilter


@described("corridors", "A corridor")
class CorridorViewSet(EntryViewSet[Corridor]):
    """Industrial corridors and their provinces of both editions."""

    queryset = Corridor.objects.prefetch_related("provinces")
    serializer_class = serializers.CorridorSerializer
    filterset_class = filters.CorridorFilter


@described("parks", "An industrial park")
class ParkViewSet(EntryViewSet[IndustrialPark]):
    """Industrial parks, as known about 2020; the list is incomplete."""

    queryset = IndustrialPark.objects.select_related("province", "old_province")
    serializer_class = serializers.ParkSerializer
    filterset_class = filters.ParkFilter


@described("industries", "A code of the industrial classification")
class IndustryViewSet(EditionedViewSet[Industry]):
    """Codes of VSIC 2025, section C; those of 2018 with `edition=2018`, one of them as `2018:1104`."""

    queryset = Industry.objects.select_related("parent").prefetch_related("successions__new")
    serializer_class = serializers.IndustrySerializer
    filterset_class = filters.IndustryFilter


@described("sectors", "A sector")
class SectorViewSet(EntryViewSet[Sector]):
    """Sectors of the city's programme for supporting industries."""

    queryset = Sector.objects.all()
    serializer_class = serializers.SectorSerializer
    filterset_class = filters.SectorFilter


def language_of(request: Request) -> str:
    """The first language that the reader accepts and that names exist in; else the site's."""
    for language, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if language[:2] in LANGUAGES:
            return language[:2]
    return (get_language() or LANGUAGES[0])[:2]
