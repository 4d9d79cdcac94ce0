"""The number that tells every process when to read the vocabulary again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TaxonomyVersion(models.Model):
    """A single row that database triggers renew in each transaction that changes the taxonomy.

    The number comes from a sequence, so one that was rolled back is never used again.
    """

    number = models.BigIntegerField(_("number"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("taxonomy version")
        verbose_name_plural = _("taxonomy version")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="taxonomy_version_is_one_row")]

    def __str__(self) -> str:
        return str(self.number)
