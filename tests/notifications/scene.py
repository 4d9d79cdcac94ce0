"""A reader who wishes to be told somehow, and is told of something."""

from accounts.principals import Principal
from notifications import relay
from notifications.models import Event
from notifications.services import change_preferences
from tests.factories.notifications import connection_requested

TOPIC = "connection.requested"


def wish(reader: Principal, topic: str = TOPIC, **channels: str) -> None:
    change_preferences(wishes=[{"topic": topic, **channels}], by=reader)


def tell(reader: Principal, title: str = "Gears") -> Event:
    assert reader.organisation is not None
    event = connection_requested(reader.organisation, requirement_title=title)
    relay.fan_out_all()
    return event
