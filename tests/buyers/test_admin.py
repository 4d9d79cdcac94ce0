"""The staff's pages: acts run through the services, and what they refuse is told."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from buyers.models import Buyer, Requirement
from notifications.models import Event
from tests.factories.accounts import MembershipFactory, UserFactory, member
from tests.factories.buyers import BuyerFactory, PlantFactory, attachment, open_requirement

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    """The browser of someone of the agency who may do everything in the admin."""
    by = member("agency")
    assert by.user is not None
    by.user.is_superuser = True
    by.user.save()
    client.force_login(by.user)
    return client


def act_on(row: Buyer | Requirement, act: str) -> str:
    kind = row._meta.model_name
    return reverse(f"admin:buyers_{kind}_{act}", args=[row.pk])


def page_of(row: Buyer | Requirement) -> str:
    return reverse(f"admin:buyers_{row._meta.model_name}_change", args=[row.pk])


def test_the_queue_lists_those_who_wait(staff: Client) -> None:
    waiting = BuyerFactory.create()
    verified = BuyerFactory.create(state="verified")

    page = staff.get(reverse("admin:buyers_buyer_changelist"), {"waiting": "verification"}).content.decode()

    assert waiting.organisation.trade_name in page
    assert verified.organisation.trade_name not in page


def test_the_page_of_a_buyer_shows_its_plants_and_acts_and_no_field_to_write(staff: Client) -> None:
    plant = PlantFactory.create()

    page = staff.get(page_of(plant.buyer)).content.decode()

    assert plant.name in page
    assert [act for act in ("verify", "reject", "suspend", "reinstate") if act_on(plant.buyer, act) in page] == [
        "verify",
        "reject",
    ]
    assert 'name="state"' not in page


@pytest.mark.parametrize(
    ("state", "acts"), [("verified", ["suspend", "undo"]), ("suspended", ["reinstate"]), ("rejected", ["undo"])]
)
def test_a_buyers_page_offers_only_what_its_state_permits(state: str, acts: list[str], staff: Client) -> None:
    buyer = BuyerFactory.create(state=state)

    page = staff.get(page_of(buyer)).content.decode()

    assert [act for act in ("verify", "reject", "suspend", "reinstate", "undo") if act_on(buyer, act) in page] == acts


def test_the_state_of_a_requirement_and_the_act_have_words_of_their_own() -> None:
    with translation.override("vi"):
        state = str(Requirement.State.OPEN.label)
        assert (state, gettext("Open")) == ("Đang mở", "Mở")


def test_chosen_buyers_are_verified_together_and_the_rest_told(staff: Client) -> None:
    waiting, rejected = BuyerFactory.create_batch(2), BuyerFactory.create(state="rejected")
    chosen = ",".join(str(buyer.pk) for buyer in (*waiting, rejected))
    sent = {"action": "verify_chosen", "select_across": "1", "_selected_action": rejected.pk, "chosen": chosen}

    url = reverse("admin:buyers_buyer_changelist")
    page = staff.post(url, sent, follow=True, headers={"accept-language": "en"}).content.decode()

    assert "Verify: 2 done, 1 refused." in page
    assert f"1 × From “Rejected” this step is not possible. ({rejected})" in unescape(page)
    assert list(Buyer.objects.order_by("pk").values_list("state", flat=True)) == ["verified", "verified", "rejected"]
    assert Event.objects.filter(topic="buyer.verified").count() == 2


def test_verifying_asks_first_and_only_a_post_does_it(staff: Client) -> None:
    buyer = BuyerFactory.create()

    assert staff.get(act_on(buyer, "verify")).status_code == 200
    buyer.refresh_from_db()
    assert buyer.state == "registered"

    assert staff.post(act_on(buyer, "verify")).headers["Location"] == page_of(buyer)
    buyer.refresh_from_db()
    assert (buyer.state, Event.objects.get().topic) == ("verified", "buyer.verified")


def test_a_rejection_without_a_reason_is_asked_again(staff: Client) -> None:
    buyer = BuyerFactory.create()

    assert staff.post(act_on(buyer, "reject"), {"reason": ""}).status_code == 200
    buyer.refresh_from_db()
    assert buyer.state == "registered"

    staff.post(act_on(buyer, "reject"), {"reason": "No such firm."})
    buyer.refresh_from_db()
    assert (buyer.state, buyer.state_reason) == ("rejected", "No such firm.")


def test_what_a_service_refuses_is_told_and_nothing_moves(staff: Client) -> None:
    buyer = BuyerFactory.create(state="rejected")

    page = staff.post(act_on(buyer, "verify"), follow=True, headers={"accept-language": "en"}).content.decode()

    assert "From “Rejected” this step is not possible." in page
    buyer.refresh_from_db()
    assert (buyer.state, buyer.version) == ("rejected", 1)


def test_who_is_in_the_admin_but_not_of_the_agency_decides_nothing(client: Client) -> None:
    buyer = BuyerFactory.create()
    person = UserFactory.create(is_staff=True, is_superuser=True)
    MembershipFactory.create(user=person, organisation=buyer.organisation)
    client.force_login(person)

    client.post(act_on(buyer, "verify"))

    buyer.refresh_from_db()
    assert buyer.state == "registered"


def test_the_page_of_a_requirement_shows_what_is_asked_and_staff_withdraw_it(staff: Client) -> None:
    requirement = open_requirement(title="Hollow shaft")

    page = staff.get(page_of(requirement)).content.decode()
    staff.post(act_on(requirement, "withdraw"), {"reason": "A test."})

    assert "Hollow shaft" in page
    assert "MACH.CNC_TURN" in page
    requirement.refresh_from_db()
    assert (requirement.state, requirement.state_reason) == ("withdrawn", "A test.")


def test_a_row_that_is_not_there_is_a_404(staff: Client) -> None:
    buyer = BuyerFactory.create()
    url = act_on(buyer, "verify")
    buyer.delete()

    assert staff.get(url).status_code == 404


def test_the_page_of_a_requirement_leads_to_its_drawings(staff: Client) -> None:
    drawing = attachment(open_requirement(), name="shaft-40cr.pdf")
    path = f"/api/v1/requirements/{drawing.requirement.public_id}/attachments/{drawing.public_id}/content"

    page = staff.get(page_of(drawing.requirement)).content.decode()
    file = staff.get(path)

    assert f'<a href="{path}">shaft-40cr.pdf</a>' in page
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
