"""The agency's people at work in the admin, and who is kept out of it."""

from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Invitation, Membership, Organisation, User
from accounts.principals import Principal
from accounts.services import disclose_contacts, issue_api_key
from tests.factories.accounts import PASSWORD, MembershipFactory, OrganisationFactory, UserFactory, member

pytestmark = pytest.mark.django_db
ADMIN = "/admin/accounts"


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    cache.clear()


def browser_of(principal: Principal) -> Client:
    assert principal.user is not None
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(principal.user)
    return browser


def organisation_form(organisation: Organisation | None = None, **changes: Any) -> dict[str, Any]:
    shown = ("legal_name", "trade_name", "country", "tax_code", "tax_code_override", "address", "website")
    contact = ("contact_name", "contact_email", "contact_phone")
    values = {name: getattr(organisation, name, "") for name in (*shown, *contact)}
    formset = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    empty = {f"{rows}-{name}": value for rows in ("memberships", "invitations") for name, value in formset.items()}
    return {**values, **empty, **changes}


def member_forms(*members: Membership, added: dict[str, str] | None = None) -> dict[str, Any]:
    forms: dict[str, Any] = {}
    for number, row in enumerate(members):
        forms |= {f"memberships-{number}-id": row.pk, f"memberships-{number}-organisation": row.organisation_id}
        forms |= {f"memberships-{number}-role": row.role}
    if added:
        forms |= {f"memberships-{len(members)}-{name}": value for name, value in added.items()}
    total = len(members) + bool(added)
    return {**forms, "memberships-TOTAL_FORMS": total, "memberships-INITIAL_FORMS": len(members)}


def invitation_forms(*invitations: Invitation, added: dict[str, str] | None = None) -> dict[str, Any]:
    forms: dict[str, Any] = {}
    for number, row in enumerate(invitations):
        forms |= {f"invitations-{number}-id": row.pk, f"invitations-{number}-organisation": row.organisation_id}
    if added:
        forms |= {f"invitations-{len(invitations)}-{name}": value for name, value in added.items()}
    total = len(invitations) + bool(added)
    return {**forms, "invitations-TOTAL_FORMS": total, "invitations-INITIAL_FORMS": len(invitations)}


@pytest.mark.parametrize("model", ["user", "organisation", "apikey", "disclosure"])
def test_staff_see_lists_and_single_rows(model: str) -> None:
    staff = member("agency", "viewer")
    firm = member()
    assert staff.organisation is not None
    assert firm.organisation is not None
    issue_api_key(name="ERP", scopes=["read"], by=firm)
    disclose_contacts(reader=staff.organisation, subject=firm.organisation, reason="con_1")
    browser = browser_of(staff)

    assert browser.get(f"{ADMIN}/{model}/").status_code == 200
    for row in apps.get_model("accounts", model)._default_manager.all():
        assert browser.get(f"{ADMIN}/{model}/{row.pk}/change/").status_code == 200


def test_a_key_s_hash_is_shown_to_nobody() -> None:
    api_key, key = issue_api_key(name="ERP", scopes=["read"], by=member())

    page = browser_of(member("agency")).get(f"{ADMIN}/apikey/{api_key.pk}/change/").content.decode()

    assert api_key.visible_prefix in page
    assert api_key.secret_hash not in page
    assert key.partition(".")[2] not in page


@pytest.mark.parametrize("path", ["mfa/authenticator/", "account/emailaddress/", "auth/group/"])
def test_second_factors_and_confirmations_are_nobody_s_to_edit(path: str) -> None:
    assert browser_of(member("agency")).get(f"/admin/{path}").status_code == 404


def test_firms_and_strangers_are_kept_out() -> None:
    assert browser_of(member("supplier")).get("/admin/").status_code == 302
    assert browser_of(member("supplier")).get("/admin/login/")["Location"] == "/accounts/home/"
    nobody = Client().get("/admin/", follow=True)
    assert nobody.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


def test_former_staff_with_an_open_session_are_kept_out() -> None:
    staff = member("agency")
    browser = browser_of(staff)
    Membership.objects.all().delete()

    assert browser.get(f"{ADMIN}/organisation/").status_code == 403


@pytest.mark.parametrize("wanted", ["dong anh", "Công ty TNHH Đông Anh", "01.00", "0100233488"])
def test_organisations_are_found_by_name_without_accents_and_by_tax_code(wanted: str) -> None:
    OrganisationFactory.create(legal_name="Công ty CP Cơ khí Đông Anh", tax_code="0100233488")
    OrganisationFactory.create(legal_name="Công ty CP Khác", trade_name="Other", tax_code="0314409058-002")

    page = browser_of(member("agency")).get(f"{ADMIN}/organisation/", {"q": wanted}).content.decode()

    assert "Công ty CP Cơ khí Đông Anh" in page
    assert "Công ty CP Khác" not in page


def test_staff_register_and_correct_a_firm() -> None:
    browser = browser_of(member("agency", "editor"))
    new = organisation_form(kind="supplier", legal_name="Công ty A", country="VN", tax_code="01.00.233.488")

    assert browser.post(f"{ADMIN}/organisation/add/", new).status_code == 302
    firm = Organisation.objects.get(kind="supplier")
    assert (firm.tax_code, firm.name_key, firm.version) == ("0100233488", "a", 1)

    changed = organisation_form(firm, legal_name="Công ty B")
    assert browser.post(f"{ADMIN}/organisation/{firm.pk}/change/", changed).status_code == 302
    firm.refresh_from_db()
    assert (firm.legal_name, firm.name_key, firm.version) == ("Công ty B", "b", 2)
    assert LogEntry.objects.count() == 2


def test_a_wrong_tax_code_is_told_and_changes_nothing() -> None:
    firm = OrganisationFactory.create(tax_code="0100233488")
    browser = browser_of(member("agency", "editor"))

    page = browser.post(
        f"{ADMIN}/organisation/{firm.pk}/change/", organisation_form(firm, tax_code="0100233489"), follow=True
    )

    assert "its check digit does not fit" in page.content.decode()
    firm.refresh_from_db()
    assert (firm.tax_code, firm.version) == ("0100233488", 1)
    assert LogEntry.objects.count() == 0


def test_viewers_of_the_agency_only_look() -> None:
    firm = OrganisationFactory.create()
    browser = browser_of(member("agency", "viewer"))

    assert browser.get(f"{ADMIN}/organisation/add/").status_code == 403
    response = browser.post(f"{ADMIN}/organisation/{firm.pk}/change/", organisation_form(firm, legal_name="Other"))
    assert response.status_code == 403
    firm.refresh_from_db()
    assert firm.version == 1


def test_staff_invite_into_a_firm_and_remove_members_even_the_last_owner() -> None:
    browser = browser_of(member("agency", "editor"))
    owner = MembershipFactory.create()
    firm = owner.organisation
    editor = MembershipFactory.create(organisation=firm, role="editor")
    address = f"{ADMIN}/organisation/{firm.pk}/change/"

    asked = member_forms(owner, editor) | invitation_forms(added={"email": "Lan@firm.example", "role": "owner"})
    assert browser.post(address, organisation_form(firm) | asked).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.organisation, invitation.email, invitation.role) == (firm, "lan@firm.example", "owner")

    again = browser.post(address, organisation_form(firm) | asked, follow=True)
    assert "is invited already" in again.content.decode()

    promoted = member_forms(owner, editor) | {"memberships-1-role": "owner"}
    page = browser.post(address, organisation_form(firm) | promoted, follow=True)
    assert "Nobody becomes an owner without agreeing" in page.content.decode()

    back = member_forms(owner, editor) | invitation_forms(invitation) | {"invitations-0-DELETE": "on"}
    assert browser.post(address, organisation_form(firm) | back).status_code == 302
    invitation.refresh_from_db()
    assert invitation.state == "withdrawn"

    emptied = member_forms(owner, editor) | {"memberships-0-DELETE": "on"}
    assert browser.post(address, organisation_form(firm) | emptied).status_code == 302
    assert [row.user for row in firm.memberships.all()] == [editor.user]


def act(browser: Client, model: str, action: str, *rows: int) -> Any:
    """Choose rows in their list, and confirm."""
    sent = {"action": f"{action}_chosen", "_selected_action": rows, "chosen": ",".join(map(str, rows))}
    return browser.post(f"{ADMIN}/{model}/", {**sent, "select_across": "1"}, follow=True)


def test_staff_revoke_a_key_and_the_history_says_so() -> None:
    api_key, _key = issue_api_key(name="ERP", scopes=["read"], by=member())

    act(browser_of(member("agency", "editor")), "apikey", "revoke", api_key.pk)

    api_key.refresh_from_db()
    assert api_key.revoked_at is not None
    assert LogEntry.objects.get().change_message == "revoke"


def test_staff_shut_a_person_out_and_in_again_but_not_themselves() -> None:
    staff, person = member("agency", "owner"), UserFactory.create()
    assert staff.user is not None
    officer = browser_of(member("agency", "editor", organisation=staff.organisation))
    browser = browser_of(staff)

    act(officer, "user", "deactivate", person.pk)
    assert User.objects.get(pk=person.pk).is_active is True

    act(browser, "user", "deactivate", person.pk)
    assert User.objects.get(pk=person.pk).is_active is False
    act(browser, "user", "reactivate", person.pk)
    assert User.objects.get(pk=person.pk).is_active is True

    page = act(browser, "user", "deactivate", person.pk, staff.user.pk)
    assert "You may not do this." in page.content.decode()
    assert [User.objects.get(pk=pk).is_active for pk in (person.pk, staff.user.pk)] == [False, True]


def totp_code(secret: str) -> Any:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(browser: Client, user: User) -> Any:
    return browser.post("/accounts/login/?next=/admin/", {"login": user.email, "password": PASSWORD}, follow=True)


def test_staff_sign_in_with_password_and_second_factor(settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    staff = member("agency")
    assert staff.user is not None
    secret = generate_totp_secret()
    TOTP.activate(staff.user, secret)
    RecoveryCodes.activate(staff.user)
    browser = Client(headers={"accept-language": "en"})

    asked = sign_in(browser, staff.user)
    assert asked.redirect_chain[-1][0].startswith("/accounts/2fa/authenticate/")
    assert browser.get("/admin/").status_code == 302

    wrong = browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert browser.get("/admin/").status_code == 302

    right = browser.post("/accounts/2fa/authenticate/", {"code": totp_code(secret)}, follow=True)
    assert right.redirect_chain[-1][0] == "/admin/"
    assert right.status_code == 200


@pytest.mark.django_db(transaction=True)  # django-allauth tells of the new factor when it is committed
def test_staff_without_a_second_factor_set_one_up_before_they_get_in(settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    staff = member("agency")
    assert staff.user is not None
    browser = Client(headers={"accept-language": "en"})

    asked = sign_in(browser, staff.user)
    assert asked.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    assert browser.get(f"{ADMIN}/organisation/").status_code == 302

    page = browser.post(asked.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/2fa/totp/activate/"
    code = totp_code(page.context["form"].secret)
    assert browser.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    assert browser.get(f"{ADMIN}/organisation/").status_code == 200


def test_where_it_is_not_required_a_password_will_do() -> None:
    staff = member("agency")
    assert staff.user is not None

    page = sign_in(Client(), staff.user)

    assert page.redirect_chain[-1][0] == "/admin/"
    assert page.status_code == 200


def test_the_first_owner_of_the_agency_is_made_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENCY_OWNER_PASSWORD", PASSWORD)

    call_command("create_agency_owner", email="Chief@Agency.example", full_name="Chief", agency="Trung tâm Xúc tiến")
    call_command("create_agency_owner", email="chief@agency.example", agency="Another")

    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("chief@agency.example", True, False)
    assert Organisation.objects.get().legal_name == "Trung tâm Xúc tiến"
    assert Principal.of_staff(user).is_owner
    assert sign_in(Client(), user).redirect_chain[-1][0] == "/admin/"


@pytest.mark.parametrize(
    ("email", "password"), [("nobody", PASSWORD), ("chief@agency.example", "short"), ("chief@agency.example", "")]
)
def test_the_command_line_refuses_what_sign_up_would(
    monkeypatch: pytest.MonkeyPatch, email: str, password: str
) -> None:
    monkeypatch.setenv("AGENCY_OWNER_PASSWORD", password)

    with pytest.raises(CommandError):
        call_command("create_agency_owner", email=email)

    assert User.objects.count() == Organisation.objects.count() == 0


def test_a_superuser_made_by_django_s_command_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", email="root@agency.example", interactive=False, verbosity=0)

    page = sign_in(Client(), User.objects.get())
    assert page.redirect_chain[-1][0] == "/admin/"
