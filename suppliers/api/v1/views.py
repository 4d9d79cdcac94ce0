"""Endpoints of firms and their claims. Rules live in services, visibility in querysets and `suppliers.visibility`."""

from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import OpenToReaders
from config.api.acts import NothingWriter, OptionalReasonWriter, ReasonWriter, act
from config.api.pagination import CursorPages
from config.api.views import ResourceViewSet
from notifications.models import Event
from suppliers import services
from suppliers.api.v1.filters import ClaimFilters, SupplierFilters
from suppliers.api.v1.serializers import (
    ClaimSerializer,
    EvidenceSerializer,
    SupplierEventSerializer,
    SupplierSerializer,
)
from suppliers.api.v1.writers import ClaimWriter, EvidenceWriter, SupplierWriter, UndoCheckWriter
from suppliers.models import Capability, Claim, ClaimQuerySet, Evidence, Supplier
from suppliers.visibility import Reader, reader_of


@extend_schema_view(
    list=extend_schema(operation_id="suppliers_list", summary="Published firms; one's own; for staff, all"),
    retrieve=extend_schema(operation_id="suppliers_retrieve", summary="A firm"),
)
class SupplierViewSet(ResourceViewSet[Supplier]):
    """Firms. Fields that the caller may not see are left out."""

    permission_classes = [OpenToReaders]
    shows_strangers_the_same = True
    limits = {"list": "search"}
    queryset = Supplier.objects.with_summary()
    serializer_class = SupplierSerializer
    writer_class = SupplierWriter
    filterset_class = SupplierFilters
    orderings = {"name": "name_key"}
    orderings_with = {"near": {"distance": "distance_km"}}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Names are sorted without accents and legal form, by what stands beside the document: one index has both."""
        found = super().filter_queryset(queryset)
        if self.action == "list" and self.request.query_params.get("ordering", "").endswith("name"):
            found = found.filter(search__isnull=False).annotate(name_key=F("search__name_key"))
        return found

    @extend_schema(
        operation_id="suppliers_create",
        summary="Start the profile of one's own firm; staff of any",
        request=SupplierWriter,
        responses={201: SupplierSerializer},
    )
    def create(self, request: Request) -> Response:
        values = self.read()
        organisation = values.pop("organisation", None)
        supplier = services.create_supplier(values=values, organisation=organisation, by=request.auth)
        return self.answer(supplier, status=201)

    @extend_schema(
        operation_id="suppliers_change",
        summary="Change a firm's profile",
        request=SupplierWriter,
        responses=SupplierSerializer,
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """A cleared figure of a firm that was ever published counts for a year more, marked as withdrawn."""
        version, pk = self.expected_version(), self.get_object().pk
        values = self.read(partial=True)
        supplier = services.change_supplier(supplier_id=pk, values=values, by=request.auth, expected_version=version)
        return self.answer(supplier)

    @act(NothingWriter, operation_id="suppliers_submit", summary="Ask for publication", answer=SupplierSerializer)
    def submit(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.do(services.submit_supplier)

    @act(
        NothingWriter,
        operation_id="suppliers_state_certificates",
        summary="Say that the list of certificates is complete, also an empty one",
        answer=SupplierSerializer,
        path="state-certificates",
    )
    def state_certificates(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.do(services.state_certificates)

    @act(
        NothingWriter, operation_id="suppliers_publish", summary="Publish, also anew (staff)", answer=SupplierSerializer
    )
    def publish(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.do(services.publish_supplier)

    @act(
        ReasonWriter,
        operation_id="suppliers_request_changes",
        summary="Send back for changes (staff)",
        answer=SupplierSerializer,
        path="request-changes",
    )
    def request_changes(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.do(services.request_changes)

    @act(ReasonWriter, operation_id="suppliers_suspend", summary="Suspend (staff)", answer=SupplierSerializer)
    def suspend(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.do(services.suspend_supplier)

    @act(OptionalReasonWriter, operation_id="suppliers_archive", summary="Archive (staff)", answer=SupplierSerializer)
    def archive(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.do(services.archive_supplier)

    @extend_schema(
        methods=["GET"],
        operation_id="suppliers_evidence",
        summary="Who said what of which fact, newest first",
        responses=EvidenceSerializer(many=True),
    )
    @extend_schema(
        methods=["POST"],
        operation_id="suppliers_check_evidence",
        summary="Record how well facts are proved (staff)",
        request=EvidenceWriter,
        responses=SupplierSerializer,
    )
    @action(
        detail=True,
        methods=["get", "post"],
        filterset_class=None,
        writer_class=EvidenceWriter,
        parameters=CursorPages.parameters,
        may_name_version=True,
    )
    def evidence(self, request: Request, id: str) -> Response:  # noqa: A002
        supplier = self.get_object()
        if request.method == "POST":
            values = self.read()
            row = _row_of(supplier, values.pop("subject"))
            services.set_evidence(row=row, by=request.auth, expected_version=self.named_version(), **values)
            return self.answer(supplier)
        self._for_its_own(supplier)
        said = Evidence.objects.filter(supplier=supplier).select_related("asserted_by", "asserted_for", "undone_by")
        page = self.paginate_queryset(said) or []  # type: ignore[arg-type]
        return self.get_paginated_response(EvidenceSerializer(page, many=True).data)

    @act(
        UndoCheckWriter,
        operation_id="suppliers_undo_check",
        summary="Undo a check that was a mistake (owners of the agency)",
        answer=SupplierSerializer,
        path="undo-check",
    )
    def undo_check(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.do(services.undo_check)

    @extend_schema(
        operation_id="suppliers_history",
        summary="What happened to a firm, newest first",
        responses=SupplierEventSerializer(many=True),
    )
    @action(detail=True, filterset_class=None, parameters=CursorPages.parameters)
    def history(self, request: Request, id: str) -> Response:  # noqa: A002
        supplier = self.get_object()
        self._for_its_own(supplier)
        events = Event.objects.filter(subject=supplier.public_id).select_related("actor_organisation")
        page = self.paginate_queryset(events) or []  # type: ignore[arg-type]
        return self.get_paginated_response(SupplierEventSerializer(page, many=True).data)

    def do(self, service: Any) -> Response:
        values = self.read()
        return self.answer(service(supplier_id=self.get_object().pk, by=self.request.auth, **values))

    def _for_its_own(self, supplier: Supplier) -> None:
        if reader_of(supplier.organisation_id, self.request.auth) is not Reader.OWN:
            raise Http404


def _row_of(supplier: Supplier, public_id: str) -> Supplier | Capability:
    """The firm itself, or one of its capabilities."""
    if public_id == supplier.public_id:
        return supplier
    return Capability.objects.get(site__supplier=supplier, public_id=public_id)


@extend_schema_view(
    list=extend_schema(operation_id="claims_list", summary="One's own claims; for staff, all"),
    retrieve=extend_schema(operation_id="claims_retrieve", summary="A claim"),
)
class ClaimViewSet(ResourceViewSet[Claim]):
    """Claims to imported firms that nobody represents yet."""

    queryset = Claim.objects.select_related("supplier__organisation", "claimant")
    serializer_class = ClaimSerializer
    writer_class = ClaimWriter
    filterset_class = ClaimFilters
    limits = {"create": "claim"}  # each asks for an officer's time
    orderings = {"created_at": "created_at", "updated_at": "updated_at"}

    def get_queryset(self) -> ClaimQuerySet:
        claims: ClaimQuerySet = super().get_queryset()  # type: ignore[assignment]
        return claims.with_visibility_of_firm(self.request.auth)

    @extend_schema(
        operation_id="claims_open",
        summary="Say that a firm is one's own",
        request=ClaimWriter,
        responses={201: ClaimSerializer},
    )
    def create(self, request: Request) -> Response:
        values = self.read()
        supplier = values.pop("supplier", None)
        claim = services.claim_supplier(supplier_id=supplier and supplier.pk, by=request.auth, **values)
        return self.answer(claim, status=201)

    @act(NothingWriter, operation_id="claims_approve", summary="Approve (staff)", answer=ClaimSerializer)
    def approve(self, request: Request, id: str) -> Response:  # noqa: A002
        """Makes the claimant the firm's owner."""
        self.read()
        return self.answer(services.approve_claim(claim_id=self.get_object().pk, by=request.auth))

    @act(ReasonWriter, operation_id="claims_reject", summary="Reject (staff)", answer=ClaimSerializer)
    def reject(self, request: Request, id: str) -> Response:  # noqa: A002
        return self.answer(services.reject_claim(claim_id=self.get_object().pk, by=request.auth, **self.read()))
