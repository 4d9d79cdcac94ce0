"""Endpoints of saved searches, and their form on the wire."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, QuerySet, Subquery
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from buyers.models import Requirement
from config.api.fields import MomentField, PublicIdField, ResourceSerializer, StrictSerializer, TextField
from config.api.filtering import MAX_VALUE_LENGTH
from config.api.pagination import CursorPages
from config.api.views import ResourceViewSet
from matchmaking import services
from matchmaking.models import SavedSearch
from matchmaking.services import searching


class SavedSearchSerializer(ResourceSerializer):
    """A search that one keeps."""

    requirement = serializers.CharField(source="requirement.public_id", default=None, allow_null=True)
    filters = serializers.DictField(child=serializers.CharField(), help_text="As in the query of the list.")
    list_url = serializers.SerializerMethodField(help_text="The list itself with these filters: the full lines.")
    told_at = MomentField(allow_null=True, help_text="When you were last told of news.")

    class Meta:
        model = SavedSearch
        fields = [
            *("id", "name", "kind", "requirement", "filters", "alert", "list_url", "told_at"),
            *("created_at", "updated_at"),
        ]
        read_only_fields = fields

    def get_list_url(self, search: SavedSearch) -> str:
        path = search.kind
        if search.requirement is not None:
            path = f"requirements/{search.requirement.public_id}/matches"
        query = urlencode(search.filters)
        return f"/api/v1/{path}?{query}" if query else f"/api/v1/{path}"


class SearchResultSerializer(serializers.Serializer[Any]):
    """Something that a search finds now."""

    id = serializers.CharField(source="public_id", help_text="Of the supplier or the requirement.")
    name = serializers.CharField(source="*", help_text="Name or title.")
    url = serializers.SerializerMethodField()
    found_at = MomentField(
        allow_null=True, help_text="Since when it counts as found; null where there are no alerts, or it is not yet."
    )

    def get_url(self, row: Any) -> str:
        return f"/api/v1/{'requirements' if isinstance(row, Requirement) else 'suppliers'}/{row.public_id}"


class SavedSearchChangeWriter(StrictSerializer):
    name = TextField(max_length=150)
    filters = serializers.DictField(
        child=TextField(max_length=MAX_VALUE_LENGTH, allow_blank=True),
        required=False,
        help_text="Parameters of the list by name, each value as text: those of /suppliers, of /requirements, or of "
        "/requirements/{id}/matches.",
    )
    alert = serializers.ChoiceField(choices=SavedSearch.Alert.choices, required=False)


class SavedSearchWriter(SavedSearchChangeWriter):
    kind = serializers.ChoiceField(choices=SavedSearch.Kind.choices)
    requirement = PublicIdField(
        queryset=Requirement.objects.all(), required=False, allow_null=True, help_text="Where the kind is `matches`."
    )


@extend_schema_view(
    list=extend_schema(operation_id="saved_searches_list", summary="Your saved searches"),
    retrieve=extend_schema(operation_id="saved_searches_retrieve", summary="A saved search"),
)
class SavedSearchViewSet(ResourceViewSet[SavedSearch]):
    """Searches that a person keeps in one organisation. Nobody else sees them; whoever leaves loses them."""

    queryset: QuerySet[SavedSearch] = SavedSearch.objects.select_related("requirement")
    serializer_class = SavedSearchSerializer
    writer_class = SavedSearchWriter

    @extend_schema(
        operation_id="saved_searches_create",
        summary="Keep a search, and be told of what is new",
        request=SavedSearchWriter,
        responses={201: SavedSearchSerializer},
    )
    def create(self, request: Request) -> Response:
        """Suppliers search requirements; buyers suppliers and matches. What is found now counts as known."""
        return self.answer(services.save_search(values=self.read(), by=request.auth), status=201)

    @extend_schema(
        operation_id="saved_searches_change",
        summary="Change name, filters or alert",
        request=SavedSearchChangeWriter,
        responses=SavedSearchSerializer,
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """With other filters or alerts, what is found at this moment counts as known."""
        version, pk = self.expected_version(), self.get_object().pk
        values = self.read(SavedSearchChangeWriter, partial=True)
        return self.answer(
            services.change_search(search_id=pk, values=values, by=request.auth, expected_version=version)
        )

    @extend_schema(operation_id="saved_searches_remove", summary="Forget a search", responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk = self.expected_version(), self.get_object().pk
        services.remove_search(search_id=pk, by=request.auth, expected_version=version)
        return Response(status=204)

    @extend_schema(
        operation_id="saved_searches_results",
        summary="Run a saved search",
        responses=SearchResultSerializer(many=True),
    )
    @action(detail=True, parameters=CursorPages.parameters, serializer_class=SearchResultSerializer)
    def results(self, request: Request, id: str) -> Response:  # noqa: A002
        """What it finds now, as far as you may see it, newest first. Full lines are at the search's `list_url`."""
        search = self.get_object()
        found = search.findings.filter(thing_id=OuterRef("pk")).values("found_at")
        rows = searching.results(search, by=request.auth).annotate(found_at=Subquery(found[:1]))
        page = self.paginate_queryset(searching.with_names(rows)) or []
        return self.get_paginated_response(SearchResultSerializer(page, many=True).data)
