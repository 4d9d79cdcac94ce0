"""What the log tells of signing in: which account, how it went, from where; and no address, password or code."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.services import issue_api_key
from tests.accounts.test_second_factor import Account, app_of, with_factor
from tests.accounts.test_signing_in import App, code_in, sign_up_body
from tests.factories.accounts import PASSWORD, member
from tests.fixtures.mail import SmtpInbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    cache.clear()


def told(log_lines: StringIO, *names: str) -> list[dict[str, Any]]:
    lines = [json.loads(text) for text in log_lines.getvalue().splitlines()]
    return [line for line in lines if line["event"] in names]


def person() -> User:
    user = member().user
    assert user is not None
    return user


def test_signing_in_and_out_names_the_account_and_the_address(log_lines: StringIO) -> None:
    user = person()
    app, _answer = app_of(user)
    app.send("DELETE", "session")

    lines = told(log_lines, "signed_in", "signed_out")
    assert [(line["event"], line["account"], line["ip"], line["level"]) for line in lines] == [
        ("signed_in", user.public_id, "127.0.0.1", "info"),
        ("signed_out", user.public_id, "127.0.0.1", "info"),
    ]
    assert all(line["request_id"] for line in lines)


def test_a_refusal_names_the_account_that_was_tried_or_a_hash_of_the_address(log_lines: StringIO) -> None:
    user = person()
    for email in (user.email, user.email.upper(), "nobody@firm.example", "NOBODY@firm.example", "other@firm.example"):
        App().send("POST", "login", {"email": email, "password": "not the password"})

    lines = told(log_lines, "sign_in_refused")
    known, known_too, unknown, unknown_too, other = (line["account"] for line in lines)
    assert known == known_too == user.public_id
    assert unknown == unknown_too
    assert unknown.startswith("unknown:")
    assert other.startswith("unknown:")
    assert other != unknown
    assert {(line["reason"], line["level"], line["ip"]) for line in lines} == {
        ("wrong_password", "warning", "127.0.0.1")
    }
    assert "firm.example" not in log_lines.getvalue()
    assert "not the password" not in log_lines.getvalue()


def test_an_account_that_is_closed_after_wrong_passwords_is_told(log_lines: StringIO) -> None:
    user = person()
    for _try in range(6):
        App().send("POST", "login", {"email": user.email, "password": "not the password"})

    reasons = [line["reason"] for line in told(log_lines, "sign_in_refused")]
    assert reasons == ["wrong_password"] * 5 + ["too_many_attempts"]


def test_wrong_codes_and_changes_of_what_one_signs_in_with_are_told(log_lines: StringIO, smtp_inbox: SmtpInbox) -> None:
    user = person()
    with_factor(user)
    app, _answer = app_of(user)
    app.send("POST", "2fa/authenticate", {"code": "000000"})
    forgetful = App("en")
    forgetful.send("POST", "password/request", {"email": user.email})
    forgetful.send("POST", "password/reset", {"key": "WRONG", "password": PASSWORD[::-1]})
    code = code_in(smtp_inbox.to(user.email)[-1].get_content())
    forgetful.send("POST", "password/reset", {"key": code, "password": PASSWORD[::-1]})

    names = ("second_factor_refused", "password_reset_code_refused", "password_reset")
    lines = told(log_lines, *names)
    assert [(line["event"], line["account"]) for line in lines] == [(name, user.public_id) for name in names]
    assert code not in log_lines.getvalue()


def test_signing_up_and_confirming_is_told(log_lines: StringIO, smtp_inbox: SmtpInbox) -> None:
    app = App("en")
    app.send("POST", "signup", sign_up_body())
    app.send("POST", "email/verify", {"key": "WRONG"})
    app.send("POST", "email/verify", {"key": code_in(smtp_inbox.messages[0].get_content())})

    names = ["signed_up", "email_code_refused", "email_confirmed", "signed_in"]
    assert [line["event"] for line in told(log_lines, *names)] == names
    assert {line["account"] for line in told(log_lines, *names)} == {User.objects.get().public_id}


def test_new_passwords_and_factors_are_told(log_lines: StringIO) -> None:
    user = person()
    app, _answer = app_of(user)
    app.send("POST", "reauthenticate", {"password": PASSWORD})
    Account(app).at("POST", "password/change", {"current_password": PASSWORD, "new_password": PASSWORD[::-1]})

    assert [line["account"] for line in told(log_lines, "password_changed")] == [user.public_id]


def test_refused_api_keys_are_told_by_prefix_or_id_and_never_whole(log_lines: StringIO) -> None:
    row, key = issue_api_key(name="ERP", scopes=["read"], allowed_networks=["198.51.100.0/24"], by=member())
    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
    for tried in (wrong, key):
        Client().get("/api/v1/organisations", headers={"authorization": f"Bearer {tried}"})
    ApiKey.objects.update(revoked_at=timezone.now())
    Client().get("/api/v1/organisations", headers={"authorization": f"Bearer {key}"})

    lines = told(log_lines, "api_key_refused")
    assert [(line["account"], line["reason"]) for line in lines] == [
        (row.visible_prefix, "unknown"),
        (row.public_id, "foreign_network"),
        (row.public_id, "ended"),
    ]
    assert key.partition(".")[2] not in log_lines.getvalue()
