"""Who gets into the admin, and for how long."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.factories.accounts import PASSWORD, member

pytestmark = pytest.mark.django_db
LIST = "/admin/suppliers/supplier/"


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    cache.clear()


def test_who_does_nothing_for_half_an_hour_signs_in_anew() -> None:
    staff, start = member("agency").user, timezone.now()
    assert staff is not None
    browser = Client()
    with time_machine.travel(start, tick=False):
        browser.force_login(staff)
        assert browser.get(LIST).status_code == 200
    with time_machine.travel(start + timedelta(minutes=29), tick=False):
        assert browser.get(LIST).status_code == 200
    with time_machine.travel(start + timedelta(minutes=60), tick=False):
        out = browser.get(LIST)
    assert (out.status_code, out["Location"].partition("?")[0]) == (302, "/admin/login/")


def test_five_wrong_passwords_close_the_admin_to_the_right_one_for_a_while() -> None:
    staff = member("agency").user
    assert staff is not None
    browser = Client()

    def sign_in(password: str) -> None:
        browser.post("/accounts/login/?next=/admin/", {"login": staff.email, "password": password})

    for _attempt in range(5):
        sign_in("wrong wrong wrong")
    sign_in(PASSWORD)

    assert browser.get(LIST).status_code == 302
