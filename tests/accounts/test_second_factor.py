"""Staff and their second factor: every way in asks for it, and each session must have given it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Organisation, User
from tests.accounts.test_signing_in import App
from tests.factories.accounts import PASSWORD, MembershipFactory, OrganisationFactory, member

pytestmark = pytest.mark.django_db
ACCOUNT = "/auth/app/v1/account"
ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    cache.clear()


def staff_member(role: str = "owner") -> User:
    user = member("agency", role).user
    assert user is not None
    return user


def with_factor(user: User) -> str:
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_of(secret: str) -> str:
    code: str = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    return code


def app_of(user: User) -> tuple[App, Any]:
    app = App("en")
    return app, app.send("POST", "login", {"email": user.email, "password": PASSWORD})


class Account(App):
    """An app at the addresses of the account itself."""

    def __init__(self, signed_in: App) -> None:
        super().__init__("en")
        self.token = signed_in.token

    def at(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"x-session-token": self.token, "accept-language": "en"}
        return Client().generic(
            method,
            f"{ACCOUNT}/{path}",
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers=headers,
        )


def status_and_code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


REFUSED = (403, "second_factor_required")


def test_an_app_gets_in_with_password_and_code_and_not_with_the_password_alone() -> None:
    user = staff_member()
    secret = with_factor(user)

    app, answer = app_of(user)
    assert answer.status_code == 401
    assert {flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")} == {"mfa_authenticate"}
    assert app.send("GET", "/api/v1/me").status_code == 401

    assert app.send("POST", "2fa/authenticate", {"code": "000000"}).status_code == 400
    assert app.send("GET", "/api/v1/me").status_code == 401
    assert app.send("POST", "2fa/authenticate", {"code": code_of(secret)}).status_code == 200
    assert app.send("GET", "/api/v1/me").status_code == 200


def test_a_session_that_began_before_there_was_a_factor_stays_out_until_it_gives_the_code() -> None:
    user = staff_member()
    app, _answer = app_of(user)
    assert status_and_code(app.send("GET", "/api/v1/me")) == REFUSED
    browser = Client()
    browser.force_login(user)
    secret = with_factor(user)

    assert status_and_code(app.send("GET", "/api/v1/me")) == REFUSED
    assert status_and_code(browser.get("/api/v1/me")) == REFUSED
    assert browser.get("/admin/").status_code == 302
    asked = browser.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=/admin/"

    assert app.send("POST", "2fa/reauthenticate", {"code": code_of(secret)}).status_code == 200
    assert app.send("GET", "/api/v1/me").status_code == 200
    cache.clear()  # a code is good once
    with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=False):
        browser.post("/accounts/2fa/reauthenticate/?next=/admin/", {"code": code_of(secret)})
        assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("path", ["organisations", "suppliers", "taxonomy/processes", "me"])
def test_no_endpoint_shows_staff_anything_without_it(path: str) -> None:
    app, _answer = app_of(staff_member())

    assert status_and_code(app.send("GET", f"/api/v1/{path}")) == REFUSED


def test_a_person_of_agency_and_firm_needs_it_for_the_agency_only() -> None:
    user = staff_member()
    firm = OrganisationFactory.create()
    MembershipFactory.create(user=user, organisation=firm)
    browser = Client()
    browser.force_login(user)

    assert browser.get("/api/v1/me", headers={"x-organisation": firm.public_id}).status_code == 200
    assert status_and_code(browser.get("/api/v1/me")) == REFUSED


def test_a_recovery_code_gets_in_once() -> None:
    user = staff_member()
    with_factor(user)
    [code, *_others] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()

    app, _answer = app_of(user)
    assert app.send("POST", "2fa/authenticate", {"code": code}).status_code == 200
    assert app.send("GET", "/api/v1/me").status_code == 200
    again, _answer = app_of(user)
    assert again.send("POST", "2fa/authenticate", {"code": code}).status_code == 400
    assert again.send("GET", "/api/v1/me").status_code == 401


def test_a_code_of_the_app_is_good_once() -> None:
    user = staff_member()
    secret = with_factor(user)
    code = code_of(secret)
    first, _answer = app_of(user)
    second, _answer = app_of(user)

    assert first.send("POST", "2fa/authenticate", {"code": code}).status_code == 200
    assert second.send("POST", "2fa/authenticate", {"code": code}).status_code == 400


def test_guessing_codes_ends_after_five_attempts() -> None:
    user = staff_member()
    secret = with_factor(user)
    app, _answer = app_of(user)
    for _attempt in range(5):
        app.send("POST", "2fa/authenticate", {"code": "000000"})

    refused = app.send("POST", "2fa/authenticate", {"code": code_of(secret)})

    assert refused.status_code in (400, 429)
    assert app.send("GET", "/api/v1/me").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_staff_keep_their_factor_and_others_may_drop_theirs() -> None:
    for user, status in ((staff_member(), 403), (member("supplier").user, 200)):
        assert user is not None
        secret = with_factor(user)
        app, _answer = app_of(user)
        app.send("POST", "2fa/authenticate", {"code": code_of(secret)})
        cache.clear()
        app.send("POST", "reauthenticate", {"password": PASSWORD})

        assert Account(app).at("DELETE", "authenticators/totp").status_code == status
        assert Authenticator.objects.filter(user=user, type="totp").exists() is (status == 403)


def test_an_account_with_recovery_codes_alone_has_no_second_factor() -> None:
    user = staff_member()
    secret = with_factor(user)
    app, _answer = app_of(user)
    app.send("POST", "2fa/authenticate", {"code": code_of(secret)})
    Authenticator.objects.filter(type="totp").delete()

    assert status_and_code(app.send("GET", "/api/v1/me")) == REFUSED


@pytest.mark.django_db(transaction=True)
def test_an_app_sets_a_factor_up_and_goes_on_while_older_sessions_end() -> None:
    user = staff_member()
    older, _answer = app_of(user)
    app, _answer = app_of(user)
    assert status_and_code(app.send("GET", "/api/v1/me")) == REFUSED

    asked = Account(app).at("GET", "authenticators/totp")
    secret = asked.json()["meta"]["secret"]
    assert app.send("POST", "reauthenticate", {"password": PASSWORD}).status_code == 200
    done = Account(app).at("POST", "authenticators/totp", {"code": code_of(secret)})

    assert done.status_code == 200
    assert app.send("GET", "/api/v1/me").status_code == 200
    assert status_and_code(older.send("GET", "/api/v1/me")) == (401, "session_ended")


def test_touching_a_factor_takes_a_fresh_proof() -> None:
    user = staff_member()
    secret = with_factor(user)
    app, _answer = app_of(user)
    app.send("POST", "2fa/authenticate", {"code": code_of(secret)})
    app.send("POST", "reauthenticate", {"password": PASSWORD})

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        asked = Account(app).at("DELETE", "authenticators/totp")
    assert asked.status_code == 401
    assert {flow["id"] for flow in asked.json()["data"]["flows"]} >= {"reauthenticate", "mfa_reauthenticate"}


def test_secrets_of_factors_are_not_readable_in_the_database(settings: Settings) -> None:
    user = staff_member()
    secret = with_factor(user)
    stored = list(Authenticator.objects.filter(user=user).values_list("data", flat=True))

    assert secret not in str(stored)
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 6, [former]
    assert Authenticator.objects.get(user=user, type="totp").wrap().validate_code(code_of(secret))


def test_with_another_secret_key_a_factor_answers_no_code_and_nothing_breaks(settings: Settings) -> None:
    user = staff_member()
    secret = with_factor(user)
    settings.SECRET_KEY = "another key " * 6
    app, _answer = app_of(user)

    assert app.send("POST", "2fa/authenticate", {"code": code_of(secret)}).status_code == 400


def test_only_the_agency_s_people_are_asked_for_it() -> None:
    for kind in ("supplier", "buyer"):
        user = member(kind).user
        assert user is not None
        app, _answer = app_of(user)
        assert app.send("GET", "/api/v1/me").status_code == 200


def test_pages_of_the_admin_are_closed_one_by_one_without_it() -> None:
    browser = Client()
    browser.force_login(staff_member())

    for path in ("accounts/organisation/", "accounts/user/", "matchmaking/connection/", "jsi18n/", "password_change/"):
        answer = browser.get(f"/admin/{path}")
        assert answer.status_code in (302, 403, 404), path
        assert not re.search(r"/admin/(?!login)", answer.headers.get("Location", "").partition("?")[0])


class TestAnOrganisationThatRequiresIt:
    """Firms and buyers decide for themselves."""

    def organisation(self, role: str = "owner") -> tuple[App, User, str]:
        """An app of a member that has given a second factor in this session; the member; the organisation's address."""
        principal = member("supplier", role)
        assert principal.user is not None
        assert principal.organisation is not None
        secret = with_factor(principal.user)
        app, _answer = app_of(principal.user)
        app.send("POST", "2fa/authenticate", {"code": code_of(secret)})
        return app, principal.user, f"/api/v1/organisations/{principal.organisation.public_id}"

    def require(self, app: App, address: str, wanted: bool = True) -> Any:
        headers = {"x-session-token": app.token, "accept-language": "en", "if-match": "*"}
        body = json.dumps({"second_factor_required": wanted})
        return Client().patch(address, body, content_type="application/json", headers=headers)

    def test_lets_its_people_in_with_password_and_code_only(self) -> None:
        app, owner, address = self.organisation()
        colleague = member(organisation=owner.memberships.get().organisation).user
        assert colleague is not None
        other = app_of(colleague)[0]
        assert other.send("GET", ME).status_code == 200

        changed = self.require(app, address)

        assert (changed.status_code, changed.json()["second_factor_required"]) == (200, True)
        assert app.send("GET", ME).status_code == 200
        assert status_and_code(other.send("GET", ME)) == REFUSED
        secret = with_factor(colleague)
        fresh = app_of(colleague)[0]
        fresh.send("POST", "2fa/authenticate", {"code": code_of(secret)})
        assert fresh.send("GET", ME).status_code == 200
        assert self.require(app, address, False).status_code == 200
        assert other.send("GET", ME).status_code == 200

    def test_does_not_bind_those_who_act_for_another(self) -> None:
        app, owner, address = self.organisation()
        elsewhere = member("buyer")
        assert elsewhere.user is not None
        joined = MembershipFactory.create(user=elsewhere.user, organisation=owner.memberships.get().organisation)
        self.require(app, address)
        token = app_of(elsewhere.user)[0].token

        def asked(organisation: Any) -> int:
            headers = {"x-session-token": token, "x-organisation": organisation.public_id}
            return Client().get(ME, headers=headers).status_code

        assert [asked(elsewhere.organisation), asked(joined.organisation)] == [200, 403]

    def test_is_the_owners_to_decide(self) -> None:
        app, _editor, address = self.organisation("editor")

        refused = self.require(app, address)

        assert status_and_code(refused) == (403, "owners_only")
        assert not Organisation.objects.filter(second_factor_required=True).exists()
        assert self.require(app, address, False).status_code == 200  # as it is

    def test_has_an_owner_with_one(self) -> None:
        principal = member("supplier")
        assert principal.user is not None
        assert principal.organisation is not None

        refused = self.require(app_of(principal.user)[0], f"/api/v1/organisations/{principal.organisation.public_id}")

        assert status_and_code(refused) == (409, "second_factor_missing")
        assert not Organisation.objects.filter(second_factor_required=True).exists()

    def test_is_freed_by_staff_where_nobody_can_get_in(self) -> None:
        _app, owner, address = self.organisation()
        Organisation.objects.filter(pk=owner.memberships.get().organisation_id).update(second_factor_required=True)
        officer = staff_member()
        secret = with_factor(officer)
        staff = app_of(officer)[0]
        staff.send("POST", "2fa/authenticate", {"code": code_of(secret)})

        assert self.require(staff, address, False).json()["second_factor_required"] is False
