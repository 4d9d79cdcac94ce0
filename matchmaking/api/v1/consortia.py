"""Endpoints of suppliers that together can do what a requirement asks."""

from django.http import Http404
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
    OwnConsortiaSerializer,
    OwnConsortiumQuerySerializer,
)
from matchmaking.api.v1.insight import requirement_seen_whole
from matchmaking.api.v1.matches import reader_s_language
from matchmaking.consortium import present_consortia, present_consortia_with
from suppliers.models import Supplier


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
        found = services.find_consortia(requirement, asked.question())
        return Response(present_consortia(requirement, found, language=reader_s_language()))


class OwnConsortiaView(StrictView):
    """Suppliers with which one could share the operations of a requirement."""

    limit = "consortium"
    parameters = ConsortiaView.parameters | {"requirement"}

    @extend_schema(
        operation_id="suppliers_consortia",
        summary="With whom your firm could do what a requirement asks",
        parameters=[OwnConsortiumQuerySerializer],
        responses=OwnConsortiaSerializer,
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """The smallest sets of suppliers that together can do all operations of a requirement and of which the firm
        does at least one, the best first. Others pass all gates. Of them it is told who they are, where, and what they
        would do; not how well, nor how soon. None of a requirement that the firm can do alone.

        For the firm's members, of open requirements that they see; and for staff, who read the same. Where a buyer is
        anonymous to the firm, distance does not count and cannot be asked for. Only so many sets are looked at, as for
        the buyer; `is_proved` says whether that sufficed.
        """
        supplier = Supplier.objects.owned_by(request.auth).select_related("organisation").filter(public_id=id).first()
        if supplier is None:
            raise Http404
        asked = OwnConsortiumQuerySerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        seen = services.requirements_seen_by(supplier)
        requirement = get_object_or_404(seen, public_id=asked.validated_data["requirement"])
        found = services.find_consortia_with(supplier, requirement, asked.question())
        return Response(present_consortia_with(supplier, requirement, found, language=reader_s_language()))


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
