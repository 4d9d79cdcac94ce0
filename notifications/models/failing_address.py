"""Addresses to which e-mails came back for good."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class FailingAddressQuerySet(models.QuerySet["FailingAddress"]):
    def of(self, person: "User") -> Self:
        """That of the person as it is now. Who has another one by now is written to again."""
        return self.filter(person=person, email=person.email.lower())


class FailingAddress(models.Model):
    """An address of a person that no longer takes e-mails. Nothing is sent there until it is confirmed again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="failing_addresses")
    email = models.EmailField(_("address"), help_text=_("In small letters."))
    reason = models.CharField(_("reason"), max_length=500, help_text=_("In the words of the mail server."))
    since = models.DateTimeField(_("since"), auto_now_add=True)

    objects = FailingAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("failing address")
        verbose_name_plural = _("failing addresses")
        constraints = [
            models.UniqueConstraint(fields=["person", "email"], name="failing_address_once_per_person"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="failing_address_in_small_letters"),
        ]

    def __str__(self) -> str:
        return self.email
