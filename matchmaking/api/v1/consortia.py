"""Endpoints of suppliers that together can do what a requirement asks."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from buyers.models import Requirement
from config.api.throttling import check, limiter
from config.api.views import StrictView
from matchmaking import services
from matchmaking.api.v1.consortium_serializers import (
    AskedConsortiumSerializer,
    ConsortiaSerializer,
    ConsortiumQuerySerializer,
    ConsortiumWriter,
)
from matchmaking.api.v1.insight import requirement_seen_whole
from matchmaking.api.v1.matches import reader_s_language
from matchmaking.consortium import present_consortia
from matchmaking.services.consortia import ConsortiumQuestion


class ConsortiaView(StrictView):
    """Suppliers that share the operations of a requirement."""

    limit = "consortium"
    parameters = frozenset({"unconfirmed", "most_firms", "top", "within_km", "in_corridor", "province"})

    @extend_schema(
        operation_id="requirements_consortia",
        summary="The smallest sets of suppliers that together can do all operations",
        parameters=[ConsortiumQuerySerializer],
        responses=ConsortiaSerializer,
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """For each operation the suppliers that pass all gates, as if it were asked for alone; of these the fewest that
        cover all, and the best mean score among the fewest. One member has its operation as a core process. Where lead
        time is a gate, the days of all steps together keep to it. Only so many sets are looked at; `is_proved` says
        whether these were enough to know that none is smaller or better.

        For its verified buyer and for staff.
        """
        requirement = requirement_seen_whole(id, request.auth)
        asked = ConsortiumQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        found = services.find_consortia(requirement, _question(**asked.validated_data))
        return Response(present_consortia(requirement, found, language=reader_s_language()))


class AskConsortiumView(StrictView):
    """Asking the members of a consortium."""

    limit = "contact_request"

    @extend_schema(
        operation_id="requirements_ask_consortium",
        summary="Ask several suppliers to make it together",
        request=ConsortiumWriter,
        responses={201: AskedConsortiumSerializer},
    )
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        """A connection each, kept together by a new shortlist, whose answers say when all have accepted. Each counts
        as a request for a connection."""
        requirement = get_object_or_404(Requirement.objects.visible_to(request.auth).only("pk"), public_id=id)
        writer = ConsortiumWriter(data=request.data, context={"request": request, "view": self})
        writer.is_valid(raise_exception=True)
        suppliers = writer.validated_data["suppliers"]
        self.standings = limiter.charge(self.limit_name(), self.limit_owner(), cost=len(suppliers) - 1)
        check(self.standings)
        shortlist, asked = services.ask_consortium(
            requirement_id=requirement.pk, **writer.validated_data, by=request.auth
        )
        body = AskedConsortiumSerializer({"shortlist": shortlist.public_id, "results": asked}).data
        return Response(body, status=201, headers={"Location": f"/api/v1/shortlists/{shortlist.public_id}"})


def _question(*, unconfirmed: bool, top: int, **places: object) -> ConsortiumQuestion:
    eligibility = ("eligible", "unconfirmed") if unconfirmed else ("eligible",)
    return ConsortiumQuestion(eligibility=eligibility, most_sets=top, **places)  # type: ignore[arg-type]  # validated
