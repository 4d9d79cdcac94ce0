"""Files that say what is asked: drawings, specifications."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from buyers.models.requirement import Requirement
from config.changes import ChangesKept
from config.models import KeptFile, Resource

if TYPE_CHECKING:
    from accounts.principals import Principal


class RequirementAttachmentQuerySet(models.QuerySet["RequirementAttachment"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Those of requirements that the caller sees and whose buyer is no secret to it: a drawing names its firm."""
        shown = Requirement.objects.visible_to(principal).placed_for(principal)
        return self.filter(requirement__in=shown.values("pk"))


class RequirementAttachment(KeptFile, Resource):
    """A file that belongs to what a requirement asks. It stays as it was sent: a new drawing is a new attachment."""

    PREFIX = "rqa"

    class Kind(models.TextChoices):
        DRAWING = "drawing", _("Drawing")
        SPECIFICATION = "specification", _("Specification")
        OTHER = "other", _("Other")

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = RequirementAttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment of a requirement")
        verbose_name_plural = _("attachments of requirements")
        constraints = [
            *KeptFile.Meta.constraints,
            models.UniqueConstraint(fields=["requirement", "sha256"], name="attachment_kept_once_per_requirement"),
            ChangesKept(
                name="attachment_changes_kept",
                columns=["name", "kind"],
                below="requirement",
            ),
        ]
