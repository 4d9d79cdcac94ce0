"""What a worker does when one side of a connection comes to an end, and when a requirement opens."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.principals import Principal
from buyers.models import Requirement, RequirementAudience
from buyers.services import open_requirement, withdraw_requirement
from matchmaking import services
from matchmaking.models import Connection
from matchmaking.tasks import end_connections
from notifications.models import Event
from suppliers.models import Supplier
from suppliers.services import archive_supplier, suspend_supplier
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.mail import SmtpInbox
from tests.fixtures.worker import StartWorker


def talking(**fields: Any) -> tuple[Principal, Principal, Connection]:
    """A buyer and a supplier, and the request that waits between them."""
    buyer, supplier = member("buyer"), member("supplier")
    requirement = make.requirement(make.verified_buyer(buyer.organisation), **fields)
    firm = make.published_supplier(supplier.organisation)
    connection = services.request_connection(requirement_id=requirement.pk, supplier_id=firm.pk, by=buyer)
    return buyer, supplier, connection


def subject_to(inbox: SmtpInbox, principal: Principal) -> list[str]:
    assert principal.user is not None
    return [str(message["Subject"]) for message in inbox.to(principal.user.email)]


@pytest.mark.django_db(transaction=True)
class TestWithAWorker:
    def test_the_end_of_a_requirement_withdraws_what_was_not_answered(
        self, start_worker: StartWorker, smtp_inbox: SmtpInbox
    ) -> None:
        buyer, supplier, connection = talking()
        worker = start_worker()

        withdraw_requirement(requirement_id=connection.requirement_id, reason="No longer made", by=buyer)

        ended = Connection.objects.filter(pk=connection.pk, state="withdrawn", state_reason="requirement_ended")
        worker.wait_until(ended.exists)
        worker.wait_until(lambda: any("was withdrawn" in subject for subject in subject_to(smtp_inbox, supplier)))
        assert Event.objects.filter(topic="connection.withdrawn").count() == 1

    def test_the_suspension_of_a_supplier_does_too(self, start_worker: StartWorker, smtp_inbox: SmtpInbox) -> None:
        buyer, _, connection = talking()
        worker = start_worker()

        suspend_supplier(supplier_id=connection.supplier_id, reason="False certificate", by=member("agency"))

        ended = Connection.objects.filter(pk=connection.pk, state="withdrawn", state_reason="supplier_not_published")
        worker.wait_until(ended.exists)
        worker.wait_until(lambda: any("was withdrawn" in subject for subject in subject_to(smtp_inbox, buyer)))

    def test_an_opened_requirement_becomes_visible_to_those_who_match(self, start_worker: StartWorker) -> None:
        buyer = member("buyer")
        draft = make.requirement(
            make.verified_buyer(buyer.organisation), state="draft", opened_at=None, visibility="matched"
        )
        supplier = member("supplier")
        make.capability(make.published_supplier(supplier.organisation))
        worker = start_worker()
        assert not Requirement.objects.visible_to(supplier).exists()

        open_requirement(requirement_id=draft.pk, by=buyer)

        worker.wait_until(Requirement.objects.visible_to(supplier).exists)
        assert list(RequirementAudience.objects.values_list("organisation_id", "reason", "knows_buyer")) == [
            (supplier.organisation_id, "match", False)
        ]


@pytest.mark.django_db
@pytest.mark.parametrize("departure", [suspend_supplier, archive_supplier])
def test_a_supplier_that_leaves_loses_at_once_what_only_matches_see_but_where_it_is_connected(
    departure: Callable[..., Supplier],
) -> None:
    _, supplier, connection = talking(visibility="anonymous")
    _, rival, _ = talking(visibility="matched")
    connected, asked = connection.requirement, make.requirement(visibility="anonymous")
    assert supplier.organisation is not None
    services.accept_connection(connection_id=connection.pk, by=supplier)
    matched, public = make.requirement(visibility="matched"), make.requirement()
    for row in (connected, asked, matched):
        RequirementAudience.objects.create(requirement=row, organisation=supplier.organisation, reason="match")
    services.request_connection(
        requirement_id=asked.pk, supplier_id=connection.supplier_id, by=member(organisation=asked.buyer.organisation)
    )
    before = set(Requirement.objects.visible_to(rival))
    assert set(Requirement.objects.visible_to(supplier)) == {connected, asked, matched, public}

    with transaction.atomic():
        departure(supplier_id=connection.supplier_id, reason="False certificate", by=member("agency"))
        transaction.set_rollback(True)
    assert set(Requirement.objects.visible_to(supplier)) == {connected, asked, matched, public}

    departure(supplier_id=connection.supplier_id, reason="False certificate", by=member("agency"))

    assert set(Requirement.objects.visible_to(supplier)) == {connected, public}
    assert set(Requirement.objects.visible_to(rival)) == before


@pytest.mark.django_db
def test_the_schedule_ends_what_lapsed_and_what_no_reaction_noticed() -> None:
    connections = [talking()[2] for _ in range(3)]
    Connection.objects.filter(pk=connections[0].pk).update(expires_at=timezone.now())
    Supplier.objects.filter(pk=connections[1].supplier_id).update(state="archived")

    end_connections()
    end_connections()

    states = [Connection.objects.get(pk=connection.pk).state for connection in connections]
    assert states == ["expired", "withdrawn", "requested"]
