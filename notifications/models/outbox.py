"""Events and what is delivered of them. The truth of every delivery is a row here; Redis only wakes the workers."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from config.changes import CurrentAct
from config.models import new_public_id
from jobs.models import ATTEMPTS, DueRow, DueRowQuerySet
from notifications.models.webhook import WebhookEndpoint
from notifications.topics import TOPICS
from notifications.webhooks.waiting import TRIES

if TYPE_CHECKING:
    from accounts.principals import Principal


def new_event_id() -> str:
    return new_public_id("evt")


def new_delivery_id() -> str:
    return new_public_id("dlv")


def new_notification_id() -> str:
    return new_public_id("ntf")


class Event(DueRow):
    """Something that happened, written in the transaction in which it happened (the outbox)."""

    public_id = models.CharField(max_length=32, unique=True, default=new_event_id, editable=False)
    topic = models.CharField(max_length=60, help_text=_("What happened, in the past tense: connection.accepted."))
    subject = models.CharField(max_length=32, help_text=_("Public id of the thing that it happened to."))
    audience = ArrayField(models.BigIntegerField(), default=list, help_text=_("Ids of the organisations to be told."))
    people = ArrayField(models.BigIntegerField(), default=list, help_text=_("Ids of further persons to be told."))
    payload = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=1000, blank=True, help_text=_("Why, in the actor's words."))
    request_id = models.CharField(max_length=64, blank=True)
    fact = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text=_("What of which only one event may tell.")
    )
    act = models.UUIDField(
        null=True,
        editable=False,
        db_default=CurrentAct(),
        help_text=_("Of the transaction; what it changed of which row is kept under the same id."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[DueRowQuerySet["Event"]] = DueRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["fact"], condition=~Q(fact=""), name="event_tells_a_fact_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=("due", "running")), name="event_due"),
            models.Index(fields=["subject", "id"], name="event_history"),
            models.Index(fields=["act"], name="event_of_an_act"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.subject}"


class DeliveryQuerySet(DueRowQuerySet["Delivery"]):
    tries = Case(When(channel="webhook", then=TRIES), default=ATTEMPTS)

    def visible_to(self, principal: "Principal") -> Self:
        """Those to endpoints that the caller manages. Messages to people are nobody's to read."""
        return self.filter(endpoint__in=WebhookEndpoint.objects.visible_to(principal).values("pk"))

    def by_email(self) -> Self:
        return self.filter(channel=Delivery.Channel.EMAIL)

    def for_digests(self) -> Self:
        """The first unfinished one of each reader: whoever claims it sends all that are due with it.

        So no reader is worked on by two workers, and none gets two digests where one was meant.
        """
        earlier = Delivery.objects.unfinished().filter(channel=Delivery.Channel.DIGEST, recipient=OuterRef("recipient"))
        return self.filter(~Exists(earlier.filter(pk__lt=OuterRef("pk"))), channel=Delivery.Channel.DIGEST)

    def try_anew(self) -> int:
        """The same, without the rest that an endpoint was given."""
        WebhookEndpoint.objects.filter(pk__in=self.values("endpoint")).update(resting_until=None)
        return super().try_anew()

    def overdue(self) -> Self:
        """What waits for an endpoint that is off or rests, and for the first of its digest, is no worker's fault."""
        due = super().overdue()
        return due.by_email() | due.to_endpoints() | due.for_digests()

    def mailed(self) -> Self:
        """Those that go out by e-mail, at once or in a digest."""
        return self.filter(channel__in=(Delivery.Channel.EMAIL, Delivery.Channel.DIGEST))

    def to_endpoints(self) -> Self:
        """Those to endpoints that are active and not resting after a failure."""
        awake = WebhookEndpoint.objects.filter(is_active=True).exclude(resting_until__gt=Now())
        return self.filter(channel=Delivery.Channel.WEBHOOK, endpoint__in=awake.values("pk"))


class Delivery(DueRow):
    """One event, to one person or one endpoint, through one channel: at most once each."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        DIGEST = "digest", _("Daily e-mail")
        IN_APP = "in_app", _("In the product")
        WEBHOOK = "webhook", _("Webhook")

    public_id = models.CharField(max_length=32, unique=True, default=new_delivery_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True, help_text=_("When its reader opened it in the product."))

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "recipient", "channel"], name="delivery_once_per_event_person_and_channel"
            ),
            models.UniqueConstraint(fields=["event", "endpoint"], name="delivery_once_per_event_and_endpoint"),
            models.CheckConstraint(
                condition=Q(channel="webhook", endpoint__isnull=False, recipient=None)
                | Q(channel__in=("email", "digest", "in_app"), recipient__isnull=False, endpoint=None),
                name="delivery_goes_where_its_channel_leads",
            ),
            models.UniqueConstraint(
                fields=["event", "recipient"],
                condition=Q(channel__in=("email", "digest")),
                name="delivery_mailed_once_per_event_and_person",
            ),
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(channel="in_app"), name="delivery_read_only_in_the_product"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=("due", "running")), name="delivery_due"),
            models.Index(fields=["recipient", "-id"], condition=Q(channel="in_app"), name="delivery_in_app"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.channel})"

    @property
    def reader(self) -> User:
        """The person whom the message goes to.

        Raises:
            ValueError: it goes to an endpoint.
        """
        if self.recipient is None:
            raise ValueError(f"{self} goes to no person")
        return self.recipient

    @property
    def version(self) -> int:
        """Grows with each attempt."""
        return self.attempts + 1


class NotificationQuerySet(DueRowQuerySet["Notification"]):
    def visible_to(self, principal: "Principal") -> Self:
        """A person's own, of topics that there still are, as long as the person may be told of the event.

        Who has left an organisation reads no more of what it was told.
        """
        if principal.user is None:
            return self.none()
        own = self.filter(channel=Delivery.Channel.IN_APP, recipient=principal.user, event__topic__in=TOPICS)
        joined = principal.user.memberships.values("organisation")
        as_member = Q(event__audience__overlap=ArraySubquery(joined))
        personal = [name for name, topic in TOPICS.items() if topic.is_personal]
        by_name = Q(event__people__contains=[principal.user.pk])
        return own.filter(as_member | by_name & (Q(event__audience=[]) | ~Q(event__topic__in=personal)))

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(Delivery):
    """A delivery that its reader finds in the product."""

    objects: ClassVar[NotificationQuerySet] = NotificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")

    @property
    def version(self) -> int:
        """It changes when it is read, and when it is marked unread again."""
        return 1 if self.read_at is None else 2


class Reaction(DueRow):
    """One event, to one piece of background work that subscribed to its topic: at least once, until it succeeds."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reactions")
    subscriber = models.CharField(max_length=80)

    objects: ClassVar[DueRowQuerySet["Reaction"]] = DueRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="reaction_once_per_event_and_subscriber"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=("due", "running")), name="reaction_due"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} ← {self.event_id}"
