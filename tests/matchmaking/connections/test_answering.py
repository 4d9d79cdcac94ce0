"""The supplier accepts or declines, or the buyer takes back what it asked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from accounts.models import Disclosure
from accounts.principals import Principal
from buyers.models import Buyer, Requirement, RequirementAudience
from matchmaking import services
from notifications.models import Event
from suppliers.models import Supplier
from tests.conftest import ClientFor
from tests.factories.accounts import member
from tests.matchmaking.connections.scene import URL, Sides, email_of, post, row_of, topics


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
