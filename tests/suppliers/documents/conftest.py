"""A storage without files."""

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def empty_storage(settings: Settings) -> None:
    """Storages are made anew where the settings change."""
    settings.STORAGES = {**settings.STORAGES}
