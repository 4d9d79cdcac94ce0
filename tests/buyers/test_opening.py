"""What opening a requirement needs, and two people who open it at once."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.principals import Principal
from buyers import services
from buyers.errors import BuyerNotVerifiedError
from buyers.models import Buyer, Requirement, RequirementVersion
from config.errors import InvalidFactError, StaleVersionError, TransitionError
from notifications.models import Event
from tests.factories.buyers import BuyerFactory, RequirementFactory, buyer_member, verified_buyer
from tests.fixtures.crowd import at_once

YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state for state in Buyer.State.values if state != "verified"])
def test_a_buyer_that_is_not_verified_opens_nothing(state: str) -> None:
    requirement = RequirementFactory.create(buyer=BuyerFactory.create(state=state))

    with pytest.raises(BuyerNotVerifiedError):
        services.open_requirement(requirement_id=requirement.pk, by=buyer_member(requirement.buyer))

    requirement.refresh_from_db()
    assert (requirement.state, requirement.opened_at, requirement.version) == ("draft", None, 1)
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["answer_by", "needed_on"])
def test_a_day_that_has_passed_cannot_be_asked_for(field: str) -> None:
    requirement = RequirementFactory.create(buyer=verified_buyer(), **{field: YESTERDAY})

    with pytest.raises(InvalidFactError) as refusal:
        services.open_requirement(requirement_id=requirement.pk, by=buyer_member(requirement.buyer))

    assert (refusal.value.pointer, refusal.value.code) == (f"/{field}", "date_in_the_past")
    requirement.refresh_from_db()
    assert (requirement.state, requirement.version) == ("draft", 1)


@pytest.mark.django_db
def test_who_has_read_an_older_version_opens_nothing() -> None:
    requirement = RequirementFactory.create(buyer=verified_buyer(), version=5)

    with pytest.raises(StaleVersionError):
        services.open_requirement(requirement_id=requirement.pk, by=buyer_member(requirement.buyer), expected_version=4)

    requirement.refresh_from_db()
    assert (requirement.state, requirement.version) == ("draft", 5)


@pytest.mark.django_db
def test_opening_keeps_what_is_asked_as_version_one() -> None:
    requirement = RequirementFactory.create(buyer=verified_buyer(), title="Axle", moq=100)

    services.open_requirement(requirement_id=requirement.pk, by=buyer_member(requirement.buyer))

    version = RequirementVersion.objects.get()
    assert (version.number, version.content["title"], version.content["moq"]) == (1, "Axle", 100.0)
    assert [operation["process"] for operation in version.content["operations"]] == ["MACH.CNC_TURN"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_at_once_one_is_refused() -> None:
    requirement = RequirementFactory.create(buyer=verified_buyer())
    people = [buyer_member(requirement.buyer), buyer_member(requirement.buyer)]

    def open_it(by: Principal) -> str:
        try:
            services.open_requirement(requirement_id=requirement.pk, by=by)
        except TransitionError as refusal:
            return refusal.code
        return "opened"

    outcomes = at_once([partial(open_it, each) for each in people])

    assert sorted(outcomes) == ["opened", "transition_not_allowed"]
    assert Requirement.objects.get().version == 2
    assert RequirementVersion.objects.count() == 1
    assert Event.objects.filter(topic="requirement.opened").count() == 1
