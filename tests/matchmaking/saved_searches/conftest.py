"""Who saves searches."""

import pytest

from accounts.principals import Principal
from tests.factories import matchmaking as make
from tests.factories.accounts import member


@pytest.fixture
def buyer() -> Principal:
    principal = member("buyer")
    make.verified_buyer(principal.organisation)
    make.process()
    return principal


@pytest.fixture
def supplier() -> Principal:
    principal = member("supplier")
    make.published_supplier(principal.organisation)
    make.process()
    return principal
