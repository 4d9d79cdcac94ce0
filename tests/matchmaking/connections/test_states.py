"""Every move between states, by everybody: those that are drawn, and that every other is refused and moves nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import Disclosure
from accounts.principals import Principal
from config.errors import DomainError
from matchmaking import services
from matchmaking.models import Connection
from notifications.models import Event
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.factories.matchmaking import ConnectionFactory
from tests.matchmaking.connections.scene import Sides, row_of

WAITING = ("proposed", "requested", "offered")
UNDER_WAY = ("accepted", "visit", "sample", "trial")
ENDED = ("contract", "lost", "declined", "withdrawn", "expired")
STATES = (*WAITING, *UNDER_WAY, *ENDED)
DETAILS: dict[str, dict[str, Any]] = {
    "contract": {"value_band": "10_to_50", "starts_on": date(2027, 1, 1)},
    "lost": {"reason": "price"},
}


def advance(to: str) -> Callable[..., Connection]:
    def act(**who: Any) -> Connection:
        return services.advance_connection(to=to, **DETAILS.get(to, {}), **who)

    return act


ACTS: dict[str, Callable[..., Connection]] = {
    "accept": services.accept_connection,
    "decline": lambda **who: services.decline_connection(reason="price", **who),
    "withdraw": services.withdraw_connection,
    **{to: advance(to) for to in ("visit", "sample", "trial", "contract", "lost")},
}
ALLOWED: dict[tuple[str, str, str], str] = {
    ("requested", "supplier", "accept"): "accepted",
    ("requested", "supplier", "decline"): "declined",
    ("requested", "buyer", "withdraw"): "withdrawn",
    ("offered", "buyer", "accept"): "accepted",
    ("offered", "buyer", "decline"): "declined",
    ("offered", "supplier", "withdraw"): "withdrawn",
    ("proposed", "buyer", "accept"): "proposed",
    ("proposed", "supplier", "accept"): "proposed",
    ("proposed", "buyer", "decline"): "declined",
    ("proposed", "supplier", "decline"): "declined",
    ("proposed", "agency", "withdraw"): "withdrawn",
    **{
        (state, side, to): to
        for side in ("buyer", "supplier")
        for place, state in enumerate(UNDER_WAY)
        for to in (*UNDER_WAY[place + 1 :], "contract", "lost")
    },
}
"""Where it leads, by state, who acts, and act."""
TOPICS = {
    "accept": "accepted",
    "decline": "declined",
    "withdraw": "withdrawn",
    "contract": "contracted",
    "lost": "lost",
}
WHO = ("buyer", "supplier", "agency", "buyer_viewer", "supplier_viewer", "agency_viewer", "stranger")


def caller(sides: Sides, who: str) -> Principal:
    if who == "stranger":
        return member("supplier")
    kind, _, role = who.partition("_")
    of = {"buyer": sides.buyer, "supplier": sides.supplier, "agency": member("agency")}[kind]
    return member(role="viewer", organisation=of.organisation) if role else of


@pytest.mark.django_db
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("state", STATES)
def test_the_moves_that_are_drawn_and_no_others(sides: Sides, state: str, who: str) -> None:
    connection = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state=state)
    by = caller(sides, who)
    for name, act in ACTS.items():
        before, told = row_of(connection), Event.objects.count()
        leads_to = ALLOWED.get((state, who, name))
        try:
            moved = act(connection_id=connection.pk, by=by).state
        except (DomainError, Connection.DoesNotExist):
            moved = None
            assert row_of(connection) == before, name
            assert Event.objects.count() == told, name
            assert not Disclosure.objects.filter(reason=connection.public_id).exists(), name
        assert moved == leads_to, name
        if moved is not None:
            (event,) = Event.objects.order_by("pk")[told:]
            expected = "agreed" if moved == "proposed" else TOPICS.get(name, "advanced")
            assert (event.topic, event.actor_id) == (f"connection.{expected}", by.user and by.user.pk)
            assert row_of(connection)["version"] == before["version"] + 1
            Event.objects.filter(pk=event.pk).delete()
            Disclosure.objects.all().delete()
            Connection.objects.filter(pk=connection.pk).update(**before)


WAITING_WORDS = "Who was asked can accept or decline it, who asked can take it back."
ENDED_WORDS = "It has ended. A new one can be begun while the requirement is open."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "act", "code", "words"),
    [
        ("expired", "visit", "transition_not_allowed", f"The connection is in the state “Expired”. {ENDED_WORDS}"),
        ("declined", "visit", "transition_not_allowed", f"The connection is in the state “Declined”. {ENDED_WORDS}"),
        ("expired", "accept", "connection_already_decided", f"The connection is in the state “Expired”. {ENDED_WORDS}"),
        (
            "accepted",
            "decline",
            "connection_already_decided",
            "The connection is in the state “Accepted”. What can follow: Visit, Sample, Trial order, Contract, Lost.",
        ),
        (
            "trial",
            "sample",
            "transition_not_allowed",
            "The connection is in the state “Trial order”. What can follow: Contract, Lost.",
        ),
        (
            "contract",
            "lost",
            "transition_not_allowed",
            "The connection is in the state “Contract”. Deliveries and outcomes can be reported.",
        ),
        (
            "requested",
            "visit",
            "transition_not_allowed",
            "The connection is in the state “Requested by the buyer”. " + WAITING_WORDS,
        ),
    ],
)
def test_a_refusal_says_which_state_it_is_in_and_what_may_be_done(
    sides: Sides, state: str, act: str, code: str, words: str
) -> None:
    connection = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state=state)

    with pytest.raises(DomainError) as refused:
        ACTS[act](connection_id=connection.pk, by=sides.supplier)

    assert (refused.value.code, refused.value.context["state"], str(refused.value)) == (code, state, words)


@pytest.mark.django_db
def test_of_one_that_has_lapsed_it_is_said_that_it_has_expired_before_the_schedule_notices(sides: Sides) -> None:
    lapsed = make.ConnectionFactory.create(
        requirement=sides.requirement, supplier=sides.firm, state="requested", expires_at="2026-01-01T00:00:00Z"
    )

    for act in ("accept", "visit"):
        with pytest.raises(DomainError) as refused:
            ACTS[act](connection_id=lapsed.pk, by=sides.supplier)
        assert refused.value.context["state"] == "expired"
        assert str(refused.value) == f"The connection is in the state “Expired”. {ENDED_WORDS}"


@pytest.mark.django_db
@pytest.mark.parametrize("state", WAITING)
def test_after_its_last_moment_nobody_moves_it(sides: Sides, state: str) -> None:
    expired = make.ConnectionFactory.create(
        requirement=sides.requirement, supplier=sides.firm, state=state, expires_at="2026-01-01T00:00:00Z"
    )
    before = row_of(expired)

    for who in ("buyer", "supplier", "agency"):
        for act in ACTS.values():
            with pytest.raises(DomainError):
                act(connection_id=expired.pk, by=caller(sides, who))

    assert row_of(expired) == before
    assert not Event.objects.filter(subject=expired.public_id).exists()


@pytest.mark.django_db
def test_the_database_itself_keeps_two_from_talking_twice_about_one_requirement(sides: Sides) -> None:
    connection = sides.request()

    with pytest.raises(IntegrityError, match="connection_live_once_per_requirement_and_supplier"):
        ConnectionFactory.create(
            requirement=connection.requirement, supplier=connection.supplier, state="offered", initiator="supplier"
        )
