"""A person's wishes: how to be told of what, and what was read."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.principals import Principal
from config.errors import InvalidFactError, NotAllowedError
from jobs.models import DueRow
from notifications.models import Delivery, Notification, Preference
from notifications.topics import TOPICS
from notifications.unsubscribing import EVERY_DAILY, subscriber

NOT_WANTED = "Its reader does not want it by e-mail any more."


@transaction.atomic
def change_preferences(
    *, wishes: Sequence[Mapping[str, Any]], by: Principal, expected_version: int | None = None
) -> User:
    """Set how the person who asks is told: all of `wishes`, or none.

    Args:
        wishes: each a `topic`, and how often through `email` and `in_app`; what is left out stays.
        expected_version: of the person, who is locked and gets a new one.

    Raises:
        NotAllowedError: software asks.
        StaleVersionError: the person has changed since `expected_version`.
        InvalidFactError: what is essential is to be mailed later or not at all, or one wish is there twice.
    """
    if by.user is None:
        raise NotAllowedError
    _refuse_repeated(wishes)
    person = User.objects.select_for_update(no_key=True).get(pk=by.user.pk)
    person.check_version(expected_version)
    for place, wish in enumerate(wishes):
        for channel in Preference.Channel.values:
            if channel in wish:
                _refuse_essential(wish["topic"], channel, wish[channel], place)
                _set(person, wish["topic"], channel, wish[channel])
    person.save_next_version()
    return person


@transaction.atomic
def unsubscribe(*, token: str) -> tuple[User, str]:
    """End the e-mails that a link is for. Following it again ends no more than that.

    Returns:
        Whose they were, and the topic, or `EVERY_DAILY`.

    Raises:
        User.DoesNotExist: the link is not ours, or the person is no more.
    """
    person, topic = subscriber(token)
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    daily = Preference.objects.of(person).filter(channel=Preference.Channel.EMAIL, frequency=Preference.Frequency.DAILY)
    topics = list(daily.values_list("topic", flat=True)) if topic == EVERY_DAILY else [topic]
    for each in topics:
        _set(person, each, Preference.Channel.EMAIL, Preference.Frequency.OFF)
    if topics:
        person.save_next_version()
    return person, topic


@transaction.atomic
def mark_read(*, notification_id: int, read: bool, by: Principal) -> Notification:
    """Note that its reader has read a notification, or wants it to count as unread again.

    Raises:
        Notification.DoesNotExist: there is none, or it is somebody else's.
    """
    notification = Notification.objects.visible_to(by).select_for_update(of=("self",)).get(pk=notification_id)
    if (notification.read_at is not None) != read:
        Delivery.objects.filter(pk=notification.pk).update(read_at=Now() if read else None)
    return notification


@transaction.atomic
def mark_all_read(*, by: Principal, until: Notification | None = None) -> int:
    """Note that all is read, up to and with one notification where it is given. Returns how many were unread."""
    unread = Notification.objects.visible_to(by).unread()
    if until is not None:
        unread = unread.filter(pk__lte=until.pk)
    return Delivery.objects.filter(pk__in=unread.values("pk")).update(read_at=Now())


def _refuse_repeated(wishes: Sequence[Mapping[str, Any]]) -> None:
    """
    Raises:
        InvalidFactError: as `change_preferences`.
    """
    seen: set[tuple[str, str]] = set()
    for place, wish in enumerate(wishes):
        for channel in sorted(wish.keys() - {"topic"}):
            if (wish["topic"], channel) in seen:
                raise InvalidFactError(
                    _("Given more than once."), pointer=f"/topics/{place}/{channel}", code="duplicate"
                )
            seen.add((wish["topic"], channel))


def _refuse_essential(topic: str, channel: str, frequency: str, place: int) -> None:
    """
    Raises:
        InvalidFactError: as `change_preferences`.
    """
    is_mail = channel == Preference.Channel.EMAIL
    if is_mail and TOPICS[topic].is_essential and frequency != Preference.Frequency.AT_ONCE:
        raise InvalidFactError(
            _("This is always mailed at once."), pointer=f"/topics/{place}/email", code="always_mailed"
        )


def _set(person: User, topic: str, channel: str, frequency: str) -> None:
    """Store the wish. What waits to be mailed and is no longer wanted is not mailed."""
    Preference.objects.update_or_create(person=person, topic=topic, channel=channel, defaults={"frequency": frequency})
    if channel == Preference.Channel.EMAIL and frequency == Preference.Frequency.OFF:
        waiting = Delivery.objects.mailed().filter(recipient=person, event__topic=topic, state=DueRow.State.DUE)
        waiting.update(state=DueRow.State.DONE, last_error=NOT_WANTED)
