"""Endpoints of what the sides of a connection write to each other: `connections/{id}/messages`, and their files."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.principals import Principal
from config.api.fields import ResourceSerializer, StrictSerializer, TextField
from config.api.files import AnyMediaType
from config.api.parsers import StrictJSONParser
from config.api.uploads import UploadParser
from config.uploads import TYPES
from matchmaking import services
from matchmaking.api.v1.connection_parts import BelowConnection
from matchmaking.models import Attachment, Message
from suppliers.storage import handed_out


class AttachmentSerializer(serializers.Serializer[Any]):
    """A file that came with a message."""

    name = serializers.CharField()
    media_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    content = serializers.SerializerMethodField(help_text="Path from which the file itself is had.")

    def get_content(self, attachment: Attachment) -> str:
        message = attachment.message
        return f"/api/v1/connections/{message.connection.public_id}/messages/{message.public_id}/attachment"


class MessageSerializer(ResourceSerializer):
    """What one side, or the agency, has written."""

    connection = serializers.CharField(source="connection.public_id")
    attachment = serializers.SerializerMethodField(help_text="Null where there is none, or it is withheld.")
    attachment_withheld = serializers.SerializerMethodField(
        help_text="Whether there is a file that is shown only once both sides have agreed: the buyer wants an NDA, or "
        "is anonymous."
    )

    class Meta:
        model = Message
        fields = ["id", "connection", "side", "text", "attachment", "attachment_withheld", "created_at"]
        read_only_fields = fields
        extra_kwargs = {"side": {"help_text": "Who wrote it."}}

    @extend_schema_field(AttachmentSerializer(allow_null=True))
    def get_attachment(self, message: Message) -> Any:
        shown = shown_attachment(message, self.context["request"].auth)
        return AttachmentSerializer(shown).data if shown else None

    def get_attachment_withheld(self, message: Message) -> bool:
        return _has_file(message) and message.withholds_attachment_from(self.context["request"].auth)


class MessageWriter(StrictSerializer):
    """Some words, a file, or both: as JSON, or as a form with the file."""

    text = TextField(max_length=4000, required=False, allow_blank=True)
    file = serializers.FileField(
        required=False,
        allow_empty_file=True,
        help_text="PDF, PNG, JPEG, XLSX or CSV of at most 10 MB, without macros and scripts.",
    )


@extend_schema_view(
    list=extend_schema(operation_id="connections_messages_list", summary="The messages of a connection, newest first"),
    retrieve=extend_schema(operation_id="connections_messages_retrieve", summary="A message"),
)
class MessageViewSet(BelowConnection[Message]):
    """For both sides of the connection, and for staff, who mediate."""

    queryset: QuerySet[Message] = Message.objects.select_related(
        "attachment", "connection__requirement__buyer", "connection__supplier"
    )
    serializer_class = MessageSerializer
    writer_class = MessageWriter
    parser_classes = [UploadParser, StrictJSONParser]
    limits = {"create": "message"}  # each is mailed to all of the other side

    @extend_schema(
        operation_id="connections_messages_send",
        summary="Write to the other side, with a file or without",
        request=MessageWriter,
        responses={201: MessageSerializer},
    )
    def create(self, request: Request, connection_id: str) -> Response:
        """Before acceptance, too: a question may decide it. What was declined, withdrawn, lost or has expired is a
        409."""
        pk = self.connection_id()
        return self.answer(services.send_message(connection_id=pk, by=request.auth, **self.read()), status=201)

    @extend_schema(
        operation_id="connections_messages_download",
        summary="The file of a message",
        responses={(200, file_type.media_type): OpenApiTypes.BINARY for file_type in TYPES},
    )
    @action(
        detail=True,
        url_path="attachment",
        content_negotiation_class=AnyMediaType,
        tags_answers=False,
        further_problems=(410,),
    )
    def attachment(self, request: Request, **_path: Any) -> StreamingHttpResponse:
        shown = shown_attachment(self.get_object(), request.auth)
        if shown is None:
            raise Http404
        return handed_out(shown)


def shown_attachment(message: Message, reader: Principal) -> Attachment | None:
    """The file of a message, as far as the reader may see it by now."""
    if not _has_file(message) or message.withholds_attachment_from(reader):
        return None
    return message.attachment


def _has_file(message: Message) -> bool:
    return hasattr(message, "attachment")
