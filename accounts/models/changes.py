"""What was changed, as the database noted it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """What stood in a row before it was changed, and after. The triggers of `config.changes` write it.

    Who did it, when and why say the events of the same act. No event carries it, so nobody is sent it.
    """

    class Kind(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        REMOVED = "removed", _("Removed")

    act = models.UUIDField(help_text=_("Of the transaction, which the events of the act have too."))
    subject = models.CharField(max_length=32, help_text=_("Public id of the thing whose history it belongs to."))
    model = models.CharField(max_length=100, help_text=_("Label of the model, or of its list, such as buyers.Plant."))
    row = models.CharField(max_length=32, help_text=_("Public id of the row, or its key where it has none."))
    kind = models.CharField(max_length=7, choices=Kind.choices)
    columns = models.JSONField(help_text=_("By column: before and after, or null where only the change is kept."))
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [
            models.Index(fields=["subject", "id"], name="change_history"),
            models.Index(fields=["act"], name="change_of_an_act"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"
