"""What people said to the uses of their data."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class ConsentQuerySet(models.QuerySet["Consent"]):
    def objecting(self, purpose: str) -> models.QuerySet["Consent", int]:
        """Ids of those whose last word on the purpose was no."""
        newest = self.filter(purpose=purpose).order_by("person_id", "-pk").distinct("person_id").values("pk")
        return self.filter(pk__in=newest, given=False).values_list("person_id", flat=True)


class Consent(models.Model):
    """What a person said at one moment to one use of their data. Never changed: the newest of a purpose counts."""

    class Purpose(models.TextChoices):
        TERMS = "terms", _("Terms of use")
        CONTACT_SHARING = "contact_sharing", _("Sharing of contact details")

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    text_version = models.CharField(_("version of the text"), max_length=20)
    text_language = models.CharField(max_length=2, blank=True, help_text=_("In which it was read."))
    text_sha256 = models.CharField(max_length=64, blank=True, help_text=_("Of the text as it was shown."))
    given = models.BooleanField(_("given"))
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(condition=~Q(text_version=""), name="consent_is_to_a_version"),
        ]
        indexes = [models.Index(fields=["purpose", "person", "-id"], name="consent_last_word")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.text_version}"
