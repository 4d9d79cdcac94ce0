"""Registering as a buyer, and being verified."""

import pytest
from django.utils import timezone

from accounts.models import Organisation
from buyers import services
from buyers.errors import OwnOrganisationError
from buyers.models import Buyer
from config.errors import InvalidFactError
from notifications.models import Event
from tests.conftest import ClientFor
from tests.factories.accounts import MembershipFactory, OrganisationFactory, member
from tests.factories.buyers import BuyerFactory, buyer_member
from tests.factories.taxonomy import SectorFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/buyers"


def test_an_organisation_registers_as_a_buyer_and_the_agency_is_told(client_for: ClientFor) -> None:
    agency = OrganisationFactory.create(kind="agency")
    SectorFactory.create(code="components")
    by = member("buyer")
    body = {"parent_country": "JP", "sectors": ["components"], "description": "Printers"}

    response = client_for(by).post(URL, body)

    buyer = Buyer.objects.get()
    assert response.status_code == 201
    assert response.headers["Location"] == f"{URL}/{buyer.public_id}"
    answer = response.json()
    assert by.organisation is not None
    assert answer["organisation"]["id"] == by.organisation.public_id
    assert {name: answer[name] for name in ("state", *body)} == {"state": "registered", **body}
    assert answer["created_at"].endswith("Z")
    event = Event.objects.get()
    assert (event.topic, event.audience) == ("buyer.registered", sorted([by.organisation.pk, agency.pk]))


def test_a_second_registration_points_at_the_first(client_for: ClientFor) -> None:
    buyer = BuyerFactory.create()

    response = client_for(buyer_member(buyer)).post(URL, {})

    assert response.status_code == 409
    assert response.json()["code"] == "already_exists"
    assert response.json()["existing"] == f"{URL}/{buyer.public_id}"
    assert Buyer.objects.count() == 1
    assert not Event.objects.exists()


@pytest.mark.parametrize(("kind", "role"), [("supplier", "owner"), ("agency", "owner"), ("buyer", "viewer")])
def test_who_is_no_buyer_or_may_only_read_registers_nothing(client_for: ClientFor, kind: str, role: str) -> None:
    response = client_for(member(kind, role)).post(URL, {})

    assert response.status_code == 403
    assert not Buyer.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"parent_country": "jp"}, "/parent_country", "unknown_country"),
        ({"parent_country": "ZZ"}, "/parent_country", "unknown_country"),
        ({"sectors": ["nothing"]}, "/sectors/0", "unknown_code"),
        ({"description": 5}, "/description", "invalid"),
        ({"state": "verified"}, "/state", "unknown_field"),
    ],
)
def test_a_bad_registration_names_the_field_and_writes_nothing(
    client_for: ClientFor, body: dict[str, object], pointer: str, code: str
) -> None:
    response = client_for(member("buyer")).post(URL, body)

    assert response.status_code == 400
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]
    assert not Buyer.objects.exists()


def test_a_buyer_changes_what_it_says_of_itself_from_the_version_it_read(client_for: ClientFor) -> None:
    buyer = BuyerFactory.create(description="old")
    client = client_for(buyer_member(buyer))
    url = f"{URL}/{buyer.public_id}"
    tag = client.get(url).headers["ETag"]

    assert client.patch(url, {"description": "new"}).status_code == 428
    assert client.patch(url, {"description": "new"}, headers={"If-Match": tag}).json()["description"] == "new"
    assert client.patch(url, {"description": "newer"}, headers={"If-Match": tag}).status_code == 412

    buyer.refresh_from_db()
    assert (buyer.description, buyer.version) == ("new", 2)


def test_verifying_marks_the_organisation_and_suspending_takes_the_mark_away(client_for: ClientFor) -> None:
    buyer = BuyerFactory.create()
    staff = client_for(member("agency"))
    url = f"{URL}/{buyer.public_id}"
    before = timezone.now()

    assert staff.post(f"{url}/verify").json()["state"] == "verified"
    verified_at = Organisation.objects.get(pk=buyer.organisation_id).verified_at
    assert verified_at is not None
    assert before < verified_at < timezone.now()

    assert staff.post(f"{url}/suspend", {"reason": "Unpaid."}).json()["state_reason"] == "Unpaid."
    assert Organisation.objects.get(pk=buyer.organisation_id).verified_at is None

    assert staff.post(f"{url}/reinstate").json()["state_reason"] == ""
    assert Organisation.objects.get(pk=buyer.organisation_id).verified_at is not None


@pytest.mark.parametrize("verb", ["reject", "suspend"])
@pytest.mark.parametrize("body", [{}, {"reason": "  "}])
def test_turning_a_buyer_down_needs_a_reason(client_for: ClientFor, verb: str, body: dict[str, str]) -> None:
    buyer = BuyerFactory.create(state="registered" if verb == "reject" else "verified")

    response = client_for(member("agency")).post(f"{URL}/{buyer.public_id}/{verb}", body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/reason"
    buyer.refresh_from_db()
    assert buyer.version == 1


def test_a_service_called_without_a_reason_refuses_too() -> None:
    buyer = BuyerFactory.create()

    with pytest.raises(InvalidFactError):
        services.reject_buyer(buyer_id=buyer.pk, reason=" ", by=member("agency"))

    buyer.refresh_from_db()
    assert buyer.state == "registered"


@pytest.mark.parametrize("state", ["registered", "suspended"])
def test_nobody_verifies_an_organisation_that_they_belong_to(state: str) -> None:
    buyer = BuyerFactory.create(state=state)
    staff = member("agency")
    MembershipFactory.create(user=staff.user, organisation=buyer.organisation)
    act = services.verify_buyer if state == "registered" else services.reinstate_buyer

    with pytest.raises(OwnOrganisationError):
        act(buyer_id=buyer.pk, by=staff)

    buyer.refresh_from_db()
    assert (buyer.state, buyer.version, buyer.organisation.verified_at) == (state, 1, None)
    assert not Event.objects.exists()


def test_a_buyer_sees_itself_staff_see_all_and_nobody_else_sees_any(client_for: ClientFor) -> None:
    buyer, other = BuyerFactory.create(), BuyerFactory.create(state="verified")
    ids = [buyer.public_id, other.public_id]

    def seen_by(client: object) -> list[str]:
        return sorted(row["id"] for row in client.get(URL).json()["results"])  # type: ignore[attr-defined]

    assert seen_by(client_for(buyer_member(buyer))) == [buyer.public_id]
    assert seen_by(client_for(member("agency"))) == sorted(ids)
    assert seen_by(client_for(member("supplier"))) == []
    assert client_for(buyer_member(buyer)).get(f"{URL}/{other.public_id}").status_code == 404
    assert client_for(buyer_member(buyer)).post(f"{URL}/{other.public_id}/verify").status_code == 404
    waiting = client_for(member("agency")).get(f"{URL}?state=registered").json()["results"]
    assert [row["id"] for row in waiting] == [buyer.public_id]
