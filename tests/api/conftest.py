"""Fixtures of what holds for every endpoint."""

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from accounts.principals import Principal
from tests.factories.accounts import UserFactory, member


@pytest.fixture
def callers() -> list[Principal]:
    """Somebody of each kind. Each operation lets at least one of them past its permissions."""
    return [member("agency"), member("buyer"), member("supplier"), Principal(user=UserFactory.create())]


@pytest.fixture
def unchecked(settings: LazySettings) -> APIClient:
    """A client for views of a test's own, of which the API document knows nothing."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("CheckedAnswers")]
    return APIClient(headers={"accept-language": "en"})
