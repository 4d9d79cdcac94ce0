"""Fan-out: who is told of what, once, in a constant number of queries."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.principals import ANONYMOUS
from notifications import relay
from notifications.models import Delivery, Event
from notifications.services import publish
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory, member
from tests.factories.notifications import connection_requested

pytestmark = pytest.mark.django_db


def told(event: Event) -> set[User]:
    return {delivery.reader for delivery in event.deliveries.by_email().select_related("recipient")}


def test_every_active_member_of_the_audience_gets_one_delivery() -> None:
    supplier = OrganisationFactory.create()
    owner, viewer = member(organisation=supplier), member(role="viewer", organisation=supplier)
    MembershipFactory.create(organisation=supplier, user__is_active=False)
    member()  # of another firm

    event = connection_requested(supplier)
    relay.fan_out()

    assert told(event) == {owner.user, viewer.user}
    event.refresh_from_db()
    assert (event.state, event.lease_until) == (Event.State.DONE, None)


def test_who_did_it_is_not_told() -> None:
    actor = member()
    assert actor.organisation is not None
    colleague = member(organisation=actor.organisation)

    event = connection_requested(actor.organisation, by=actor)
    relay.fan_out()

    assert told(event) == {colleague.user}


def test_a_person_in_two_organisations_of_the_audience_is_told_once() -> None:
    first, second = member(), member("buyer")
    assert first.organisation is not None
    assert second.organisation is not None
    MembershipFactory.create(user=first.user, organisation=second.organisation)

    audience = [first.organisation.pk, second.organisation.pk]
    event = publish("buyer.verified", subject=second.organisation, actor=ANONYMOUS, audience=audience)
    relay.fan_out()

    assert sorted(event.deliveries.values_list("channel", flat=True)) == ["email", "email", "in_app", "in_app"]
    assert told(event) == {first.user, second.user}


def test_what_waits_for_the_agency_goes_to_the_agency_alone() -> None:
    buyer, agency = member("buyer"), member("agency")
    assert buyer.organisation is not None
    member(organisation=buyer.organisation)

    audience = [buyer.organisation_id, agency.organisation_id]
    event = publish("buyer.registered", subject=buyer.organisation, actor=buyer, audience=audience)
    relay.fan_out()

    assert told(event) == {agency.user}


def test_a_person_without_an_organisation_can_be_told_by_name() -> None:
    claimant, gone = UserFactory.create(), UserFactory.create(is_active=False)
    firm = OrganisationFactory.create()

    people = [claimant.pk, gone.pk]
    event = publish("claim.rejected", subject=firm, actor=ANONYMOUS, people=people, payload={"claim": "clm_1"})
    relay.fan_out()

    assert told(event) == {claimant}


def test_topics_without_a_message_are_recorded_and_sent_to_nobody() -> None:
    supplier = member()
    assert supplier.organisation is not None

    event = publish("membership.added", subject=supplier.organisation, actor=ANONYMOUS, audience=[1, 2, 3])
    relay.fan_out()

    event.refresh_from_db()
    assert event.state == Event.State.DONE
    assert Delivery.objects.count() == 0


def test_fanning_out_twice_changes_nothing() -> None:
    supplier = member()
    assert supplier.organisation is not None
    event = connection_requested(supplier.organisation)
    relay.fan_out()
    rows = list(event.deliveries.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.finish(Delivery.objects.claim(lease=timedelta(minutes=1), limit=1)[0])
    Event.objects.update(state=Event.State.DUE)

    relay.fan_out()

    assert list(event.deliveries.order_by("pk").values_list("pk", flat=True)) == rows
    assert set(event.deliveries.values_list("state", flat=True)) == {Delivery.State.DONE}


@pytest.mark.parametrize("events", [1, 50])
def test_a_batch_costs_the_same_queries_whatever_its_size(
    events: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(events):
        supplier = member()
        assert supplier.organisation is not None
        connection_requested(supplier.organisation)

    # Claim: rows, mark, read. Members, wishes, endpoints, deliveries, done. Two savepoints are opened and released.
    with django_assert_num_queries(8 + 4):
        relay.fan_out()

    assert Delivery.objects.by_email().count() == events
