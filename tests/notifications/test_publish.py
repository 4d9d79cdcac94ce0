"""Events enter the outbox with the act that caused them, or not at all."""

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from accounts.events import announce
from accounts.principals import ANONYMOUS
from notifications.models import Event
from notifications.services import publish
from notifications.topics import MissingWordsError
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.notifications import connection_requested


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused_and_writes_nothing() -> None:
    organisation = OrganisationFactory.create()

    with pytest.raises(TransactionManagementError):
        publish("supplier.created", subject=organisation, actor=ANONYMOUS)

    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_disappears_with_the_transaction_that_fails() -> None:
    organisation = OrganisationFactory.create()

    def fail_after_publishing() -> None:
        with transaction.atomic():
            connection_requested(organisation)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_publishing()

    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_an_event_says_who_did_what_to_what() -> None:
    actor = member("buyer")
    told = OrganisationFactory.create()

    event = publish("plant.added", subject=told, actor=actor, audience=[told.pk, None, told.pk], reason="We moved.")

    event.refresh_from_db()
    assert (event.topic, event.subject, event.reason) == ("plant.added", told.public_id, "We moved.")
    assert (event.actor, event.actor_organisation) == (actor.user, actor.organisation)
    assert (event.audience, event.people, event.payload) == ([told.pk], [], {})
    assert event.state == Event.State.DUE


@pytest.mark.django_db
def test_an_event_without_the_words_of_its_message_is_refused() -> None:
    organisation = OrganisationFactory.create()

    with pytest.raises(MissingWordsError, match="the payload lacks supplier_name, buyer_name"):
        publish("connection.accepted", subject=organisation, actor=ANONYMOUS, payload={"requirement_title": "Gears"})

    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_a_topic_may_take_a_word_from_the_name_of_its_subject() -> None:
    organisation = OrganisationFactory.create(trade_name="Kyoto Pumps")

    event = publish("buyer.verified", subject=organisation, actor=ANONYMOUS)

    assert event.payload == {"buyer_name": "Kyoto Pumps"}


@pytest.mark.django_db
def test_what_accounts_announces_becomes_an_event() -> None:
    actor = member()
    assert actor.organisation is not None

    announce("api_key.issued", subject=actor.organisation, actor=actor, audience=[actor.organisation_id])

    event = Event.objects.get()
    assert (event.topic, event.subject) == ("api_key.issued", actor.organisation.public_id)
    assert event.audience == [actor.organisation_id]


@pytest.mark.django_db
def test_a_fact_that_is_published_twice_is_one_event() -> None:
    organisation = OrganisationFactory.create()

    def once(fact: str) -> Event:
        return publish("buyer.verified", subject=organisation, actor=ANONYMOUS, audience=[organisation.pk], fact=fact)

    first, again, other = once("verified buy_1"), once("verified buy_1"), once("verified buy_2")

    assert (again.pk, Event.objects.count()) == (first.pk, 2)
    assert other.pk != first.pk
