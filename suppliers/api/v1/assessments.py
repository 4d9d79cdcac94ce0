"""Endpoints of visits of staff: `suppliers/{id}/assessments`."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import SignedIn
from config.api.acts import ReasonWriter, act
from suppliers import services
from suppliers.api.v1.parts import BelowFirmViewSet
from suppliers.api.v1.serializers import AssessmentSerializer
from suppliers.api.v1.writers import AssessmentWriter
from suppliers.models import Assessment


@extend_schema_view(
    list=extend_schema(operation_id="suppliers_assessments_list", summary="Visits of staff to the firm"),
    retrieve=extend_schema(operation_id="suppliers_assessments_retrieve", summary="A visit"),
)
class AssessmentViewSet(BelowFirmViewSet[Assessment]):
    """Visits of staff: for the firm itself and staff."""

    permission_classes = [SignedIn]
    queryset = Assessment.objects.select_related("supplier", "site", "recorded_by").prefetch_related("findings")
    serializer_class = AssessmentSerializer
    writer_class = AssessmentWriter

    @extend_schema(
        operation_id="suppliers_assessments_record",
        summary="Record a visit and the facts that it proves (staff)",
        request=AssessmentWriter,
        responses={201: AssessmentSerializer},
    )
    def create(self, request: Request, supplier_id: str) -> Response:
        made = services.record_assessment(**self.read(), supplier_id=self.supplier_id(), by=request.auth)
        return self.answer(made, status=201)

    @act(
        ReasonWriter,
        operation_id="suppliers_assessments_undo",
        summary="Undo a visit that was a mistake (owners of the agency)",
        answer=AssessmentSerializer,
    )
    def undo(self, request: Request, supplier_id: str, id: str) -> Response:  # noqa: A002
        values = self.read()
        return self.answer(services.undo_assessment(assessment_id=self.get_object().pk, by=request.auth, **values))
