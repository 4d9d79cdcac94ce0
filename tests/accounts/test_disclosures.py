"""Who may read an organisation's contact persons."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Disclosure, Organisation
from accounts.principals import ANONYMOUS, Principal
from accounts.services import Contact, contacts_of, disclose_contacts, issue_api_key
from tests.factories.accounts import MembershipFactory, OrganisationFactory, UserFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    firm = OrganisationFactory.create(contact_name="Front desk", contact_email="info@firm.example")
    lan = UserFactory.create(full_name="Lan", email="lan@firm.example", phone="+84901234567")
    MembershipFactory.create(organisation=firm, user=lan, role="owner")
    MembershipFactory.create(organisation=firm, user__full_name="Viewer", role="viewer")
    MembershipFactory.create(organisation=firm, user__full_name="Gone", user__is_active=False, role="editor")
    return firm


CONTACTS = [
    Contact(name="Front desk", email="info@firm.example", phone="", role="organisation"),
    Contact(name="Lan", email="lan@firm.example", phone="+84901234567", role="owner"),
]


def organisation_of(principal: Principal) -> Organisation:
    assert principal.organisation is not None
    return principal.organisation


def test_nobody_else_reads_them_before_they_are_disclosed(firm: Organisation) -> None:
    for reader in (ANONYMOUS, Principal(user=UserFactory.create()), member("buyer"), member("supplier")):
        assert contacts_of(firm, reader=reader) == []


def test_its_own_members_and_staff_read_them(firm: Organisation) -> None:
    own = member(role="viewer", organisation=firm)

    assert contacts_of(firm, reader=own) == CONTACTS
    assert contacts_of(firm, reader=member("agency", "viewer")) == CONTACTS


def test_a_disclosure_opens_them_to_one_organisation_and_in_one_direction(firm: Organisation) -> None:
    buyer = member("buyer")
    key, _secret = issue_api_key(name="ERP", scopes=["read"], by=buyer)

    disclose_contacts(reader=organisation_of(buyer), subject=firm, reason="con_1")

    assert contacts_of(firm, reader=buyer) == CONTACTS
    assert contacts_of(firm, reader=Principal.of_key(key)) == CONTACTS
    assert contacts_of(firm, reader=member("buyer")) == []
    assert contacts_of(organisation_of(buyer), reader=member(organisation=firm)) == []


def test_a_disclosure_ends_at_its_moment(firm: Organisation) -> None:
    buyer, now = member("buyer"), timezone.now()
    disclose_contacts(reader=organisation_of(buyer), subject=firm, reason="con_1", until=now + timedelta(days=90))

    with time_machine.travel(now + timedelta(days=89), tick=False):
        assert contacts_of(firm, reader=buyer) == CONTACTS
    with time_machine.travel(now + timedelta(days=90), tick=False):
        assert contacts_of(firm, reader=buyer) == []


def test_the_same_reason_again_moves_the_end_and_adds_no_row(firm: Organisation) -> None:
    buyer = member("buyer")
    first = disclose_contacts(reader=organisation_of(buyer), subject=firm, reason="con_1")
    end = timezone.now() + timedelta(days=1)

    disclose_contacts(reader=organisation_of(buyer), subject=firm, reason="con_1", until=end)

    row = Disclosure.objects.get()
    assert (row.pk, row.since, row.until) == (first.pk, first.since, end)


@pytest.mark.parametrize("members", [1, 50])
def test_reading_them_again_takes_four_queries_however_many(
    firm: Organisation, django_assert_num_queries: DjangoAssertNumQueries, members: int
) -> None:
    buyer = member("buyer")
    disclose_contacts(reader=organisation_of(buyer), subject=firm, reason="con_1")
    MembershipFactory.create_batch(members, organisation=firm, role="editor")
    contacts_of(firm, reader=buyer)  # the first time also locks, and looks at the quota

    with django_assert_num_queries(4):  # the ground, whether it is the first time, the record, the members
        assert len(contacts_of(firm, reader=buyer)) == 2 + members
