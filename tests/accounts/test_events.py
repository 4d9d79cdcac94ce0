"""What the acts of this app leave behind: events, and nothing secret in the logs."""

import logging
from threading import Event as Moment
from threading import Thread

import pytest
from django.db import connections, transaction
from rest_framework.test import APIClient

from accounts.events import happened
from accounts.models import ApiKey, Organisation
from accounts.services import add_member, create_organisation, issue_api_key, remove_member, revoke_api_key
from config.errors import InvalidFactError
from notifications.models import Event
from tests.factories.accounts import UserFactory, member

pytestmark = pytest.mark.django_db


def topics() -> list[tuple[str, str]]:
    return list(Event.objects.order_by("pk").values_list("topic", "subject"))


def test_each_act_writes_one_event_into_the_outbox() -> None:
    owner, person = member(), UserFactory.create()
    assert owner.organisation is not None

    api_key, _key = issue_api_key(name="ERP", scopes=["read"], by=owner)
    revoke_api_key(api_key_id=api_key.pk, by=owner)
    revoke_api_key(api_key_id=api_key.pk, by=owner)
    added = add_member(organisation_id=owner.organisation.pk, user=person, role="viewer", by=owner)
    remove_member(membership_id=added.pk, by=owner)

    assert topics() == [
        ("api_key.issued", api_key.public_id),
        ("api_key.revoked", api_key.public_id),
        ("membership.added", added.public_id),
        ("membership.removed", added.public_id),
    ]
    assert Event.objects.earliest("pk").actor == owner.user


def test_a_refused_act_writes_none() -> None:
    with pytest.raises(InvalidFactError):
        create_organisation(kind="supplier", legal_name="X", tax_code="1", by=member())

    assert topics() == []


def test_an_act_whose_event_cannot_be_written_did_not_happen() -> None:
    def fail(**_announced: object) -> None:
        raise RuntimeError("the outbox is away")

    happened.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            create_organisation(kind="supplier", legal_name="X", tax_code="0100233488", by=member())
    finally:
        happened.disconnect(fail)

    assert Organisation.objects.filter(tax_code="0100233488").count() == 0
    assert topics() == []


def test_no_key_reaches_the_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _api_key, key = issue_api_key(name="ERP", scopes=["read"], by=member())

    for sent in (key, f"{key[:-1]}{'a' if key[-1] != 'a' else 'b'}"):
        APIClient(headers={"authorization": f"Bearer {sent}"}).get("/api/v1/organisations")

    assert any("api_key.issued" in record.getMessage() for record in caplog.records)
    secret = key.partition(".")[2][:-1]
    assert not any(secret in record.getMessage() for record in caplog.records)


@pytest.mark.django_db(transaction=True)
def test_noting_the_use_of_a_key_waits_for_nobody() -> None:
    api_key, key = issue_api_key(name="ERP", scopes=["read"], by=member())
    held, answered = Moment(), Moment()

    def hold() -> None:
        try:
            with transaction.atomic():
                ApiKey.objects.select_for_update().get(pk=api_key.pk)
                held.set()
                answered.wait(timeout=30)
        finally:
            connections.close_all()

    holder = Thread(target=hold)
    holder.start()
    held.wait(timeout=30)
    response = APIClient(headers={"authorization": f"Bearer {key}"}).get("/api/v1/organisations")
    answered.set()
    holder.join()

    assert response.status_code == 200
    api_key.refresh_from_db()
    assert api_key.last_used_at is None
