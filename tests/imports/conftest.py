"""Who imports."""

import pytest

from accounts.principals import Principal
from tests.factories.accounts import member


@pytest.fixture
def officer() -> Principal:
    return member("agency")
