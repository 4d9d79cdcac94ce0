"""What each side reads of a connection, and what time does to it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from buyers.models import Requirement
from matchmaking import services
from notifications.models import Event
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.connections.scene import QUERIES_OF_A_LIST, URL, Sides, row_of, topics


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

    def test_several_states_are_asked_for_at_once(self, sides: Sides, client_for: ClientFor) -> None:
        waiting = sides.request()
        others = {
            state: make.ConnectionFactory.create(requirement=make.requirement(sides.requirement.buyer), state=state)
            for state in ("accepted", "contract", "declined", "expired")
        }
        client = client_for(sides.buyer)

        def found(states: str) -> set[str]:
            return {row["id"] for row in client.get(URL, {"state__in": states}).json()["results"]}

        assert found("requested,accepted") == {waiting.public_id, others["accepted"].public_id}
        assert found("contract,lost") == {others["contract"].public_id}
        with time_machine.travel(waiting.expires_at, tick=False):
            assert found("requested,accepted") == {others["accepted"].public_id}
            assert found("declined,expired") == {waiting.public_id} | {
                others[state].public_id for state in ("declined", "expired")
            }
        assert client.get(URL, {"state__in": "accepted,nonsense"}).status_code == 400

    def test_filters_by_who_asked_and_by_what_stalls(self, sides: Sides, client_for: ClientFor) -> None:
        connection, client = sides.request(), client_for(member("agency"))

        def found(**query: str) -> list[str]:
            return [row["id"] for row in client.get(URL, query).json()["results"]]

        assert (found(initiator="buyer"), found(initiator="supplier")) == ([connection.public_id], [])
        assert (found(stalled="true"), found(stalled="false")) == ([], [connection.public_id])
        with time_machine.travel(connection.state_since + timedelta(days=8), tick=False):
            assert (found(stalled="true"), found(stalled="false")) == ([connection.public_id], [])

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
