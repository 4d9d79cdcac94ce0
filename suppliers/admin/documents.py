"""Documents beside the firm, the certificate and the capability that they are about, to be looked at by staff."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from config.admin import ReadOnlyAdmin, ReadOnlyInline
from config.api.files import attachment, shown
from config.uploads.storage import handed_out
from suppliers.models import Document

DOWNLOAD = "suppliers_document_download"
SHOW = "suppliers_document_show"


@admin.display(description=_("file"))
def download_link(document: Document) -> str:
    """The name of the file, leading to it."""
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{DOWNLOAD}", args=[document.pk]), document.name)


class DocumentInline(ReadOnlyInline):
    model = Document
    fields = ("download", "kind", "media_type", "size_bytes", "shared", "created_at")
    readonly_fields = ("download",)
    show_change_link = True

    @admin.display(description=_("file"))
    def download(self, document: Document) -> str:
        return download_link(document)


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("supplier", download_link, "kind", "media_type", "size_bytes", "shared", "created_at")
    list_filter = ("kind", "media_type", "shared")
    list_select_related = ("supplier__organisation",)
    search_fields = ("public_id", "name", "sha256", "supplier__organisation__name_key")
    ordering = ("-id",)
    fields = (
        ("supplier", "public_id"),
        ("download", "kind"),
        ("certificate", "capability"),
        ("media_type", "size_bytes", "shared"),
        "sha256",
        ("uploaded_by", "created_at", "updated_at"),
    )
    readonly_fields = ("download",)

    @admin.display(description=_("file"))
    def download(self, document: Document) -> str:
        return download_link(document)

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(partial(self.file_view, answer=attachment))
        show = self.admin_site.admin_view(partial(self.file_view, answer=shown))
        urls: list[URLPattern] = super().get_urls()
        return [path("<int:pk>/download", download, name=DOWNLOAD), path("<int:pk>/show", show, name=SHOW), *urls]

    def file_view(self, request: HttpRequest, pk: int, *, answer: Any) -> HttpResponseBase:
        """The file, downloaded or shown, for whoever sees its row."""
        documents: QuerySet[Any] = self.get_queryset(request)
        document = documents.filter(pk=pk).first()
        if document is None or not self.has_view_permission(request, document):
            raise Http404
        return handed_out(document, answer=answer)
