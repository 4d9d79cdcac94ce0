"""Filters of lists in the admin that people keep for themselves."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """What a person chose in one list of the admin, under a name of their own. Its address works for others, too."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    page = models.CharField(_("list"), max_length=100, help_text=_("Of which model: suppliers.supplier."))
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filter"), max_length=2000, help_text=_("As in the address of the list."))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="saved_filter_named_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_filter_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
