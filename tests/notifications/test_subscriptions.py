"""Other apps' background work is called for every event of a topic, until it succeeds."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from accounts.principals import ANONYMOUS
from notifications import relay, subscriptions
from notifications.models import Event, Reaction
from notifications.services import publish
from notifications.subscriptions import subscribe
from notifications.tasks import deliver_due, react_due
from tests.factories.accounts import OrganisationFactory

pytestmark = pytest.mark.django_db


class Listener:
    """Remembers what it was called with; fails while told to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.fails = False

    def __call__(self, event_id: str) -> None:
        self.heard.append(event_id)
        if self.fails:
            raise RuntimeError("not now")


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    subscribe("gear.cut", "tests.listener", listening)
    yield listening
    subscriptions._handlers.pop("gear.cut", None)


def gear_cut() -> Event:
    return publish("gear.cut", subject=OrganisationFactory.create(), actor=ANONYMOUS)


def test_a_subscriber_hears_of_each_event_of_its_topic_once(listener: Listener) -> None:
    first, second = gear_cut(), gear_cut()
    publish("gear.lost", subject=OrganisationFactory.create(), actor=ANONYMOUS)

    assert relay.fan_out_all()
    relay.react_to_due()
    relay.react_to_due()

    assert listener.heard == [first.public_id, second.public_id]
    assert set(Reaction.objects.values_list("state", flat=True)) == {"done"}


def test_a_subscriber_that_fails_is_called_again_later(listener: Listener) -> None:
    event = gear_cut()
    listener.fails = True
    relay.fan_out_all()
    relay.react_to_due()
    assert Reaction.objects.get().state == "due"
    assert Reaction.objects.get().last_error == "RuntimeError: not now"

    listener.fails = False
    Reaction.objects.update(due_at=Now())
    relay.react_to_due()

    assert listener.heard == [event.public_id, event.public_id]
    assert Reaction.objects.get().state == "done"


def test_a_subscriber_whose_worker_died_is_called_by_another(listener: Listener) -> None:
    event = gear_cut()
    relay.fan_out_all()
    Reaction.objects.claim(lease=timedelta(seconds=-1), limit=1)

    relay.react_to_due()

    assert listener.heard == [event.public_id]
    assert (Reaction.objects.get().state, Reaction.objects.get().attempts) == ("done", 2)


def test_fanning_out_twice_calls_nobody_twice(listener: Listener) -> None:
    gear_cut()
    relay.fan_out_all()
    Event.objects.update(state=Event.State.DUE)

    relay.fan_out_all()
    relay.react_to_due()

    assert len(listener.heard) == 1


def test_a_subscriber_that_this_release_does_not_know_waits_for_one_that_does() -> None:
    Reaction.objects.create(event=gear_cut(), subscriber="tests.newer_release")

    relay.react_to_due()

    assert Reaction.objects.get().state == "due"
    assert Reaction.objects.get().last_error == "KeyError: 'tests.newer_release'"


def test_two_handlers_cannot_share_a_name(listener: Listener) -> None:
    subscribe("gear.cut", "tests.listener", listener)

    with pytest.raises(ValueError, match=r"tests\.listener subscribes to gear\.cut twice"):
        subscribe("gear.cut", "tests.listener", Listener())


def test_the_tasks_do_both(listener: Listener) -> None:
    event = gear_cut()

    deliver_due()
    react_due()

    assert listener.heard == [event.public_id]
