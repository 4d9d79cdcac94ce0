"""From an event to a receiver: who is told what, tried how often, and what is noted."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import override
from pytest_django.fixtures import Settings

from accounts.models import ApiKey
from accounts.principals import Principal
from accounts.services import issue_api_key, warn_of_expiring_keys
from accounts.services.api_keys import note_refusal
from matchmaking import services as matchmaking
from notifications import relay, services
from notifications.models import Attempt, Delivery, Event, WebhookEndpoint
from notifications.webhooks import telling
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.notifications import connection_requested
from tests.fixtures.receiver import Receiver, busy, reset, status
from tests.notifications.webhooks.scene import LEASE, TOPIC, announce, attempt, attempt_now, endpoint_of


@pytest.mark.django_db
class TestWhoIsTold:
    def test_one_delivery_for_each_active_endpoint_of_the_audience_that_wants_the_topic(self, owner: Principal) -> None:
        told, _ = endpoint_of(owner, "https://a.firm.example/")
        endpoint_of(owner, "https://b.firm.example/", "connection.accepted")
        endpoint_of(member("supplier"), "https://c.firm.example/")
        off, _ = endpoint_of(owner, "https://d.firm.example/")
        services.disable_endpoint(endpoint_id=off.pk, by=owner)

        event = announce(owner)
        Event.objects.update(state="due")
        relay.fan_out_all()

        rows = Delivery.objects.filter(channel="webhook")
        assert [(row.event, row.endpoint, row.give_up_after) for row in rows] == [(event, told, 10)]

    def test_what_is_meant_for_the_agency_or_a_person_is_not_told(self, owner: Principal) -> None:
        endpoint, _ = endpoint_of(owner, "https://a.firm.example/")
        WebhookEndpoint.objects.update(topics=["claim.opened", "saved_search.matched"])
        assert owner.organisation is not None
        audience = [owner.organisation.pk]
        words: dict[str, Any] = {"claim": "clm_1", "search_name": "x", "count": 1, "names": []}
        for topic in ("claim.opened", "saved_search.matched"):
            services.publish(topic, subject=endpoint, actor=owner, audience=audience, payload=words)

        relay.fan_out_all()

        assert not Delivery.objects.filter(channel="webhook").exists()

    def test_software_is_told_of_its_own_keys_and_only_owners_by_mail(self, owner: Principal) -> None:
        endpoint, _ = endpoint_of(owner, "https://a.firm.example/", "api_key.expiring", "api_key.refused")
        member(role="editor", organisation=owner.organisation)
        api_key, _key = issue_api_key(name="ERP", scopes=["read"], by=owner)
        began, ends = timezone.now() - timedelta(days=300), timezone.now() + timedelta(days=5)
        ApiKey.objects.update(created_at=began, expires_at=ends)
        warn_of_expiring_keys()
        note_refusal(api_key_id=api_key.pk, address="203.0.113.9")

        relay.fan_out_all()

        told = {
            channel: sorted(Delivery.objects.filter(channel=channel).values_list("event__topic", flat=True))
            for channel in ("email", "webhook")
        }
        topics = ["api_key.expiring", "api_key.refused"]
        assert told == {"email": topics, "webhook": topics}
        assert {row.endpoint or row.recipient for row in Delivery.objects.all()} == {endpoint, owner.user}
        sent = [
            json.loads(telling.content_of(event))["data"] for event in Event.objects.filter(topic__contains="key.r")
        ]
        url = f"{settings.SITE_URL}/api/v1/api-keys/{api_key.public_id}"
        assert sent == [{"id": api_key.public_id, "url": url}]

    def test_a_real_request_is_told_with_its_id_alone(self, receiver: Receiver) -> None:
        buyer, supplier = member("buyer"), member("supplier")
        asked = make.requirement(make.verified_buyer(buyer.organisation), visibility="anonymous", title="Secret part")
        firm = make.published_supplier(supplier.organisation)
        endpoint_of(supplier, receiver.url)
        row = matchmaking.request_connection(requirement_id=asked.pk, supplier_id=firm.pk, message="Hush", by=buyer)
        relay.fan_out_all()

        attempt()

        sent = json.loads(receiver.received[0].body)
        assert sent.pop("timestamp").endswith("Z")
        assert sent == {
            "type": TOPIC,
            "data": {"id": row.public_id, "url": f"{settings.SITE_URL}/api/v1/connections/{row.public_id}"},
        }


@pytest.mark.django_db
class TestAttempts:
    def test_an_answer_of_2xx_is_the_end(self, owner: Principal, receiver: Receiver) -> None:
        endpoint, _ = endpoint_of(owner, receiver.url)
        receiver.answers = [status(202, body=b"thanks")]
        announce(owner)

        delivery = attempt()

        tried = Attempt.objects.get()
        assert (delivery.state, delivery.attempts, delivery.last_error) == ("done", 1, "")
        assert delivery.delivered_at is not None
        assert (tried.number, tried.status_code, tried.reply, tried.error) == (1, 202, "thanks", "")
        endpoint.refresh_from_db()
        assert endpoint.succeeded_at is not None

    def test_a_failure_is_tried_again_under_the_same_id(self, owner: Principal, receiver: Receiver) -> None:
        endpoint_of(owner, receiver.url)
        receiver.answers = [status(500, body=b"oops"), status(200)]
        announce(owner)

        first = attempt()
        assert (first.state, first.last_error) == ("due", "500")
        assert timedelta(seconds=2) < first.due_at - timezone.now() < timedelta(seconds=6)
        assert Delivery.objects.to_endpoints().claim(lease=LEASE, limit=1) == []
        second = attempt_now()

        assert (second.state, second.attempts) == ("done", 2)
        assert list(Attempt.objects.order_by("number").values_list("number", "status_code", "reply")) == [
            (1, 500, "oops"),
            (2, 200, ""),
        ]
        assert len({request.headers["webhook-id"] for request in receiver.received}) == 1

    def test_why_it_failed_is_said_in_the_readers_language(self, owner: Principal, client_for: ClientFor) -> None:
        endpoint_of(owner, "https://hooks.firm.example/in")
        WebhookEndpoint.objects.update(url="https://hooks.firm.example:25/in")
        announce(owner)
        with override("vi"):  # as in a worker
            delivery = attempt()
        client = client_for(owner)

        vi, en = (
            client.get(f"/api/v1/deliveries/{delivery.public_id}", headers={"accept-language": language}).json()
            for language in ("vi", "en")
        )

        assert en["last_error"] == en["tries"][0]["error"] == "The port must be 443 or 8443."
        assert vi["last_error"] == vi["tries"][0]["error"] == "Cổng phải là 443 hoặc 8443."

    @pytest.mark.parametrize("code", [302, 307])
    def test_a_redirect_is_a_failure(self, code: int, owner: Principal, receiver: Receiver) -> None:
        endpoint_of(owner, receiver.url)
        receiver.answers = [status(code, Location="http://127.0.0.1/admin")]
        announce(owner)

        delivery = attempt()

        assert (delivery.state, delivery.last_error) == ("due", "Redirects are not followed.")
        assert len(receiver.received) == 1

    def test_a_receiver_that_breaks_off_is_left_alone_for_a_while(self, owner: Principal, receiver: Receiver) -> None:
        endpoint, _ = endpoint_of(owner, receiver.url)
        receiver.answers = [reset]
        for _ in range(3):
            announce(owner)

        delivery = attempt()

        assert (delivery.state, Attempt.objects.get().status_code) == ("due", None)
        endpoint.refresh_from_db()
        assert endpoint.resting_until is not None
        assert endpoint.resting_until > timezone.now()
        assert Delivery.objects.to_endpoints().claim(lease=LEASE, limit=5) == []
        assert Delivery.objects.filter(channel="webhook", state="due").count() == 3

    @pytest.mark.parametrize("code", [429, 503])
    def test_a_busy_receiver_is_left_alone_as_long_as_it_asks(
        self, code: int, owner: Principal, receiver: Receiver
    ) -> None:
        endpoint, _ = endpoint_of(owner, receiver.url)
        receiver.answers = [busy(code, "7200"), status(204)]
        announce(owner)
        announce(owner)

        delivery = attempt()

        endpoint.refresh_from_db()
        assert endpoint.resting_until is not None
        for moment in (delivery.due_at, endpoint.resting_until):
            assert timedelta(minutes=119) < moment - timezone.now() <= timedelta(hours=2)
        assert Delivery.objects.to_endpoints().claim(lease=LEASE, limit=5) == []

        services.send_test_event(endpoint_id=endpoint.pk, by=owner)  # its owner wants to know now
        assert Delivery.objects.to_endpoints().count() == 3

    def test_an_address_that_has_become_unfit_is_refused_at_the_delivery(
        self, owner: Principal, receiver: Receiver, settings: Settings
    ) -> None:
        endpoint_of(owner, receiver.url)
        settings.WEBHOOKS_MAY_GO_TO_LOOPBACK = False
        announce(owner)

        assert attempt().last_error == "Only https is used."
        assert receiver.received == []

    def test_410_switches_the_endpoint_off_and_its_owners_are_told(self, owner: Principal, receiver: Receiver) -> None:
        member(role="editor", organisation=owner.organisation)
        endpoint, _ = endpoint_of(owner, receiver.url)
        receiver.answers = [status(410)]
        announce(owner)

        assert attempt().state == "dead"

        endpoint.refresh_from_db()
        assert (endpoint.is_active, endpoint.disabled_reason) == (False, "gone")
        event = Event.objects.get(topic="webhook_endpoint.disabled")
        assert owner.user is not None
        assert relay.readers_of([event]) == {event: {owner.user.pk}}
        announce(owner)
        assert Delivery.objects.filter(channel="webhook").count() == 1

    def test_after_ten_failures_it_is_given_up_and_if_nothing_worked_the_endpoint_switched_off(
        self, owner: Principal, receiver: Receiver
    ) -> None:
        endpoint, _ = endpoint_of(owner, receiver.url)
        receiver.answers = [status(503)]
        announce(owner)

        states = [attempt_now().state for _ in range(10)]

        assert states == ["due"] * 9 + ["dead"]
        endpoint.refresh_from_db()
        assert (endpoint.is_active, endpoint.disabled_reason) == (False, "failing")

    def test_if_something_else_worked_meanwhile_it_stays_on(self, owner: Principal, receiver: Receiver) -> None:
        endpoint, _ = endpoint_of(owner, receiver.url)
        receiver.answers = [status(503)]
        announce(owner)
        WebhookEndpoint.objects.update(succeeded_at=timezone.now() + timedelta(seconds=1))

        for _ in range(10):
            attempt_now()

        endpoint.refresh_from_db()
        assert endpoint.is_active

    def test_who_was_replaced_notes_nothing(self, owner: Principal, receiver: Receiver) -> None:
        endpoint_of(owner, receiver.url)
        announce(owner)
        (claimed,) = Delivery.objects.to_endpoints().claim(lease=-LEASE, limit=1)
        (newer,) = Delivery.objects.to_endpoints().claim(lease=LEASE, limit=1)

        telling.tell(claimed)
        assert not Attempt.objects.exists()
        telling.tell(newer)

        assert [tried.number for tried in Attempt.objects.all()] == [2]


@pytest.mark.django_db
class TestReplay:
    def test_what_was_taken_or_given_up_is_sent_once_more(self, owner: Principal, receiver: Receiver) -> None:
        endpoint_of(owner, receiver.url)
        announce(owner)
        delivery = attempt()

        services.replay_delivery(delivery_id=delivery.pk, by=owner)
        again = attempt()

        assert (again.state, again.attempts) == ("done", 2)
        assert [request.headers["webhook-id"] for request in receiver.received] == [delivery.public_id] * 2

    def test_a_replay_has_the_tries_and_waits_of_a_new_one(self, owner: Principal, receiver: Receiver) -> None:
        endpoint_of(owner, receiver.url)
        receiver.answers = [status(200), status(500)]
        announce(owner)
        delivery = attempt()

        services.replay_delivery(delivery_id=delivery.pk, by=owner)
        again = attempt()

        assert (again.state, again.give_up_after) == ("due", 11)
        assert again.due_at - timezone.now() < timedelta(seconds=6)


@pytest.mark.django_db(transaction=True)
class TestTheTask:
    def test_one_that_hangs_does_not_hold_up_the_others(self, receiver: Receiver, settings: Settings) -> None:
        settings.WEBHOOK_TIMEOUT_SECONDS = 0.5
        hanging, quick = member("supplier"), OrganisationFactory.create(kind="supplier")
        endpoint_of(hanging, f"{receiver.url}/slow")
        endpoint_of(member(organisation=quick), receiver.url)
        receiver.answers = [lambda to: receiver.hang(to) if to.path.endswith("/slow") else status(204)(to)]
        announce(hanging)
        for _ in range(10):
            connection_requested(quick)
        relay.fan_out_all()

        telling.tell_due(within=timedelta(seconds=1))

        told = Delivery.objects.filter(channel="webhook", endpoint__organisation=quick)
        assert list(told.values_list("state", flat=True)) == ["done"] * 10

    def test_only_one_worker_is_at_it(self, owner: Principal, receiver: Receiver) -> None:
        endpoint_of(owner, receiver.url)
        announce(owner)

        with connection.cursor() as cursor, ThreadPoolExecutor(1) as pool:
            cursor.execute("SELECT pg_advisory_lock(%s)", [telling.LOCK])
            pool.submit(_tell_due_and_close).result()
            assert receiver.received == []
            cursor.execute("SELECT pg_advisory_unlock(%s)", [telling.LOCK])
            pool.submit(_tell_due_and_close).result()

        assert len(receiver.received) == 1


def _tell_due_and_close() -> None:
    telling.tell_due(within=timedelta(seconds=1))
    connection.close()
