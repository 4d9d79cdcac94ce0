"""Two sides that could be connected, and a place for their files."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.matchmaking.connections.scene import Sides


@pytest.fixture
def sides() -> Sides:
    return Sides()


@pytest.fixture
def no_files(settings: Settings, tmp_path: Path) -> None:
    """Files of these tests lie in a folder of their own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "uploads": {**settings.STORAGES["uploads"], "OPTIONS": {"location": str(tmp_path)}},
    }
