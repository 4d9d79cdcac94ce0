"""Endpoints of weights that follow from judgements."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.principals import Principal
from buyers.models import Requirement
from buyers.visibility import OWNERS, reader_of
from config.api.conditional import NO_VERSION, tagged
from config.api.views import StrictView
from matchmaking import services
from matchmaking.api.v1.decision_serializers import WeighedSerializer, WeighingSerializer, WeighWriter
from matchmaking.api.v1.matches import readable_requirement
from matchmaking.models import Weighing


class WeighView(StrictView):
    """Weights of a requirement's criteria, from an order, from pairs, or from the best and the worst."""

    @extend_schema(
        operation_id="requirements_weigh",
        summary="Set the weights of a requirement's criteria by judgements",
        request=WeighWriter,
        responses=WeighedSerializer,
    )
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """By rank order (centroids), comparisons of pairs (AHP) or best and worst (linear BWM), on every criterion that
        the requirement asks and that is not off; modes stay. Comparisons that contradict each other are refused above a
        consistency ratio of 0.10, naming the three that agree least, unless a reason is given. Weights themselves can
        be set with PATCH.

        For its buyer, and for staff.
        """
        requirement = get_object_or_404(Requirement.objects.visible_to(request.auth).only("pk"), public_id=id)
        writer = WeighWriter(data=request.data, context={"request": request, "view": self})
        writer.is_valid(raise_exception=True)
        weighed = services.weigh_requirement(requirement_id=requirement.pk, **writer.validated_data, by=request.auth)
        return Response(WeighedSerializer(weighed).data)


class WeighingView(StrictView):
    """How the weights of a requirement were found."""

    tags_answers = True

    @extend_schema(
        operation_id="requirements_weighing",
        summary="How the weights of a requirement were found",
        responses=WeighingSerializer,
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """For whoever sees the requirement and so its weights. When, and why judgements that contradict each other
        were taken, is for its buyer and for staff."""
        requirement = readable_requirement(id, request.auth)
        return tagged(request, WeighingSerializer(_weighing_of(requirement, request.auth)).data, version=NO_VERSION)


def _weighing_of(requirement: Requirement, reader: Principal) -> dict[str, Any]:
    weights = dict(requirement.criteria.values_list("key", "weight"))
    found = Weighing.objects.behind(weights, requirement_id=requirement.pk, version=requirement.content_version)
    given = {key: weight for key, weight in weights.items() if weight is not None}
    is_owner = reader_of(requirement, reader) in OWNERS
    return {
        "requirement": requirement.public_id,
        "method": found.method if found else "direct" if given else "usual",
        "weights": given,
        "consistency_ratio": found.consistency_ratio if found else None,
        "criteria_in_doubt": found.criteria_in_doubt if found else [],
        "reason": found.reason if found and is_owner else "",
        "found_at": found.found_at if found and is_owner else None,
    }
