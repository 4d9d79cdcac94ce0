"""From sign-up to log-in as an app does it: over HTTP, with the codes that arrive by e-mail."""

import json
import re
import socket
from threading import Event, Thread
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.consent_texts import in_force
from accounts.forms import terms_in_force
from accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory
from tests.fixtures.mail import SmtpInbox

pytestmark = pytest.mark.django_db
AUTH = "/auth/app/v1/auth"


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    """The limits on attempts live in the cache, which outlives a test."""
    cache.clear()


class App:
    """An app on a phone: no cookies, a session token, a language."""

    def __init__(self, language: str = "vi") -> None:
        self.language = language
        self.token = ""

    def send(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"accept-language": self.language}
        if self.token:
            headers["x-session-token"] = self.token
        url = path if path.startswith("/api") else f"{AUTH}/{path}"
        response = Client().generic(
            method, url, b"" if body is None else _json(body), content_type="application/json", headers=headers
        )
        if response["Content-Type"] == "application/json" and "meta" in response.json():
            self.token = response.json()["meta"].get("session_token", self.token)
        return response


def _json(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def sign_up_body(**changes: Any) -> dict[str, Any]:
    body = {
        "email": "Lan@Firm.example",
        "password": PASSWORD,
        "full_name": " Nguyễn  Thị Lan ",
        "terms_version": terms_in_force(),
    }
    return {**body, **changes}


def code_in(text: str) -> str:
    found = re.search(r"^    (\S+)\s*$", text, re.MULTILINE)
    assert found is not None, text
    return found[1]


def test_a_person_signs_up_confirms_by_code_and_signs_in(smtp_inbox: SmtpInbox) -> None:
    before = timezone.now()
    app = App("vi")

    signed_up = app.send("POST", "signup", sign_up_body())
    assert signed_up.status_code == 401
    flows = {flow["id"]: flow for flow in signed_up.json()["data"]["flows"]}
    assert flows["verify_email"]["is_pending"] is True
    assert app.send("GET", "/api/v1/me").status_code == 401

    [message] = smtp_inbox.to("lan@firm.example")
    code = code_in(message.get_content())
    assert message["Subject"] == f"Mã của bạn: {code}"
    wrong = app.send("POST", "email/verify", {"key": "WRONG"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "incorrect_code")
    confirmed = app.send("POST", "email/verify", {"key": code})
    assert confirmed.status_code == 200

    user = User.objects.get()
    assert (user.email, user.full_name, user.language) == ("lan@firm.example", "Nguyễn Thị Lan", "vi")
    consent = user.consents.get()
    assert (consent.purpose, consent.text_version, consent.given) == ("terms", terms_in_force(), True)
    assert (consent.text_language, consent.text_sha256) == (user.language, in_force("terms").sha256(user.language))
    assert consent.address == "127.0.0.1"
    assert before < consent.created_at < timezone.now()
    assert app.send("GET", "/api/v1/me").json()["id"] == user.public_id

    later = App("en")
    signed_in = later.send("POST", "login", {"email": "LAN@firm.example", "password": PASSWORD})
    assert signed_in.status_code == 200
    assert later.send("GET", "/api/v1/me").json()["email"] == "lan@firm.example"
    assert later.send("DELETE", "session").status_code == 401
    assert later.send("GET", "/api/v1/me").status_code == 401
    assert app.send("GET", "/api/v1/me").status_code == 200


@pytest.mark.parametrize("look_alike", ["\u017flan@firm.example", "lan@\uff46irm.example"])
def test_letters_that_look_like_others_are_refused_in_addresses(look_alike: str, smtp_inbox: SmtpInbox) -> None:
    for path, body in (("signup", sign_up_body(email=look_alike)), ("password/request", {"email": look_alike})):
        refused = App("en").send("POST", path, body)

        assert (refused.status_code, refused.json()["errors"][0]["param"]) == (400, "email")
    assert not User.objects.exists()
    assert smtp_inbox.messages == []


def test_links_in_messages_lead_to_this_site_whatever_host_was_asked(smtp_inbox: SmtpInbox, settings: Settings) -> None:
    settings.SITE_URL = "https://matchmaking.example"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, ".stranger.example"]
    known = UserFactory.create(email="known@firm.example")
    for path, body in (
        ("password/request", {"email": "nobody@firm.example"}),
        ("signup", sign_up_body(email=known.email)),
    ):
        Client(headers={"host": "evil.stranger.example", "accept-language": "en"}).post(
            f"{AUTH}/{path}", body, content_type="application/json"
        )

    texts = [str(message.get_content()) for message in smtp_inbox.messages]
    assert ["https://matchmaking.example/accounts/" in text for text in texts] == [True, True]
    assert [text for text in texts if "stranger" in text] == []


def test_english_readers_get_english(smtp_inbox: SmtpInbox) -> None:
    App("en").send("POST", "signup", sign_up_body())

    [message] = smtp_inbox.messages
    assert str(message["Subject"]).startswith("Your code: ")
    assert "This code confirms your e-mail address:" in message.get_content()
    assert User.objects.get().language == "en"


def test_an_unknown_language_gets_the_product_s_own(smtp_inbox: SmtpInbox) -> None:
    App("de, fr;q=0.5").send("POST", "signup", sign_up_body())

    assert User.objects.get().language == "vi"
    assert str(smtp_inbox.messages[0]["Subject"]).startswith("Mã của bạn: ")


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"terms_version": "2020-01"}, "terms_version", "other_terms"),
        ({"terms_version": ""}, "terms_version", "required"),
        ({"full_name": ""}, "full_name", "required"),
        ({"full_name": "x" * 151}, "full_name", "max_length"),
        ({"full_name": "a\x00b"}, "full_name", "null_characters_not_allowed"),
        ({"email": "nobody"}, "email", "invalid"),
        ({"email": "a" * 243 + "@firm.example"}, "email", "max_length"),
        ({"password": "short"}, "password", "password_too_short"),
        ({"password": "1234567890"}, "password", "password_too_common"),
    ],
)
def test_a_sign_up_that_is_not_right_creates_nobody(
    smtp_inbox: SmtpInbox, changes: dict[str, str], param: str, code: str
) -> None:
    response = App().send("POST", "signup", sign_up_body(**changes))

    assert response.status_code == 400
    assert (param, code) in {(error["param"], error["code"]) for error in response.json()["errors"]}
    assert User.objects.count() == 0
    assert smtp_inbox.messages == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"email": "\\ud800@x.example", "password": "a", "full_name": "b", "terms_version": "c"}',
        b'{"email": "a@x.example", "password": "\\udfff", "full_name": "b", "terms_version": "c"}',
        b'{"email": {"a": 1}, "password": ["b"], "full_name": 3, "terms_version": null}',
        b'{"email": "a\\u0000@x.example", "password": "\\u0000", "full_name": "b", "terms_version": "c"}',
        b'{"email": NaN}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
@pytest.mark.parametrize("path", ["signup", "login", "password/request", "email/verify"])
def test_hostile_bodies_are_refused_and_never_crash(smtp_inbox: SmtpInbox, path: str, body: bytes) -> None:
    response = App().send("POST", path, body)

    assert 400 <= response.status_code < 500
    assert User.objects.count() == 0
    assert smtp_inbox.messages == []


def test_signing_up_twice_answers_alike_and_tells_only_the_owner_of_the_address(smtp_inbox: SmtpInbox) -> None:
    user = UserFactory.create(email="lan@firm.example", language="en")

    again = App("vi").send("POST", "signup", sign_up_body())
    new = App("vi").send("POST", "signup", sign_up_body(email="minh@firm.example"))

    assert again.status_code == new.status_code == 401
    assert again.json()["data"] == new.json()["data"]
    [message] = smtp_inbox.to("lan@firm.example")
    assert user.full_name not in message.get_content()
    assert "/accounts/password/reset/" in message.get_content()
    assert User.objects.filter(email="lan@firm.example").count() == 1


def somebody_waits_for_this_transaction() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid)"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_sign_up_that_another_overtakes_is_asked_to_try_again_and_leaves_one_account(smtp_inbox: SmtpInbox) -> None:
    inserted, answered = Event(), Event()

    def overtake() -> None:
        try:
            with transaction.atomic():
                UserFactory.create(email="lan@firm.example", full_name="The first")
                inserted.set()
                while not (somebody_waits_for_this_transaction() or answered.is_set()):
                    pass
        finally:
            connections.close_all()

    first = Thread(target=overtake)
    first.start()
    inserted.wait(timeout=30)
    second = App("en").send("POST", "signup", sign_up_body())
    answered.set()
    first.join()

    assert (second.status_code, second.json()["errors"][0]["code"]) == (503, "busy")
    assert User.objects.get().full_name == "The first"


def test_a_code_that_went_to_a_former_address_sets_no_password(smtp_inbox: SmtpInbox) -> None:
    user = UserFactory.create(email="former@firm.example")
    thief = App("en")
    thief.send("POST", "password/request", {"email": user.email})
    code = code_in(smtp_inbox.to("former@firm.example")[0].get_content())
    EmailAddress.objects.filter(user=user).update(email="new@firm.example")
    User.objects.filter(pk=user.pk).update(email="new@firm.example")

    refused = thief.send("POST", "password/reset", {"key": code, "password": PASSWORD[::-1]})

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "incorrect_code")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_forgotten_password_is_replaced_by_code(smtp_inbox: SmtpInbox) -> None:
    user = UserFactory.create(email="lan@firm.example", language="vi")
    app = App("en")

    asked = app.send("POST", "password/request", {"email": "lan@firm.example"})
    assert asked.status_code == 401
    [message] = smtp_inbox.messages
    assert message["Subject"] == "Mã để đặt mật khẩu mới"  # the language of the account, not of the request
    code = code_in(message.get_content())
    weak = app.send("POST", "password/reset", {"key": code, "password": "1234567890"})
    assert weak.status_code == 400
    new = "một mật khẩu khác"
    assert app.send("POST", "password/reset", {"key": code, "password": new}).status_code in (200, 401)

    user.refresh_from_db()
    assert user.check_password(new)
    assert App().send("POST", "login", {"email": user.email, "password": PASSWORD}).status_code == 400
    assert App().send("POST", "login", {"email": user.email, "password": new}).status_code == 200


def test_five_wrong_passwords_close_the_account_to_the_right_one_for_a_while() -> None:
    user = UserFactory.create()
    for _attempt in range(5):
        wrong = App("en").send("POST", "login", {"email": user.email, "password": "wrong wrong wrong"})
        assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "email_password_mismatch")

    locked = App("vi").send("POST", "login", {"email": user.email, "password": PASSWORD})

    assert (locked.status_code, locked.json()["errors"][0]["code"]) == (400, "too_many_login_attempts")
    assert locked.json()["errors"][0]["message"] == "Thử sai quá nhiều lần. Hãy thử lại sau vài phút."


def test_a_person_who_has_not_confirmed_is_asked_to_and_does_not_get_in(smtp_inbox: SmtpInbox) -> None:
    user = UserFactory.create(confirmed=False)
    app = App()

    response = app.send("POST", "login", {"email": user.email, "password": PASSWORD})

    assert response.status_code == 401
    assert len(smtp_inbox.to(user.email)) == 1
    assert app.send("GET", "/api/v1/me").status_code == 401


def test_a_person_who_is_not_active_does_not_get_in() -> None:
    user = UserFactory.create(is_active=False)
    app = App()

    assert app.send("POST", "login", {"email": user.email, "password": PASSWORD}).status_code in (400, 401)
    assert app.send("GET", "/api/v1/me").status_code == 401


def test_a_mail_server_that_refuses_is_a_503_and_signing_in_later_sends_the_code(smtp_inbox: SmtpInbox) -> None:
    smtp_inbox.answer = "451 Try later"
    response = App("en").send("POST", "signup", sign_up_body())
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert response.json()["errors"][0]["code"] == "mail_unavailable"

    smtp_inbox.answer = "250 Kept"
    cache.clear()
    app = App("en")
    assert app.send("POST", "login", {"email": "lan@firm.example", "password": PASSWORD}).status_code == 401
    [message] = smtp_inbox.messages
    assert app.send("POST", "email/verify", {"key": code_in(message.get_content())}).status_code == 200


def test_a_mail_server_that_hangs_holds_a_request_no_longer_than_the_timeout(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never says a word
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 0.05
        response = App("en").send("POST", "signup", sign_up_body())

    assert response.status_code == 503
