"""The buttons above each list of the admin that give it as a file."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.staff_acts import acting_staff
from config.api.files import attachment
from config.errors import DomainError
from config.tables.writing import WRITERS
from jobs.list_files import AT_ONCE, KIND, ListFile, chosen_by, page_named
from jobs.runs import File
from jobs.services import ask_for_job

PART = 64 * 1024


def list_file(request: HttpRequest, label: str) -> HttpResponseBase:
    """The rows that are chosen in a list: the file, or for many rows the page of the job that writes it."""
    try:
        page = page_named(label)
    except LookupError:
        raise Http404 from None
    kind = request.POST.get("format", "")
    if kind not in WRITERS or not page.has_view_permission(request):
        raise Http404
    query = chosen_by(request.POST.get("query", ""))
    back = f"{reverse(f'admin:{page.opts.app_label}_{page.opts.model_name}_changelist')}?{query.urlencode()}"
    request.GET = query  # type: ignore[assignment]
    try:
        rows = ListFile(page, request)
        if rows.length > AT_ONCE:
            return _later(request, label=label, kind=kind, query=query.urlencode())
        return _sent(rows.written(kind))
    except IncorrectLookupParameters:
        messages.error(request, _("The list cannot be filtered like this."))
    except DomainError as refusal:
        messages.error(request, str(refusal.detail))
    return HttpResponseRedirect(back)


def _later(request: HttpRequest, *, label: str, kind: str, query: str) -> HttpResponseBase:
    parameters = {"list": label, "format": kind, "query": query}
    job = ask_for_job(kind=KIND, parameters=parameters, by=acting_staff(request))
    messages.success(request, _("The list is long: the file is being written, and will be on this page."))
    return redirect("admin:jobs_job_change", job.pk)


def _sent(file: File) -> HttpResponseBase:
    content: Any = file.content
    length = content.seek(0, 2)
    content.seek(0)
    return attachment(_parts(content), name=file.name, media_type=file.media_type, length=length)


def _parts(content: Any) -> Any:
    with content:
        while part := content.read(PART):
            yield part
