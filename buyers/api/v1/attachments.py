"""Endpoints of a requirement's drawings and specifications: `requirements/{id}/attachments`, and the files behind
them."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from buyers import services
from buyers.models import Requirement, RequirementAttachment
from buyers.services.attachments import address_of
from config.api.fields import ResourceSerializer, StrictSerializer
from config.api.kept_files import content_of_file, file_field
from config.api.parsers import StrictJSONParser
from config.api.uploads import UploadParser
from config.api.views import ResourceViewSet


class RequirementAttachmentSerializer(ResourceSerializer):
    """What is known of a file that belongs to a requirement."""

    requirement = serializers.CharField(source="requirement.public_id")
    content = serializers.SerializerMethodField(help_text="Path from which the file itself is had.")

    class Meta:
        model = RequirementAttachment
        fields = ["id", "requirement", "kind", "name", "media_type", "size_bytes", "sha256", "content", "created_at"]
        read_only_fields = fields

    def get_content(self, attachment: RequirementAttachment) -> str:
        return f"{address_of(attachment)}/content"


class RequirementAttachmentWriter(StrictSerializer):
    """A file, and what it is."""

    file = file_field()
    kind = serializers.ChoiceField(choices=RequirementAttachment.Kind.choices)


@extend_schema_view(
    list=extend_schema(
        operation_id="requirements_attachments_list",
        summary="Drawings and specifications of a requirement, newest first",
    ),
    retrieve=extend_schema(operation_id="requirements_attachments_retrieve", summary="What is known of a drawing"),
)
class RequirementAttachmentViewSet(ResourceViewSet[RequirementAttachment]):
    """Drawings and specifications: for the buyer, staff, and suppliers that see the requirement.

    Of one that needs an NDA or is anonymous, a supplier finds none until both sides have agreed.
    """

    queryset = RequirementAttachment.objects.select_related("requirement")
    serializer_class = RequirementAttachmentSerializer
    writer_class = RequirementAttachmentWriter
    parser_classes = [UploadParser, StrictJSONParser]

    def get_queryset(self) -> QuerySet[RequirementAttachment]:
        return super().get_queryset().filter(requirement=self.requirement_id())

    def requirement_id(self) -> int:
        """Of the requirement in the path: a 404 where the caller may not see it."""
        visible = Requirement.objects.visible_to(self.request.auth).only("public_id")
        return get_object_or_404(visible, public_id=self.kwargs["requirement_id"]).pk

    @extend_schema(
        operation_id="requirements_attachments_add",
        summary="Add a drawing or a specification",
        request=RequirementAttachmentWriter,
        responses={201: RequirementAttachmentSerializer},
    )
    def create(self, request: Request, requirement_id: str) -> Response:
        """To a draft or an open requirement."""
        pk = self.requirement_id()
        added = services.add_attachment(requirement_id=pk, values=self.read(), by=request.auth)
        return self.answer(added, status=201)

    @extend_schema(operation_id="requirements_attachments_remove", summary="Remove a file", responses={204: None})
    def destroy(self, request: Request, requirement_id: str, id: str) -> Response:  # noqa: A002
        version, pk = self.expected_version(), self.get_object().pk
        services.remove_attachment(attachment_id=pk, by=request.auth, expected_version=version)
        return Response(status=204)

    content = content_of_file("requirements_attachments_download")
