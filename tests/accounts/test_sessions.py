"""How long people stay signed in, and what ends it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.accounts.test_second_factor import Account, app_of
from tests.accounts.test_signing_in import App
from tests.factories.accounts import PASSWORD, member
from tests.fixtures.mail import SmtpInbox

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"
LIMITS = [("agency", timedelta(minutes=30), timedelta(hours=12)), ("supplier", timedelta(days=14), timedelta(days=30))]


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    cache.clear()


def person(kind: str = "supplier") -> User:
    user = member(kind).user
    assert user is not None
    return user


def both_clients(user: User) -> list[Any]:
    """A browser and an app, each in a session of its own, asked who they are."""
    browser = Client()
    browser.force_login(user)
    app, _answer = app_of(user)
    return [lambda: browser.get(ME).status_code, lambda: app.send("GET", ME).status_code]


@pytest.mark.parametrize(("kind", "idle", "longest"), LIMITS)
def test_a_session_ends_when_nothing_was_asked_for_a_while(kind: str, idle: timedelta, longest: timedelta) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        clients = both_clients(person(kind))
        assert [ask() for ask in clients] == [200, 200]
    nearly = start + idle - timedelta(seconds=2)
    with time_machine.travel(nearly, tick=False):
        assert [ask() for ask in clients] == [200, 200]
    with time_machine.travel(nearly + idle - timedelta(seconds=2), tick=False):
        assert [ask() for ask in clients] == [200, 200]
    over = nearly + 2 * idle
    with time_machine.travel(over, tick=False):
        assert [ask() for ask in clients] == [401, 401]


@pytest.mark.parametrize(("kind", "idle", "longest"), LIMITS)
def test_a_session_ends_in_the_end_however_busy(kind: str, idle: timedelta, longest: timedelta) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        clients = both_clients(person(kind))
    moment = start
    while (moment := moment + idle * 0.9) < start + longest:
        with time_machine.travel(moment, tick=False):
            assert [ask() for ask in clients] == [200, 200]
    with time_machine.travel(start + longest, tick=False):
        assert [ask() for ask in clients] == [401, 401]


def test_the_store_itself_forgets_a_session_whose_time_is_up() -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        app, _answer = app_of(person("agency"))
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        assert app.send("GET", "session").status_code in (401, 410)  # django-allauth's own door


def test_use_is_noted_once_a_minute(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        browser = Client()
        browser.force_login(person())
        key = browser.session.session_key
        written = Session.objects.get(pk=key).session_data
    with time_machine.travel(start + timedelta(seconds=59), tick=False):
        browser.get(ME)
        assert Session.objects.get(pk=key).session_data == written
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        browser.get(ME)
        assert Session.objects.get(pk=key).session_data != written


def test_a_new_password_ends_every_other_session(smtp_inbox: SmtpInbox) -> None:
    user = person()
    browser, (app, _first), (other, _second) = Client(), app_of(user), app_of(user)
    browser.force_login(user)

    app.send("POST", "reauthenticate", {"password": PASSWORD})
    changed = Account(app).at("POST", "password/change", {"current_password": PASSWORD, "new_password": PASSWORD[::-1]})

    assert changed.status_code in (200, 204)
    app.token = changed.json().get("meta", {}).get("session_token", app.token) if changed.content else app.token
    assert app.send("GET", ME).status_code == 200
    assert other.send("GET", ME).status_code == 401
    assert browser.get(ME).status_code == 401
    [told] = smtp_inbox.to(user.email)
    assert str(told["Subject"]) == "Your password was changed"


def test_changing_the_password_takes_the_present_one() -> None:
    app, _answer = app_of(person())
    app.send("POST", "reauthenticate", {"password": PASSWORD})

    refused = Account(app).at("POST", "password/change", {"current_password": "wrong", "new_password": PASSWORD[::-1]})

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "enter_current_password")


def test_a_person_sees_their_sessions_and_ends_those_they_do_not_know() -> None:
    user = person()
    (app, _first), (stranger, _second) = app_of(user), app_of(user)

    listed = app.send("GET", "sessions").json()["data"]
    assert len(listed) == 2
    [foreign] = [session["id"] for session in listed if not session["is_current"]]
    app.send("POST", "reauthenticate", {"password": PASSWORD})
    assert app.send("DELETE", "sessions", {"sessions": [foreign]}).status_code == 200

    assert app.send("GET", ME).status_code == 200
    assert stranger.send("GET", ME).status_code == 401


def test_ending_sessions_takes_a_fresh_proof_of_who_one_is() -> None:
    user = person()
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        (app, _first), (other, _second), browser = app_of(user), app_of(user), Client()
        browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        listed = app.send("GET", "sessions").json()["data"]
        all_sessions = {"sessions": [session["id"] for session in listed]}

        refused = app.send("DELETE", "sessions", all_sessions)
        assert (refused.status_code, refused.json()["data"]["flows"][0]) == (401, {"id": "reauthenticate"})
        assert browser.get("/accounts/sessions/").status_code == 200
        asked = browser.post("/accounts/sessions/")
        assert (asked.status_code, asked["Location"].partition("?")[0]) == (302, "/accounts/reauthenticate/")
        app.send("POST", "reauthenticate", {"password": PASSWORD})
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        assert app.send("DELETE", "sessions", all_sessions).status_code == 401
        assert other.send("GET", ME).status_code == 200  # nothing has ended so far
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert browser.post("/accounts/sessions/").status_code == 302
        assert (other.send("GET", ME).status_code, browser.get(ME).status_code) == (401, 200)


def test_who_signs_out_has_the_browser_forget_what_it_kept() -> None:
    user = person()
    (app, _answer), browser = app_of(user), Client()
    browser.force_login(user)

    before = browser.get(ME)
    signed_out = [app.send("DELETE", "session"), browser.post("/accounts/logout/")]

    assert "Clear-Site-Data" not in before
    assert [answer["Clear-Site-Data"] for answer in signed_out] == ['"cache", "storage"'] * 2


def test_signing_out_ends_the_session_on_the_server() -> None:
    user = person()
    app, _answer = app_of(user)
    former = App("en")
    former.token = app.token

    assert app.send("DELETE", "session").status_code == 401
    assert former.send("GET", ME).status_code == 401


def test_signing_in_gives_a_session_of_its_own() -> None:
    browser = Client()
    browser.get("/accounts/login/")
    before = browser.session.session_key
    user = person()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    assert browser.session.session_key not in (None, before)
