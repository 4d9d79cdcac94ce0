"""Fixtures of what holds for every endpoint."""

from collections.abc import Callable

import pytest

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
