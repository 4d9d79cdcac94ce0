"""What was given up, of whatever kind: rows of a view of the database, to look at and to have tried again."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from jobs.models import DueRow, DueRowQuerySet
from notifications.models.outbox import Delivery, Event, Reaction

if TYPE_CHECKING:
    from accounts.principals import Principal

REACTION = "reaction"


class DeadLetterQuerySet(models.QuerySet["DeadLetter"]):
    def visible_to(self, principal: "Principal") -> Self:
        """All that were given up, to staff. An organisation finds its own webhooks among its deliveries."""
        return self if principal.is_staff else self.none()

    def with_work(self) -> Self:
        """Read together with the event, and with what was to be done about it."""
        return self.select_related("event", "delivery__recipient", "delivery__endpoint", "reaction")

    def revive(self) -> int:
        """Let them be tried again, as often as new ones."""
        deliveries = Delivery.objects.filter(
            pk__in=list(self.exclude(delivery=None).values_list("delivery", flat=True))
        )
        reactions = Reaction.objects.filter(pk__in=list(self.exclude(reaction=None).values_list("reaction", flat=True)))
        return deliveries.revive() + reactions.revive()


class DeadLetter(models.Model):
    """A delivery that did not reach its reader, or a reaction of the product that failed, for good."""

    CHANNELS = [
        *(choice for choice in Delivery.Channel.choices if choice[0] != Delivery.Channel.IN_APP),
        (REACTION, _("Work of the product")),
    ]

    id = models.BigIntegerField(primary_key=True)
    public_id = models.CharField(max_length=32)
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, related_name="+")
    channel = models.CharField(max_length=10, choices=CHANNELS)
    delivery = models.ForeignKey(Delivery, on_delete=models.DO_NOTHING, null=True, related_name="+")
    reaction = models.ForeignKey(Reaction, on_delete=models.DO_NOTHING, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=DueRow.State.choices)
    attempts = models.PositiveIntegerField()
    last_error = models.CharField(max_length=500)

    objects = DeadLetterQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "notifications_deadletter"
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")

    def __str__(self) -> str:
        return f"{self.public_id} ({self.channel})"

    @property
    def rows(self) -> DueRowQuerySet[Any]:
        """The row in which it is stored."""
        if self.reaction is not None:
            return Reaction.objects.filter(pk=self.reaction.pk)
        return Delivery.objects.filter(event=self.event_id, public_id=self.public_id)

    @property
    def version(self) -> int:
        """Grows with each attempt."""
        return self.attempts + 1
