"""Whoever does not answer is reminded, twice; then the agency is told."""

from datetime import timedelta

import pytest
import time_machine

from matchmaking import services
from matchmaking.models import Connection
from notifications.models import Event
from tests.factories.accounts import member
from tests.matchmaking.connections.scene import Sides, row_of, topics


@pytest.mark.django_db
class TestReminding:
    def test_on_days_seven_and_twelve_once_each(self, sides: Sides) -> None:
        connection = sides.request()
        asked = connection.created_at
        reminded = []

        for hours in range(0, 15 * 24, 12):
            with time_machine.travel(asked + timedelta(hours=hours, seconds=1), tick=False):
                reminded += [hours // 24] * services.remind_of_unanswered_connections()
                assert services.remind_of_unanswered_connections() == 0

        assert reminded == [7, 12]
        assert topics() == [
            "connection.requested",
            "connection.reminded",
            "connection.reminded",
            "connection.late",
        ]
        assert [event.audience for event in Event.objects.filter(topic="connection.reminded")] == [
            [sides.supplier.organisation_id]
        ] * 2
        assert row_of(connection)["version"] == 1

    def test_a_schedule_that_slept_sends_only_the_later_one(self, sides: Sides) -> None:
        officer = member("agency")
        connection = sides.request()

        with time_machine.travel(connection.created_at + timedelta(days=13), tick=False):
            assert services.remind_of_unanswered_connections() == 1
            assert services.remind_of_unanswered_connections() == 0

        assert topics()[1:] == ["connection.reminded", "connection.late"]
        assert Event.objects.get(topic="connection.late").audience == [officer.organisation_id]

    def test_nobody_is_reminded_of_what_has_expired_or_was_answered(self, sides: Sides) -> None:
        connection = sides.request()
        with time_machine.travel(connection.expires_at, tick=False):
            assert services.remind_of_unanswered_connections() == 0
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)
        with time_machine.travel(connection.created_at + timedelta(days=8), tick=False):
            assert services.remind_of_unanswered_connections() == 0

    def test_of_a_proposal_only_the_side_that_has_not_agreed_is_reminded(self, sides: Sides) -> None:
        connection = services.propose_connection(
            requirement_id=sides.requirement.pk, supplier_id=sides.firm.pk, by=member("agency")
        )
        services.accept_connection(connection_id=connection.pk, by=sides.buyer)

        with time_machine.travel(connection.created_at + timedelta(days=8), tick=False):
            assert services.remind_of_unanswered_connections() == 1

        assert Event.objects.get(topic="connection.reminded").audience == [sides.supplier.organisation_id]

    def test_what_stands_still_is_stalled(self, sides: Sides) -> None:
        connection = sides.request()
        stalled = Connection.objects.stalled

        with time_machine.travel(connection.created_at + timedelta(days=6), tick=False):
            assert not stalled().exists()
        with time_machine.travel(connection.created_at + timedelta(days=7, seconds=1), tick=False):
            assert stalled().get() == connection
            services.accept_connection(connection_id=connection.pk, by=sides.supplier)
            assert not stalled().exists()
        with time_machine.travel(connection.created_at + timedelta(days=38), tick=False):
            assert stalled().get() == connection
