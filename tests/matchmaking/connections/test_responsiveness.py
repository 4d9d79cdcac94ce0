"""How a buyer answers suppliers, as one of them reads it before it offers."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from buyers.models import Requirement
from buyers.services import close_requirement
from matchmaking import services
from matchmaking.models import Connection
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.matchmaking.connections.scene import Sides

pytestmark = pytest.mark.django_db


def address(sides: Sides) -> str:
    return f"/api/v1/requirements/{sides.requirement.public_id}/responsiveness"


def test_shares_and_median_come_with_the_number_of_cases(
    sides: Sides, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    buyer, now = sides.requirement.buyer, timezone.now()
    for days, state in ((1, "accepted"), (2, "declined"), (6, "lost"), (None, "expired")):
        offer = make.ConnectionFactory.create(requirement=make.requirement(buyer), initiator="supplier", state=state)
        asked = now - timedelta(days=20)
        decided = asked + timedelta(days=days) if days else None
        Connection.objects.filter(pk=offer.pk).update(created_at=asked, decided_at=decided)
    make.ConnectionFactory.create(requirement=make.requirement(buyer), initiator="supplier", state="withdrawn")
    make.ConnectionFactory.create(requirement=make.requirement(buyer), state="offered")
    make.ConnectionFactory.create(requirement=make.requirement(buyer), state="accepted")
    make.requirement(buyer, state="awarded")
    make.requirement(buyer, state="withdrawn")
    make.requirement(buyer, state="expired")

    with django_assert_num_queries(3):
        answer = client_for(sides.supplier).get(address(sides))

    assert answer.json()["responsiveness"] == {
        "offers": 4,
        "answered": 3,
        "share_answered": 0.75,
        "median_days_to_answer": 2.0,
        "requirements_ended": 3,
        "awarded": 1,
        "share_awarded": 0.3333,
    }


def test_an_offer_that_the_end_of_its_requirement_leaves_without_an_answer_was_not_answered(
    sides: Sides, client_for: ClientFor
) -> None:
    asked = make.requirement(sides.requirement.buyer)
    firms = [sides, Sides(), Sides()]
    accepted, withdrawn, _left = [
        services.offer_connection(requirement_id=asked.pk, supplier_id=each.firm.pk, by=each.supplier) for each in firms
    ]
    services.accept_connection(connection_id=accepted.pk, by=sides.buyer)
    services.withdraw_connection(connection_id=withdrawn.pk, reason="Too busy.", by=firms[1].supplier)
    close_requirement(requirement_id=asked.pk, reason="Not made.", by=sides.buyer)
    services.withdraw_groundless_connections()

    figures = client_for(sides.supplier).get(address(sides)).json()["responsiveness"]

    assert (figures["offers"], figures["answered"], figures["share_answered"]) == (2, 1, 0.5)


def test_of_a_new_buyer_nothing_is_known(sides: Sides, client_for: ClientFor) -> None:
    figures = client_for(sides.supplier).get(address(sides)).json()["responsiveness"]

    assert (figures["offers"], figures["share_answered"], figures["median_days_to_answer"]) == (0, None, None)


@pytest.mark.parametrize("hidden", [{"nda_needed": True}, {"visibility": "anonymous"}])
def test_a_hidden_buyer_is_not_told_by_its_figures(client_for: ClientFor, hidden: dict[str, Any]) -> None:
    sides = Sides(**hidden)
    services.request_connection(requirement_id=sides.requirement.pk, supplier_id=sides.firm.pk, by=sides.buyer)

    assert client_for(sides.supplier).get(address(sides)).json()["responsiveness"] is None
    assert client_for(sides.buyer).get(address(sides)).json()["responsiveness"] is not None


@pytest.mark.parametrize("hidden", [{"nda_needed": True}, {"visibility": "anonymous"}])
def test_a_hidden_buyer_is_not_told_by_what_moves_the_figures_of_its_public_requirements(
    sides: Sides, client_for: ClientFor, hidden: dict[str, Any]
) -> None:
    buyer = sides.requirement.buyer
    before = client_for(sides.supplier).get(address(sides)).json()
    for state in ("accepted", "declined", "lost", "expired"):
        make.ConnectionFactory.create(requirement=make.requirement(buyer, **hidden), initiator="supplier", state=state)
    make.requirement(buyer, state="awarded", **hidden)
    make.requirement(buyer, state="withdrawn", **hidden)

    after = client_for(sides.supplier).get(address(sides)).json()

    assert after == before
    assert (after["responsiveness"]["offers"], after["responsiveness"]["requirements_ended"]) == (0, 0)


def test_who_does_not_see_the_requirement_gets_a_404(sides: Sides, client_for: ClientFor) -> None:
    Requirement.objects.update(state="draft")

    assert client_for(sides.supplier).get(address(sides)).status_code == 404
