"""Lists of firms on their way in: the file, how its columns are read, what was decided, what becomes of each row."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.models import Resource
from config.phrases import Phrase
from suppliers.imports.report import Problem, Result

if TYPE_CHECKING:
    from accounts.principals import Principal

RESULTS: Mapping[str, Any] = {
    Result.CREATED: _("new"),
    Result.UPDATED: _("changed"),
    Result.UNCHANGED: _("unchanged"),
    Result.SKIPPED: _("skipped"),
}


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff alone."""
        return self if principal.is_staff else self.none()

    def of_layout(self, layout: str) -> Self:
        """Those with the same headings of which a person looked at the columns, the latest first."""
        return self.filter(layout=layout, previewed_at__isnull=False).order_by("-previewed_at")


class Import(Resource):
    """A list of firms that somebody sent: read, mapped, previewed, confirmed.

    `columns` says of every heading which field it fills, or `-`. `decided` says of rows, by number, which stored firm
    they are, or `new`.
    """

    PREFIX = "imp"

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns to be checked")
        PREVIEWING = "previewing", _("Being previewed")
        PREVIEWED = "previewed", _("To be confirmed")
        IMPORTING = "importing", _("Being imported")
        IMPORTED = "imported", _("Imported")

    AT_WORK = (State.PREVIEWING, State.IMPORTING)
    """States in which a worker has it, and nobody changes it."""

    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UPLOADED)
    name = models.CharField(_("file"), max_length=255)
    size_bytes = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64, help_text=_("Hex."))
    stored_as = models.CharField(max_length=100, unique=True, editable=False)
    source = models.CharField(
        _("name of the list"), max_length=100, help_text=_("By it firms are recognised when the list comes again.")
    )
    country = models.CharField(_("country"), max_length=2, default="VN", help_text=_("Of rows that do not say."))
    observed_on = models.DateField(_("as of"), null=True, blank=True, help_text=_("Blank: the day of the import."))
    submit = models.BooleanField(_("put the firms into the review queue"), default=False)
    all_or_nothing = models.BooleanField(_("write nothing if a row is skipped"), default=False)
    headings = models.JSONField(default=list)
    samples = models.JSONField(default=dict)
    layout = models.CharField(max_length=64, help_text=_("A fingerprint of the headings."))
    columns = models.JSONField(_("columns"), default=dict)
    decided = models.JSONField(_("decisions"), default=dict)
    is_outdated = models.BooleanField(default=False, help_text=_("Something was decided since the preview."))
    count = models.JSONField(_("rows"), default=dict)
    error = models.CharField(_("error"), max_length=500, blank=True)
    error_told = models.JSONField(_("error"), default=dict, db_default={})
    """With `error`, a `Phrase`."""
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    previewed_at = models.DateTimeField(_("previewed"), null=True, blank=True)
    imported_at = models.DateTimeField(_("imported"), null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="imported", imported_at__isnull=False) | ~Q(state="imported") & Q(imported_at=None),
                name="import_has_a_time_once_it_is_done",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("previewed", "importing", "imported")) | Q(previewed_at__isnull=False),
                name="import_is_previewed_before_it_is_confirmed",
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="import_has_a_sha256"),
        ]
        indexes = [models.Index(fields=["layout", "-previewed_at"], name="import_by_layout")]

    def __str__(self) -> str:
        return self.name

    @property
    def why_failed(self) -> str:
        """Why the last preview or import failed, in the reader's language; empty where it did not."""
        return str(Phrase(self.error, **self.error_told))

    @property
    def is_at_work(self) -> bool:
        return self.state in self.AT_WORK

    @property
    def can_be_confirmed(self) -> bool:
        return self.state == self.State.PREVIEWED and not self.is_outdated

    @property
    def is_all_skipped(self) -> bool:
        """None of the rows would be, or was, taken."""
        return bool(self.count) and self.count.get(Result.SKIPPED, 0) == sum(self.count.values())

    @property
    def changed_nothing(self) -> bool:
        """It is imported, and left everything as it was."""
        written = self.count.get(Result.CREATED, 0) + self.count.get(Result.UPDATED, 0)
        return self.state == self.State.IMPORTED and not written

    def field_of(self, heading: str) -> str:
        """Which field a column fills; empty where it is left out."""
        field: str = self.columns.get(heading, "")
        return "" if field == "-" else field


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def likely_known(self) -> Self:
        """Those that are likely a stored firm, and wait for somebody to say so."""
        return self.filter(is_likely=True)

    def without_tax_code(self) -> Self:
        """New firms that stay drafts until their tax code is known."""
        return self.filter(left_out__contains=[{"text": "tax_code", "outcome": "missing"}])

    def to_be_decided(self, decided: Mapping[str, str]) -> Self:
        """Those, and those of which it was decided, by number."""
        return self.filter(Q(is_likely=True) | Q(number__in=[int(number) for number in decided]))


class ImportRow(models.Model):
    """What would become, or became, of one row of a list."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    name = models.CharField(_("name"), max_length=250, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=[(str(one), label) for one, label in RESULTS.items()])
    supplier = models.CharField(max_length=32, blank=True, help_text=_("Public id; of a preview none that is new."))
    said = models.JSONField(default=dict, help_text=_("Text of the list, by field."))
    changes = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    is_likely = models.BooleanField(default=False)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="import_row_once")]
        indexes = [
            models.Index(fields=["of", "result", "number"], name="import_row_by_result"),
            models.Index(fields=["of", "number"], condition=Q(is_likely=True), name="import_row_to_decide"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def why_skipped(self) -> list[Problem]:
        """Each told in the language of whoever reads it."""
        return [Problem(**each) for each in self.problems]

    def could_be(self) -> list[str]:
        """Public ids of stored firms that it likely is, the best first."""
        found: list[Any] = [firm for problem in self.problems for firm in problem["could_be"]]
        return found
