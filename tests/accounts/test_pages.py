"""Pages of people who sign in with a browser and are not of the agency."""

import pytest
from django.test import Client

from accounts.models import Membership, User
from tests.factories.accounts import PASSWORD, InvitationFactory, UserFactory, member

pytestmark = pytest.mark.django_db
HOME = "/accounts/home/"


def browser_of(user: User | None, language: str = "en") -> Client:
    browser = Client(headers={"accept-language": language})
    assert user is not None
    browser.force_login(user)
    return browser


def test_who_signs_in_and_is_not_of_the_agency_is_told_where_to_go() -> None:
    person = member("buyer").user
    assert person is not None
    browser = Client(headers={"accept-language": "en"})

    page = browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD}, follow=True)

    assert (page.status_code, page.redirect_chain) == (200, [(HOME, 302)])
    assert "You belong to:" in page.content.decode()
    assert "/api/v1/docs" in page.content.decode()


def test_staff_who_sign_in_come_to_the_admin() -> None:
    officer = member("agency").user
    assert officer is not None

    response = Client().post("/accounts/login/", {"login": officer.email, "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/admin/")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "The administration is for people of the agency."),
        ("vi", "Trang quản trị chỉ dành cho người của cơ quan xúc tiến."),
    ],
)
def test_the_admin_sends_others_to_their_own_page(language: str, told: str) -> None:
    page = browser_of(member().user, language).get("/admin/", follow=True)

    assert page.redirect_chain[-1] == (HOME, 302)
    assert told in page.content.decode()


def test_an_invitation_is_accepted_or_declined_on_the_page() -> None:
    person = UserFactory.create()
    wanted, unwanted = InvitationFactory.create_batch(2, email=person.email, role="editor")
    browser = browser_of(person)
    assert wanted.organisation.legal_name in browser.get(HOME).content.decode()

    for invitation, verb, told in ((wanted, "accept", "You have joined."), (unwanted, "decline", "You have declined.")):
        page = browser.post(f"/accounts/invitations/{invitation.public_id}/{verb}/", follow=True)
        assert told in page.content.decode()

    assert list(Membership.objects.filter(user=person).values_list("organisation", "role")) == [
        (wanted.organisation.pk, "editor")
    ]
    refused = browser.post(f"/accounts/invitations/{unwanted.public_id}/accept/", follow=True)
    assert "this step is not possible" in refused.content.decode()


def test_a_link_accepts_nothing_and_strangers_find_nothing() -> None:
    invitation = InvitationFactory.create()
    address = f"/accounts/invitations/{invitation.public_id}/accept/"

    assert browser_of(UserFactory.create()).get(address).status_code == 405
    assert browser_of(UserFactory.create()).post(address).status_code == 404
    assert Client().post(address)["Location"].startswith("/accounts/login/")
    assert Client().get(HOME)["Location"].startswith("/accounts/login/")
    assert Membership.objects.count() == 0
