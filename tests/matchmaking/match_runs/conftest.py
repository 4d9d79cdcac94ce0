"""Who freezes rankings."""

import pytest

from accounts.principals import Principal
from tests.factories.accounts import member


@pytest.fixture
def buyer() -> Principal:
    return member("buyer")
