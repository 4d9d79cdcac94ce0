"""Whose software is told."""

import pytest

from accounts.principals import Principal
from tests.factories.accounts import member


@pytest.fixture
def owner() -> Principal:
    return member("supplier")
