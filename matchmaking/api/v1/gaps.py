"""The endpoint that tells a supplier what to change."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.views import StrictView
from matchmaking.api.v1.gap_serializers import GapSelectionSerializer, GapsSerializer
from matchmaking.api.v1.matches import reader_s_language
from matchmaking.gap_presentation import present_gaps
from matchmaking.services import gap_path_of
from matchmaking.services.gap_support import support_for
from suppliers.models import Supplier


class GapsView(StrictView):
    """What one supplier could change to be eligible for more."""

    limit = "consortium"
    parameters = frozenset({"top"})

    @extend_schema(
        operation_id="suppliers_gaps",
        summary="What your firm could change, and for how many more requirements it would be eligible",
        parameters=[GapSelectionSerializer],
        responses=GapsSerializer,
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        """Single changes and pairs of changes (a standard, a language, a better figure of a capability, better
        evidence), each with the open requirements that the firm sees and for which it would be eligible only then: how
        many, and what they need each month. What opens most requirements comes first. A change counts as proved as
        well as each requirement asks. With each change stand the support programmes that help with it and take
        applications today, and whether the firm qualifies and why or why not.

        For the firm's members, and for staff, who read the same. Where a buyer is anonymous to the firm, distance does
        not count. A firm that is not published has no paths. Where there would be too much to look at, requirements
        are left out, and the answer says how many. Counts as a search for consortia.
        """
        supplier = Supplier.objects.owned_by(request.auth).select_related("organisation").filter(public_id=id).first()
        if supplier is None:
            raise Http404
        wanted = GapSelectionSerializer(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        found = gap_path_of(supplier, **wanted.validated_data)
        support = support_for(found, supplier, day=timezone.localdate())
        return Response({"supplier": supplier.public_id, **present_gaps(found, support, language=reader_s_language())})
