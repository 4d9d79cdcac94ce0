"""The pages of a list: upload, columns, preview, duplicates, words, result. Plain forms; no scripts are needed."""

from collections.abc import Callable
from io import SEEK_END
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.staff_acts import acting_staff
from config.admin import ReadOnlyAdmin
from config.api.files import attachment
from config.errors import DomainError, StaleVersionError
from config.numbers import number_in
from jobs.api.v1.views import file_of
from jobs.runs import File
from jobs.services import cancel_job
from suppliers.admin.imports.forms import UploadForm, UseForm
from suppliers.imports import lists
from suppliers.imports.beside import pairs_of
from suppliers.imports.result_file import result_file
from suppliers.imports.telling import lines_of
from suppliers.imports.words import choices_of, words_of
from suppliers.models import Import
from suppliers.models.imported import RESULTS
from taxonomy.naming import Naming

PAGE = 50
PAIRS = 20
State = Import.State


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("name", "source", "state", "new", "changed", "unchanged", "skipped", "uploaded_by", "created_at")
    list_filter = ("state", "created_at")
    list_select_related = ("uploaded_by",)
    search_fields = ("public_id", "name", "source")
    search_help_text = _("Name of the file or the list.")
    ordering = ("-id",)
    list_before_template = "admin/imports/how.html"

    @admin.display(description=RESULTS["created"])
    def new(self, row: Import) -> Any:
        return row.count.get("created")

    @admin.display(description=RESULTS["updated"])
    def changed(self, row: Import) -> Any:
        return row.count.get("updated")

    @admin.display(description=RESULTS["unchanged"])
    def unchanged(self, row: Import) -> Any:
        return row.count.get("unchanged")

    @admin.display(description=RESULTS["skipped"])
    def skipped(self, row: Import) -> Any:
        return row.count.get("skipped")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("suppliers.add_import")

    def get_urls(self) -> list[URLPattern]:
        def url(name: str, view: Callable[..., Any]) -> URLPattern:
            made: URLPattern = path(
                f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"suppliers_import_{name}"
            )
            return made

        own = [
            *(
                url("columns", self.columns_view),
                url("duplicates", self.duplicates_view),
                url("words", self.words_view),
            ),
            *(url("preview", self.preview_view), url("confirm", self.confirm_view), url("cancel", self.cancel_view)),
            *(url("remove", self.remove_view), url("result", self.result_view)),
        ]
        urls: list[URLPattern] = super().get_urls()
        return [*own, *urls]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The form that takes a file."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            row = self._done(
                request, lambda: lists.upload_list(file=form.cleaned_data["file"], by=acting_staff(request))
            )
            if row is not None:
                return redirect("admin:suppliers_import_columns", row.pk)
        return self._page(request, "upload", title=_("Import a list"), form=form)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """How far the list is, and what becomes of its rows."""
        row = self._row(request, number_in(object_id) or 0)
        if row.state == State.UPLOADED and not row.error:
            return redirect("admin:suppliers_import_columns", row.pk)
        wanted = request.GET.get("result", "")
        rows = row.rows.order_by("number")
        page = _page_of(rows.filter(result=wanted) if wanted in RESULTS else rows, request, PAGE)
        return self._page(
            request,
            "preview",
            step="preview",
            row=row,
            page=page,
            lines=lines_of(page.object_list),
            wanted=wanted,
            results=[(str(result), label, row.count.get(result, 0)) for result, label in RESULTS.items()],
            likely=row.rows.likely_known().count(),
            without_tax_code=row.rows.without_tax_code().count(),
            words=len(words_of(row)) if row.state == State.PREVIEWED else 0,
        )

    def columns_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What each column means."""
        row = self._row(request, pk)
        form = UseForm(request.POST if request.method == "POST" else None, of=row)
        if request.method == "POST" and form.is_valid() and self._done(request, lambda: self._use(request, row, form)):
            return self._back(row)
        return self._page(request, "columns", row=row, form=form, step="columns")

    def duplicates_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Rows beside the stored firms that they resemble."""
        row = self._row(request, pk)
        if request.method == "POST":
            decisions = {
                number: str(firm) or None
                for name, firm in request.POST.items()
                if name.startswith("row_") and (number := number_in(name.removeprefix("row_"))) is not None
            }
            decide = {number: firm for number, firm in decisions.items() if row.decided.get(str(number)) != firm}
            if decide and self._done(
                request, lambda: lists.decide_rows(import_id=pk, decisions=decide, by=acting_staff(request))
            ):
                messages.success(request, _("Decided: %(count)s.") % {"count": len(decide)})
            return redirect(request.get_full_path())
        waiting = row.rows.to_be_decided(row.decided).order_by("number")
        page = _page_of(waiting, request, PAIRS)
        return self._page(
            request, "duplicates", row=row, page=page, pairs=pairs_of(row, page.object_list), step="duplicates"
        )

    def words_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Words that were not understood: what one of them means is said once for all rows."""
        row = self._row(request, pk)
        if request.method == "POST":
            taught = sum(self._teach(request, row, place) for place in range(PAGE))
            if taught:
                messages.success(request, _("Taught: %(count)s.") % {"count": taught})
            return redirect(request.get_full_path())
        page, naming = _page_of(words_of(row), request, PAGE), Naming()
        words = [(word, word.meanings(naming)) for word in page.object_list]
        choices = choices_of(page.object_list)
        return self._page(request, "words", row=row, page=page, words=words, choices=choices, step="words")

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, lambda: lists.request_preview(import_id=pk, by=acting_staff(request)))

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(
            request,
            pk,
            lambda: lists.confirm_list(import_id=pk, by=acting_staff(request), expected_version=_version_read(request)),
        )

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(request, pk)
        if row.job_id is None:
            raise Http404
        job_id = row.job_id
        return self._act(request, pk, lambda: cancel_job(job_id=job_id, by=acting_staff(request)))

    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(request, pk)
        if request.method != "POST":
            return self._page(request, "remove", row=row)
        self._done(request, lambda: lists.remove_list(import_id=pk, by=acting_staff(request)))
        return redirect("admin:suppliers_import_changelist")

    def result_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The file that says what became of each row: the job's, or one for a reader of another language."""
        row = self._row(request, pk)
        if row.job is None or row.state != State.IMPORTED:
            raise Http404
        job, language = row.job, get_language() or "vi"
        if job.language != language:
            return _sent(result_file(row, language))
        found: HttpResponseBase | None = self._done(request, lambda: file_of(job))
        return found or self._back(row)

    def _use(self, request: HttpRequest, row: Import, form: UseForm) -> object:
        by = acting_staff(request)
        lists.change_list(import_id=row.pk, values=form.values(), by=by)
        return lists.request_preview(import_id=row.pk, by=by)

    def _teach(self, request: HttpRequest, row: Import, place: int) -> int:
        """Teach the word at that place of the form, where a meaning was chosen. How many were taught."""
        code = (request.POST.get(f"other_{place}") or request.POST.get(f"code_{place}") or "").strip()
        kind, _colon, text = request.POST.get(f"word_{place}", "").partition(":")
        if not code or not text:
            return 0
        taught = {"kind": kind, "text": text, "code": code}
        done = self._done(request, lambda: lists.teach_word(import_id=row.pk, by=acting_staff(request), **taught))
        return int(done is not None)

    def _act(self, request: HttpRequest, pk: int, act: Callable[[], object]) -> HttpResponse:
        row = self._row(request, pk)
        if request.method == "POST":
            self._done(request, act)
        return self._back(row)

    def _done(self, request: HttpRequest, act: Callable[[], Any]) -> Any:
        """What comes of the act; None where it is refused, which is said."""
        try:
            return act()
        except DomainError as refusal:
            messages.error(request, str(refusal.detail))
            return None

    def _row(self, request: HttpRequest, pk: int) -> Import:
        rows: QuerySet[Import] = self.get_queryset(request)
        row = rows.select_related("job", "uploaded_by").filter(pk=pk).first()
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def _back(self, row: Import) -> HttpResponse:
        return redirect(reverse("admin:suppliers_import_change", args=[row.pk]))

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        row = context.get("row")
        shown = {
            "title": row.name if row else "",
            "opts": self.opts,
            "original": row,
            "may_write": self._may_write(request),
        }
        page = {**self.admin_site.each_context(request), **shown, **context}
        return TemplateResponse(request, f"admin/imports/{name}.html", page)

    def _may_write(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)


def _version_read(request: HttpRequest) -> int:
    """Of the list, as the page showed it.

    Raises:
        StaleVersionError: the page sent none, or no number.
    """
    version = number_in(request.POST.get("version", ""))
    if version is None:
        raise StaleVersionError
    return version


def _sent(file: File) -> HttpResponseBase:
    length = file.content.seek(0, SEEK_END)
    file.content.seek(0)
    return attachment(file.content, name=file.name, media_type=file.media_type, length=length)


def _page_of(rows: Any, request: HttpRequest, size: int) -> Page[Any]:
    return Paginator(rows, size).get_page(request.GET.get("p"))
