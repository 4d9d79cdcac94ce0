"""Jobs for staff: which wait, how far they are, and stopping them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.staff_acts import for_chosen, staff_act
from config.admin import ReadOnlyAdmin
from jobs import services
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
        ("result", "error"),
        ("file_name", "file_bytes", "expires_at"),
        ("created_at", "started_at", "finished_at"),
    )
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
