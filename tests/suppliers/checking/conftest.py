"""The agency's owner, beside its officers."""

import pytest

from accounts.principals import Principal
from tests.factories.accounts import member


@pytest.fixture
def lead(officer: Principal) -> Principal:
    """An owner of the agency."""
    return member("agency", "owner", organisation=officer.organisation)
