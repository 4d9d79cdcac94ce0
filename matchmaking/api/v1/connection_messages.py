"""Endpoints of what the sides of a connection write to each other: `connections/{id}/messages`, and the `files` that
come with it."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.fields import ResourceSerializer, StrictSerializer, TextField
from config.api.filtering import LookupFilters
from config.api.kept_files import content_of_file
from config.api.parsers import StrictJSONParser
from config.api.uploads import UploadParser
from matchmaking import services
from matchmaking.api.v1.connection_parts import BelowConnection
from matchmaking.models import Attachment, Message
from matchmaking.services.connections.messages import address_of

MOST_FILES = 10
"""That come with one message."""


class FileSerializer(ResourceSerializer):
    """A file that came with a message."""

    message = serializers.CharField(source="message.public_id")
    content = serializers.SerializerMethodField(help_text="Path from which the file itself is had.")

    class Meta:
        model = Attachment
        fields = ["id", "message", "name", "media_type", "size_bytes", "sha256", "content", "created_at"]
        read_only_fields = fields

    def get_content(self, attachment: Attachment) -> str:
        return f"{address_of(attachment)}/content"


class MessageSerializer(ResourceSerializer):
    """What one side, or the agency, has written."""

    connection = serializers.CharField(source="connection.public_id")
    files = serializers.SerializerMethodField(help_text="None where they are withheld.")
    files_withheld = serializers.SerializerMethodField(
        help_text="Whether there are files that are shown only once both sides have agreed: the buyer wants an NDA, or "
        "is anonymous."
    )

    class Meta:
        model = Message
        fields = ["id", "connection", "side", "text", "files", "files_withheld", "created_at"]
        read_only_fields = fields
        extra_kwargs = {"side": {"help_text": "Who wrote it."}}

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, message: Message) -> Any:
        shown = [] if self._withholds(message) else message.attachments.all()
        return FileSerializer(shown, many=True, context=self.context).data

    def get_files_withheld(self, message: Message) -> bool:
        return self._withholds(message) and bool(message.attachments.all())

    def _withholds(self, message: Message) -> bool:
        return message.withholds_files_from(self.context["request"].auth)


class MessageWriter(StrictSerializer):
    """Some words, files, or both: as JSON, or as a form with the files."""

    text = TextField(max_length=4000, required=False, allow_blank=True)
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        max_length=MOST_FILES,
        required=False,
        help_text="PDF, PNG, JPEG, XLSX, CSV, STEP or DXF, of at most 10 MB together, without macros and scripts. Each "
        "is a part `files` of the form.",
    )


class MessageFilters(LookupFilters):
    class Meta:
        model = Message
        fields = {"side": ["exact"], "created_at": ["gte", "lte"]}


class MessageParser(UploadParser):
    several = frozenset({"files"})


@extend_schema_view(
    list=extend_schema(operation_id="connections_messages_list", summary="The messages of a connection, newest first"),
    retrieve=extend_schema(operation_id="connections_messages_retrieve", summary="A message"),
)
class MessageViewSet(BelowConnection[Message]):
    """For both sides of the connection, and for staff, who mediate."""

    queryset: QuerySet[Message] = Message.objects.select_related(
        "connection__requirement__buyer", "connection__supplier"
    ).prefetch_related(Prefetch("attachments", Attachment.objects.order_by("pk")))
    serializer_class = MessageSerializer
    writer_class = MessageWriter
    filterset_class = MessageFilters
    parser_classes = [MessageParser, StrictJSONParser]
    limits = {"create": "message"}  # each is mailed to all of the other side

    @extend_schema(
        operation_id="connections_messages_send",
        summary="Write to the other side, with files or without",
        request=MessageWriter,
        responses={201: MessageSerializer},
    )
    def create(self, request: Request, connection_id: str) -> Response:
        """Before acceptance, too: a question may decide it. What was declined, withdrawn, lost or has expired is a
        409."""
        pk = self.connection_id()
        return self.answer(services.send_message(connection_id=pk, by=request.auth, **self.read()), status=201)


@extend_schema_view(
    list=extend_schema(
        operation_id="connections_files_list", summary="The files of all messages of a connection, newest first"
    ),
    retrieve=extend_schema(operation_id="connections_files_retrieve", summary="What is known of a file"),
)
class FileViewSet(BelowConnection[Attachment]):
    """Files that came with messages. What is withheld until both sides have agreed is not among them."""

    connection: ClassVar[str] = "message__connection"
    queryset: QuerySet[Attachment] = Attachment.objects.select_related("message__connection")
    serializer_class = FileSerializer

    content = content_of_file("connections_files_download")
