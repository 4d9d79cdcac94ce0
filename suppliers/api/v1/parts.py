"""Endpoints of what stands below a firm: `suppliers/{id}/sites`, `capabilities`, `certificates`."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import OpenToReaders
from config.api.acts import ReasonWriter, act
from config.api.bulk import bulk
from config.api.views import ResourceViewSet
from suppliers import services
from suppliers.api.v1.filters import CapabilityFilters, CertificateFilters, SiteFilters
from suppliers.api.v1.serializers import CapabilitySerializer, CertificateSerializer, SiteSerializer
from suppliers.api.v1.writers import CapabilityWriter, CertificateWriter, CheckWriter, SiteWriter
from suppliers.models import Assessment, Capability, Certificate, Document, Site, Supplier

Part = TypeVar("Part", bound=Site | Capability | Certificate | Document | Assessment)
Service = Callable[..., Any]


class BelowFirmViewSet(ResourceViewSet[Part]):
    """Rows of one firm, which is in the path. `firm` leads from a row to it."""

    firm: ClassVar[str] = "supplier"

    def get_queryset(self) -> QuerySet[Part]:
        return super().get_queryset().filter(**{self.firm: self.supplier_id()})

    def supplier_id(self) -> int:
        """Of the firm in the path: a 404 where the caller may not see it."""
        visible = Supplier.objects.visible_to(self.request.auth).only("public_id")
        return get_object_or_404(visible, public_id=self.kwargs["supplier_id"]).pk

    def read(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The body, once it is certain that the firm is there: else faults in it would hide the 404."""
        self.supplier_id()
        return super().read(*args, **kwargs)


class PartViewSet(BelowFirmViewSet[Part]):
    """Rows of one firm. `row` is that of the row's id in the services' arguments, without `_id`."""

    permission_classes = [OpenToReaders]
    shows_strangers_the_same = True
    row: ClassVar[str]
    add: ClassVar[Service]
    change: ClassVar[Service]
    remove: ClassVar[Service]

    def create(self, request: Request, supplier_id: str) -> Response:
        return self.answer(self.create_row(self.read()), status=201)

    def create_row(self, values: dict[str, Any]) -> Part:
        service = type(self).add
        row: Part = service(supplier_id=self.supplier_id(), values=values, by=self.request.auth)
        return row

    def partial_update(self, request: Request, supplier_id: str, id: str) -> Response:  # noqa: A002
        service, version, pk = type(self).change, self.expected_version(), self.get_object().pk
        values = self.read(partial=True)
        return self.answer(service(**{f"{self.row}_id": pk}, values=values, by=request.auth, expected_version=version))

    def destroy(self, request: Request, supplier_id: str, id: str) -> Response:  # noqa: A002
        service, version, pk = type(self).remove, self.expected_version(), self.get_object().pk
        service(**{f"{self.row}_id": pk}, by=request.auth, expected_version=version)
        return Response(status=204)


def described(plural: str, one: str, *, writer: type[Any], answer: type[Any]) -> Any:
    """How the OpenAPI file describes the five routes of a part."""
    return extend_schema_view(
        list=extend_schema(operation_id=f"suppliers_{plural}_list", summary=f"The firm's {plural}"),
        retrieve=extend_schema(operation_id=f"suppliers_{plural}_retrieve", summary=f"A {one}"),
        create=extend_schema(
            operation_id=f"suppliers_{plural}_add", summary=f"Add a {one}", request=writer, responses={201: answer}
        ),
        partial_update=extend_schema(
            operation_id=f"suppliers_{plural}_change", summary=f"Change a {one}", request=writer, responses=answer
        ),
        destroy=extend_schema(
            operation_id=f"suppliers_{plural}_remove", summary=f"Remove a {one}", responses={204: None}
        ),
    )


@described("sites", "site", writer=SiteWriter, answer=SiteSerializer)
class SiteViewSet(PartViewSet[Site]):
    """Where a firm works."""

    row = "site"
    queryset = Site.objects.select_related("supplier", "province", "old_province", "park")
    serializer_class = SiteSerializer
    writer_class = SiteWriter
    bulk = bulk(
        SiteWriter,
        SiteSerializer,
        operation_id="suppliers_sites_bulk",
        summary="Add up to 100 sites, all or none",
    )
    filterset_class = SiteFilters
    add = services.add_site
    change = services.change_site
    remove = services.remove_site


@described("capabilities", "capability", writer=CapabilityWriter, answer=CapabilitySerializer)
class CapabilityViewSet(PartViewSet[Capability]):
    """What a firm can make."""

    row = "capability"
    firm = "site__supplier"
    queryset = Capability.objects.select_related("site__supplier", "process").prefetch_related("materials")
    serializer_class = CapabilitySerializer
    writer_class = CapabilityWriter
    bulk = bulk(
        CapabilityWriter,
        CapabilitySerializer,
        operation_id="suppliers_capabilities_bulk",
        summary="Add up to 100 capabilities, all or none",
    )
    filterset_class = CapabilityFilters
    add = services.add_capability
    change = services.change_capability
    remove = services.remove_capability


@described("certificates", "certificate", writer=CertificateWriter, answer=CertificateSerializer)
class CertificateViewSet(PartViewSet[Certificate]):
    """Which standards a firm says it meets."""

    row = "certificate"
    queryset = Certificate.objects.select_related("supplier", "standard", "site")
    serializer_class = CertificateSerializer
    writer_class = CertificateWriter
    bulk = bulk(
        CertificateWriter,
        CertificateSerializer,
        operation_id="suppliers_certificates_bulk",
        summary="Add up to 100 certificates, all or none",
    )
    filterset_class = CertificateFilters
    add = services.add_certificate
    change = services.change_certificate
    remove = services.remove_certificate

    @act(
        CheckWriter,
        operation_id="suppliers_certificates_check",
        summary="Confirm after checking (staff)",
        answer=CertificateSerializer,
        may_name_version=True,
    )
    def check(self, request: Request, supplier_id: str, id: str) -> Response:  # noqa: A002
        return self.decide(services.check_certificate)

    @act(
        ReasonWriter,
        operation_id="suppliers_certificates_reject",
        summary="Reject (staff)",
        answer=CertificateSerializer,
        may_name_version=True,
    )
    def reject(self, request: Request, supplier_id: str, id: str) -> Response:  # noqa: A002
        return self.decide(services.reject_certificate)

    def decide(self, service: Service) -> Response:
        values, version = self.read(), self.named_version()
        pk = self.get_object().pk
        return self.answer(service(certificate_id=pk, by=self.request.auth, expected_version=version, **values))
