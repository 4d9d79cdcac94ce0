"""Jobs for staff: which wait, how far they are, and stopping them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.staff_acts import for_chosen, staff_act
from config.admin import ReadOnlyAdmin
from config.errors import DomainError
from jobs import services
from jobs.admin_lists import list_file
from jobs.api.v1.views import file_of
from jobs.models import DueRow, Job


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "organisation", "asked_by", "shown_state", "progress", "finished_at")
    list_filter = ("state", "outcome", "kind", "created_at")
    list_select_related = ("organisation", "asked_by")
    search_fields = ("public_id", "request_id", "organisation__legal_name", "organisation__trade_name")
    search_help_text = _("Organisation, request, or id.")
    ordering = ("-id",)
    fields = (
        ("kind", "public_id", "request_id"),
        ("organisation", "asked_by", "asked_with"),
        ("shown_state", "progress", "cancel_asked_at"),
        ("attempts", "due_at", "lease_until", "last_error"),
        "parameters",
        ("result", "why_failed"),
        ("file", "file_bytes", "expires_at"),
        ("created_at", "started_at", "finished_at"),
    )
    readonly_fields = ("file", "why_failed")
    actions_detail = ["cancel"]
    actions = ["cancel_chosen"]

    cancel = staff_act(
        services.cancel_job,
        row="job_id",
        label=_("Cancel"),
        path="cancel",
        states={DueRow.State.DUE, DueRow.State.RUNNING},
    )
    cancel_chosen = for_chosen(cancel)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        jobs: QuerySet[Job] = super().get_queryset(request)
        return jobs.filter(is_personal=False)

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, job: Job) -> str:
        return str(job.standing().label)

    @admin.display(description=_("progress"))
    def progress(self, job: Job) -> str:
        """Such as “500 of 2,000”."""
        if job.total is None:
            return str(job.done)
        return gettext("%(done)s of %(total)s") % {"done": job.done, "total": job.total}

    @admin.display(description=_("error"))
    def why_failed(self, job: Job) -> str:
        return str((job.problem() or {}).get("detail", ""))

    @admin.display(description=_("file"))
    def file(self, job: Job) -> str:
        """Its name, leading to it. Only who asked may fetch it: it was written with that person's rights."""
        if not job.has_file:
            return job.file_name
        return format_html('<a href="{}">{}</a>', reverse("admin:jobs_job_file", args=[job.pk]), job.file_name)

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()
        file, rows = self.admin_site.admin_view(self.file_view), self.admin_site.admin_view(require_POST(list_file))
        own = [
            path("<int:pk>/file", file, name="jobs_job_file"),
            path("list/<str:label>", rows, name="list_file"),
        ]
        return [*own, *urls]

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        job = self.get_queryset(request).filter(pk=pk, asked_by=request.user.pk).first()
        if job is None or not self.has_view_permission(request, job):
            raise Http404
        try:
            return file_of(job)
        except DomainError as refusal:
            messages.error(request, str(refusal.detail))
            return redirect("admin:jobs_job_change", pk)
