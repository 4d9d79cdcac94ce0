"""What agreed connections open follows them to the firm that stays, and back when two firms are parted again."""

import pytest

from accounts.models import Disclosure
from accounts.services import contacts_of
from buyers.models import RequirementAudience
from matchmaking import reactions, services
from matchmaking.services.connections.doors import open_doors
from notifications.models import Event
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.suppliers.merges import merge, published_firm, undo

pytestmark = pytest.mark.django_db


def react(topic: str) -> None:
    """Twice, as may happen."""
    event = Event.objects.get(topic=topic)
    reactions.move_doors(event.public_id)
    reactions.move_doors(event.public_id)


def test_the_buyer_is_known_to_whichever_firm_has_the_agreed_connection() -> None:
    survivor, merged = published_firm(), published_firm()
    asked = make.requirement(visibility="anonymous")
    make.ConnectionFactory.create(supplier=survivor, requirement=asked, state="declined")
    agreed = make.ConnectionFactory.create(supplier=merged, requirement=asked, state="accepted")
    for firm in (survivor, merged):
        RequirementAudience.objects.create(requirement=asked, organisation=firm.organisation, reason="connection")
    open_doors(agreed)
    told = RequirementAudience.objects.filter(knows_buyer=True)

    made = merge(survivor, merged)
    assert told.get().organisation == merged.organisation  # for the survivor was asked before
    react("supplier.merged")
    assert told.get().organisation == survivor.organisation

    undo(made)
    react("supplier.unmerged")
    assert told.get().organisation == merged.organisation


def test_contacts_opened_after_a_merge_are_the_merged_firm_s_once_the_two_are_parted() -> None:
    survivor, merged = published_firm(), published_firm()
    waiting = make.ConnectionFactory.create(supplier=merged)
    buyer = member(organisation=waiting.requirement.buyer.organisation)
    made = merge(survivor, merged)
    services.accept_connection(connection_id=waiting.pk, by=member(organisation=survivor.organisation))
    assert contacts_of(survivor.organisation, reader=buyer) != []

    undo(made)
    react("supplier.unmerged")

    pairs = set(Disclosure.objects.in_force().values_list("reader", "subject", "reason"))
    one, other = buyer.organisation_id, merged.organisation_id
    assert pairs == {(one, other, waiting.public_id), (other, one, waiting.public_id)}
    assert contacts_of(survivor.organisation, reader=buyer) == []
