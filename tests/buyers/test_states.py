"""The state machines of buyers and requirements, move by move: the drawn ones happen, no other does."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.errors import LeadsOnlyError
from accounts.models import Change
from accounts.principals import Principal
from buyers import services
from buyers.models import Buyer, Requirement, RequirementVersion
from config.changes import begin_another_act
from config.errors import InvalidFactError, NotAllowedError, TransitionError
from notifications.models import Event
from tests.factories.accounts import member
from tests.factories.buyers import BuyerFactory, RequirementFactory, buyer_member, verified_buyer

pytestmark = pytest.mark.django_db

Act = Callable[..., Any]

BUYER_ACTS: dict[str, tuple[Act, dict[str, Any], str, str]] = {
    "verify": (services.verify_buyer, {}, "registered", "verified"),
    "reject": (services.reject_buyer, {"reason": "No such firm."}, "registered", "rejected"),
    "suspend": (services.suspend_buyer, {"reason": "Unpaid."}, "verified", "suspended"),
    "reinstate": (services.reinstate_buyer, {}, "suspended", "verified"),
}
BUYER_TOPICS = {
    "verify": "buyer.verified",
    "reject": "buyer.rejected",
    "suspend": "buyer.suspended",
    "reinstate": "buyer.reinstated",
}
TOMORROW = timezone.localdate() + timedelta(days=1)
REQUIREMENT_ACTS: dict[str, tuple[Act, dict[str, Any], str, str]] = {
    "open": (services.open_requirement, {}, "draft", "open"),
    "withdraw": (services.withdraw_requirement, {"reason": "Not needed."}, "open", "withdrawn"),
    "award": (services.award_requirement, {}, "open", "awarded"),
    "close": (services.close_requirement, {"reason": "None fits."}, "open", "closed_no_award"),
    "reopen": (services.reopen_requirement, {"answer_by": TOMORROW}, "expired", "open"),
}
REQUIREMENT_TOPICS = {
    "open": "requirement.opened",
    "withdraw": "requirement.withdrawn",
    "award": "requirement.awarded",
    "close": "requirement.closed",
    "reopen": "requirement.reopened",
}


def in_state(state: str) -> Requirement:
    opened_at = None if state == "draft" else timezone.now()
    return RequirementFactory.create(buyer=verified_buyer(), state=state, opened_at=opened_at)


def moves(acts: dict[str, Any], states: type[Any], *, drawn: bool) -> list[tuple[str, str]]:
    return [(name, state) for name, act in acts.items() for state in states.values if (act[2] == state) is drawn]


@pytest.mark.parametrize(("name", "state"), moves(BUYER_ACTS, Buyer.State, drawn=True))
def test_staff_move_a_buyer_and_its_members_are_told(name: str, state: str) -> None:
    act, details, _before, after = BUYER_ACTS[name]
    buyer = BuyerFactory.create(state=state, state_reason="old")

    act(buyer_id=buyer.pk, by=member("agency"), **details)

    buyer.refresh_from_db()
    assert (buyer.state, buyer.state_reason, buyer.version) == (after, details.get("reason", ""), 2)
    event = Event.objects.get()
    assert (event.topic, event.subject, event.audience) == (
        BUYER_TOPICS[name],
        buyer.public_id,
        [buyer.organisation_id],
    )
    assert event.reason == details.get("reason", "")


@pytest.mark.parametrize(("name", "state"), moves(BUYER_ACTS, Buyer.State, drawn=False))
def test_a_move_of_a_buyer_that_is_not_drawn_is_refused_and_moves_nothing(name: str, state: str) -> None:
    act, details, _before, _after = BUYER_ACTS[name]
    buyer = BuyerFactory.create(state=state)

    with pytest.raises(TransitionError) as refusal:
        act(buyer_id=buyer.pk, by=member("agency"), **details)

    assert refusal.value.context["current_state"] == state
    buyer.refresh_from_db()
    assert (buyer.state, buyer.version, buyer.organisation.verified_at) == (state, 1, None)
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", BUYER_ACTS)
@pytest.mark.parametrize("who", ["buyer itself", "viewer of the agency"])
def test_only_staff_who_may_write_decide_on_a_buyer(name: str, who: str) -> None:
    act, details, before, _after = BUYER_ACTS[name]
    buyer = BuyerFactory.create(state=before)
    by = buyer_member(buyer) if who == "buyer itself" else member("agency", role="viewer")

    with pytest.raises(NotAllowedError):
        act(buyer_id=buyer.pk, by=by, **details)

    buyer.refresh_from_db()
    assert (buyer.state, buyer.version) == (before, 1)
    assert not Event.objects.exists()


@pytest.mark.parametrize("state", ["verified", "rejected"])
def test_a_lead_takes_back_a_decision_about_a_buyer_that_was_a_mistake(state: str) -> None:
    buyer = verified_buyer() if state == "verified" else BuyerFactory.create(state=state, state_reason="Unknown.")
    requirement = RequirementFactory.create(buyer=buyer, state="open", opened_at=timezone.now())
    supplier = member("supplier")
    begin_another_act()

    services.undo_buyer_decision(buyer_id=buyer.pk, reason=" Another firm. ", by=member("agency"))

    buyer.refresh_from_db()
    assert (buyer.state, buyer.state_reason, buyer.version) == ("registered", "Another firm.", 2)
    assert buyer.organisation.verified_at is None
    assert list(Requirement.objects.visible_to(supplier)) == []
    event = Event.objects.get()
    assert (event.topic, event.audience, event.reason) == ("buyer.undone", [buyer.organisation_id], "Another firm.")
    assert event.act is not None
    change = Change.objects.get(act=event.act, model="buyers.Buyer")
    assert change.columns["state"] == [state, "registered"]
    services.verify_buyer(buyer_id=buyer.pk, by=member("agency"))
    assert list(Requirement.objects.visible_to(supplier)) == [requirement]


@pytest.mark.parametrize(
    ("state", "who", "reason", "refusal"),
    [
        ("registered", "owner", "Another firm.", TransitionError),
        ("suspended", "owner", "Another firm.", TransitionError),
        ("verified", "editor", "Another firm.", LeadsOnlyError),
        ("verified", "viewer", "Another firm.", NotAllowedError),
        ("verified", "owner", " ", InvalidFactError),
        ("verified", "buyer", "Another firm.", NotAllowedError),
    ],
)
def test_only_leads_take_back_what_was_decided_and_say_why(
    state: str, who: str, reason: str, refusal: type[Exception]
) -> None:
    buyer = BuyerFactory.create(state=state)
    by = buyer_member(buyer) if who == "buyer" else member("agency", role=who)
    kept = Change.objects.count()

    with pytest.raises(refusal):
        services.undo_buyer_decision(buyer_id=buyer.pk, reason=reason, by=by)

    buyer.refresh_from_db()
    assert (buyer.state, buyer.version, Event.objects.count(), Change.objects.count()) == (state, 1, 0, kept)


@pytest.mark.parametrize(("name", "state"), moves(REQUIREMENT_ACTS, Requirement.State, drawn=True))
@pytest.mark.parametrize("who", ["buyer", "staff"])
def test_a_requirement_moves_and_the_buyer_is_told(name: str, state: str, who: str) -> None:
    act, details, _before, after = REQUIREMENT_ACTS[name]
    requirement = in_state(state)
    by = buyer_member(requirement.buyer) if who == "buyer" else member("agency")

    act(requirement_id=requirement.pk, by=by, **details)

    requirement.refresh_from_db()
    assert (requirement.state, requirement.state_reason) == (after, details.get("reason", ""))
    assert requirement.version == 2
    event = Event.objects.get()
    assert event.topic == REQUIREMENT_TOPICS[name]
    assert event.audience == [requirement.buyer.organisation_id]
    assert event.actor_organisation == by.organisation


@pytest.mark.parametrize(("name", "state"), moves(REQUIREMENT_ACTS, Requirement.State, drawn=False))
def test_a_move_of_a_requirement_that_is_not_drawn_is_refused_and_moves_nothing(name: str, state: str) -> None:
    act, details, _before, _after = REQUIREMENT_ACTS[name]
    requirement = in_state(state)
    by = buyer_member(requirement.buyer)

    with pytest.raises(TransitionError) as refusal:
        act(requirement_id=requirement.pk, by=by, **details)

    assert refusal.value.context["current_state"] == state
    requirement.refresh_from_db()
    assert (requirement.state, requirement.version, requirement.answer_by) == (state, 1, None)
    assert not Event.objects.exists()
    assert not RequirementVersion.objects.exists()


@pytest.mark.parametrize("name", REQUIREMENT_ACTS)
@pytest.mark.parametrize("who", ["viewer", "other buyer"])
def test_nobody_else_moves_a_requirement(name: str, who: str) -> None:
    act, details, before, _after = REQUIREMENT_ACTS[name]
    requirement = in_state(before)
    by: Principal = buyer_member(requirement.buyer, role="viewer") if who == "viewer" else buyer_member()
    refusal = NotAllowedError if who == "viewer" else Requirement.DoesNotExist

    with pytest.raises(refusal):
        act(requirement_id=requirement.pk, by=by, **details)

    requirement.refresh_from_db()
    assert (requirement.state, requirement.version) == (before, 1)
    assert not Event.objects.exists()


def test_reopening_asks_until_a_new_day_and_makes_a_version() -> None:
    requirement = in_state("expired")
    Requirement.objects.filter(pk=requirement.pk).update(answer_by=date(2020, 1, 1), content_version=3)

    services.reopen_requirement(requirement_id=requirement.pk, answer_by=TOMORROW, by=buyer_member(requirement.buyer))

    requirement.refresh_from_db()
    assert (requirement.answer_by, requirement.content_version) == (TOMORROW, 4)
    version = RequirementVersion.objects.get()
    assert (version.number, version.content["answer_by"]) == (4, TOMORROW.isoformat())
