"""The endpoint that tells a supplier what it could win."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.views import StrictView
from matchmaking.api.v1.match_serializers import OpportunitiesSerializer, OpportunitySelectionSerializer
from matchmaking.api.v1.matches import reader_s_language
from matchmaking.presentation import present_prospects
from matchmaking.services import prospects_of
from suppliers.models import Supplier


class OpportunitiesView(StrictView):
    """Open requirements before one supplier."""

    parameters = frozenset({"eligibility", "top"})

    @extend_schema(
        operation_id="suppliers_opportunities",
        summary="Open requirements that your firm could win, the best first, with reasons",
        parameters=[OpportunitySelectionSerializer],
        responses=OpportunitiesSerializer,
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """Of the open requirements that the firm may see, those for which it has a capability, with the numbers of
        their rankings and what would have to change. For its members, and for staff, who read the same.

        Where a buyer is anonymous to the firm, the line says nothing of distance. A firm that is not published has no
        lines.
        """
        supplier = Supplier.objects.owned_by(request.auth).select_related("organisation").filter(public_id=id).first()
        if supplier is None:
            raise Http404
        selection = OpportunitySelectionSerializer(data=request.query_params.dict())
        selection.is_valid(raise_exception=True)
        found = prospects_of(supplier, **selection.validated_data)
        return Response({"supplier": supplier.public_id, **present_prospects(found, language=reader_s_language())})
