"""How people want to be told."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def of(self, person: "User") -> Self:
        return self.filter(person=person)


class Preference(models.Model):
    """How a person wants to be told of one topic through one channel. Without a row it is at once."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        IN_APP = "in_app", _("In the product")

    class Frequency(models.TextChoices):
        AT_ONCE = "at_once", _("At once")
        DAILY = "daily", _("Once a day")
        OFF = "off", _("Not at all")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    topic = models.CharField(max_length=60)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    frequency = models.CharField(max_length=7, choices=Frequency.choices)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic", "channel"], name="preference_once_per_person_topic_and_channel"
            ),
            models.CheckConstraint(
                condition=Q(channel="email") | ~Q(frequency="daily"), name="preference_daily_only_by_email"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.channel}: {self.frequency}"
