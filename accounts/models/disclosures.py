"""Which organisation may read whose contacts, and each time that one did."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.api_keys import ApiKey
from accounts.models.organisations import Organisation
from accounts.models.people import User
from config.models import Resource

if TYPE_CHECKING:
    from accounts.principals import Principal


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def in_force(self) -> Self:
        """Neither ended nor past their last moment."""
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()))


class Disclosure(models.Model):
    """Which organisation may read whose contacts, since when, until when, because of what."""

    reader = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="disclosures_to_it")
    subject = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="disclosures_of_it")
    reason = models.CharField(max_length=32, help_text=_("Public id of the connection that opened it."))
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        constraints = [
            models.UniqueConstraint(fields=["reader", "subject", "reason"], name="disclosure_once_per_reason"),
            models.CheckConstraint(condition=~Q(reader=F("subject")), name="disclosure_is_between_two_organisations"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="disclosure_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader} ← {self.subject}"


class ContactReadingQuerySet(models.QuerySet["ContactReading"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; everyone else to whom the contacts of their own organisation were shown."""
        return self if principal.is_staff else self.filter(subject_id=principal.organisation_id)

    def openings_of(self, reader: Organisation, *, since: datetime) -> Self:
        """Organisations whose contacts `reader` has seen for the first time since then, earliest first."""
        return self.filter(reader=reader, is_first=True, created_at__gte=since).order_by("created_at")


class ContactReading(Resource):
    """That contact persons of an organisation were shown to another. Rows are only ever added: the database refuses
    to change or delete one, so nothing here is a reference that could be cleared.
    """

    PREFIX = "dis"

    subject = models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    reader = models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    person = models.ForeignKey(User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    reason = models.CharField(max_length=32, help_text=_("Public id of the connection that opened it."))
    is_first = models.BooleanField(help_text=_("Whether the reader saw these contacts for the first time."))
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)

    objects = ContactReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading of contacts")
        verbose_name_plural = _("readings of contacts")
        indexes = [
            models.Index(fields=["subject", "id"], name="reading_of_subject"),
            models.Index(fields=["reader", "created_at"], condition=Q(is_first=True), name="reading_first"),
            models.Index(fields=["reader", "subject"], name="reading_by_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} ← {self.subject_id}"
