"""A supplier offers to talk, or the agency proposes that the two do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Disclosure
from buyers.models import Buyer, Requirement, RequirementAudience
from matchmaking import services
from matchmaking.models import Connection
from notifications.models import Event
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.matchmaking.connections.scene import URL, Sides, email_of, post, row_of, topics


@pytest.mark.django_db
class TestOffering:
    def test_a_supplier_offers_and_the_buyer_accepts(self, sides: Sides, client_for: ClientFor) -> None:
        offered = post(client_for(sides.supplier), URL, sides.body())
        connection = Connection.objects.get()
        seen = client_for(sides.buyer).get(f"{URL}?awaited=buyer").json()["results"]
        accepted = post(client_for(sides.buyer), f"{URL}/{connection.public_id}/accept")

        assert offered.status_code == 201
        assert (offered.json()["state"], offered.json()["initiator"]) == ("offered", "supplier")
        assert offered.json()["awaited"] == ["buyer"]
        assert [row["id"] for row in seen] == [connection.public_id]
        assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
        assert [contact["email"] for contact in accepted.json()["contacts"]] == [email_of(sides.supplier)]
        told = {event.topic: event.audience for event in Event.objects.filter(subject=connection.public_id)}
        assert told == {
            "connection.offered": [sides.buyer.organisation_id],
            "connection.accepted": [sides.supplier.organisation_id],
        }
        assert Event.objects.get(topic="connection.accepted").payload["side"] == "buyer"

    def test_an_anonymous_buyer_is_named_to_the_supplier_only_when_it_accepts(self, client_for: ClientFor) -> None:
        sides = Sides(visibility="anonymous")
        RequirementAudience.objects.create(
            requirement=sides.requirement, organisation=sides.firm.organisation, reason="match"
        )
        client, name = client_for(sides.supplier), str(sides.buyer.organisation)

        offered = post(client, URL, sides.body())
        event = Event.objects.get(topic="connection.offered")
        connection = Connection.objects.get()
        services.accept_connection(connection_id=connection.pk, by=sides.buyer)
        after = client.get(f"{URL}/{connection.public_id}").json()

        assert offered.status_code == 201
        assert name not in offered.content.decode() + str(event.payload)
        assert after["buyer_name"] == name
        assert Event.objects.get(topic="connection.accepted").payload["buyer_name"] == name

    def test_what_a_supplier_does_not_see_it_offers_nothing_for(self, client_for: ClientFor) -> None:
        sides = Sides(visibility="matched")

        response = post(client_for(sides.supplier), URL, sides.body())

        assert response.status_code == 400
        assert response.json()["errors"][0]["pointer"] == "/requirement"
        assert not Connection.objects.exists()

    def test_nobody_offers_another_firm(self, sides: Sides, client_for: ClientFor) -> None:
        response = post(client_for(member("supplier")), URL, sides.body())

        assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
        assert not Connection.objects.exists()

    def test_a_suspended_supplier_offers_nothing(self, sides: Sides, client_for: ClientFor) -> None:
        Supplier.objects.update(state="suspended")

        response = post(client_for(sides.supplier), URL, sides.body())

        assert (response.status_code, response.json()["code"]) == (409, "supplier_not_published")
        assert not Connection.objects.exists()

    def test_while_the_buyer_asks_the_supplier_need_not_offer(self, sides: Sides, client_for: ClientFor) -> None:
        asked = sides.request()

        response = post(client_for(sides.supplier), URL, sides.body())

        assert (response.status_code, response.json()["code"]) == (409, "already_exists")
        assert response.json()["existing"] == f"{URL}/{asked.public_id}"
        assert Connection.objects.count() == 1


@pytest.mark.django_db
class TestProposing:
    def test_it_counts_once_both_sides_agree(self, sides: Sides, client_for: ClientFor) -> None:
        officer = member("agency")
        proposed = post(client_for(officer), URL, sides.body())
        connection = Connection.objects.get()
        address = f"{URL}/{connection.public_id}/accept"

        half = post(client_for(sides.supplier), address)
        again = post(client_for(sides.supplier), address)
        whole = post(client_for(sides.buyer), address)

        assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed")
        assert proposed.json()["awaited"] == ["buyer", "supplier"]
        assert (half.status_code, half.json()["state"], half.json()["awaited"]) == (200, "proposed", ["buyer"])
        assert half.json()["contacts"] == []
        assert (again.status_code, again.json()["code"]) == (409, "connection_already_decided")
        assert (whole.status_code, whole.json()["state"]) == (200, "accepted")
        assert [contact["email"] for contact in whole.json()["contacts"]] == [email_of(sides.supplier)]
        told = {event.topic: event.audience for event in Event.objects.filter(subject=connection.public_id)}
        buyer, supplier, agency = (
            principal.organisation_id or 0 for principal in (sides.buyer, sides.supplier, officer)
        )
        assert told == {
            "connection.proposed": sorted([buyer, supplier]),
            "connection.agreed": sorted([buyer, agency]),
            "connection.accepted": sorted([supplier, agency]),
        }
        assert Disclosure.objects.count() == 2

    def test_either_side_may_decline_and_the_agency_hears_why(self, sides: Sides) -> None:
        officer = member("agency")
        connection = services.propose_connection(
            requirement_id=sides.requirement.pk, supplier_id=sides.firm.pk, by=officer
        )
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)

        services.decline_connection(connection_id=connection.pk, reason="language", by=sides.buyer)

        assert row_of(connection)["state"] == "declined"
        event = Event.objects.get(topic="connection.declined")
        assert event.audience == sorted([sides.supplier.organisation_id or 0, officer.organisation_id or 0])
        assert not Disclosure.objects.exists()

    @pytest.mark.parametrize(
        ("row", "state", "code"),
        [
            (Requirement, "draft", "requirement_not_open"),
            (Buyer, "suspended", "buyer_suspended"),
            (Supplier, "suspended", "supplier_not_published"),
        ],
    )
    def test_nothing_is_proposed_without_ground(
        self, sides: Sides, client_for: ClientFor, row: type[Requirement | Buyer | Supplier], state: str, code: str
    ) -> None:
        row._default_manager.update(state=state)

        response = post(client_for(member("agency")), URL, sides.body())

        assert (response.status_code, response.json()["code"]) == (409, code)
        assert not Connection.objects.exists()


@pytest.mark.django_db
class TestStages:
    def test_from_a_visit_to_a_contract(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)
        address = f"{URL}/{connection.public_id}/advance"

        visit = post(client_for(sides.supplier), address, {"to": "visit"})
        contract = post(
            client_for(sides.buyer), address, {"to": "contract", "value_band": "50_to_250", "starts_on": "2027-03-01"}
        )

        assert (visit.status_code, visit.json()["state"]) == (200, "visit")
        body = contract.json()
        assert (body["state"], body["value_band"], body["contract_starts_on"]) == (
            "contract",
            "50_to_250",
            "2027-03-01",
        )
        assert topics()[-2:] == ["connection.advanced", "connection.contracted"]
        assert Event.objects.get(topic="connection.advanced").audience == [sides.buyer.organisation_id]

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({}, "/to", "required"),
            ({"to": "accepted"}, "/to", "invalid_choice"),
            ({"to": "lost"}, "/reason", "required"),
            ({"to": "lost", "reason": "other"}, "/note", "required"),
            ({"to": "contract", "starts_on": "2027-03-01"}, "/value_band", "required"),
            ({"to": "contract", "value_band": "10_to_50"}, "/starts_on", "required"),
            ({"to": "contract", "value_band": "much", "starts_on": "2027-03-01"}, "/value_band", "invalid_choice"),
            ({"to": "visit", "reason": "price"}, "/reason", "not_of_this_stage"),
            ({"to": "visit", "value_band": "10_to_50"}, "/value_band", "not_of_this_stage"),
        ],
    )
    def test_a_stage_without_what_it_needs_is_refused(
        self, sides: Sides, client_for: ClientFor, body: dict[str, str], pointer: str, code: str
    ) -> None:
        connection = sides.request()
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)
        before = row_of(connection)

        response = post(client_for(sides.buyer), f"{URL}/{connection.public_id}/advance", body)

        assert response.status_code == 400
        assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]
        assert row_of(connection) == before

    def test_contacts_stay_open_for_ninety_days_after_a_loss(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)

        lost = services.advance_connection(connection_id=connection.pk, to="lost", reason="price", by=sides.supplier)

        for grant in Disclosure.objects.filter(reason=lost.public_id):
            assert grant.until is not None
            assert timedelta(days=89, hours=23) < grant.until - timezone.now() <= timedelta(days=90)
        shown = client_for(sides.buyer).get(f"{URL}/{lost.public_id}").json()
        assert (shown["loss_reason"], len(shown["contacts"])) == ("price", 1)
        assert Event.objects.get(topic="connection.lost").payload["reason"] == "price"
