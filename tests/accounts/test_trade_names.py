"""Trade names of organisations that staff have verified or published: a new one waits for their approval."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.models import Organisation
from accounts.principals import Principal
from accounts.services import change_organisation
from buyers.services import verify_buyer
from notifications.models import Event
from suppliers.services import publish_supplier
from tests.conftest import ClientFor
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.buyers import BuyerFactory
from tests.factories.suppliers import CapabilityFactory, SiteFactory, SupplierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Principal:
    """Of a buyer that staff have verified as Kanto Motors."""
    checked = OrganisationFactory.create(kind="buyer", trade_name="Kanto Motors", names_checked_at=timezone.now())
    return member(organisation=checked)


def rename(client: APIClient, owner: Principal, name: str) -> Any:
    assert owner.organisation is not None
    address = f"/api/v1/organisations/{owner.organisation.public_id}"
    return client.patch(address, {"trade_name": name}, format="json", headers={"if-match": "*"})


def names(owner: Principal) -> tuple[str, str]:
    assert owner.organisation is not None
    return Organisation.objects.values_list("trade_name", "proposed_trade_name").get(pk=owner.organisation.pk)


def browser_of(principal: Principal) -> Client:
    assert principal.user is not None
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(principal.user)
    return browser


def page_of(owner: Principal) -> str:
    assert owner.organisation is not None
    return f"/admin/accounts/organisation/{owner.organisation.pk}"


def test_a_checked_organisation_s_new_name_waits(client_for: ClientFor, owner: Principal) -> None:
    response = rename(client_for(owner), owner, " Samsung  Electronics ")

    assert response.status_code == 200
    assert (response.json()["trade_name"], response.json()["proposed_trade_name"]) == (
        "Kanto Motors",
        "Samsung Electronics",
    )
    assert names(owner) == ("Kanto Motors", "Samsung Electronics")
    assert list(Event.objects.order_by("pk").values_list("topic", flat=True)) == [
        "organisation.name_proposed",
        "organisation.changed",
    ]


def test_what_needs_no_approval_holds_at_once(client_for: ClientFor, owner: Principal) -> None:
    rename(client_for(owner), owner, "Samsung")
    assert rename(client_for(owner), owner, "Kanto Motors").json()["proposed_trade_name"] == ""

    rename(client_for(owner), owner, "Samsung")
    assert rename(client_for(owner), owner, "").status_code == 200
    assert names(owner) == ("", "")


def test_who_was_not_checked_yet_calls_itself_as_it_likes(client_for: ClientFor) -> None:
    newcomer = member()

    assert rename(client_for(newcomer), newcomer, "Other").json()["trade_name"] == "Other"


def test_an_organisation_proposes_so_many_names(client_for: ClientFor, owner: Principal, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "propose_name": "2/day"}

    asked = [rename(client_for(owner), owner, name).status_code for name in ("A", "A", "B", "C")]

    assert asked == [200, 200, 200, 429]
    assert names(owner) == ("Kanto Motors", "B")


def test_an_officer_approves_the_name_that_was_read(client_for: ClientFor, owner: Principal) -> None:
    rename(client_for(owner), owner, "Kanto")
    browser = browser_of(member("agency", "editor"))
    page = browser.get(f"{page_of(owner)}/approve-name/").content.decode()
    assert 'value="Kanto"' in page

    rename(client_for(owner), owner, "Samsung")
    refused = browser.post(f"{page_of(owner)}/approve-name/", {"proposed_trade_name": "Kanto"}, follow=True)
    assert "Another name, or none, is proposed by now" in refused.content.decode()
    assert names(owner) == ("Kanto Motors", "Samsung")

    browser.post(f"{page_of(owner)}/approve-name/", {"proposed_trade_name": "Samsung"})
    assert names(owner) == ("Samsung", "")
    assert Event.objects.get(topic="organisation.name_approved").payload == {"organisation_name": "Samsung"}


def test_an_officer_refuses_for_a_reason(client_for: ClientFor, owner: Principal) -> None:
    rename(client_for(owner), owner, "Samsung")
    browser = browser_of(member("agency", "editor"))

    browser.post(f"{page_of(owner)}/refuse-name/", {"reason": "It is another firm's."})

    assert names(owner) == ("Kanto Motors", "")
    assert Event.objects.get(topic="organisation.name_refused").reason == "It is another firm's."
    again = browser.post(f"{page_of(owner)}/refuse-name/", {"reason": "Again."}, follow=True)
    assert "Another name, or none" in again.content.decode()
    assert Event.objects.filter(topic="organisation.name_refused").count() == 1


def test_viewers_decide_nothing_and_staff_write_names_themselves(client_for: ClientFor, owner: Principal) -> None:
    rename(client_for(owner), owner, "Samsung")
    assert owner.organisation is not None

    browser_of(member("agency", "viewer")).post(f"{page_of(owner)}/approve-name/", {"proposed_trade_name": "Samsung"})
    assert names(owner) == ("Kanto Motors", "Samsung")

    change_organisation(organisation_id=owner.organisation.pk, trade_name="Kanto", by=member("agency", "editor"))
    assert names(owner) == ("Kanto", "")


def test_verifying_and_publishing_fix_the_names() -> None:
    officer = member("agency")
    buyer = BuyerFactory.create()
    firm = SupplierFactory.create(state="submitted")
    CapabilityFactory.create(site=SiteFactory.create(supplier=firm))

    verify_buyer(buyer_id=buyer.pk, by=officer)
    publish_supplier(supplier_id=firm.pk, by=officer)

    checked = Organisation.objects.exclude(names_checked_at=None).values_list("pk", flat=True)
    assert set(checked) == {buyer.organisation_id, firm.organisation_id}
