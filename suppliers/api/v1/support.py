"""Endpoints of support: `support-programmes` and `support-applications`."""

from functools import cached_property
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import SignedIn
from config.api.acts import NothingWriter, OptionalReasonWriter, ReasonWriter, act
from config.api.filtering import LookupFilters, YesNoFilter
from config.api.views import ResourceViewSet
from config.errors import InvalidFactError
from suppliers.api.v1.support_serializers import (
    SupportApplicationSerializer,
    SupportApplicationWriter,
    SupportApprovalWriter,
    SupportProgrammeSerializer,
    SupportProgrammeWriter,
    SupportResultWriter,
)
from suppliers.models import Supplier, SupportApplication, SupportProgramme, SupportProgrammeQuerySet
from suppliers.models.support import Applicant
from suppliers.support import applications, programmes
from suppliers.support.eligibility import find_applicant


class SupportProgrammeFilters(LookupFilters):
    accepts_applications = YesNoFilter(method="accepting", label="Whether firms can apply today.")
    qualifies = YesNoFilter(method="qualifying", label="Whether your firm meets all conditions today.")
    standard = filters.CharFilter(method="towards", label="Code of a standard that it helps towards.")

    class Meta:
        model = SupportProgramme
        fields = {"state": ["exact", "in"], "kind": ["exact", "in"], "closes_on": ["gte", "lte"]}

    def accepting(self, rows: SupportProgrammeQuerySet, _name: str, wanted: bool) -> SupportProgrammeQuerySet:
        return _only(rows, rows.accepting_on(timezone.localdate()), wanted)

    def qualifying(self, rows: SupportProgrammeQuerySet, _name: str, wanted: bool) -> SupportProgrammeQuerySet:
        applicant = applicant_for(self.request)
        if applicant is None:
            return rows.none()
        return _only(rows, rows.accepting_on(timezone.localdate()).meant_for(applicant), wanted)

    def towards(self, rows: SupportProgrammeQuerySet, _name: str, code: str) -> SupportProgrammeQuerySet:
        return rows.towards([code])


Programmes = TypeVar("Programmes", bound=SupportProgrammeQuerySet)


def _only(rows: Programmes, those: Programmes, wanted: bool) -> Programmes:
    found = those.order_by().values("pk")
    return rows.filter(pk__in=found) if wanted else rows.exclude(pk__in=found)


def applicant_for(request: Request) -> Applicant | None:
    """The caller's own firm as conditions see it; None of who has none."""
    if not request.auth.is_supplier:
        return None
    own = Supplier.objects.filter(organisation=request.auth.organisation)
    return find_applicant(own, day=timezone.localdate())


@extend_schema_view(
    list=extend_schema(
        operation_id="support_programmes_list", summary="Support programmes, and for which your firm qualifies"
    ),
    retrieve=extend_schema(operation_id="support_programmes_retrieve", summary="A support programme"),
)
class SupportProgrammeViewSet(ResourceViewSet[SupportProgramme]):
    """What the city offers. Suppliers see what was published, with each condition and how they stand to it."""

    permission_classes = [SignedIn]
    queryset: QuerySet[SupportProgramme] = SupportProgramme.objects.prefetch_related(
        "standards", "sectors", "provinces"
    )
    serializer_class = SupportProgrammeSerializer
    writer_class = SupportProgrammeWriter
    filterset_class = SupportProgrammeFilters
    orderings = {"closes_on": "closes_on", "opens_on": "opens_on", "created_at": "created_at"}

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "applicant": self.applicant}

    @cached_property
    def applicant(self) -> Applicant | None:
        return applicant_for(self.request)

    @extend_schema(
        operation_id="support_programmes_create",
        summary="Start a support programme, as a draft (staff)",
        request=SupportProgrammeWriter,
        responses={201: SupportProgrammeSerializer},
    )
    def create(self, request: Request) -> Response:
        return self.answer(programmes.create_support_programme(values=self.read(), by=request.auth), status=201)

    @extend_schema(
        operation_id="support_programmes_change",
        summary="Change a support programme that is not closed (staff)",
        request=SupportProgrammeWriter,
        responses=SupportProgrammeSerializer,
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk, values = self.expected_version(), self.get_object().pk, self.read(partial=True)
        changed = programmes.change_support_programme(
            programme_id=pk, values=values, by=request.auth, expected_version=version
        )
        return self.answer(changed)

    @extend_schema(operation_id="support_programmes_remove", summary="Remove a draft (staff)", responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        version, pk = self.expected_version(), self.get_object().pk
        programmes.remove_support_programme(programme_id=pk, by=request.auth, expected_version=version)
        return Response(status=204)

    @act(
        NothingWriter,
        operation_id="support_programmes_publish",
        summary="Show a support programme to suppliers (staff)",
        answer=SupportProgrammeSerializer,
    )
    def publish(self, request: Request, id: str) -> Response:  # noqa: A002
        self.read()
        return self.answer(programmes.publish_support_programme(programme_id=self.get_object().pk, by=request.auth))

    @act(
        ReasonWriter,
        operation_id="support_programmes_close",
        summary="End a support programme before its last day (staff)",
        answer=SupportProgrammeSerializer,
    )
    def close(self, request: Request, id: str) -> Response:  # noqa: A002
        """Applications that are there are still decided and finished."""
        values = self.read()
        closed = programmes.close_support_programme(programme_id=self.get_object().pk, by=request.auth, **values)
        return self.answer(closed)


class SupportApplicationFilters(LookupFilters):
    programme = filters.CharFilter("programme__public_id", label="Id of the programme.")
    supplier = filters.CharFilter("supplier__public_id", label="Id of the supplier.")

    class Meta:
        model = SupportApplication
        fields = {
            "state": ["exact", "in"],
            "result": ["exact", "in"],
            "created_at": ["gte", "lte"],
            "decided_at": ["gte", "lte", "isnull"],
        }


@extend_schema_view(
    list=extend_schema(
        operation_id="support_applications_list", summary="Your firm's applications for support; for staff, all"
    ),
    retrieve=extend_schema(operation_id="support_applications_retrieve", summary="An application for support"),
)
class SupportApplicationViewSet(ResourceViewSet[SupportApplication]):
    """Applications to support programmes: suppliers apply, staff decide and note the result."""

    permission_classes = [SignedIn]
    queryset: QuerySet[SupportApplication] = SupportApplication.objects.select_related("programme").prefetch_related(
        "programme__sectors", "programme__provinces"
    )
    serializer_class = SupportApplicationSerializer
    writer_class = SupportApplicationWriter
    filterset_class = SupportApplicationFilters
    orderings = {"created_at": "created_at", "updated_at": "updated_at"}

    def get_queryset(self) -> QuerySet[SupportApplication]:
        visible: Any = super().get_queryset()
        found: QuerySet[SupportApplication] = visible.with_applicant(timezone.localdate())
        return found

    @extend_schema(
        operation_id="support_applications_apply",
        summary="Apply to a support programme",
        request=SupportApplicationWriter,
        responses={201: SupportApplicationSerializer},
    )
    def create(self, request: Request) -> Response:
        """For your own firm; staff say for which. 409 where a condition is not met (`conditions` says which), where the
        programme has ended, and where an application of the firm is live."""
        values = self.read()
        made = applications.apply_for_support(
            programme_id=values.pop("programme").pk,
            supplier_id=self._applying(values.pop("supplier", None)).pk,
            by=request.auth,
            **values,
        )
        return self.answer(made, status=201)

    def _applying(self, named: Supplier | None) -> Supplier:
        own = named or Supplier.objects.filter(organisation=self.request.auth.organisation_id or 0).first()
        if own is None:
            raise InvalidFactError(_("Say which firm applies."), pointer="/supplier", code="required")
        return own

    @act(
        SupportApprovalWriter,
        operation_id="support_applications_approve",
        summary="Approve an application, for so much of the budget (staff)",
        answer=SupportApplicationSerializer,
        may_name_version=True,
    )
    def approve(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._decide(applications.approve_support_application)

    @act(
        ReasonWriter,
        operation_id="support_applications_decline",
        summary="Decline an application (staff)",
        answer=SupportApplicationSerializer,
        may_name_version=True,
    )
    def decline(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._decide(applications.decline_support_application)

    @act(
        OptionalReasonWriter,
        operation_id="support_applications_withdraw",
        summary="Take an application back, also an approved one",
        answer=SupportApplicationSerializer,
    )
    def withdraw(self, request: Request, id: str) -> Response:  # noqa: A002
        values = self.read()
        taken = applications.withdraw_support_application(
            application_id=self.get_object().pk, by=request.auth, **values
        )
        return self.answer(taken)

    @act(
        SupportResultWriter,
        operation_id="support_applications_finish",
        summary="Note what came of the support (staff)",
        answer=SupportApplicationSerializer,
        may_name_version=True,
    )
    def finish(self, request: Request, id: str) -> Response:  # noqa: A002
        return self._decide(applications.finish_support_application)

    def _decide(self, service: Any) -> Response:
        values, version = self.read(), self.named_version()
        decided = service(application_id=self.get_object().pk, by=self.request.auth, expected_version=version, **values)
        return self.answer(decided)
