"""A buyer asks for a connection."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from buyers.models import Buyer, Requirement, RequirementAudience
from matchmaking import services
from matchmaking.models import Connection
from notifications.models import Event
from notifications.relay import readers_of
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.connections.scene import URL, Sides, post, topics


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

    @pytest.mark.parametrize("who", ["buyer", "supplier", "agency"])
    def test_who_only_reads_begins_nothing(self, sides: Sides, client_for: ClientFor, who: str) -> None:
        organisations = {"buyer": sides.buyer.organisation, "supplier": sides.supplier.organisation}
        viewer = member(who, role="viewer", organisation=organisations.get(who))

        response = post(client_for(viewer), URL, sides.body())

        assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
        assert not Connection.objects.exists()

    def test_an_unknown_field_is_refused(self, sides: Sides, client_for: ClientFor) -> None:
        response = post(client_for(sides.buyer), URL, {**sides.body(), "state": "accepted"})

        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"] == "/state"
        assert not Connection.objects.exists()
