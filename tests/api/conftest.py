"""Fixtures of what holds for every endpoint."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from accounts.principals import Principal
from tests.factories.accounts import UserFactory, member


@pytest.fixture
def covered(record_property: Callable[[str, object], None]) -> Callable[[int, str], None]:
    """Tells the summary of the run how much a walk has covered; a walk that covers nothing proves nothing."""

    def tell(count: int, what: str) -> None:
        assert count > 0, what
        record_property("covered", f"{count} {what}")

    return tell


@pytest.fixture
def callers() -> list[Principal]:
    """Somebody of each kind. Each operation lets at least one of them past its permissions."""
    return [member("agency"), member("buyer"), member("supplier"), Principal(user=UserFactory.create())]


@pytest.fixture
def unchecked(settings: LazySettings) -> APIClient:
    """A client for views of a test's own, of which the API document knows nothing."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("CheckedAnswers")]
    return APIClient(headers={"accept-language": "en"})
