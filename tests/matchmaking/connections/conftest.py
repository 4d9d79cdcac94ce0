"""Two sides that could be connected."""

import pytest

from tests.matchmaking.connections.scene import Sides


@pytest.fixture
def sides() -> Sides:
    return Sides()
