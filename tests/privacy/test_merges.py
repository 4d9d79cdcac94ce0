"""Merges of firms hold nothing of the people who belonged to them, and bring nobody back."""

import json

import pytest

from accounts.models import Organisation
from privacy import services
from suppliers.models import Supplier
from tests.factories.accounts import PASSWORD, MembershipFactory, OrganisationFactory, member
from tests.suppliers.merges import firm, merge, undo

pytestmark = pytest.mark.django_db
NAME = "Nguyễn Thị Lan"


def test_nothing_of_an_erased_person_is_left_in_a_merge_or_comes_back_with_its_undoing() -> None:
    person, officer = member("supplier"), member("agency")
    assert person.user is not None
    survivor = firm(organisation=person.organisation)
    Organisation.objects.update(tax_code="", contact_name="", contact_email="", contact_phone="")
    merged = firm(
        organisation=OrganisationFactory.create(
            kind="supplier",
            tax_code="",
            contact_name=NAME,
            contact_email=person.user.email,
            contact_phone="+84901234567",
        )
    )
    second = MembershipFactory.create(organisation=merged.organisation, user=person.user, role="owner")
    made = merge(Supplier.objects.get(pk=survivor.pk), merged)
    contacts = Organisation.objects.filter(supplier__in=[survivor, merged])
    assert set(contacts.values_list("contact_name", flat=True)) == {NAME}
    noted = json.dumps([made.changes, made.stayed], default=str, ensure_ascii=False)
    assert not [word for word in (NAME, person.user.email, "901234567") if word in noted]
    assert ["accounts.Membership", second.public_id] in made.stayed
    asked = services.ask_about_data(kind="erasure", password=PASSWORD, by=person)

    services.carry_out_erasure(request_id=asked.pk, by=officer)
    assert undo(made) == 0

    assert set(contacts.values_list("contact_name", "contact_email", "contact_phone")) == {("", "", "")}
