"""How well facts are proved, and the history of who asserted what."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from config.models import Resource, new_public_id

if TYPE_CHECKING:
    from accounts.principals import Principal


class EvidenceLevel(models.IntegerChoices):
    """How well a fact is proved; the words and weights are those of docs/matching.md."""

    DECLARED = 0, _("L0: declared by the firm")
    DOCUMENTED = 1, _("L1: a document was uploaded")
    CHECKED = 2, _("L2: checked against the issuer or a register")
    SEEN = 3, _("L3: seen on site")
    CONFIRMED = 4, _("L4: confirmed by a paying buyer")


def level_field() -> Any:
    """The current evidence level of the fact that stands beside it."""
    return models.PositiveSmallIntegerField(choices=EvidenceLevel.choices, default=EvidenceLevel.DECLARED)


def observed_field() -> Any:
    """The day on which the fact that stands beside it was last observed."""
    return models.DateField(null=True, blank=True)


def new_check_id() -> str:
    return new_public_id("chk")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def entered_by(self, principal: "Principal") -> Self:
        """Facts that this person has put in, for whomever."""
        return self.filter(act=Evidence.Act.ENTERED, asserted_by=principal.user)

    def overtaken(self) -> Self:
        """The last checks of facts that were entered anew since: what was found may hold no more."""
        later = Evidence.objects.filter(
            supplier=OuterRef("supplier"), subject=OuterRef("subject"), fact=OuterRef("fact"), pk__gt=OuterRef("pk")
        )
        checks = self.standing().filter(act=Evidence.Act.CHECKED)
        return checks.filter(
            Exists(later.filter(act=Evidence.Act.ENTERED)), ~Exists(later.standing().filter(act=Evidence.Act.CHECKED))
        )

    def of(self, row: Resource) -> Self:
        """What was said of the facts of one row, newest first."""
        return self.filter(subject=row.public_id).order_by("-id")

    def standing(self) -> Self:
        """What still counts: neither an undo nor what it took back."""
        return self.filter(undone_by=None).exclude(act=Evidence.Act.UNDONE)

    def setting_a_level(self) -> Self:
        """What gave a fact its level and day. A figure that is taken back keeps both."""
        return self.filter(act__in=(Evidence.Act.ENTERED, Evidence.Act.CHECKED))


class Evidence(models.Model):
    """Who said what of which fact, with what proof, ever. Never changed; the current state stands beside the fact."""

    class Act(models.TextChoices):
        ENTERED = "entered", _("Entered")
        CHECKED = "checked", _("Checked")
        WITHDRAWN = "withdrawn", _("Taken back")
        REMOVED = "removed", _("Removed")
        UNDONE = "undone", _("Check undone")

    supplier = models.ForeignKey("suppliers.Supplier", on_delete=models.CASCADE, related_name="evidence")
    subject = models.CharField(max_length=32, help_text=_("Public id of the row that holds the fact."))
    fact = models.CharField(max_length=40)
    act = models.CharField(_("act"), max_length=10, choices=Act.choices)
    value = models.JSONField(null=True)
    level = level_field()
    observed_on = models.DateField()
    source = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    asserted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asserted_for = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("For whom the person acted: the firm itself, or the agency on its behalf."),
    )
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    public_id = models.CharField(
        max_length=32, unique=True, null=True, blank=True, editable=False, help_text=_("Of checks, to undo them by.")
    )
    before = models.JSONField(
        null=True, blank=True, help_text=_("What a check found: level, day, and state of a certificate.")
    )
    undoes = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="undone_by", help_text=_("The check.")
    )
    assessment = models.ForeignKey(
        "suppliers.Assessment", on_delete=models.SET_NULL, null=True, blank=True, related_name="findings"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=("entered", "checked", "withdrawn", "removed", "undone")),
                name="evidence_of_a_known_act",
            ),
            models.CheckConstraint(
                condition=Q(act="undone", undoes__isnull=False) | (~Q(act="undone") & Q(undoes=None)),
                name="evidence_undone_names_the_check",
            ),
        ]
        indexes = [
            models.Index(fields=["supplier", "subject", "fact", "-id"], name="evidence_of_a_fact"),
            models.Index(fields=["created_at"], name="evidence_lately_said"),
            models.Index(
                fields=["supplier", "subject", "fact", "id"], condition=Q(act="checked"), name="evidence_checked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}.{self.fact} L{self.level}"
