"""Connections through the API: asking, answering, taking back, and what each side sees."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Disclosure, Membership, User
from accounts.principals import Principal
from buyers.models import Buyer, Requirement, RequirementAudience
from matchmaking import services
from matchmaking.errors import ConnectionAlreadyDecidedError, ConnectionExistsError
from matchmaking.models import Connection
from notifications.models import Event
from notifications.relay import readers_of
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member

URL = "/api/v1/connections"
QUERIES_OF_A_LIST = 1


class Sides:
    """A buyer's member, a supplier's member, and what they talk about."""

    def __init__(self, **requirement_fields: Any) -> None:
        self.buyer = member("buyer")
        self.supplier = member("supplier")
        self.requirement = make.requirement(
            make.verified_buyer(self.buyer.organisation), title="Trục thép", **requirement_fields
        )
        self.firm = make.published_supplier(self.supplier.organisation)

    def request(self) -> Connection:
        return services.request_connection(
            requirement_id=self.requirement.pk, supplier_id=self.firm.pk, message="Xin chào", by=self.buyer
        )

    def body(self) -> dict[str, str]:
        return {"requirement": self.requirement.public_id, "supplier": self.firm.public_id, "message": "Xin chào"}


@pytest.fixture
def sides() -> Sides:
    return Sides()


def post(client: APIClient, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, format="json")


def row_of(connection: Connection) -> dict[str, Any]:
    return dict(Connection.objects.filter(pk=connection.pk).values().get())


def topics() -> list[str]:
    return list(Event.objects.filter(topic__startswith="connection.").order_by("pk").values_list("topic", flat=True))


@pytest.mark.django_db
class TestAsking:
    def test_a_verified_buyer_asks_and_the_supplier_is_told(self, sides: Sides, client_for: ClientFor) -> None:
        response = post(client_for(sides.buyer), URL, sides.body())

        connection = Connection.objects.get()
        assert response.status_code == 201
        assert response["Location"] == f"{URL}/{connection.public_id}"
        body = response.json()
        assert body["state"] == "requested"
        assert (body["requirement"], body["requirement_title"]) == (sides.requirement.public_id, "Trục thép")
        assert (body["supplier"], body["supplier_name"]) == (sides.firm.public_id, str(sides.firm))
        assert body["buyer_name"] == str(sides.buyer.organisation)
        assert body["message"] == "Xin chào"
        assert body["contacts"] == []
        assert connection.expires_at - connection.created_at > timedelta(days=13, hours=23)
        event = Event.objects.get(topic="connection.requested")
        assert event.audience == [sides.firm.organisation_id]
        assert event.payload["requirement_title"] == "Trục thép"
        assert event.payload["buyer_name"] == str(sides.buyer.organisation)
        audience = RequirementAudience.objects.get()
        assert (audience.organisation_id, audience.reason) == (sides.firm.organisation_id, "connection")

    def test_of_a_firm_that_nobody_has_joined_the_agency_is_told(self, sides: Sides) -> None:
        officer = member("agency")
        Membership.objects.filter(organisation=sides.firm.organisation).delete()

        connection = sides.request()

        told = readers_of(Event.objects.filter(subject=connection.public_id))
        assert {event.topic: readers for event, readers in told.items()} == {
            "connection.requested": set(),
            "connection.unattended": {officer.user and officer.user.pk},
        }

    def test_of_a_firm_whose_people_were_all_blocked_the_agency_is_told(self, sides: Sides) -> None:
        User.objects.filter(memberships__organisation=sides.firm.organisation).update(is_active=False)

        sides.request()

        assert topics() == ["connection.requested", "connection.unattended"]

    def test_the_supplier_sees_a_requirement_that_it_was_asked_about(self, client_for: ClientFor) -> None:
        sides = Sides(visibility="matched")
        assert not Requirement.objects.visible_to(sides.supplier).exists()

        post(client_for(sides.buyer), URL, sides.body())

        assert list(Requirement.objects.visible_to(sides.supplier)) == [sides.requirement]

    def test_asking_again_points_at_the_connection_there_is(self, sides: Sides, client_for: ClientFor) -> None:
        existing = sides.request()

        response = post(client_for(sides.buyer), URL, sides.body())

        assert response.status_code == 409
        assert response.json()["code"] == "already_exists"
        assert response.json()["existing"] == f"{URL}/{existing.public_id}"
        assert list(Connection.objects.all()) == [existing]
        assert topics() == ["connection.requested"]

    def test_after_a_refusal_the_buyer_may_ask_again(self, sides: Sides, client_for: ClientFor) -> None:
        services.decline_connection(connection_id=sides.request().pk, reason="price", by=sides.supplier)

        assert post(client_for(sides.buyer), URL, sides.body()).status_code == 201

    def test_a_lapsed_request_makes_room_for_another(self, sides: Sides, client_for: ClientFor) -> None:
        lapsed = sides.request()
        Connection.objects.update(expires_at=timezone.now())

        response = post(client_for(sides.buyer), URL, sides.body())

        assert response.status_code == 201
        lapsed.refresh_from_db()
        assert lapsed.state == "expired"
        assert topics() == ["connection.requested", "connection.expired", "connection.requested"]

    def test_an_unverified_buyer_may_not_ask(self, sides: Sides, client_for: ClientFor) -> None:
        Buyer.objects.update(state="registered")

        response = post(client_for(sides.buyer), URL, sides.body())

        assert (response.status_code, response.json()["code"]) == (403, "buyer_not_verified")
        assert not Connection.objects.exists()
        assert not RequirementAudience.objects.exists()
        assert topics() == []

    @pytest.mark.parametrize("state", ["draft", "withdrawn", "awarded", "closed_no_award", "expired"])
    def test_only_open_requirements_are_asked_about(self, sides: Sides, client_for: ClientFor, state: str) -> None:
        Requirement.objects.update(state=state)

        response = post(client_for(sides.buyer), URL, sides.body())

        assert (response.status_code, response.json()["code"]) == (409, "requirement_not_open")
        assert not Connection.objects.exists()

    @pytest.mark.parametrize("state", ["draft", "submitted", "suspended", "archived"])
    def test_a_supplier_that_is_not_published_does_not_exist_for_buyers(
        self, sides: Sides, client_for: ClientFor, state: str
    ) -> None:
        Supplier.objects.update(state=state)

        response = post(client_for(sides.buyer), URL, sides.body())

        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"] == "/supplier"
        assert not Connection.objects.exists()

    def test_another_buyer_s_requirement_does_not_exist(self, sides: Sides, client_for: ClientFor) -> None:
        stranger = member("buyer")
        make.verified_buyer(stranger.organisation)

        response = post(client_for(stranger), URL, sides.body())

        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"] == "/requirement"
        assert not Connection.objects.exists()

    @pytest.mark.parametrize("who", ["viewer", "staff", "supplier"])
    def test_only_those_who_write_for_the_buyer_may_ask(self, sides: Sides, client_for: ClientFor, who: str) -> None:
        callers = {
            "viewer": lambda: member(role="viewer", organisation=sides.buyer.organisation),
            "staff": lambda: member("agency"),
            "supplier": lambda: sides.supplier,
        }

        response = post(client_for(callers[who]()), URL, sides.body())

        assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
        assert not Connection.objects.exists()

    def test_an_unknown_field_is_refused(self, sides: Sides, client_for: ClientFor) -> None:
        response = post(client_for(sides.buyer), URL, {**sides.body(), "state": "accepted"})

        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"] == "/state"
        assert not Connection.objects.exists()


@pytest.mark.django_db
class TestAccepting:
    def test_each_side_s_contacts_are_opened_to_the_other(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()

        accepted = post(client_for(sides.supplier), f"{URL}/{connection.public_id}/accept")
        seen_by_buyer = client_for(sides.buyer).get(f"{URL}/{connection.public_id}")

        assert accepted.status_code == 200
        assert accepted.json()["state"] == "accepted"
        assert [contact["email"] for contact in accepted.json()["contacts"]] == [email_of(sides.buyer)]
        assert [contact["email"] for contact in seen_by_buyer.json()["contacts"]] == [email_of(sides.supplier)]
        assert set(Disclosure.objects.values_list("reader_id", "subject_id", "reason")) == {
            (sides.buyer.organisation_id, sides.supplier.organisation_id, connection.public_id),
            (sides.supplier.organisation_id, sides.buyer.organisation_id, connection.public_id),
        }
        event = Event.objects.get(topic="connection.accepted")
        assert event.audience == [sides.buyer.organisation_id]
        row = row_of(connection)
        assert sides.supplier.user is not None
        assert row["decided_by_id"] == sides.supplier.user.pk
        assert row["version"] == 2

    def test_a_second_acceptance_is_refused_and_moves_nothing(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)
        before = row_of(connection)

        response = post(client_for(sides.supplier), f"{URL}/{connection.public_id}/accept")

        assert (response.status_code, response.json()["code"]) == (409, "connection_already_decided")
        assert response.json()["state"] == "accepted"
        assert row_of(connection) == before
        assert topics() == ["connection.requested", "connection.accepted"]

    def test_an_anonymous_buyer_is_named_only_then(self, client_for: ClientFor) -> None:
        sides = Sides(visibility="anonymous")
        connection = sides.request()
        client, address = client_for(sides.supplier), f"{URL}/{connection.public_id}"
        name = str(sides.buyer.organisation)

        before = client.get(address)
        listed = client.get(URL)
        asked = Event.objects.get(topic="connection.requested")
        post(client, f"{address}/accept")
        after = client.get(address)

        assert (before.json()["buyer"], before.json()["buyer_name"]) == (None, None)
        assert name not in before.content.decode() + listed.content.decode() + str(asked.payload)
        assert after.json()["buyer_name"] == name
        assert RequirementAudience.objects.get(organisation_id=sides.firm.organisation_id).knows_buyer

    @pytest.mark.parametrize("act", ["accept", "decline"])
    @pytest.mark.parametrize("who", ["buyer", "staff", "viewer"])
    def test_only_the_asked_side_answers(self, sides: Sides, client_for: ClientFor, act: str, who: str) -> None:
        connection = sides.request()
        callers: dict[str, Callable[[], Principal]] = {
            "buyer": lambda: sides.buyer,
            "staff": lambda: member("agency"),
            "viewer": lambda: member(role="viewer", organisation=sides.supplier.organisation),
        }
        before = row_of(connection)

        body = {"reason": "price"} if act == "decline" else {}
        response = post(client_for(callers[who]()), f"{URL}/{connection.public_id}/{act}", body)

        assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
        assert row_of(connection) == before
        assert not Disclosure.objects.exists()
        assert topics() == ["connection.requested"]

    @pytest.mark.parametrize("kind", ["buyer", "supplier"])
    def test_strangers_find_nothing(self, sides: Sides, client_for: ClientFor, kind: str) -> None:
        connection = sides.request()
        client = client_for(member(kind))

        assert client.get(f"{URL}/{connection.public_id}").status_code == 404
        assert client.get(f"{URL}/{connection.public_id}/history").status_code == 404
        assert post(client, f"{URL}/{connection.public_id}/accept").status_code == 404
        assert client.get(URL).json()["results"] == []
        assert row_of(connection)["state"] == "requested"

    def test_after_fourteen_days_it_is_too_late(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        before = row_of(connection)

        with time_machine.travel(connection.expires_at, tick=False):
            response = post(client_for(sides.supplier), f"{URL}/{connection.public_id}/accept")
            shown = client_for(sides.buyer).get(f"{URL}/{connection.public_id}")

        assert (response.status_code, response.json()["code"]) == (409, "connection_already_decided")
        assert response.json()["state"] == "expired"
        assert shown.json()["state"] == "expired"
        assert row_of(connection) == before
        assert not Disclosure.objects.exists()

    def test_up_to_the_last_moment_it_is_in_time(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()

        with time_machine.travel(connection.expires_at - timedelta(microseconds=1), tick=False):
            response = post(client_for(sides.supplier), f"{URL}/{connection.public_id}/accept")

        assert response.status_code == 200

    def test_the_requirement_must_still_be_open(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        Requirement.objects.update(state="awarded")

        response = post(client_for(sides.supplier), f"{URL}/{connection.public_id}/accept")

        assert (response.status_code, response.json()["code"]) == (409, "requirement_not_open")
        assert row_of(connection)["state"] == "requested"
        assert not Disclosure.objects.exists()

    def test_a_suspended_supplier_accepts_nothing(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        Supplier.objects.update(state="suspended")

        response = post(client_for(sides.supplier), f"{URL}/{connection.public_id}/accept")

        assert (response.status_code, response.json()["code"]) == (409, "supplier_not_published")
        assert row_of(connection)["state"] == "requested"

    def test_no_contacts_are_opened_to_a_suspended_buyer(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        Buyer.objects.update(state="suspended")

        response = post(client_for(sides.supplier), f"{URL}/{connection.public_id}/accept")

        assert (response.status_code, response.json()["code"]) == (409, "buyer_suspended")
        assert row_of(connection)["state"] == "requested"
        assert not Disclosure.objects.exists()


@pytest.mark.django_db
class TestDeclining:
    def test_a_refusal_has_a_coded_reason_and_opens_nothing(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()

        response = post(
            client_for(sides.supplier),
            f"{URL}/{connection.public_id}/decline",
            {"reason": "capacity", "note": "Đã kín lịch"},
        )

        assert response.status_code == 200
        body = response.json()
        assert (body["state"], body["decline_reason"], body["decline_note"]) == ("declined", "capacity", "Đã kín lịch")
        assert body["contacts"] == []
        assert not Disclosure.objects.exists()
        event = Event.objects.get(topic="connection.declined")
        assert event.audience == [sides.buyer.organisation_id]
        assert event.payload["reason"] == "capacity"

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/reason"),
            ({"reason": "mood"}, "/reason"),
            ({"reason": "other"}, "/note"),
            ({"reason": "other", "note": "  "}, "/note"),
            ({"reason": "price", "note": "x" * 501}, "/note"),
            ({"reason": "price", "state": "accepted"}, "/state"),
        ],
    )
    def test_a_reason_that_says_nothing_is_refused(
        self, sides: Sides, client_for: ClientFor, body: dict[str, str], pointer: str
    ) -> None:
        connection = sides.request()
        before = row_of(connection)

        response = post(client_for(sides.supplier), f"{URL}/{connection.public_id}/decline", body)

        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"] == pointer
        assert row_of(connection) == before


@pytest.mark.django_db
class TestWithdrawing:
    def test_the_buyer_takes_a_request_back(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()

        response = post(client_for(sides.buyer), f"{URL}/{connection.public_id}/withdraw", {"reason": "Đổi thiết kế"})

        assert (response.status_code, response.json()["state"]) == (200, "withdrawn")
        assert response.json()["state_reason"] == "Đổi thiết kế"
        assert Event.objects.get(topic="connection.withdrawn").audience == [sides.supplier.organisation_id]

    def test_the_supplier_may_not(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()

        response = post(client_for(sides.supplier), f"{URL}/{connection.public_id}/withdraw")

        assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
        assert row_of(connection)["state"] == "requested"

    def test_what_was_accepted_cannot_be_taken_back(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)

        response = post(client_for(sides.buyer), f"{URL}/{connection.public_id}/withdraw")

        assert (response.status_code, response.json()["code"]) == (409, "connection_already_decided")
        assert row_of(connection)["state"] == "accepted"


@pytest.mark.django_db
class TestTimeAndFate:
    def test_unanswered_requests_expire_once(self, sides: Sides) -> None:
        connection = sides.request()

        assert services.expire_lapsed_connections() == 0
        with time_machine.travel(connection.expires_at, tick=False):
            assert services.expire_lapsed_connections() == 1
            assert services.expire_lapsed_connections() == 0

        assert row_of(connection)["state"] == "expired"
        event = Event.objects.get(topic="connection.expired")
        assert event.audience == sorted([sides.buyer.organisation_id or 0, sides.supplier.organisation_id or 0])

    @pytest.mark.parametrize(
        ("model", "state", "reason"),
        [
            (Requirement, "withdrawn", "requirement_ended"),
            (Requirement, "expired", "requirement_ended"),
            (Supplier, "suspended", "supplier_not_published"),
            (Supplier, "archived", "supplier_not_published"),
        ],
    )
    def test_a_request_without_ground_is_withdrawn_once(
        self, sides: Sides, model: Any, state: str, reason: str
    ) -> None:
        connection = sides.request()
        assert services.withdraw_groundless_connections() == 0

        model.objects.update(state=state)

        assert services.withdraw_groundless_connections() == 1
        assert services.withdraw_groundless_connections() == 0
        row = row_of(connection)
        assert (row["state"], row["state_reason"]) == ("withdrawn", reason)
        assert topics() == ["connection.requested", "connection.withdrawn"]

    def test_accepted_connections_go_on(self, sides: Sides) -> None:
        connection = sides.request()
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)
        Requirement.objects.update(state="awarded")
        Supplier.objects.update(state="suspended")

        assert services.withdraw_groundless_connections() == 0
        assert row_of(connection)["state"] == "accepted"


@pytest.mark.django_db
class TestReading:
    def test_the_state_filter_knows_what_has_lapsed(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        client = client_for(sides.buyer)

        def ids(state: str) -> list[str]:
            return [row["id"] for row in client.get(URL, {"state": state}).json()["results"]]

        assert (ids("requested"), ids("expired")) == ([connection.public_id], [])
        with time_machine.travel(connection.expires_at, tick=False):
            assert (ids("requested"), ids("expired")) == ([], [connection.public_id])

    def test_history_tells_which_side_did_what_and_why(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        services.decline_connection(connection_id=connection.pk, reason="price", by=sides.supplier)

        steps = client_for(sides.buyer).get(f"{URL}/{connection.public_id}/history").json()["results"]

        assert [(step["topic"], step["acted_for"], step["reason"]) for step in steps] == [
            ("connection.declined", "supplier", "price"),
            ("connection.requested", "buyer", ""),
        ]

    def test_staff_see_connections_but_no_contacts_through_them(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)

        body = client_for(member("agency")).get(f"{URL}/{connection.public_id}").json()

        assert (body["state"], body["contacts"]) == ("accepted", [])

    def test_a_list_takes_one_query_whatever_its_length(
        self, sides: Sides, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        client = client_for(sides.buyer)
        make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm)
        with django_assert_num_queries(QUERIES_OF_A_LIST):
            assert len(client.get(URL).json()["results"]) == 1
        for _ in range(49):
            make.ConnectionFactory.create(requirement=sides.requirement)

        with django_assert_num_queries(QUERIES_OF_A_LIST):
            assert len(client.get(URL).json()["results"]) == 50


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_of_twenty_acceptances_one_counts(self) -> None:
        sides = Sides()
        connection = sides.request()
        start = Barrier(20)

        def accept(_: int) -> str:
            try:
                start.wait(10)
                services.accept_connection(connection_id=connection.pk, by=sides.supplier)
            except ConnectionAlreadyDecidedError as refused:
                return refused.code
            finally:
                database.close()
            return "accepted"

        with ThreadPoolExecutor(20) as pool:
            answers = sorted(pool.map(accept, range(20)))

        assert answers == ["accepted"] + ["connection_already_decided"] * 19
        assert topics() == ["connection.requested", "connection.accepted"]
        assert row_of(connection)["version"] == 2
        assert Disclosure.objects.count() == 2

    def test_of_ten_requests_one_is_made(self) -> None:
        sides = Sides()
        start = Barrier(10)

        def ask(_: int) -> str:
            try:
                start.wait(10)
                return sides.request().state
            except ConnectionExistsError as refused:
                return refused.code
            finally:
                database.close()

        with ThreadPoolExecutor(10) as pool:
            answers = sorted(pool.map(ask, range(10)))

        assert answers == ["already_exists"] * 9 + ["requested"]
        assert Connection.objects.count() == 1
        assert topics() == ["connection.requested"]


def email_of(principal: Principal) -> str:
    assert principal.user is not None
    return principal.user.email
