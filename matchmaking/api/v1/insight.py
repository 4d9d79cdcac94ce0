"""Endpoints about a ranking as a whole, for those who see all of it."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.principals import Principal
from buyers.models import Requirement
from config.api.views import StrictView
from matchmaking.api.v1.insight_serializers import RelaxationsSerializer, StabilitySerializer, TopSerializer
from matchmaking.api.v1.matches import check_verified, readable_requirement, reader_s_language
from matchmaking.engine.stability import CONSIDERED
from matchmaking.insight import present_relaxations, present_stability
from matchmaking.presentation import Viewer, viewer_of
from matchmaking.services import Wanted, match_requirement, relax_requirement


class RelaxationsView(StrictView):
    """What a requirement could give up."""

    limit = "preview"

    @extend_schema(
        operation_id="requirements_relaxations",
        summary="What would let more suppliers in",
        responses=RelaxationsSerializer,
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """How many near misses would join if gates were dropped, or figures asked less strictly. To join is to fail
        no gate any more.

        For its verified buyer and for staff. Counts as a preview.
        """
        requirement = requirement_seen_whole(id, request.auth)
        shown = present_relaxations(relax_requirement(requirement), language=reader_s_language())
        return Response(_headed(requirement) | shown)


class StabilityView(StrictView):
    """How firmly the first places stand."""

    limit = "preview"
    parameters = frozenset({"top"})

    @extend_schema(
        operation_id="requirements_stability",
        summary="How firmly the first places of the ranking stand",
        parameters=[TopSerializer],
        responses=StabilitySerializer,
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """The share of sampled weightings and values in which each of the first 200 suppliers takes each of the first
        ten places (SMAA-2). The same question has the same answer.

        For its verified buyer and for staff. Counts as a preview.
        """
        requirement = requirement_seen_whole(id, request.auth)
        wanted = TopSerializer(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        match = match_requirement(requirement, Wanted(top=CONSIDERED))
        return Response(_headed(requirement) | present_stability(match, top=wanted.validated_data["top"]))


def requirement_seen_whole(public_id: str, reader: Principal) -> Requirement:
    """The requirement, if the reader may see its whole ranking; else a 404: suppliers learn nothing of rivals.

    Raises:
        BuyerNotVerifiedError: it is the reader's own, whom staff have not verified.
    """
    requirement = readable_requirement(public_id, reader)
    viewer = viewer_of(requirement, reader)
    if not viewer.sees_rivals:
        raise Http404
    if viewer is Viewer.BUYER:
        check_verified(requirement.buyer)
    return requirement


def _headed(requirement: Requirement) -> dict[str, object]:
    return {"requirement": requirement.public_id, "requirement_version": requirement.content_version}
