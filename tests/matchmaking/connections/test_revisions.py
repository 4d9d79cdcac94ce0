"""A supplier that talks about a requirement is told when it changes, as far as it sees that."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from buyers import services as buyers
from buyers.services.history import keep_version
from matchmaking import services
from matchmaking.models import Connection
from matchmaking.tasks import end_connections
from notifications.models import Event
from notifications.relay import fan_out_all, react_to_due
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.buyers import PlantFactory
from tests.fixtures.files import dxf, upload
from tests.matchmaking.connections.scene import Sides, row_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_storage")]
TOPIC = "connection.requirement_changed"
ENDS = ("requirement.awarded", "requirement.closed", "requirement.withdrawn")


@pytest.fixture
def sides() -> Sides:
    return opened()


def opened(**fields: Any) -> Sides:
    """Sides whose requirement was opened as it is, which its history tells."""
    sides = Sides(**fields)
    keep_version(sides.requirement, by=sides.buyer)
    return sides


def change(sides: Sides, **values: Any) -> None:
    buyers.change_requirement(requirement_id=sides.requirement.pk, values=values, by=sides.buyer)


def draw(sides: Sides, content: bytes | None = None) -> Any:
    values = {"file": upload(content or dxf(), "shaft.dxf"), "kind": "drawing"}
    return buyers.add_attachment(requirement_id=sides.requirement.pk, values=values, by=sides.buyer)


def react() -> None:
    fan_out_all()
    react_to_due()


def told(*, after: timedelta = timedelta(minutes=6)) -> int:
    """How often a supplier was told in all, once a worker has reacted and the schedule has looked."""
    react()
    with time_machine.travel(timezone.now() + after, tick=False):
        end_connections()
        end_connections()
    return Event.objects.filter(topic=TOPIC).count()


def test_the_supplier_is_told_once_of_all_that_changes_within_some_minutes(sides: Sides) -> None:
    connection = sides.request()
    rest = row_of(connection)
    change(sides, title="Trục thép dài")
    change(sides, description="Dài hơn 20 mm.")
    draw(sides)

    assert told(after=timedelta(minutes=4)) == 0
    assert told() == 1

    event = Event.objects.get(topic=TOPIC)
    assert (event.subject, event.audience) == (connection.public_id, [sides.supplier.organisation_id])
    assert event.payload["requirement"] == sides.requirement.public_id
    assert event.payload["requirement_title"] == "Trục thép dài"
    assert row_of(connection) == rest

    change(sides, description="Dài hơn 30 mm.")
    assert told() == 2


def test_a_file_that_is_added_or_removed_is_a_change_too(sides: Sides) -> None:
    connection = sides.request()
    services.accept_connection(connection_id=connection.pk, by=sides.supplier)
    drawing = draw(sides)
    assert told() == 1

    buyers.remove_attachment(attachment_id=drawing.pk, by=sides.buyer)
    assert told() == 2


@pytest.mark.parametrize(
    "values", [{"target_price": Decimal("2.50"), "target_price_currency": "USD"}, {"alert_min_score": 0.9}]
)
def test_of_what_only_the_buyer_sees_nobody_is_told(sides: Sides, values: dict[str, Any]) -> None:
    sides.request()

    change(sides, **values)

    assert told() == 0
    assert not Connection.objects.exclude(requirement_changed_at=None).exists()


@pytest.mark.parametrize("hiding", [{"nda_needed": True}, {"visibility": "anonymous"}])
def test_of_drawings_and_place_behind_an_nda_only_a_supplier_that_both_have_agreed_with_is_told(
    hiding: dict[str, Any],
) -> None:
    sides = opened(**hiding)
    connection = sides.request()
    draw(sides)
    change(sides, plant=PlantFactory.create(buyer=sides.requirement.buyer))
    assert told() == 0

    services.accept_connection(connection_id=connection.pk, by=sides.supplier)
    react()  # to what was there before the two agreed, as after a crash
    assert told() == 0

    draw(sides, dxf(b"  1", b"B"))
    assert told() == 1


def test_a_change_that_everybody_sees_does_not_name_a_hidden_buyer() -> None:
    sides = opened(nda_needed=True)
    sides.request()

    change(sides, description="Dài hơn 20 mm.")

    assert told() == 1
    assert Event.objects.get(topic=TOPIC).payload["buyer_name"] == ""


ENDINGS: list[Callable[[Connection, Sides], object]] = [
    lambda row, sides: services.decline_connection(connection_id=row.pk, reason="price", by=sides.supplier),
    lambda row, sides: services.withdraw_connection(connection_id=row.pk, by=sides.buyer),
    lambda row, _sides: Connection.objects.filter(pk=row.pk).update(expires_at=timezone.now()),
]


@pytest.mark.parametrize("ending", ENDINGS, ids=["declined", "withdrawn", "lapsed"])
@pytest.mark.parametrize("ends_first", [True, False])
def test_whoever_does_not_talk_any_more_is_not_told(
    sides: Sides, ending: Callable[[Connection, Sides], object], ends_first: bool
) -> None:
    connection = sides.request()
    if ends_first:
        ending(connection, sides)
    change(sides, title="Bánh răng")
    react()
    if not ends_first:
        ending(connection, sides)

    assert told() == 0


def test_whoever_begins_to_talk_after_the_change_knows_it(sides: Sides) -> None:
    change(sides, title="Bánh răng")

    sides.request()

    assert told() == 0


def test_other_requirements_and_suppliers_are_not_touched(sides: Sides) -> None:
    other = opened()
    other.request()
    sides.request()
    rival = make.published_supplier(member("supplier").organisation)
    services.request_connection(requirement_id=sides.requirement.pk, supplier_id=rival.pk, by=sides.buyer)

    change(sides, title="Bánh răng")

    assert told() == 2
    audiences = [event.audience for event in Event.objects.filter(topic=TOPIC).order_by("pk")]
    assert audiences == [[sides.supplier.organisation_id], [rival.organisation_id]]


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (buyers.award_requirement, "awarded"),
        (buyers.close_requirement, "closed_no_award"),
        (buyers.withdraw_requirement, "withdrawn"),
    ],
)
def test_a_supplier_under_way_is_told_once_that_the_requirement_has_ended(
    sides: Sides, end: Callable[..., Any], state: str
) -> None:
    rivals = [make.published_supplier(member("supplier").organisation) for _ in range(3)]
    under_way, waiting, contracted, lost = [
        services.request_connection(requirement_id=sides.requirement.pk, supplier_id=firm.pk, by=sides.buyer)
        for firm in (sides.firm, *rivals)
    ]
    for connection in (under_way, contracted, lost):
        services.accept_connection(
            connection_id=connection.pk, by=member(organisation=connection.supplier.organisation)
        )
    contract: dict[str, Any] = {"to": "contract", "value_band": "under_10", "starts_on": timezone.localdate()}
    services.advance_connection(connection_id=contracted.pk, by=sides.buyer, **contract)
    services.advance_connection(connection_id=lost.pk, to="lost", reason="price", by=sides.buyer)

    end(requirement_id=sides.requirement.pk, reason="So it is.", by=sides.buyer)
    react()
    services.tell_of_end(event_id=Event.objects.get(subject=sides.requirement.public_id, topic__in=ENDS).public_id)

    event = Event.objects.get(topic="connection.requirement_ended")
    assert (event.subject, event.audience) == (under_way.public_id, [sides.supplier.organisation_id])
    assert (event.payload["requirement_state"], row_of(under_way)["state"]) == (state, "accepted")
    assert row_of(waiting)["state"] == "withdrawn"
