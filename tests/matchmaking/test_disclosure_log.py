"""Every time that contacts are shown: who saw whose, when, through what; and how many new ones a day."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.models import ContactReading
from accounts.principals import Principal
from accounts.services import contacts_of, disclose_contacts, issue_api_key, record_consent
from jobs.models import IdempotencyKey
from matchmaking.models import Connection
from matchmaking.services import accept_connection
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.matchmaking import ConnectionFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/disclosures"


def side(organisation: Any) -> Principal:
    return member(organisation=organisation)


def accepted() -> tuple[Connection, Principal, Principal]:
    """An accepted connection with a person of the buyer and one of the supplier; nobody has read anything yet."""
    connection = ConnectionFactory.create()
    supplier, buyer = side(connection.supplier.organisation), side(connection.requirement.buyer.organisation)
    return accept_connection(connection_id=connection.pk, by=supplier), buyer, supplier


def test_the_record_tells_who_read_whose_contacts_when_and_through_what(client_for: ClientFor) -> None:
    connection, buyer, _supplier = accepted()
    assert ContactReading.objects.count() == 0
    _row, key = issue_api_key(name="ERP", scopes=["read"], by=buyer)
    software = APIClient(headers={"authorization": f"Bearer {key}", "x-request-id": "req-1"})
    person = client_for(buyer)
    address = f"/api/v1/connections/{connection.public_id}"
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert len(software.get(address, REMOTE_ADDR="198.51.100.7").json()["contacts"]) > 0
        person.get(address)

    first, second = ContactReading.objects.order_by("pk")
    assert (first.subject, first.reader) == (connection.supplier.organisation, buyer.organisation)
    assert (first.person, first.api_key, second.person, second.api_key) == (None, _row, buyer.user, None)
    assert (first.created_at, first.reason, first.request_id) == (now, connection.public_id, "req-1")
    assert (first.address, second.address) == ("198.51.100.7", "127.0.0.1")
    assert (first.is_first, second.is_first) == (True, False)


def test_accepting_shows_contacts_and_lists_show_none(client_for: ClientFor) -> None:
    connection = ConnectionFactory.create()
    supplier = side(connection.supplier.organisation)
    client = client_for(supplier)

    client.get("/api/v1/connections")
    assert ContactReading.objects.count() == 0
    client.post(f"/api/v1/connections/{connection.public_id}/accept", {}, format="json")

    [reading] = ContactReading.objects.all()
    assert (reading.reader, reading.subject) == (supplier.organisation, connection.requirement.buyer.organisation)


def test_an_answer_that_is_repeated_shows_no_contacts_and_stores_none(client_for: ClientFor) -> None:
    connection = ConnectionFactory.create()
    supplier, buyer = side(connection.supplier.organisation), side(connection.requirement.buyer.organisation)
    client, address = client_for(supplier), f"/api/v1/connections/{connection.public_id}/accept"
    first = client.post(address, {}, format="json", headers={"Idempotency-Key": "1"})
    assert buyer.user is not None
    assert [contact["email"] for contact in first.json()["contacts"]] == [buyer.user.email]

    record_consent(buyer.user, purpose="contact_sharing", given=False, language="vi", address=None)
    again = client.post(address, {}, format="json", headers={"Idempotency-Key": "1"})

    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == first.json() | {"contacts": []}
    assert buyer.user.email not in IdempotencyKey.objects.get().body
    assert ContactReading.objects.count() == 1


def test_reading_one_s_own_contacts_or_none_is_nothing_to_record() -> None:
    firm = OrganisationFactory.create()
    contacts_of(firm, reader=member(organisation=firm))
    contacts_of(firm, reader=member("buyer"))

    assert ContactReading.objects.count() == 0


def test_staff_are_recorded_too() -> None:
    firm, staff = OrganisationFactory.create(), member("agency")
    contacts_of(firm, reader=staff)

    [reading] = ContactReading.objects.all()
    assert (reading.reader, reading.person, reading.reason) == (staff.organisation, staff.user, "")


def test_nothing_in_the_record_can_be_changed_or_removed() -> None:
    _connection, buyer, supplier = accepted()
    assert supplier.organisation is not None
    contacts_of(supplier.organisation, reader=buyer)
    rows = ContactReading.objects.all()
    before = list(rows.values())

    for change in (lambda: rows.update(reason="con_other"), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert list(rows.values()) == before


def test_the_record_outlives_those_whom_it_names() -> None:
    _connection, buyer, supplier = accepted()
    assert supplier.organisation is not None
    assert buyer.user is not None
    contacts_of(supplier.organisation, reader=buyer)
    pk = buyer.user.pk
    buyer.user.delete()

    assert ContactReading.objects.get().person_id == pk


def test_firms_see_who_read_theirs_without_the_person_and_staff_see_all(client_for: ClientFor) -> None:
    connection, buyer, supplier = accepted()
    client_for(buyer).get(f"/api/v1/connections/{connection.public_id}", headers={"x-request-id": "req-1"})
    assert buyer.organisation is not None
    assert buyer.user is not None

    [shown] = client_for(supplier).get(URL).json()["results"]
    assert shown["reader"]["id"] == buyer.organisation.public_id
    assert (shown["connection"], shown["by_software"], shown["is_first"]) == (connection.public_id, False, True)
    assert shown.keys().isdisjoint({"person", "address", "request_id"})
    one = client_for(supplier).get(f"{URL}/{shown['id']}").json()
    assert one == shown
    [to_staff] = client_for(member("agency", "viewer")).get(URL).json()["results"]
    assert (to_staff["person"], to_staff["address"]) == (buyer.user.public_id, "127.0.0.1")
    assert to_staff["request_id"] == "req-1"


def test_nobody_sees_what_others_were_shown(client_for: ClientFor, anonymous_client: APIClient) -> None:
    connection, buyer, _supplier = accepted()
    client_for(buyer).get(f"/api/v1/connections/{connection.public_id}")
    reading = ContactReading.objects.get()

    for stranger in (buyer, member(), member("buyer")):
        assert client_for(stranger).get(URL).json()["results"] == []
        assert client_for(stranger).get(f"{URL}/{reading.public_id}").status_code == 404
    assert anonymous_client.get(URL).status_code == 401


@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_takes_one_query(
    client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    _connection, buyer, supplier = accepted()
    assert supplier.organisation is not None
    for _number in range(rows):
        contacts_of(supplier.organisation, reader=buyer)

    with django_assert_num_queries(1):
        assert len(client_for(supplier).get(URL).json()["results"]) == rows


def test_new_contacts_have_a_quota_of_the_day_and_those_seen_stay_open(
    client_for: ClientFor, settings: Settings
) -> None:
    settings.CONTACTS_OPENED_PER_DAY = 1
    connection, buyer, supplier = accepted()
    other_firm = OrganisationFactory.create()
    assert buyer.organisation is not None
    disclose_contacts(reader=buyer.organisation, subject=other_firm, reason="con_other")
    client, address = client_for(buyer), f"/api/v1/connections/{connection.public_id}"
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        contacts_of(other_firm, reader=buyer)
        refused = client.get(address)
        assert refused.status_code == 429
        assert refused["Retry-After"] == str(24 * 3600)
        assert refused.json()["code"] == "throttled"
        assert ContactReading.objects.count() == 1
        assert client_for(supplier).get(address).status_code == 200  # each side has a quota of its own
    with time_machine.travel(start + timedelta(hours=24, seconds=1), tick=False):
        shown = client.get(address)
        assert shown.status_code == 200
        assert '"contacts-day";q=1;w=86400' in shown["RateLimit-Policy"]
    with time_machine.travel(start + timedelta(hours=25), tick=False):
        assert client.get(address).status_code == 200


def test_who_has_seen_as_many_as_a_day_allows_does_not_accept_either(client_for: ClientFor, settings: Settings) -> None:
    settings.CONTACTS_OPENED_PER_DAY = 0
    connection = ConnectionFactory.create()
    client = client_for(side(connection.supplier.organisation))

    refused = client.post(f"/api/v1/connections/{connection.public_id}/accept", {}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    connection.refresh_from_db()
    assert (connection.state, connection.version) == ("requested", 1)
    assert not Event.objects.filter(topic="connection.accepted").exists()
    assert ContactReading.objects.count() == 0


def test_keys_and_people_of_an_organisation_share_its_previews(client_for: ClientFor, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "preview": "1/day"}
    buyer = member("buyer")
    _row, key = issue_api_key(name="ERP", scopes=["read"], by=buyer)
    software = APIClient(headers={"authorization": f"Bearer {key}"})
    colleague = member("buyer", organisation=buyer.organisation)

    statuses = [
        client.post("/api/v1/match-preview", {}, format="json").status_code
        for client in (client_for(buyer), client_for(colleague), software, client_for(member("buyer")))
    ]

    assert statuses == [403, 429, 429, 403]  # a buyer that is not verified; the count comes first
