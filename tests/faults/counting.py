"""What became of what was accepted: counted in the database, in the mailbox and at the receiver."""

import json
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default

from django.db import DatabaseError, connections

from jobs.health import queues
from matchmaking.models import Connection
from notifications.models import Delivery, Event
from tests.faults.stage import Stage

CHANNELS = ("email", "in_app", "webhook")
TOPIC = "connection.requested"


@dataclass(frozen=True, kw_only=True)
class Count:
    """Of the requests that were accepted during one fault."""

    accepted: int
    stored: int
    """Connections that are there."""
    events: int
    delivered: dict[str, int]
    """By channel: what our log says was told, exactly once each."""
    repeats: int
    """E-mails and webhooks that came a second time, under the same id."""
    faults: tuple[str, ...]
    """What is not as promised."""


def is_settled() -> bool:
    """Whether nothing is left to do, and the database answers."""
    try:
        return not any(queues()[name].unfinished().exists() for name in ("event", "delivery", "reaction"))
    except DatabaseError:
        connections.close_all()
        return False


def count(stage: Stage, accepted: list[str]) -> Count:
    """Go and look."""
    events = list(Event.objects.filter(topic=TOPIC, subject__in=accepted))
    rows = list(Delivery.objects.filter(event__in=events))
    told = Counter((row.event_id, row.channel) for row in rows if row.state == Delivery.State.DONE)
    mails = _mails(stage)
    received, broken = _received(stage)
    by_mail = [row.public_id for row in rows if row.channel == "email"]
    by_webhook = [row.public_id for row in rows if row.channel == "webhook"]
    stored = Connection.objects.filter(public_id__in=accepted).count()
    delivered = {channel: sum(1 for event in events if told[event.pk, channel] == 1) for channel in CHANNELS}
    counted = {
        "stored": stored,
        "events": len(events),
        **delivered,
        "mails": sum(mails[each] >= 1 for each in by_mail),
        "received": sum(received[each] >= 1 for each in by_webhook),
    }
    faults = [f"{name}: {number} of {len(accepted)}" for name, number in counted.items() if number != len(accepted)]
    faults += [f"{len(rows)} deliveries"] if len(rows) != len(CHANNELS) * len(accepted) else []
    faults += [f"{broken} wrong signatures"] if broken else []
    faults += ["a redirect was followed"] if (stage.hooks / "canary").exists() else []
    faults += [f"an id twice among {len(accepted)}"] if len(set(accepted)) != len(accepted) else []
    return Count(
        accepted=len(accepted),
        stored=stored,
        events=len(events),
        delivered=delivered,
        repeats=sum(mails[each] - 1 for each in by_mail if mails[each])
        + sum(received[each] - 1 for each in by_webhook if received[each]),
        faults=tuple(faults),
    )


def _mails(stage: Stage) -> Counter[str]:
    """How often each delivery's message lies in the mailbox."""
    ids = (
        str(message_from_bytes(file.read_bytes(), policy=default)["Message-ID"])
        for file in stage.mail.glob("[!.]*.eml")
    )
    return Counter(each.strip("<>").partition("@")[0] for each in ids)


def _received(stage: Stage) -> tuple[Counter[str], int]:
    """How often the receiver took each message well, and how many came with a wrong signature."""
    log = stage.hooks / "log"
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    well = Counter(line["id"] for line in lines if line["genuine"] and line["how"] == "well")
    return well, sum(not line["genuine"] for line in lines)
