"""Endpoint of weights that follow from judgements."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from buyers.models import Requirement
from config.api.views import StrictView
from matchmaking import services
from matchmaking.api.v1.decision_serializers import WeighedSerializer, WeighWriter


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
