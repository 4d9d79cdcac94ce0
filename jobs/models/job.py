"""Long work that somebody asked for: how far it is, what came of it, and the file that it made."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.models import Resource
from config.phrases import Phrase
from jobs.models.due_row import DueRow, DueRowQuerySet
from jobs.signals import job_ended

if TYPE_CHECKING:
    from accounts.principals import Principal

ATTEMPTS = 5
"""How often a job is tried. Who asked waits for it, so it is given up sooner than other rows."""


class JobQuerySet(DueRowQuerySet["Job"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; everyone else those of the organisation that they act for. Personal ones see who asked."""
        visible = Q(pk__in=())
        if principal.is_staff:
            visible |= Q(is_personal=False)
        elif principal.organisation_id is not None:
            visible |= Q(is_personal=False, organisation=principal.organisation_id)
        if principal.user is not None:
            visible |= Q(asked_by=principal.user) & (Q(is_personal=True) | Q(organisation=None))
        return self.filter(visible)

    def standing_at(self, state: str) -> Self:
        """Those whose `standing` is that state."""
        waiting = {Job.Standing.QUEUED: DueRow.State.DUE, Job.Standing.RUNNING: DueRow.State.RUNNING}
        return self.filter(state=waiting[Job.Standing(state)]) if state in waiting else self.filter(outcome=state)

    def unfinished(self) -> Self:
        return self.filter(outcome="")

    def start(self, job: "Job") -> bool:
        """Note that a claimed job is worked on. False where another worker has taken it over since."""
        started = self.held(job).update(
            started_at=Coalesce("started_at", Now()), version=F("version") + 1, updated_at=Now()
        )
        return started == 1

    def end(self, job: "Job", *, outcome: str, **fields: Any) -> bool:
        """Finish a claimed job, and say so in the same transaction. False where another worker has taken it over."""
        with transaction.atomic():
            ended = self.finish(job, **_ending(outcome), **fields)
            if ended:
                job_ended.send(sender=Job, job=Job.objects.get(pk=job.pk))
        return ended

    def cancel(self, job: "Job") -> None:
        """Cancel a locked job that has not ended: now where no worker has it, else when it next reports."""
        if job.state == DueRow.State.RUNNING:
            asked = Coalesce("cancel_asked_at", Now())
            self.filter(pk=job.pk).update(cancel_asked_at=asked, version=F("version") + 1, updated_at=Now())
            return
        ending = _ending(Job.Standing.CANCELLED)
        self.filter(pk=job.pk).update(state=DueRow.State.DONE, cancel_asked_at=Now(), **ending)
        job_ended.send(sender=Job, job=Job.objects.get(pk=job.pk))

    def put_back(self, row: DueRow, *, error: str, retry_in: timedelta | None, **fields: Any) -> bool:
        """The same as for all rows; a job that is given up has failed."""
        if retry_in is not None:
            return super().put_back(row, error=error, retry_in=retry_in, **fields)
        with transaction.atomic():
            back = super().put_back(row, error=error, retry_in=None, **_ending(Job.Standing.FAILED), **fields)
            if back:
                job_ended.send(sender=Job, job=Job.objects.get(pk=row.pk))
        return back


def _ending(outcome: str) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "finished_at": Now(),
        "expires_at": Now() + settings.JOB_RESULTS_KEPT,
        "version": F("version") + 1,
        "updated_at": Now(),
    }


class Job(DueRow, Resource):
    """Work that takes longer than a request may. A worker does it with the rights that who asked has by then."""

    PREFIX = "job"

    class Standing(models.TextChoices):
        """The state as its readers know it."""

        QUEUED = "queued", _("Waiting for a worker")
        RUNNING = "running", _("Running")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    ENDINGS = (Standing.SUCCEEDED, Standing.FAILED, Standing.CANCELLED)

    kind = models.CharField(_("kind"), max_length=40)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("For which it was asked; blank where the person belongs to none."),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_with = models.ForeignKey(
        "accounts.ApiKey", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_personal = models.BooleanField(default=False, help_text=_("Only the person who asked may see it."))
    language = models.CharField(_("language"), max_length=2, default="vi")
    parameters = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, choices=[(one.value, one.label) for one in ENDINGS], blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    phrase = models.CharField(max_length=100, blank=True, help_text=_("What is being done, in English."))
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    file_name = models.CharField(max_length=150, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    file_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text=_("When its file is deleted."))

    objects: ClassVar[JobQuerySet] = JobQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", finished_at=None, state__in=("due", "running"))
                | ~Q(outcome="") & Q(finished_at__isnull=False, state__in=("done", "dead")),
                name="job_has_an_outcome_once_it_has_ended",
            ),
            models.CheckConstraint(
                condition=Q(file_bytes=None) | ~Q(file_name="") & ~Q(file_type="") & Q(outcome="succeeded"),
                name="job_has_a_file_only_where_it_succeeded",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=("due", "running")), name="job_due"),
            models.Index(fields=["expires_at"], condition=Q(file_bytes__isnull=False), name="job_file_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    def standing(self) -> "Job.Standing":
        if self.outcome:
            return self.Standing(self.outcome)
        return self.Standing.RUNNING if self.state == DueRow.State.RUNNING else self.Standing.QUEUED

    def problem(self) -> dict[str, Any] | None:
        """Why it failed, in the reader's language; None where nothing refused it."""
        if self.error is None:
            return None
        code, title, message, errors = (self.error[name] for name in ("code", "title", "detail", "errors"))
        detail = str(Phrase(message, **self.error.get("told", {})))
        errors = [{**each, "detail": detail} for each in errors]
        return {"code": code, "title": gettext(title), "detail": detail, "errors": errors}

    @property
    def has_file(self) -> bool:
        """Whether there is a file to fetch now."""
        return self.file_bytes is not None and not self.has_expired

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def file_parts(self) -> Iterator[bytes]:
        """The file, part by part, one query each: nothing is held open while a slow reader fetches it."""
        for pk in list(self.parts.order_by("position").values_list("pk", flat=True)):
            yield bytes(ResultPart.objects.values_list("content", flat=True).get(pk=pk))


class ResultPart(models.Model):
    """A piece of the file that a job made. In the database, where every machine reaches it and a worker that dies
    leaves none half written."""

    BYTES = 1024 * 1024

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = _("part of a result")
        verbose_name_plural = _("parts of results")
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="result_part_once_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} [{self.position}]"
