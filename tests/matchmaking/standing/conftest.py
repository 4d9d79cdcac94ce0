"""What every test of this folder starts from."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from accounts.principals import Principal
from tests.factories import matchmaking as make
from tests.factories.accounts import member


@pytest.fixture(autouse=True)
def at_once(settings: Settings) -> None:
    settings.MATCHES_SETTLE = timedelta()
    settings.MATCHES_TOLD_EVERY = timedelta()


@pytest.fixture
def buyer() -> Principal:
    principal = member("buyer")
    make.verified_buyer(principal.organisation)
    return principal
