"""Endpoints of frozen rankings."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django_filters import CharFilter
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.conditional import NO_VERSION, tagged
from config.api.files import AnyMediaType, attachment
from config.api.filtering import LookupFilters
from config.api.pagination import CursorPages
from config.api.views import ResourceViewSet
from matchmaking import services
from matchmaking.api.v1.decision_serializers import ASKED, RunOpinionQuerySerializer, SecondOpinionSerializer
from matchmaking.api.v1.match_run_serializers import (
    FactsFileSerializer,
    FrozenMatchSerializer,
    MatchRunSerializer,
    MatchRunWriter,
)
from matchmaking.api.v1.matches import check_verified, reader_s_language
from matchmaking.insight import opinions_on_run
from matchmaking.models import MatchResult, MatchRun
from matchmaking.presentation import Viewer, present_frozen


class MatchRunFilters(LookupFilters):
    requirement = CharFilter("requirement__public_id", label="Id of the requirement.")

    class Meta:
        model = MatchRun
        fields = {"created_at": ["gte", "lte"], "as_of": ["exact", "gte", "lte"]}


@extend_schema_view(
    list=extend_schema(
        operation_id="match_runs_list", summary="Frozen rankings of your requirements, newest first; for staff, all"
    ),
    retrieve=extend_schema(operation_id="match_runs_retrieve", summary="A frozen ranking, without its lines"),
)
class MatchRunViewSet(ResourceViewSet[MatchRun]):
    """Rankings that were frozen. A supplier finds those in which it has a line, of requirements that it sees."""

    limits = {"create": "match_run"}
    queryset: QuerySet[MatchRun] = MatchRun.objects.select_related("requirement__buyer").defer("facts")
    serializer_class = MatchRunSerializer
    writer_class = MatchRunWriter
    filterset_class = MatchRunFilters
    ordering = ("-id",)
    orderings = {"created_at": "created_at", "as_of": "as_of"}

    @extend_schema(
        operation_id="match_runs_create",
        summary="Freeze the ranking of a requirement as it is now",
        request=MatchRunWriter,
        responses={201: MatchRunSerializer},
    )
    def create(self, request: Request) -> Response:
        """Keeps the first 200 lines with their reasons and all facts behind them. Nobody can change it afterwards.

        For the verified buyer whose open requirement it is, and for staff.
        """
        run = services.freeze_matches(requirement_id=self.read()["requirement"].pk, by=request.auth)
        return self.answer(run, status=201)

    @extend_schema(
        operation_id="match_runs_results",
        summary="The lines of a frozen ranking, in order of rank",
        responses=FrozenMatchSerializer(many=True),
    )
    @action(
        detail=True,
        parameters=CursorPages.parameters,
        ordering=("rank",),
        serializer_class=FrozenMatchSerializer,
    )
    def results(self, request: Request, id: str) -> Response:  # noqa: A002
        """All for its verified buyer and for staff; a supplier reads its own line."""
        run = self.get_object()
        if request.auth.is_buyer:
            check_verified(run.requirement.buyer)
        lines = MatchResult.objects.visible_to(request.auth).filter(run=run)
        page: Any = self.paginate_queryset(lines) or []  # type: ignore[arg-type]  # not of this view's own rows
        viewer = Viewer.SUPPLIER if request.auth.is_supplier else Viewer.BUYER
        shown = present_frozen(page, viewer=viewer, reader=request.auth, language=reader_s_language())
        return self.get_paginated_response(shown)

    @extend_schema(
        operation_id="match_runs_second_opinion",
        summary="How other methods would order the first lines of a frozen ranking",
        parameters=[RunOpinionQuerySerializer],
        responses=SecondOpinionSerializer,
    )
    @action(detail=True, url_path="second-opinion", parameters=frozenset({"top", *ASKED}))
    def second_opinion(self, request: Request, id: str) -> Response:  # noqa: A002
        """TOPSIS, VIKOR and PROMETHEE II on the same values and weights, with Kendall's τ beside our order, and why
        they disagree. They know no gates. For its verified buyer and for staff."""
        run = self.get_object()
        if request.auth.is_supplier:
            raise Http404
        if request.auth.is_buyer:
            check_verified(run.requirement.buyer)
        asked = RunOpinionQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        top, language = asked.validated_data["top"], reader_s_language()
        body = opinions_on_run(run, asked.told(), top=top, reader=request.auth, language=language)
        return tagged(request, SecondOpinionSerializer(body).data, version=NO_VERSION)

    @extend_schema(
        operation_id="match_runs_facts",
        summary="The facts file that replays a frozen ranking; for staff",
        responses=FactsFileSerializer,
    )
    @action(detail=True, content_negotiation_class=AnyMediaType, tags_answers=False)
    def facts(self, request: Request, id: str) -> StreamingHttpResponse:  # noqa: A002
        """`python -m matchmaking.engine` makes the same lines and the same hash of it."""
        if not request.auth.is_staff:
            raise Http404
        return facts_of_run(self.get_object())


def facts_of_run(run: MatchRun) -> StreamingHttpResponse:
    """The facts file, to be downloaded."""
    content = run.facts_file
    return attachment([content], name=f"{run.public_id}.json", media_type="application/json", length=len(content))
