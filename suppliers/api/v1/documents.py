"""Endpoints of a firm's documents: `suppliers/{id}/documents`, and the files behind them."""

from rest_framework import serializers

from accounts.permissions import SignedIn
from config.api.fields import PublicIdField, StrictSerializer
from config.api.kept_files import content_of_file, file_field
from config.api.parsers import StrictJSONParser
from config.api.uploads import UploadParser
from suppliers import services
from suppliers.api.v1.parts import PartViewSet, described
from suppliers.api.v1.serializers import ReaderSerializer
from suppliers.models import Capability, Certificate, Document
from suppliers.services.documents import address_of


class DocumentSerializer(ReaderSerializer):
    """What is known of a file of a firm."""

    kind = "document"
    certificate = serializers.CharField(source="certificate.public_id", allow_null=True, default=None)
    capability = serializers.CharField(source="capability.public_id", allow_null=True, default=None)
    content = serializers.SerializerMethodField(help_text="Path from which the file itself is had.")

    class Meta:
        model = Document
        fields = [
            *("id", "kind", "name", "media_type", "size_bytes", "certificate", "capability", "content"),
            *("shared", "sha256", "created_at", "updated_at"),
        ]
        read_only_fields = fields

    def get_content(self, document: Document) -> str:
        return f"{address_of(document)}/content"


class DocumentWriter(StrictSerializer):
    """A file and what it is about: the firm, or one of its certificates or capabilities."""

    file = file_field()
    kind = serializers.ChoiceField(choices=Document.Kind.choices)
    certificate = PublicIdField(queryset=Certificate.objects.all(), required=False, allow_null=True)
    capability = PublicIdField(queryset=Capability.objects.all(), required=False, allow_null=True)
    shared = serializers.BooleanField(
        required=False, help_text="Whether buyers see it to whom the firm's contacts are disclosed."
    )


@described("documents", "document", writer=DocumentWriter, answer=DocumentSerializer)
class DocumentViewSet(PartViewSet[Document]):
    """Files of a firm: for the firm itself and staff; what it shares, also for those who see its contacts."""

    row = "document"
    queryset = Document.objects.select_related("supplier", "certificate", "capability")
    serializer_class = DocumentSerializer
    writer_class = DocumentWriter
    permission_classes = [SignedIn]
    parser_classes = [UploadParser, StrictJSONParser]
    add = services.add_document
    change = services.change_document
    remove = services.remove_document

    content = content_of_file("suppliers_documents_download")
