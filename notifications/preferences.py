"""What people wish to be told how, and what follows for an event."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from django.conf import settings
from django.utils import timezone

from notifications.models import Delivery, Event, Preference, new_notification_id
from notifications.topics import TOPICS

Channel, Frequency = Preference.Channel, Preference.Frequency

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Wishes:
    """What some persons have set, and where they are. What nobody has set is told at once."""

    set_by_person: dict[int, dict[tuple[str, str], str]]
    zones: dict[int, str]

    @classmethod
    def of(cls, *, people: Collection[int]) -> "Wishes":
        """Those of these persons, by their ids. One query, none for nobody."""
        rows = Preference.objects.filter(person__in=people) if people else Preference.objects.none()
        set_by_person: defaultdict[int, dict[tuple[str, str], str]] = defaultdict(dict)
        zones: dict[int, str] = {}
        named = rows.values_list("person_id", "topic", "channel", "frequency", "person__time_zone")
        for person, topic, channel, frequency, zone in named:
            set_by_person[person][topic, channel] = frequency
            zones[person] = zone
        return cls(set_by_person, zones)

    def frequency(self, person: int, topic: str, channel: str) -> str:
        """What is essential is mailed at once, whatever somebody set before it was."""
        if channel == Channel.EMAIL and TOPICS[topic].is_essential:
            return Frequency.AT_ONCE
        return self.set_by_person.get(person, {}).get((topic, channel), Frequency.AT_ONCE)

    def deliveries(self, event: Event, person: int) -> Iterator[Delivery]:
        """Unsaved ones of the event to the person."""
        by_email = self.frequency(person, event.topic, Channel.EMAIL)
        if by_email == Frequency.AT_ONCE:
            yield Delivery(event=event, recipient_id=person, channel=Delivery.Channel.EMAIL)
        elif by_email == Frequency.DAILY:
            due_at = next_digest(timezone.now(), zone=self.zones[person])
            yield Delivery(event=event, recipient_id=person, channel=Delivery.Channel.DIGEST, due_at=due_at)
        if self.frequency(person, event.topic, Channel.IN_APP) == Frequency.AT_ONCE:
            yield Delivery(
                event=event,
                recipient_id=person,
                channel=Delivery.Channel.IN_APP,
                public_id=new_notification_id(),
                state=Delivery.State.DONE,
                delivered_at=timezone.now(),
            )


def next_digest(now: datetime, *, zone: str) -> datetime:
    """When the next daily e-mail is due for a reader in that time zone: after `now`, at `settings.DIGEST_AT` there."""
    here = now.astimezone(_known(zone))
    at = time.fromisoformat(settings.DIGEST_AT)
    today = datetime.combine(here.date(), at, here.tzinfo)
    # Compared and added on the wall clock, so that the hour stays where clocks are put forward or back.
    return today if today > here else datetime.combine(here.date() + timedelta(days=1), at, here.tzinfo)


def _known(zone: str) -> ZoneInfo:
    """The site's own where the machine does not know the zone any more: names leave the IANA database, and one of them
    must not keep everybody's events waiting."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("time_zone_unknown", zone=zone)
        return ZoneInfo(settings.TIME_ZONE)
